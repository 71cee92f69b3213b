"""Lists of terms: run as a batch, shown as a table, downloaded as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from indexer import platforms
from indexer.catalog import AccountView
from indexer.i18n import unpack
from indexer.query import TABLES, Dialect, Filters, paraphrase, parse
from indexer.record import RecordKind
from indexer.search import GroupBy, SetOrigin
from indexer.term_reports import MOST_CHARACTERS, MOST_TERMS, ListError, read_list, union_query, unique_query
from indexer.term_reports import report as term_report
from portal.access import Right, needs, reader
from portal.i18n import language_code, translate
from portal.jobs import Job, JobKind, JobState, is_running, job_rows, may_open, start
from portal.search import MAX_QUERY, SearchParams, address, facets, parse_address, request_arguments, selections
from portal.site import site
from portal.views import account_choice
from portal.views.search import sets
from portal.words import local_day_of

pages = Blueprint("terms", __name__)

LISTED = 20
LONGEST_TITLE = 120
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
ORDERS = ("line", "text", "hits", "unique", "family", "media")


@pages.get("/terms")
@needs(Right.SEARCH)
def index() -> ResponseReturnValue:
    """Show the form, filled with the address's filters or an earlier list, and the reader's reports."""
    again = request.args.get("again", type=int)
    earlier = _job(again) if again and again < 2**63 else None
    params = parse_address(earlier.arguments["address"]) if earlier else address.parse(request.args)
    text = earlier.arguments["query"] if earlier else params.query if "\n" in params.query else ""
    keeps = bool(earlier and earlier.arguments.get("keep_numbers"))
    return _form(replace(params, query=""), text, "", keep_numbers=keeps)


@pages.post("/terms")
@needs(Right.SEARCH)
def run() -> ResponseReturnValue:
    """Run a list."""
    text = request.form.get("terms", "")
    name = " ".join(request.form.get("name", "").split())[:LONGEST_TITLE]
    params = replace(address.parse(_with_kept(request.form)), query="", page=1)
    keep_numbers = request.form.get("numbers") == "keep"
    if account_choice.is_find(request.form):
        return _form(params, text, name, keep_numbers=keep_numbers)
    try:
        listed = read_list(text, keep_numbers=keep_numbers)
    except ListError as error:
        return _form(params, text, name, {"terms": translate(error.args[0])}, keep_numbers=keep_numbers), 400
    if params.errors:
        return _form(params, text, name, keep_numbers=keep_numbers), 400
    arguments = {**request_arguments(params), "query": text, "address": params.address(), "keep_numbers": keep_numbers}
    title = name or ", ".join(term.query for term in listed.terms[:4])[:LONGEST_TITLE]
    return redirect(url_for("terms.report", job_id=start(JobKind.TERM_LIST, title, arguments)))


@pages.get("/terms/<int:job_id>")
@needs(Right.SEARCH)
def report(job_id: int) -> ResponseReturnValue:
    """Show the report of a list, or the progress of its job."""
    job = _job(job_id)
    params = parse_address(job.arguments["address"])
    accounts = site().repository.catalog.accounts(reader().permission.accounts)
    shown: dict[str, Any] = {"job": job, "params": params, "chips": facets.chips(params, accounts)}
    if job.state is not JobState.DONE:
        return render_template("terms/waiting.html", worker_runs=is_running(site().config), **shown)
    site().note_later("report:viewed", reader().name, f"term list {job_id}")
    result = unpack(job.result)
    by, is_descending = _order(request.args.get("by", ""))
    terms = _sort(result["terms"], by, is_descending=is_descending)
    readings = {term["line"]: _paraphrase(term, params.dialect) for term in terms}
    search = {term["line"]: replace(params, query=_query(term)).address() for term in terms}
    shown["search_for"] = lambda query: replace(params, query=query).address()
    shown["is_for_dtsearch"] = params.dialect is Dialect.PLAIN and _is_for_dtsearch(terms)
    shown["keeps_numbers"] = bool(job.arguments.get("keep_numbers"))
    together = union_query(list(_queries(result["terms"]).values()), params.dialect)
    shown["together"] = together if len(together) <= MAX_QUERY else ""
    return render_template(
        "terms/report.html", report=result, terms=terms, search=search, readings=readings, by=by, is_descending=is_descending, **shown
    )


@pages.get("/terms/<int:job_id>/records")
@needs(Right.SEARCH)
def records(job_id: int) -> ResponseReturnValue:
    """Redirect to the search of a list's union, or of a term or the term alone, in conversations or as a plain list."""
    job = _job(job_id)
    if job.state is not JobState.DONE:
        abort(404)
    params, terms = parse_address(job.arguments["address"]), _queries(unpack(job.result)["terms"])
    line, dialect = request.args.get("line", type=int), params.dialect
    group = GroupBy.THREADS if request.args.get("group") else GroupBy.NONE
    if line is None:
        union = _union(job, params, terms)
        return redirect(_report(job_id) if union is None else f"{url_for('search.page')}?{replace(union, group=group).address()}")
    if line in terms and request.args.get("alone"):
        query = unique_query(list(terms.values()), terms[line], dialect)
    else:
        query, dialect = terms.get(line, ""), params.dialect
    if not query:
        abort(404)
    target = replace(params, query=query, dialect=Dialect.PLAIN if request.args.get("alone") else dialect, group=group)
    return redirect(f"{url_for('search.page')}?{target.address()}")


@pages.get("/terms/<int:job_id>/hand-over")
@needs(Right.EXPORT)
def hand_over(job_id: int) -> ResponseReturnValue:
    """Redirect to handing over every record that a list finds, each with its terms."""
    job = _job(job_id)
    if job.state is not JobState.DONE:
        abort(404)
    union = _union(job, parse_address(job.arguments["address"]), _queries(unpack(job.result)["terms"]))
    return redirect(_report(job_id) if union is None else f"{url_for('hand_over.page')}?{union.address()}&list={job_id}")


def _report(job_id: int) -> str:
    return url_for("terms.report", job_id=job_id)


def _union(job: Job, params: SearchParams, terms: Mapping[int, str]) -> SearchParams | None:
    """Return the search for every record that a list finds: one query, or a record set if that query would be too long.

    None, with a message, if the set cannot be made.
    """
    query = union_query(list(terms.values()), params.dialect)
    if not query:
        abort(404)
    if len(query) <= MAX_QUERY:
        return replace(params, query=query, dialect=Dialect.PLAIN)
    day = local_day_of(job.ended_at) if job.ended_at else None
    chosen = sets.make(lambda: selections.select(SetOrigin.TERM_LIST, selections.union(params, terms.values()), day=day))
    return None if chosen is None else replace(params, query="", dialect=Dialect.PLAIN, records=chosen)


@pages.get("/terms/<int:job_id>/<name>")
@needs(Right.EXPORT)
def file(job_id: int, name: str) -> ResponseReturnValue:
    """Download a report: report.csv, report.xlsx or report.json."""
    form = name.removeprefix("report.")
    job = _job(job_id)
    if form not in TYPES or name == form or job.state is not JobState.DONE:
        abort(404)
    content = BytesIO(term_report.FORMS[form](unpack(job.result)))
    site().note("export:downloaded", reader().name, f"term list {job_id}", {"form": form})
    response: Response = send_file(content, mimetype=TYPES[form], as_attachment=True, download_name=f"terms-{job_id}.{form}", max_age=0)
    response.headers["Cache-Control"] = "no-store"
    return response


def _job(job_id: int) -> Job:
    job = job_rows().get(job_id)
    if job is None or job.kind is not JobKind.TERM_LIST or not may_open(reader(), job):
        abort(404)
    return job


def _query(term: Mapping[str, Any]) -> str:
    """Return the query of a term: its line without a number or bullet. Older reports have only the line."""
    return str(term.get("query", term["text"]))


def _is_for_dtsearch(terms: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a list read in standard syntax may be meant for dtSearch: `and`, `or`, `not` in lowercase."""
    return any(item["code"] == "small-operator" for term in terms for item in term.get("announcements", ())) or any(
        parse(_query(term), Dialect.PLAIN).tree is None and parse(_query(term), Dialect.DTSEARCH).tree is not None
        for term in terms
        if term["diagnostics"]
    )


def _form(params: SearchParams, text: str, name: str, errors: Mapping[str, str] | None = None, *, keep_numbers: bool = False) -> str:
    accounts = site().repository.catalog.accounts(reader().permission.accounts)
    jobs = job_rows().recent(LISTED, kinds=frozenset({JobKind.TERM_LIST}), user_id=reader().user_id)
    return render_template(
        "terms/index.html",
        params=params,
        errors={**params.errors, **(errors or {})},
        text=text,
        name=name,
        keep_numbers=keep_numbers,
        choice=_choice(params, accounts),
        platforms=[platform.code for platform in platforms.registered() if platform.code in {account.platform for account in accounts}],
        kinds=[kind.value for kind in RecordKind if reader().permission.allows_kind(kind)],
        authors=sorted(params.filters.authors or ()),
        is_filtered=params.filters != Filters() or params.as_of is not None or params.records is not None,
        most_terms=MOST_TERMS,
        most_characters=MOST_CHARACTERS,
        jobs=[job for job in jobs if may_open(reader(), job)],
    )


def _with_kept(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return a form with the accounts that are chosen and not listed among its accounts."""
    whole = MultiDict(form)
    whole.setlist("account", account_choice.chosen_values(form))
    return whole


def _choice(params: SearchParams, accounts: Sequence[AccountView]) -> account_choice.AccountChoice:
    """Return the accounts to list; those of an earlier list to which the reader has no access any more stay chosen."""
    form = request.form if account_choice.is_find(request.form) else None
    return account_choice.choose(accounts, params.filters.accounts or frozenset(), form)


def _queries(terms: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Return the queries of the terms without errors, by line."""
    return {term["line"]: str(term.get("query", term["text"])) for term in terms if not term["diagnostics"]}


def _paraphrase(term: Mapping[str, Any], dialect: Dialect) -> str:
    """Return the paraphrase of a term in the reader's language; the report has it in English."""
    tree = parse(_query(term), dialect).tree if term["reading"] else None
    return paraphrase(tree, TABLES[language_code()]) if tree else str(term["reading"])


def _order(value: str) -> tuple[str, bool]:
    """Return the column that sorts the table, and whether it descends."""
    name = value.removeprefix("-")
    return (name, value.startswith("-")) if name in ORDERS else (ORDERS[0], False)


def _sort(terms: list[dict[str, Any]], by: str, *, is_descending: bool) -> list[dict[str, Any]]:
    """Sort the terms; terms without a count come last, in the order of the list."""
    if by == "text":
        return sorted(terms, key=lambda term: str(term["text"]).casefold(), reverse=is_descending)
    counted = [term for term in terms if term[by] is not None]
    uncounted = [term for term in terms if term[by] is None]
    return sorted(counted, key=lambda term: int(term[by]), reverse=is_descending) + uncounted
