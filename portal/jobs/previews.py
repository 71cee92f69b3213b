"""Looks at archives before they are added, in the worker: an archive may have many gigabytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.custody import ArchivePreview, preview
from indexer.i18n import Sentence, pack, unpack
from indexer.progress import Progress, Report
from indexer.repository import Repository
from portal.jobs.rows import Job

SECONDS = 8.0  # of reading per archive


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """One archive to be added, as its user sees it: the names of its files and what it is.

    `paths` are its files; `tokens` name them in staging, and are empty for files of incoming/. `refusal` says in a sentence
    why it cannot be added.
    """

    names: tuple[str, ...]
    paths: tuple[Path, ...]
    tokens: tuple[str, ...]
    size: int
    refusal: str
    repair: str  # what to do about the refusal
    details: str
    headline: str
    sentences: tuple[str, ...]
    held: int | None  # the capture that already has this archive
    asks_handle: bool
    is_doubtful: bool  # it can be added, but nothing or not everything of it was understood

    @property
    def can_be_added(self) -> bool:
        """Whether it is new. An archive on file can be added again, which repairs the copy in the vault."""
        return not self.refusal and self.held is None


def preview_archives(repository: Repository, job: Job, tell: Report) -> Mapping[str, Any]:
    """Look at every archive of a job, and write nothing."""
    items = job.arguments["items"]
    previews = []
    for done, item in enumerate(items):
        tell(Progress("previewing", done, len(items), 0.0, None))
        paths = [Path(path) for path in item["paths"]]
        present = all(path.exists() for path in paths)
        previews.append(_as_json(preview(paths, repository, seconds=SECONDS)) if present else None)
    return {"previews": previews}


def preview_items(job: Job) -> list[PreviewItem]:
    """Return the archives of a finished preview job, without those whose files are gone."""
    items = []
    for stored, seen in zip(job.arguments["items"], job.result["previews"], strict=True):
        if seen is not None:
            shown = unpack(seen)
            items.append(
                PreviewItem(
                    names=tuple(Path(path).name for path in stored["paths"]),
                    paths=tuple(Path(path) for path in stored["paths"]),
                    tokens=tuple(stored["tokens"]),
                    size=shown["size"],
                    refusal=_part(shown["refusal"], "why") or shown["refusal"],
                    repair=_part(shown["refusal"], "repair"),
                    details=shown["details"],
                    headline=shown["headline"],
                    sentences=tuple(shown["sentences"]),
                    held=shown["held"],
                    asks_handle=shown["asks_handle"],
                    is_doubtful=bool(shown.get("is_doubtful")),  # older previews do not state it
                )
            )
    return items


def _part(refusal: str, name: str) -> str:
    """Return a part of a refusal that is a sentence of parts; "" if it has none."""
    value = refusal.values.get(name, "") if isinstance(refusal, Sentence) else ""
    return value if isinstance(value, str) else ""


def item_of(paths: Sequence[Path], tokens: Sequence[str] = ()) -> dict[str, Any]:
    """Return an archive as stored with a preview job."""
    return {"paths": [str(path) for path in paths], "tokens": list(tokens)}


def _as_json(seen: ArchivePreview) -> dict[str, Any]:
    packed: dict[str, Any] = pack(
        {
            "size": seen.size,
            "refusal": seen.refusal,
            "details": seen.details,
            "headline": seen.headline,
            "sentences": seen.sentences(),
            "held": seen.held.id if seen.held else None,
            "is_doubtful": bool(seen.problems) or (seen.is_whole and not seen.kinds),
            "asks_handle": not seen.is_refused and not seen.native_id,
        }
    )
    return packed
