"""The JSON items of Instagram archives, 2021-2026, as typed structs. Missing, null or unknown values are no error.

Empty objects are written as `[]` (by PHP), and a single item may replace a list.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from indexer.text import repair_mojibake

Stamp = float | str | None  # seconds since 1970 UTC; text if somebody edited the file, which makes a bad date, not a bad item


class Subtitles(msgspec.Struct):
    """The subtitle file of a video."""

    uri: str | None = None


class VideoMetadata(msgspec.Struct):
    """The metadata of a video that we read; camera, location and device stay in the raw item."""

    subtitles: Subtitles | list[msgspec.Raw] | None = None


class MediaMetadata(msgspec.Struct):
    """The metadata of a medium that we read."""

    video_metadata: VideoMetadata | list[msgspec.Raw] | None = None


class TextAppPost(msgspec.Struct):
    """Facts about a Threads post."""

    is_reply: bool | None = None


class LabeledLine(msgspec.Struct):
    """A line in the format of 2025/26: a label with its value, or a title with lines below it."""

    label: str | None = None
    title: str | None = None
    value: str | float | bool | None = None
    href: str | None = None
    timestamp_value: Stamp = None
    media: list[Medium] | Medium | None = None
    inside: list[LabeledLine] | None = msgspec.field(name="dict", default=None)


class Medium(msgspec.Struct):
    """A picture or video, and also a post: posts hold `media`, a story is a single medium."""

    uri: str | None = None
    creation_timestamp: Stamp = None
    title: str | None = None
    description: str | None = None
    backup_uri: str | None = None
    media_metadata: MediaMetadata | list[msgspec.Raw] | None = None
    text_app_post: TextAppPost | list[msgspec.Raw] | None = None
    media: list[Medium] | Medium | None = None
    timestamp: Stamp = None
    label_values: list[LabeledLine] | None = None

    def lines(self) -> Iterator[tuple[str, LabeledLine]]:
        """Yield the lines of a post in the format of 2025/26, at every depth."""
        yield from _lines(self.label_values or [], "")

    @property
    def subtitles(self) -> str:
        """The path of a video's subtitles, "" if it has none."""
        metadata = self.media_metadata
        video = metadata.video_metadata if isinstance(metadata, MediaMetadata) else None
        subtitles = video.subtitles if isinstance(video, VideoMetadata) else None
        return (subtitles.uri or "") if isinstance(subtitles, Subtitles) else ""


class Value(msgspec.Struct):
    """A labeled value. `href` is an address, `timestamp` seconds since 1970 UTC (0 if it is not a time)."""

    value: str | float | bool | None = None
    href: str | None = None
    timestamp: Stamp = None

    @property
    def text(self) -> str:
        """The value as displayed."""
        return repair_mojibake(self.value) if isinstance(self.value, str) else "" if self.value is None else str(self.value)


class Entry(msgspec.Struct):
    """A comment, like or repost: lists of values (2021-26), values by localized label (2022-26), or lines (2025/26)."""

    title: str | None = None
    timestamp: Stamp = None
    fbid: str | int | None = None
    string_list_data: list[Value] | Value | None = None
    string_map_data: dict[str, Value] | list[msgspec.Raw] | None = None
    media_map_data: dict[str, Medium] | list[msgspec.Raw] | None = None
    media_list_data: list[Medium] | Medium | None = None
    label_values: list[LabeledLine] | LabeledLine | None = None

    def listed(self) -> list[Value]:
        """Return the values of `string_list_data`."""
        values = self.string_list_data
        return [values] if isinstance(values, Value) else values or []

    def mapped(self) -> dict[str, Value]:
        """Return the values of `string_map_data` by displayed label, in order."""
        values = self.string_map_data
        return {repair_mojibake(label): value for label, value in values.items()} if isinstance(values, dict) else {}

    def lines(self) -> Iterator[tuple[str, LabeledLine]]:
        """Yield the lines of `label_values` at every depth, with the path of titles and label ("Owner/Username")."""
        lines = self.label_values
        yield from _lines([lines] if isinstance(lines, LabeledLine) else lines or [], "")

    @property
    def is_empty(self) -> bool:
        """Whether an item has none of the known parts, so it does not belong in its file."""
        return not (self.listed() or self.mapped() or self.label_values)


def _lines(lines: list[LabeledLine], above: str) -> Iterator[tuple[str, LabeledLine]]:
    for line in lines:
        name = repair_mojibake(line.label or line.title or "")
        path = f"{above}/{name}" if above and name else above or name
        yield path, line
        yield from _lines(line.inside or [], path)


MEDIUM = msgspec.json.Decoder(Medium, strict=False)
ENTRY = msgspec.json.Decoder(Entry, strict=False)
