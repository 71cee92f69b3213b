"""The check of a file in sentences, the verdict first."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.catalog import AnchorState
from indexer.certificates.check import FileState
from indexer.certificates.file_check import FileCheck, FileKind
from indexer.i18n import say


def sentences(check: FileCheck) -> list[str]:
    """Return the result of a file's check, the verdict first. They say nothing about records."""
    if check.kind is FileKind.PDF:
        return list(_pdf(check))
    if check.kind is FileKind.PACKAGE:
        return list(_package(check))
    return list(_certificate(check))


def _certificate(check: FileCheck) -> Iterator[str]:
    if check.state is FileState.ALTERED:
        yield say("Altered: this is not the file that was made here. It was changed afterward. Do not rely on it.")
    elif not check.lines_fit:
        yield say(
            "Altered: the list of records does not have the digest that the file states, or another program has saved the file again. Do "
            "not rely on it."
        )
    elif check.state is FileState.UNKNOWN:
        yield say("Not made here: this event log has no certificate {id}. The file comes from another system, or was changed.", id=check.id)
    elif check.anchor in {AnchorState.CUT, AnchorState.REWRITTEN}:
        yield say("The file is unaltered, but the event log is not the one that it was made with.")
    else:
        yield say("Unaltered: this is the certificate that was made here.")
    if check.lines_fit:
        if check.total == 1:
            yield say("Its list has 1 record, and the digest that the file states.")
        else:
            yield say("Its list has {count} records, and the digest that the file states.", count=check.total)
    yield from _anchor(check)


def _anchor(check: FileCheck) -> Iterator[str]:
    if check.anchor is AnchorState.HOLDS:
        yield say("The event log continues from the certificate: its newest event of that time is in the log, unchanged.")
    elif check.anchor is AnchorState.CUT:
        yield say("The event log is shorter than the certificate states: it was truncated, or the certificate belongs to another system.")
    elif check.anchor is AnchorState.REWRITTEN:
        yield say(
            "Event {number} is not the one that the certificate states: the log was rewritten, or belongs to another system.",
            number=str(check.anchor_events),
        )
    elif check.state is not FileState.UNKNOWN:
        yield say("The certificate's format is older and states no place in the event log.")


def _pdf(check: FileCheck) -> Iterator[str]:
    if check.state is FileState.UNALTERED:
        yield say("Unaltered: this is the PDF of a certificate that was made here.")
        yield say("The list of records is in the JSON file that goes with it. Check that file too.")
    else:
        yield say("This PDF is not, byte for byte, one that was made here.")
        yield say(
            "A PDF that was signed, scanned, or saved again differs, even if it says the same. Check the JSON file that goes with it, and "
            "compare its SHA-256 with the one on page 1."
        )


def _package(check: FileCheck) -> Iterator[str]:
    package = check.package
    if package is not None and package.damaged_total == 1:
        yield say("Altered: 1 file of the package is changed, missing, or not in its manifest. Do not rely on it.")
    elif package is not None and package.damaged_total:
        yield say(
            "Altered: {count} files of the package are changed, missing, or not in its manifest. Do not rely on them.",
            count=package.damaged_total,
        )
    elif check.state is FileState.UNALTERED:
        yield say("Unaltered: this is the package that was made here.")
    elif package is not None:
        yield say("The package fits its own manifest, but this event log does not know it: it was packed again, or made elsewhere.")
    else:
        yield say("This event log does not know this ZIP file, and it has no manifest. Only the certificate in it was checked.")
    if package is not None:
        yield from package.damaged
        if not package.damaged_total:
            yield say("All {count} files in it have the SHA-256 that its manifest states.", count=package.files)
    if check.certificate is not None:
        yield say("The certificate in it: {verdict}", verdict=next(_certificate(check.certificate)))
        yield from list(_certificate(check.certificate))[1:]
    else:
        yield say("There is no certificate in it.")
