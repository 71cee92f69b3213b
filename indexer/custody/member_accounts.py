"""What became of every member of an archive, and the platform's counts against ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indexer.catalog import MemberOutcome, Reconciled
from indexer.evidence import DAMAGE, Archive, damage_of, fixity
from indexer.i18n import say
from indexer.importers import Importer, compile_ignored
from indexer.record import Problem


def reconcile(declared: Mapping[str, int], tallies: Mapping[str, int]) -> list[Reconciled]:
    """Compare the platform's counts with the numbers read, by unit; a declared unit without a tally counts as 0."""
    units = list(dict.fromkeys([*declared, *tallies]))
    return [Reconciled(unit, declared.get(unit), tallies.get(unit, 0)) for unit in sorted(units)]


def member_outcomes(
    archive: Archive, importer: Importer, attached: set[str], digests: Mapping[str, tuple[str, str]]
) -> Iterator[MemberOutcome]:
    """Yield the outcome of each member, by name."""
    reason_of = compile_ignored(importer)
    for name in sorted(archive.members):
        size, digest = archive.members[name].size, digests[name][0]
        inner = name.removeprefix(archive.root)
        if name in archive.opened or name in attached:
            yield MemberOutcome(name, size, digest, "read")
        elif (name.startswith(archive.root) and (reason := reason_of(inner))) or (reason := reason_of(name)):
            yield MemberOutcome(name, size, digest, "ignored", reason)
        else:
            yield MemberOutcome(name, size, digest, "unknown", "no importer knows this file")


def member_problems(outcomes: Sequence[MemberOutcome], digests: Mapping[str, tuple[str, str]]) -> Iterator[Problem]:
    """Yield the problems of members that no importer knows or that are damaged."""
    for outcome in outcomes:
        if outcome.outcome == "unknown":
            message = say("No importer knows this file; it is kept in the vault and was not read.")
            yield Problem(outcome.name, "unknown-member", message)
        if digests[outcome.name][1]:
            message = say("The archive's own checksum fails: {damage}.", damage=digests[outcome.name][1])
            yield Problem(outcome.name, "member-damaged", message)


def member_digests(archive: Archive) -> dict[str, tuple[str, str]]:
    """Return the SHA-256 of every member, or "" with the damage if it cannot be read to its end."""
    digests = {}
    for name, member in archive.members.items():
        try:
            with member.open() as stream:
                digests[name] = (fixity.digest(stream), "")
        except DAMAGE as error:
            digests[name] = ("", damage_of(error))
    return digests
