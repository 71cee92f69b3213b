"""Notes the keys of JSON items that no reader knows and that hold words: said once for each kind of item, never passed over.

Meta renames keys without notice (2018-2026). What a key may be comes from the structs that the readers decode into.
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
_WORDS = re.compile(r"\S+\s+\S|[!?.…]\Z|[^\x00-\x7f]")  # one plain word may be a code of the platform's ("everyone")
_NO_WORDS = re.compile(r"\S+://\S+|[\w.+-]+@\S+|[\d\s.,:/+-]+")
# Keys of Meta's items that say something about a file or a setting, not words of people (seen 2018-2026).
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
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class _Keys:
    """What an object may hold: its keys, each with what is inside; `is_open` where keys are labels that vary."""

    keys: Mapping[str, _Keys | None]
    is_open: bool = False
    inside: _Keys | None = None  # of every key, where keys vary


@dataclass(slots=True)
class _Found:
    member: str
    index: int
    sample: str
    number: int = 1


@dataclass(slots=True)
class Unread:
    """Gathers the unknown keys of one archive."""

    _found: dict[tuple[str, str], _Found] = field(default_factory=dict)

    def look(self, kind: str, member: str, index: int, raw: bytes, shape: type[msgspec.Struct], skip: frozenset[str] = frozenset()) -> None:  # noqa: PLR0917  # one item with where it is
        """Note the keys of an item that its shape does not know. `skip` are objects whose unknown parts another reader keeps."""
        known, flat = _shape(shape)
        keys = set(_KEY.findall(raw))
        if keys <= flat:
            return
        try:
            value = repair_all(msgspec.json.decode(raw))
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return  # reported as "bad-item" by the item's reader
        for way, sample in _unknown(value, known, "", skip, 0):
            self._note(kind, way, member, index, sample)

    def look_at_key(self, kind: str, key: str, member: str, raw: bytes) -> None:
        """Note a key of a file itself that no reader knows."""
        try:
            sample = "" if key in QUIET else _words_in(repair_all(msgspec.json.decode(raw)), 0)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return  # reported as the file's damage
        if sample:
            self._note(kind, key, member, -1, sample)

    def _note(self, kind: str, way: str, member: str, index: int, sample: str) -> None:
        seen = self._found.get((kind, way))
        if seen is None:
            self._found[kind, way] = _Found(member, index, sample)
        else:
            seen.number += 1

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for each unknown key of each kind of item."""
        for (_, way), found in self._found.items():
            message = say(
                "The key {key} is not known and holds words that were not read, found {count} times; here: {sample}.",
                key=repr(way),
                count=found.number,
                sample=repr(found.sample),
            )
            yield Problem(found.member, "unknown-key", message, found.index)


def _unknown(value: Any, known: _Keys | None, way: str, skip: frozenset[str], depth: int) -> Iterator[tuple[str, str]]:
    if known is None or depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _unknown(item, known, way, skip, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            here = f"{way}/{key}" if way else key
            if key in known.keys:
                yield from _unknown(item, known.keys[key], here, skip, depth + 1)
            elif known.is_open:
                yield from _unknown(item, known.inside, f"{way}/*" if way else "*", skip, depth + 1)
            elif key not in QUIET and way not in skip and (sample := _words_in(item, 0)):
                yield here, sample


def _words_in(value: Any, depth: int) -> str:
    """Return the first words inside of a value, "" for none: ids, addresses, times and the like are no words."""
    if isinstance(value, str):
        text = " ".join(value.split())
        return text[:100] if _LETTER.search(text) and _WORDS.search(text) and not _NO_WORDS.fullmatch(text) else ""
    if depth > _DEEPEST:
        return ""
    if isinstance(value, dict):
        return next((words for key, item in value.items() if key not in QUIET and (words := _words_in(item, depth + 1))), "")
    if isinstance(value, list):
        return next((words for item in value if (words := _words_in(item, depth + 1))), "")
    return ""


@lru_cache(maxsize=64)
def _shape(struct: type[msgspec.Struct]) -> tuple[_Keys, frozenset[bytes]]:
    made: dict[type, _Keys] = {}
    keys = _keys_of(inspect.type_info(struct), made) or _Keys({})
    flat = {name.encode() for one in made.values() for name in one.keys} | {name.encode() for name in QUIET}
    return keys, frozenset(flat)


def _keys_of(kind: inspect.Type, made: dict[type, _Keys]) -> _Keys | None:
    if isinstance(kind, inspect.StructType):
        if kind.cls not in made:
            keys: dict[str, _Keys | None] = {}
            made[kind.cls] = _Keys(keys)
            nested = made[kind.cls] if kind.cls.__name__ in {"LabelValue", "LabeledLine"} else None
            for one in kind.fields:
                inner = _keys_of(one.type, made)
                keys[one.encode_name] = nested if inner is None and nested and one.encode_name in {"value", "vec", "dict"} else inner
        return made[kind.cls]
    if isinstance(kind, inspect.UnionType):
        return next((found for one in kind.types if (found := _keys_of(one, made)) is not None), None)
    if isinstance(kind, (inspect.ListType, inspect.CollectionType)):
        return _keys_of(kind.item_type, made)
    if isinstance(kind, inspect.DictType):
        inside = _keys_of(kind.value_type, made)
        return _Keys({}, is_open=True, inside=inside) if inside is not None else None
    return None
