"""The parts of a certificate, each asked of the house: what was found, by which terms and accounts, and what was searched."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import IO, Final

from indexer import __version__, coverage
from indexer.certificate_request import account_ref, narrowed, scope
from indexer.certificate_shape import (
    AccountCount,
    AccountRef,
    CaptureRef,
    Expansion,
    Found,
    Header,
    LineDigest,
    Made,
    Query,
    Software,
    State,
    TermCount,
    line,
)
from indexer.engines import Filters, Sort
from indexer.engines.state import analyzer
from indexer.house import House
from indexer.local_time import local
from indexer.query import And, Everything, Expanding, Node, Not, Or, Parsed, Stem, expanding, parse
from indexer.query_canonical import canonical
from indexer.query_reading import reading
from indexer.record_contents import contents
from indexer.saying import say
from indexer.search import IndexUnusable, NotAnswered, Results, Searcher, SearchRequest
from indexer.search_reading import readings

PROGRESS_EVERY: Final = 5_000  # records

Tick = Callable[[int, int], None]


def understood(request: SearchRequest) -> tuple[Parsed, Node]:
    """Return a query as it was parsed, and its tree. Raises NotAnswered."""
    parsed = parse(request.query, request.dialect)
    if parsed.tree is None:
        raise NotAnswered(parsed.diagnostics)
    return parsed, parsed.tree


def answered(house: House, request: SearchRequest) -> Results:
    """Return the counts of a search. Raises NotAnswered."""
    results = Searcher(house).search(replace(request, limit=0, offset=0))
    if not results.answered:
        raise (IndexUnusable if results.index_unusable else NotAnswered)(results.diagnostics)
    return results


def found_lines(house: House, request: SearchRequest) -> Iterator[str]:
    """Yield the line of every record that a search finds, newest first. Raises NotAnswered."""
    asked = replace(request, sort=Sort.NEWEST)
    searcher = Searcher(house)
    if request.as_of is not None:  # then a record stands in the version of that day
        yield from (line(view.record_id, view.version, view.content_digest) for view in searcher.views(asked))
        return
    pks = array("q", searcher.ids(asked))
    with house.db.connect() as connection:
        yield from (line(one.record_id, one.version, one.digest) for one in contents(connection, pks))


def found(house: House, request: SearchRequest, spool: IO[bytes], progress: Tick | None) -> Found | None:
    """Return what a search finds and write the lines of its records into `spool`; None when the counts do not fit each other.

    Raises NotAnswered, TooBroad.
    """
    results = answered(house, request)
    sha = LineDigest()
    for one in found_lines(house, request):
        spool.write(sha.add(one))
        if progress and sha.count % PROGRESS_EVERY == 0:
            progress(sha.count, results.total)
    if sha.count != results.total:
        return None
    if progress:
        progress(sha.count, results.total)
    _parsed, tree = understood(request)
    return Found(
        results.total,
        results.undated,
        sha.hex(),
        tuple(_terms(house, request, tree)),
        _accounts(house, results),
        expansions(house, request),
    )


def _terms(house: House, request: SearchRequest, tree: Node) -> Iterator[TermCount]:
    """Yield how many records each term of a query finds alone within the same filters, in the order of the query."""
    searcher = Searcher(house)
    for leaf in dict.fromkeys(leaves(tree)):
        yield TermCount(canonical(leaf), reading(leaf), searcher.count(leaf, request))


def leaves(tree: Node) -> Iterator[Node]:
    """Yield the terms of a query: what stands between AND, OR and NOT. Words near each other are one term."""
    if isinstance(tree, (And, Or)):
        for child in tree.children:
            yield from leaves(child)
    elif isinstance(tree, Not):
        yield from leaves(tree.child)
    elif not isinstance(tree, Everything):
        yield tree


def _accounts(house: House, results: Results) -> tuple[AccountCount, ...]:
    counts = {one.value: one.count for one in results.facets.get("account", ())}
    filters = results.request.filters
    refs = [account_ref(account) for account in house.catalogue.accounts(filters.allowed_accounts)]
    searched = [AccountCount(one, counts.get(str(one.id), 0)) for one in refs if _is_searched(one, filters)]
    return tuple(sorted(searched, key=lambda one: -one.records))


def expansions(house: House, request: SearchRequest) -> tuple[Expansion, ...]:
    """Return what each wildcard, fuzzy word, stem or range of a query stands for among the records that the maker may see."""
    permitted = _permission(request.filters)
    _parsed, tree = understood(request)
    return tuple(Expansion(canonical(node), dict(house.index.expand(node, permitted))) for node in expanding(tree))


def _stem_forms(house: House, request: SearchRequest, tree: Node) -> dict[Expanding, list[str]]:
    """Return the words that each stem stands for, which the reading names."""
    permitted = _permission(request.filters)
    return {node: list(house.index.expand(node, permitted)) for node in expanding(tree) if isinstance(node, Stem)}


def _permission(filters: Filters) -> Filters:
    return Filters(allowed_accounts=filters.allowed_accounts, without_conversations=filters.without_conversations)


def made(house: House, filters: Filters, by: str, scope_words: str, at: datetime) -> Made:
    """Return who made a certificate, when (to the second), and what they might see."""
    accounts = {account.id: account for account in house.catalogue.accounts()}
    at = at.replace(microsecond=0)
    return Made(by, at, local(at, house.zone), scope(filters, accounts, scope_words or _scope_words(house, filters)))


def _scope_words(house: House, filters: Filters) -> str:
    closed = filters.without_conversations
    if filters.allowed_accounts is None:
        return say("every account held, without direct messages") if closed else say("every account held, with direct messages")
    labels = ", ".join(one.label for one in house.catalogue.accounts(filters.allowed_accounts)) or say("none")
    if closed:
        return say("only these accounts: {accounts}; without direct messages", accounts=labels)
    return say("only these accounts: {accounts}; with direct messages", accounts=labels)


def software(house: House) -> Software:
    """Return what does the searching here now."""
    return Software(__version__, house.engine_name, house.index.version.partition("/")[0], analyzer())


def state(house: House, filters: Filters) -> State:
    """Return how far catalogue and index are; numbers of the whole house only for who may see all of it."""
    catalogue, index = house.catalogue.position(), house.index.position()
    if filters.allowed_accounts is not None or filters.without_conversations:
        return State(catalogue == index, None, None, None, None)
    return State(catalogue == index, catalogue, index, house.catalogue.count(), house.index.count())


def captures(house: House, filters: Filters) -> tuple[CaptureRef, ...]:
    """Return the captures that the maker may know of, the oldest first, each with whether it is of an account searched."""
    held = house.catalogue.captures(filters.allowed_accounts)
    return tuple(
        CaptureRef(
            one.id,
            one.name,
            one.digest,
            account_ref(one.account) if one.account else None,
            one.taken_at,
            one.exported_at,
            _is_searched(account_ref(one.account) if one.account else None, filters),
        )
        for one in reversed(held)
    )


def _is_searched(account: AccountRef | None, filters: Filters) -> bool:
    if account is None:
        return True  # it is not known whose it is: then nobody may say that it was left out
    of_account = filters.accounts is None or account.id in filters.accounts
    return of_account and (filters.platforms is None or account.platform in filters.platforms)


def header(house: House, request: SearchRequest, number: str, made_by: Made, what: Found) -> Header:
    """Return the whole certificate but its list of records."""
    accounts = {account.id: account for account in house.catalogue.accounts()}
    parsed, tree = understood(request)
    now, results = state(house, request.filters), answered(house, request)
    said = readings(
        tree, request.filters, tuple(accounts.values()), house.zone, as_of=request.as_of, forms=_stem_forms(house, request, tree)
    )
    return Header(
        id=number,
        made=made_by,
        query=Query(request.query, parsed.canonical, request.dialect.value, said["en"], said["es"], request.as_of),
        filters=narrowed(request.filters, accounts),
        zone=house.zone,
        software=software(house),
        state=now,
        captures=captures(house, request.filters),
        coverage=coverage.shape(results.coverage) if results.coverage else None,
        found=what,
        warnings=(*_warnings(house, request, now), *(results.as_of.sentences if results.as_of else ())),
    )


def _warnings(house: House, request: SearchRequest, now: State) -> Iterator[str]:
    """Yield what a reader must know before relying on the search."""
    if not now.in_step:
        if now.held is not None and now.indexed is not None and now.held != now.indexed:
            yield say(
                "The search index was behind: it held {indexed} of {held} records when this search was made. What it did not hold yet "
                "could not be found.",
                indexed=now.indexed,
                held=now.held,
            )
        else:
            yield say("The search index was behind the catalogue when this search was made: newer contents could not be found.")
    filters = request.filters
    if filters.first_day is not None or filters.last_day is not None:
        undated = answered(house, replace(request, filters=replace(filters, first_day=None, last_day=None))).undated
        if undated == 1:
            yield say("One record that fits otherwise carries no date that can be read; it stands outside of every range of days.")
        elif undated:
            yield say(
                "{count} records that fit otherwise carry no date that can be read; they stand outside of every range of days.",
                count=undated,
            )
