"""The parts of a certificate, read from the repository: results, counts by term and account, and the scope of the search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

import msgspec
import sqlalchemy as sa

from indexer import __version__
from indexer.catalog import AccountView, among_keys, by_number, select_keys, sightings
from indexer.certificates.file_format import (
    AccountCount,
    AccountRef,
    Announcement,
    Body,
    CaptureRef,
    ChosenFilters,
    Creation,
    Expansion,
    Header,
    LineDigest,
    LogAnchor,
    Query,
    ResultSummary,
    Scope,
    Selection,
    Software,
    State,
    Stored,
    TermCount,
)
from indexer.certificates.record_digests import digest_records
from indexer.certificates.wording import outside_sentence
from indexer.coverage import scope as coverage
from indexer.engines import analyzer
from indexer.i18n import say, with_full_days
from indexer.local_time import to_local
from indexer.progress import Tick
from indexer.query import TABLES, And, Dialect, Everything, Filters, Node, Not, Or, Permission, Sort, canonical, paraphrase
from indexer.repository import Repository
from indexer.search import Plan, RecordSet, Results, SearchRequest, SetOrigin, describe_scope
from indexer.settings import NO_LETTERHEAD, Letterhead

UNKNOWN_ACCOUNT = 0
"""An id that no account has: a filter for an account no longer on file finds nothing rather than everything."""


def account_ref(account: AccountView) -> AccountRef:
    """Return an account as a certificate stores it."""
    return AccountRef(account.id, account.platform, account.native_id, account.label)


def refs(numbers: frozenset[int] | None, accounts: Mapping[int, AccountView]) -> tuple[AccountRef, ...] | None:
    """Return the accounts of a filter, or None without a filter. An unknown id is kept as an empty reference."""
    if numbers is None:
        return None
    unknown = [AccountRef(number, "", "", "") for number in sorted(numbers - accounts.keys())]
    references = dict.fromkeys(account_ref(accounts[number]) for number in sorted(numbers & accounts.keys()))
    return (*references, *unknown)


def chosen_filters(filters: Filters, accounts: Mapping[int, AccountView], selection: Selection | None = None) -> ChosenFilters:
    """Return the maker's filters as a certificate stores them; accounts they may not see become empty references."""
    visible = {number: account for number, account in accounts.items() if filters.permission.allows_account(number)}
    return ChosenFilters(
        filters.first_day,
        filters.last_day,
        refs(filters.accounts, visible),
        _sorted(filters.platforms),
        _sorted(filters.kinds),
        _sorted(filters.authors),
        filters.has_media,
        _sorted(filters.states),
        selection,
        _sorted(filters.media),
    )


def scope(permission: Permission, accounts: Mapping[int, AccountView], words: str) -> Scope:
    """Return the maker's permission as a certificate stores it."""
    return Scope(words, refs(permission.accounts, accounts), permission.without_messages)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a certificate is written on: the letterhead, and its "Re:" line (a request or matter), empty for none."""

    letterhead: Letterhead = NO_LETTERHEAD
    subject: str = ""


PLAIN_PAPER: Final = Paper()


@dataclass(frozen=True, slots=True)
class RebuiltSearch:
    """The search of a certificate, to be repeated here. `missing`: accounts of its filters that are not on file here."""

    request: SearchRequest
    missing: tuple[str, ...]


def rebuild_search(stored: Stored, accounts: Iterable[AccountView]) -> RebuiltSearch:
    """Rebuild a certificate's search with the accounts now on file. Raises ValueError for an unknown dialect."""
    ids = {(account.platform, native_id): account.id for account in accounts for native_id in account.native_ids}
    missing: list[str] = []

    def account_ids(refs: Sequence[AccountRef] | None) -> frozenset[int] | None:
        if refs is None:
            return None
        missing.extend(ref.label for ref in refs if (ref.platform, ref.native_id) not in ids)
        return frozenset(ids.get((ref.platform, ref.native_id), UNKNOWN_ACCOUNT) for ref in refs)

    chosen = stored.filters
    filters = Filters(
        first_day=chosen.first_day,
        last_day=chosen.last_day,
        accounts=account_ids(chosen.accounts),
        platforms=_set(chosen.platforms),
        kinds=_set(chosen.kinds),
        authors=_set(chosen.authors),
        has_media=chosen.has_media,
        states=_set(chosen.states),
        media=_set(chosen.media),
        permission=Permission(account_ids(stored.made.scope.allowed_accounts), stored.made.scope.without_conversations),
    )
    request = SearchRequest(
        stored.query.typed,
        filters,
        Sort.NEWEST,
        dialect=Dialect(stored.query.dialect),
        as_of=stored.query.as_of,
        records=_record_set(chosen.selection),
    )
    return RebuiltSearch(request, tuple(dict.fromkeys(missing)))


def _selection(plan: Plan) -> Selection | None:
    """Return the record set searched as a certificate stores it: without records that the maker may not see."""
    chosen, filters = plan.request.records, Filters(permission=plan.request.filters.permission)
    if chosen is None:
        return None
    record_ids = chosen.record_ids
    if not filters.permission.is_all:
        visible = Plan(plan.repository, SearchRequest("*", filters, records=chosen)).views()
        record_ids = tuple(sorted(view.record_id for view in visible))
    return Selection(chosen.origin.value, chosen.by, chosen.day, record_ids)


def _record_set(selection: Selection | None) -> RecordSet | None:
    if selection is None:
        return None
    return RecordSet.of(SetOrigin(selection.origin), selection.record_ids, by=selection.by, day=selection.day)


def _sorted(values: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(sorted(values))


def _set(values: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)


PROGRESS_EVERY: Final = 5_000  # records


class Altered(Exception):
    """A record's content in the catalog is not the content that was added; the message gives the record and the remedy."""


def list_records(plan: Plan, spool: IO[bytes], progress: Tick | None) -> ResultSummary | None:
    """Write the lines of the records found to `spool` and return the result; None if its counts disagree.

    Raises NotAnswered, Altered.
    """
    results = plan.counts()
    sha = LineDigest()
    for record in digest_records(plan):
        if record.is_altered:
            raise Altered(
                say(
                    "The catalog was altered: the content of {record}, version {number}, is not the content that was added. No "
                    "certificate was made. The evidence is safe: run python -m indexer verify --full, and restore the catalog from a "
                    "backup.",
                    record=record.record_id,
                    number=record.version,
                )
            )
        spool.write(sha.add(record.line))
        if progress and sha.count % PROGRESS_EVERY == 0:
            progress(sha.count, results.total)
    if sha.count != results.total:
        return None
    if progress:
        progress(sha.count, results.total)
    return ResultSummary(
        results.total,
        results.undated,
        sha.hex(),
        tuple(_terms(plan)),
        _accounts(plan.repository, results),
        expansions(plan),
        results.undated_outside,
    )


def _terms(plan: Plan) -> Iterator[TermCount]:
    """Yield the number of records each term finds by itself within the same filters, in query order."""
    for leaf in dict.fromkeys(leaves(plan.tree)):
        yield TermCount(canonical(leaf), paraphrase(leaf), plan.count(leaf))


def leaves(tree: Node) -> Iterator[Node]:
    """Yield the terms of a query: the operands of AND, OR and NOT. A proximity expression is a single term."""
    if isinstance(tree, (And, Or)):
        for child in tree.children:
            yield from leaves(child)
    elif isinstance(tree, Not):
        yield from leaves(tree.child)
    elif not isinstance(tree, Everything):
        yield tree


def _accounts(repository: Repository, results: Results) -> tuple[AccountCount, ...]:
    counts = {facet.value: facet.count for facet in results.facets.get("account", ())}
    filters = results.request.filters
    accounts = [account_ref(account) for account in repository.catalog.accounts(filters.permission.accounts)]
    searched = [AccountCount(account, counts.get(str(account.id), 0)) for account in accounts if _is_searched(account, filters)]
    return tuple(sorted(searched, key=lambda count: -count.records))


def expansions(plan: Plan) -> tuple[Expansion, ...]:
    """Return the words matched by each wildcard, fuzzy word, stem or range, among the records the maker may see."""
    return tuple(Expansion(canonical(expansion.node), dict(sorted(expansion.words))) for expansion in plan.expansions)


def creation(repository: Repository, permission: Permission, by: str, at: datetime) -> Creation:
    """Return a certificate's maker, time (to the second) and permission."""
    accounts = repository.catalog.accounts()
    at = at.replace(microsecond=0)
    allowed = scope(permission, by_number(accounts), describe_scope(permission, accounts))
    return Creation(by, at, to_local(at, repository.zone), allowed)


def software(repository: Repository) -> Software:
    """Return the software now in use."""
    return Software(__version__, repository.engine_name, repository.index.version.partition("/")[0], analyzer())


def state(repository: Repository, permission: Permission) -> State:
    """Return the positions of catalog and index; numbers of the whole repository only for a maker who may see all of it."""
    catalog, index = repository.catalog.position(), repository.index.position()
    if not permission.is_all:
        return State(catalog == index, None, None, None, None)
    return State(catalog == index, catalog, index, repository.catalog.count(), repository.index.count())


def anchor(repository: Repository) -> LogAnchor:
    """Return the length of the event log and the hash of its latest event."""
    latest = repository.audit.anchor()
    return LogAnchor(latest.events, latest.hash)


def captures(repository: Repository, filters: Filters) -> tuple[CaptureRef, ...]:
    """Return the captures the maker may see, oldest first, each marked if its account was searched."""
    visible = repository.catalog.captures(filters.permission.accounts)
    return tuple(
        CaptureRef(
            capture.id,
            capture.name,
            capture.digest,
            account_ref(capture.account) if capture.account else None,
            capture.taken_at,
            capture.exported_at,
            _is_searched(account_ref(capture.account) if capture.account else None, filters),
        )
        for capture in reversed(visible)
    )


def captures_with(repository: Repository, filters: Filters, pks: Sequence[int]) -> tuple[CaptureRef, ...]:
    """Return the captures that contain any of the records and that the maker may see, oldest first."""
    query = sa.select(sightings.c.capture_id).where(among_keys(sightings.c.record_pk)).distinct()
    with repository.db.connect() as connection:
        numbers = {row.capture_id for row in select_keys(connection, query, pks)}
    return tuple(msgspec.structs.replace(capture, in_scope=True) for capture in captures(repository, filters) if capture.id in numbers)


def _is_searched(account: AccountRef | None, filters: Filters) -> bool:
    if account is None:
        return True  # the account is unknown, so it cannot be ruled out
    in_accounts = filters.accounts is None or account.id in filters.accounts
    return in_accounts and (filters.platforms is None or account.platform in filters.platforms)


def body(letterhead: Letterhead) -> Body:
    """Return the letterhead as a certificate stores it. The seal is an ornament of the PDF only."""
    return Body(letterhead.name, letterhead.address, letterhead.contact, letterhead.custodian, letterhead.custodian_title)


_ADVICE: Final = ("Request a new archive from the platform.", "Request new archives from the platforms.")
"""The ends of notes that are advice to the body, no fact for a reader of its certificate."""


def coverage_json(results: Results) -> dict[str, Any] | None:
    """Return the coverage of a search, with its days written out as letters do."""
    covered = results.coverage
    if covered is None:
        return None
    return {
        **coverage.as_json(covered),
        "summary": with_full_days(covered.summary),
        "gaps": [with_full_days(line) for line in covered.gaps],
        "notes": [with_full_days(line) for line in covered.notes if not line.template.endswith(_ADVICE)],
        "cannot_contain": [{"text": with_full_days(text), "accounts": list(labels)} for text, labels in covered.cannot_contain],
    }


def header(plan: Plan, certificate_id: str, made_by: Creation, summary: ResultSummary, paper: Paper) -> Header:
    """Return the certificate without its list of records. Raises NotAnswered."""
    repository, request, results = plan.repository, plan.request, plan.counts()
    accounts = by_number(repository.catalog.accounts())
    is_list = request.records is not None  # then the certificate claims no coverage
    positions, readings = state(repository, request.filters.permission), results.readings
    return Header(
        id=certificate_id,
        made=made_by,
        query=Query(
            request.query, results.canonical, request.dialect.value, readings["en"], readings["es"], request.as_of, *_query_words(plan)
        ),
        filters=chosen_filters(request.filters, accounts, _selection(plan)),
        zone=repository.zone,
        software=software(repository),
        state=positions,
        captures=captures_with(repository, request.filters, plan.ids()) if is_list else captures(repository, request.filters),
        coverage=None if is_list else coverage_json(results),
        found=summary,
        anchor=anchor(repository),
        announcements=tuple(
            Announcement(doubt.code, doubt.message, doubt.start, doubt.end, doubt.other_query, doubt.other_total)
            for doubt in results.announcements
        ),
        warnings=(*_warnings(results, positions), *map(with_full_days, results.as_of.sentences if results.as_of else ())),
        body=body(paper.letterhead),
        subject=paper.subject,
    )


def _query_words(plan: Plan) -> tuple[str, str]:
    """Return the query without its filters in words, in English and Spanish."""
    forms = {expansion.node: [word for word, _count in expansion.words] for expansion in plan.expansions}
    return paraphrase(plan.tree, TABLES["en"], forms), paraphrase(plan.tree, TABLES["es"], forms)


def _warnings(results: Results, positions: State) -> Iterator[str]:
    """Yield the limitations a reader must know before relying on the search."""
    if not positions.in_step:
        if positions.held is not None and positions.indexed is not None and positions.held != positions.indexed:
            yield say(
                "The search index was not up to date: {indexed} of {held} records were indexed when this search was made. The "
                "rest could not be found.",
                indexed=positions.indexed,
                held=positions.held,
            )
        else:
            yield say("The search index was behind the catalog when this search was made, so newer content could not be found.")
    if results.undated_outside:
        yield outside_sentence(results.undated_outside)
