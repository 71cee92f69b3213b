"""The parts of a certificate, each asked of the repository: what was found, by which terms and accounts, and what was searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from indexer import __version__
from indexer.catalog.models import AccountView, by_number
from indexer.certificates.file_format import (
    AccountCount,
    AccountRef,
    Announcement,
    CaptureRef,
    Expansion,
    Found,
    Header,
    LineDigest,
    LogAnchor,
    Made,
    Narrowed,
    Query,
    Scope,
    Software,
    State,
    Stored,
    TermCount,
)
from indexer.certificates.shown import shown
from indexer.coverage import scope as coverage
from indexer.engines.state import analyzer
from indexer.i18n import say
from indexer.local_time import to_local
from indexer.progress import Tick
from indexer.query import And, Dialect, Everything, Node, Not, Or
from indexer.query.canonical import canonical
from indexer.query.filters import Filters, Permission, Sort
from indexer.query.reading import reading
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.reading import scope_words
from indexer.search.request import SearchRequest
from indexer.search.results import Results

UNKNOWN_ACCOUNT = 0
"""A number that no account has: a filter for an account that is not held any more finds nothing, and not everything."""


def account_ref(account: AccountView) -> AccountRef:
    """Return an account as a certificate names it."""
    return AccountRef(account.id, account.platform, account.native_id, account.label)


def refs(numbers: frozenset[int] | None, accounts: Mapping[int, AccountView]) -> tuple[AccountRef, ...] | None:
    """Return the accounts of a filter, None where it is none. A number without an account is kept as one of nowhere."""
    if numbers is None:
        return None
    nowhere = [AccountRef(number, "", "", "") for number in sorted(numbers - accounts.keys())]
    known = dict.fromkeys(account_ref(accounts[number]) for number in sorted(numbers & accounts.keys()))
    return (*known, *nowhere)


def narrowed(filters: Filters, accounts: Mapping[int, AccountView]) -> Narrowed:
    """Return the maker's own filters as a certificate holds them; an account that they may not see is one of nowhere."""
    seen = {number: one for number, one in accounts.items() if filters.permission.allows_account(number)}
    return Narrowed(
        filters.first_day,
        filters.last_day,
        refs(filters.accounts, seen),
        _sorted(filters.platforms),
        _sorted(filters.kinds),
        _sorted(filters.authors),
        filters.has_media,
        _sorted(filters.states),
    )


def scope(permission: Permission, accounts: Mapping[int, AccountView], words: str) -> Scope:
    """Return what the maker might see as a certificate holds it."""
    return Scope(words, refs(permission.accounts, accounts), permission.without_messages)


@dataclass(frozen=True, slots=True)
class Again:
    """The search of a certificate, to be made again here; `missing` are accounts of its filters that are not held here."""

    request: SearchRequest
    missing: tuple[str, ...]


def again(stored: Stored, held: Iterable[AccountView]) -> Again:
    """Return the search of a certificate in terms of the accounts that are held now. Raises ValueError for an unknown dialect."""
    named = {(one.platform, native_id): one.id for one in held for native_id in one.native_ids}
    missing: list[str] = []

    def numbers(wanted: Sequence[AccountRef] | None) -> frozenset[int] | None:
        if wanted is None:
            return None
        missing.extend(one.label for one in wanted if (one.platform, one.native_id) not in named)
        return frozenset(named.get((one.platform, one.native_id), UNKNOWN_ACCOUNT) for one in wanted)

    chosen = stored.filters
    filters = Filters(
        first_day=chosen.first_day,
        last_day=chosen.last_day,
        accounts=numbers(chosen.accounts),
        platforms=_set(chosen.platforms),
        kinds=_set(chosen.kinds),
        authors=_set(chosen.authors),
        has_media=chosen.has_media,
        states=_set(chosen.states),
        permission=Permission(numbers(stored.made.scope.allowed_accounts), stored.made.scope.without_conversations),
    )
    request = SearchRequest(stored.query.typed, filters, Sort.NEWEST, dialect=Dialect(stored.query.dialect), as_of=stored.query.as_of)
    return Again(request, tuple(dict.fromkeys(missing)))


def _sorted(values: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(sorted(values))


def _set(values: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)


PROGRESS_EVERY: Final = 5_000  # records


class Altered(Exception):
    """The catalog's content of a record is not the one that was taken in; the text says which and what to do."""


def found(plan: Plan, spool: IO[bytes], progress: Tick | None) -> Found | None:
    """Return what a search finds and write the lines of its records into `spool`; None when the counts do not fit each other.

    Raises NotAnswered, Altered.
    """
    results = plan.counts()
    sha = LineDigest()
    for one in shown(plan):
        if one.is_altered:
            raise Altered(
                say(
                    "The catalog was altered: the content of {record}, version {number}, is not the content that was added. No "
                    "certificate was made. The evidence is safe: run python -m indexer verify --full, and restore the catalog from a "
                    "backup.",
                    record=one.record_id,
                    number=one.version,
                )
            )
        spool.write(sha.add(one.line))
        if progress and sha.count % PROGRESS_EVERY == 0:
            progress(sha.count, results.total)
    if sha.count != results.total:
        return None
    if progress:
        progress(sha.count, results.total)
    return Found(
        results.total,
        results.undated,
        sha.hex(),
        tuple(_terms(plan)),
        _accounts(plan.repository, results),
        expansions(plan),
    )


def _terms(plan: Plan) -> Iterator[TermCount]:
    """Yield how many records each term of a query finds alone within the same filters, in the order of the query."""
    for leaf in dict.fromkeys(leaves(plan.tree)):
        yield TermCount(canonical(leaf), reading(leaf), plan.count(leaf))


def leaves(tree: Node) -> Iterator[Node]:
    """Yield the terms of a query: what stands between AND, OR and NOT. Words near each other are one term."""
    if isinstance(tree, (And, Or)):
        for child in tree.children:
            yield from leaves(child)
    elif isinstance(tree, Not):
        yield from leaves(tree.child)
    elif not isinstance(tree, Everything):
        yield tree


def _accounts(repository: Repository, results: Results) -> tuple[AccountCount, ...]:
    counts = {one.value: one.count for one in results.facets.get("account", ())}
    filters = results.request.filters
    refs = [account_ref(account) for account in repository.catalog.accounts(filters.permission.accounts)]
    searched = [AccountCount(one, counts.get(str(one.id), 0)) for one in refs if _is_searched(one, filters)]
    return tuple(sorted(searched, key=lambda one: -one.records))


def expansions(plan: Plan) -> tuple[Expansion, ...]:
    """Return what each wildcard, fuzzy word, stem or range of a query stands for among the records that the maker may see."""
    return tuple(Expansion(canonical(one.node), dict(sorted(one.words))) for one in plan.expansions)


def made(repository: Repository, permission: Permission, by: str, at: datetime) -> Made:
    """Return who made a certificate, when (to the second), and what they might see."""
    held = repository.catalog.accounts()
    at = at.replace(microsecond=0)
    what = scope(permission, by_number(held), scope_words(permission, held))
    return Made(by, at, to_local(at, repository.zone), what)


def software(repository: Repository) -> Software:
    """Return what does the searching here now."""
    return Software(__version__, repository.engine_name, repository.index.version.partition("/")[0], analyzer())


def state(repository: Repository, permission: Permission) -> State:
    """Return how far catalog and index are; numbers of the whole repository only for who may see all of it."""
    catalog, index = repository.catalog.position(), repository.index.position()
    if not permission.is_all:
        return State(catalog == index, None, None, None, None)
    return State(catalog == index, catalog, index, repository.catalog.count(), repository.index.count())


def anchor(repository: Repository) -> LogAnchor:
    """Return how long the event log is and the hash of its newest event."""
    now = repository.audit.anchor()
    return LogAnchor(now.events, now.hash)


def captures(repository: Repository, filters: Filters) -> tuple[CaptureRef, ...]:
    """Return the captures that the maker may know of, the oldest first, each with whether it is of an account searched."""
    held = repository.catalog.captures(filters.permission.accounts)
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


def header(plan: Plan, number: str, made_by: Made, what: Found) -> Header:
    """Return the whole certificate but its list of records. Raises NotAnswered."""
    repository, request, results = plan.repository, plan.request, plan.counts()
    accounts = by_number(repository.catalog.accounts())
    now, said = state(repository, request.filters.permission), results.readings
    return Header(
        id=number,
        made=made_by,
        query=Query(request.query, results.canonical, request.dialect.value, said["en"], said["es"], request.as_of),
        filters=narrowed(request.filters, accounts),
        zone=repository.zone,
        software=software(repository),
        state=now,
        captures=captures(repository, request.filters),
        coverage=coverage.shape(results.coverage) if results.coverage else None,
        found=what,
        anchor=anchor(repository),
        announcements=tuple(
            Announcement(one.code, one.message, one.start, one.end, one.other_query, one.other_total) for one in results.announcements
        ),
        warnings=(*_warnings(results, now), *(results.as_of.sentences if results.as_of else ())),
    )


def _warnings(results: Results, now: State) -> Iterator[str]:
    """Yield what a reader must know before relying on the search."""
    if not now.in_step:
        if now.held is not None and now.indexed is not None and now.held != now.indexed:
            yield say(
                "The search index was not up to date: {indexed} of {held} records were indexed when this search was made. The "
                "rest could not be found.",
                indexed=now.indexed,
                held=now.held,
            )
        else:
            yield say("The search index was behind the catalog when this search was made, so newer content could not be found.")
    undated = results.undated_outside
    if undated == 1:
        yield say("One more record matches but has no readable date, so it is not in any date range.")
    elif undated:
        yield say(
            "{count} more records match but have no readable date, so they are not in any date range.",
            count=undated,
        )
