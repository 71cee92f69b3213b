"""The markers that a reader may not see, and every address where one could stand."""

from __future__ import annotations

from portal.jobs.rows import Jobs
from tests.support.town import ACCOUNT_CANARY, MESSAGE_CANARY, REACTION_CANARY, SECRET, Town

MARKERS = (ACCOUNT_CANARY, MESSAGE_CANARY, REACTION_CANARY, SECRET)


def addresses(town: Town) -> list[str]:
    """Return every GET address that there is, filled with everything that it could be filled with."""
    ids = [view.record_id for view in town.repository.catalog.views(list(range(1, 200)))]
    captures = [one.id for one in town.repository.catalog.captures()]
    users = [one.id for one in town.app.extensions["showme"].users.all()]
    jobs = [one.id for one in Jobs(town.repository.db).recent(100)]
    values = {
        "record_id": ids,
        "capture_id": captures,
        "user_id": users,
        "job_id": jobs,
        "saved_id": list(range(1, 9)),
        "number": [0],
        "name": ["search", "report.csv", "report.json"],
        "change": ["new", "changed", "gone"],
        "token": ["no-such"],
        "code": ["en"],
    }
    made = []
    for rule in town.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
            continue
        choices: list[dict[str, object]] = [{}]
        for name in sorted(rule.arguments):
            choices = [{**one, name: value} for one in choices for value in values[name]]
        adapter = town.app.url_map.bind("localhost")
        made += [adapter.build(rule.endpoint, choice) for choice in choices]
    words = [
        "",
        "*",
        "flood",
        f"{MESSAGE_CANARY[:5]}*",
        f"{ACCOUNT_CANARY[:5]}*",
        "kind:message",
        "kind:like",
        "has:conversation",
        f"account:{SECRET}",
    ]
    made += [
        f"{page}?q={word}&{more}"
        for page in ("/search", "/search.json")
        for word in words
        for more in ("", "sort=relevance", "account=1&account=2", "kind=message")
    ]
    made += [f"/records/{one}?q=*&hit=1" for one in ids[:5]]
    return made
