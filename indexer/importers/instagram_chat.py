"""What conversations of every form share: the record of a reaction to a message, as `meta_messages` makes it for JSON."""

from __future__ import annotations

from dataclasses import replace

from indexer.importers.instagram_context import Context
from indexer.record import Moment, Record, RecordKind


def reaction_record(context: Context, message: Record, number: int, *, actor: str, sign: str, posted: Moment | None) -> Record:
    """Return the like of one reaction to a message; `number` counts the reactions of the message from 0.

    Its raw item is the message's. Most reactions state no time of their own; then the record has none.
    """
    at = f"{message.place.pointer}/" if message.place.pointer else ""
    return Record(
        kind=RecordKind.LIKE,
        native_id=context.made.make(f"reactions/{message.native_id}", posted.written if posted else "", f"{actor} {sign}"),
        place=replace(message.place, pointer=f"{at}reactions/{number}"),
        raw=message.raw,
        title=f"{actor} reacted {sign} to a message.",
        author=actor,
        posted=posted,
        parent_id=message.native_id,
        thread_id=message.thread_id,
        thread_title=message.thread_title,
        id_is_made=True,
        extra={"reaction": sign},
    )
