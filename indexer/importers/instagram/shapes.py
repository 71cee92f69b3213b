"""The JSON items of Instagram archives, 2021-2026, as typed structs. What is missing, null or unknown is no error.

Empty objects come as `[]` (the platform writes them in PHP), and one item may stand where a list is usual.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from indexer.text import repair_mojibake

Stamp = float | str | None  # seconds since 1970 UTC; a text where somebody changed the file: then it is a bad date, not a bad item


class Subtitles(msgspec.Struct):
    """The file with the words of a video."""

    uri: str | None = None


class VideoMetadata(msgspec.Struct):
    """What we read of a video's metadata; camera, place and device stay in the raw item."""

    subtitles: Subtitles | list[msgspec.Raw] | None = None


class MediaMetadata(msgspec.Struct):
    """What we read of a medium's metadata."""

    video_metadata: VideoMetadata | list[msgspec.Raw] | None = None


class TextAppPost(msgspec.Struct):
    """What a Threads post says of itself."""

    is_reply: bool | None = None


class Labelled(msgspec.Struct):
    """One line of the form of 2025/26: a label with its value, or a title with lines below it."""

    label: str | None = None
    title: str | None = None
    value: str | float | bool | None = None
    href: str | None = None
    timestamp_value: Stamp = None
    media: list[Medium] | Medium | None = None
    inside: list[Labelled] | None = msgspec.field(name="dict", default=None)


class Medium(msgspec.Struct):
    """A picture or video, and also a post: posts hold `media`, stories are one medium."""

    uri: str | None = None
    creation_timestamp: Stamp = None
    title: str | None = None
    description: str | None = None
    backup_uri: str | None = None
    media_metadata: MediaMetadata | list[msgspec.Raw] | None = None
    text_app_post: TextAppPost | list[msgspec.Raw] | None = None
    media: list[Medium] | Medium | None = None
    timestamp: Stamp = None
    label_values: list[Labelled] | None = None

    def lines(self) -> Iterator[tuple[str, Labelled]]:
        """Yield the lines of a post in the form of 2025/26, at every depth."""
        yield from _lines(self.label_values or [], "")

    @property
    def subtitles(self) -> str:
        """Where the subtitles of a video stand; "" without."""
        metadata = self.media_metadata
        video = metadata.video_metadata if isinstance(metadata, MediaMetadata) else None
        subtitles = video.subtitles if isinstance(video, VideoMetadata) else None
        return (subtitles.uri or "") if isinstance(subtitles, Subtitles) else ""


class Value(msgspec.Struct):
    """One labelled value. `href` is an address, `timestamp` seconds since 1970 UTC (0 where it is no time)."""

    value: str | float | bool | None = None
    href: str | None = None
    timestamp: Stamp = None

    @property
    def text(self) -> str:
        """The value as people read it."""
        return repair_mojibake(self.value) if isinstance(self.value, str) else "" if self.value is None else str(self.value)


class Entry(msgspec.Struct):
    """A comment, like or repost: lists of values (2021-26), values by localised label (2022-26), or lines (2025/26)."""

    title: str | None = None
    timestamp: Stamp = None
    fbid: str | int | None = None
    string_list_data: list[Value] | Value | None = None
    string_map_data: dict[str, Value] | list[msgspec.Raw] | None = None
    media_map_data: dict[str, Medium] | list[msgspec.Raw] | None = None
    media_list_data: list[Medium] | Medium | None = None
    label_values: list[Labelled] | Labelled | None = None

    def listed(self) -> list[Value]:
        """Return the values of `string_list_data`."""
        values = self.string_list_data
        return [values] if isinstance(values, Value) else values or []

    def mapped(self) -> dict[str, Value]:
        """Return the values of `string_map_data` by their labels as people read them, in their order."""
        values = self.string_map_data
        return {repair_mojibake(label): value for label, value in values.items()} if isinstance(values, dict) else {}

    def lines(self) -> Iterator[tuple[str, Labelled]]:
        """Yield the lines of `label_values` at every depth: the titles above it and its own label ("Owner/Username")."""
        lines = self.label_values
        yield from _lines([lines] if isinstance(lines, Labelled) else lines or [], "")

    @property
    def says_nothing(self) -> bool:
        """True for an item that has none of the parts that we know: then it is not what its file is for."""
        return not (self.listed() or self.mapped() or self.label_values)


def _lines(lines: list[Labelled], above: str) -> Iterator[tuple[str, Labelled]]:
    for line in lines:
        name = repair_mojibake(line.label or line.title or "")
        path = f"{above}/{name}" if above and name else above or name
        yield path, line
        yield from _lines(line.inside or [], path)


MEDIUM = msgspec.json.Decoder(Medium, strict=False)
ENTRY = msgspec.json.Decoder(Entry, strict=False)
