"""Reports JSON keys that no reader knows and that hold words: one problem for each key of each kind of item.

Meta renames keys without notice (2018-2026). The known keys are the fields of the structs that the readers decode into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import inspect

from indexer.i18n import say
from indexer.importers.meta.json_values import repair_all
from indexer.record import Problem

_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:')
_LETTER = re.compile(r"[^\W\d_]")
_WORDS = re.compile(r"\S+\s+\S|[!?.…]\Z|[^\x00-\x7f]")  # a single plain word may be a platform code ("everyone")
_NO_WORDS = re.compile(r"\S+://\S+|[\w.+-]+@\S+|[\d\s.,:/+-]+")
# Keys of Meta's items that describe a file or a setting, not people's words (seen 2018-2026).
QUIET = frozenset(
    {
        "media_metadata", "exif_data", "cross_post_source", "dubbing_info", "media_variants", "magic_words", "thread_path", "thread_type",
        "joinable_mode", "bumped_message_metadata", "ip", "is_geoblocked_for_viewer", "camera_metadata", "photo_metadata", "video_metadata",
        "source_app", "privacy", "uri", "backup_uri", "href", "url", "link", "ent_name", "ent_field_name", "id", "fbid", "type",
        "source_type",
        "audience", "visibility", "interest_topics", "music_genre", "device_id", "software", "has_camera_metadata", "upload_ip", "timezone",
        "text_app_post", "reel_metadata", "user_agent", "app", "application", "mime_type", "orientation", "user", "camera_make",
        "camera_model",
    }
)  # fmt: skip
_MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class _Keys:
    """The known keys of an object, each with its own known keys. `is_open` if its keys are labels that vary."""

    keys: Mapping[str, _Keys | None]
    is_open: bool = False
    inside: _Keys | None = None  # of every value, if keys vary


@dataclass(slots=True)
class _UnknownKey:
    """The first occurrence of an unknown key, and the number of occurrences."""

    member: str
    index: int
    sample: str
    count: int = 1


@dataclass(slots=True)
class UnknownKeys:
    """Collects the unknown keys of one archive."""

    _unknown: dict[tuple[str, str], _UnknownKey] = field(default_factory=dict)

    def check(  # noqa: PLR0917  # an item and its place
        self, kind: str, member: str, index: int, raw: bytes, struct: type[msgspec.Struct], skip: frozenset[str] = frozenset()
    ) -> None:
        """Record the keys of an item that are not in its struct. `skip` lists objects whose unknown parts another reader keeps."""
        known, names = _known_keys(struct)
        if set(_KEY.findall(raw)) <= names:
            return
        try:
            value = repair_all(msgspec.json.decode(raw))
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return  # reported as "bad-item" by the item's reader
        for path, sample in _find_unknown(value, known, "", skip, 0):
            self._note(kind, path, member, index, sample)

    def check_key(self, kind: str, key: str, member: str, raw: bytes) -> None:
        """Record an unknown top-level key of a file."""
        try:
            sample = "" if key in QUIET else _words_in(repair_all(msgspec.json.decode(raw)), 0)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return  # reported as the file's damage
        if sample:
            self._note(kind, key, member, -1, sample)

    def _note(self, kind: str, path: str, member: str, index: int, sample: str) -> None:
        unknown = self._unknown.get((kind, path))
        if unknown is None:
            self._unknown[kind, path] = _UnknownKey(member, index, sample)
        else:
            unknown.count += 1

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for each unknown key of each kind of item."""
        for (_, path), unknown in self._unknown.items():
            message = say(
                "The key {key} is not known and holds words that were not read, found {count} times; here: {sample}.",
                key=repr(path),
                count=unknown.count,
                sample=repr(unknown.sample),
            )
            yield Problem(unknown.member, "unknown-key", message, unknown.index)


def _find_unknown(value: Any, known: _Keys | None, path: str, skip: frozenset[str], depth: int) -> Iterator[tuple[str, str]]:
    if known is None or depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _find_unknown(item, known, path, skip, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            here = f"{path}/{key}" if path else key
            if key in known.keys:
                yield from _find_unknown(item, known.keys[key], here, skip, depth + 1)
            elif known.is_open:
                yield from _find_unknown(item, known.inside, f"{path}/*" if path else "*", skip, depth + 1)
            elif key not in QUIET and path not in skip and (sample := _words_in(item, 0)):
                yield here, sample


def _words_in(value: Any, depth: int) -> str:
    """Return the first words inside a value, "" if it has none: ids, addresses, times and the like are not words."""
    if isinstance(value, str):
        text = " ".join(value.split())
        return text[:100] if _LETTER.search(text) and _WORDS.search(text) and not _NO_WORDS.fullmatch(text) else ""
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(value, dict):
        return next((words for key, item in value.items() if key not in QUIET and (words := _words_in(item, depth + 1))), "")
    if isinstance(value, list):
        return next((words for item in value if (words := _words_in(item, depth + 1))), "")
    return ""


@lru_cache(maxsize=64)
def _known_keys(struct: type[msgspec.Struct]) -> tuple[_Keys, frozenset[bytes]]:
    by_class: dict[type, _Keys] = {}
    keys = _keys_of(inspect.type_info(struct), by_class) or _Keys({})
    names = {name.encode() for known in by_class.values() for name in known.keys} | {name.encode() for name in QUIET}
    return keys, frozenset(names)


def _keys_of(kind: inspect.Type, by_class: dict[type, _Keys]) -> _Keys | None:
    if isinstance(kind, inspect.StructType):
        if kind.cls not in by_class:
            keys: dict[str, _Keys | None] = {}
            by_class[kind.cls] = _Keys(keys)
            nested = by_class[kind.cls] if kind.cls.__name__ in {"LabelValue", "LabeledLine"} else None
            for item in kind.fields:
                inner = _keys_of(item.type, by_class)
                keys[item.encode_name] = nested if inner is None and nested and item.encode_name in {"value", "vec", "dict"} else inner
        return by_class[kind.cls]
    if isinstance(kind, inspect.UnionType):
        return next((known for part in kind.types if (known := _keys_of(part, by_class)) is not None), None)
    if isinstance(kind, (inspect.ListType, inspect.CollectionType)):
        return _keys_of(kind.item_type, by_class)
    if isinstance(kind, inspect.DictType):
        inside = _keys_of(kind.value_type, by_class)
        return _Keys({}, is_open=True, inside=inside) if inside is not None else None
    return None
