"""Ways of damaging an archive. Each is drawn from a seeded generator, so that a number reproduces it."""

from __future__ import annotations

import io
import json
import random
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Files = dict[str, bytes]


@dataclass(frozen=True)
class Mutant:
    """A damaged archive as the bytes of a ZIP, what was done to it, and what that means for the comparison.

    `takes_away` says that a record may be gone because the mutation itself removed it: then only what still stands in
    the archive has to be found. `member` is the one that was changed, where it was one.
    """

    data: bytes
    deed: str
    takes_away: bool = False
    member: str = ""


NASTY = [b"\0", b"\xff\xfe", b'"', b"{", b"}", b"[", b"]", b"null", b"-1", b"1e999", b"99999999999999999999", b"\\ud800"]
NASTY += [b"<div", b"</", b"\xc3\x28", b"true", b'"\\', b"</div>", b"<", b">", b"&", b",", b";"]
TEXT = (".js", ".json", ".html", ".htm", ".csv")
NAMES = ["value_x", "data_x", "name_2", "full_text_v2", "content", "Text", "x"]


def packed(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6)), content, method)
    return stream.getvalue()


def zip_header(files: Files, draw: random.Random) -> Mutant:
    """Change bytes of the container: heads of members, table of contents, end record, compressed bytes."""
    method = draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    data = bytearray(packed(files, method))
    deeds = []
    for _ in range(draw.randint(1, 3)):
        mark = draw.choice([b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b""])
        starts = [found.start() for found in re.finditer(re.escape(mark), data)] if mark else []
        at = min(draw.choice(starts or [draw.randrange(len(data))]) + draw.randrange(64 if mark else 1), len(data) - 1)
        value = draw.choice([data[at] ^ (1 << draw.randrange(8)), draw.randrange(256), 0, 255])
        data[at] = value
        deeds.append(f"byte {at} (after {mark!r}) = {value}")
    if draw.random() < 0.1:
        cut = draw.randrange(len(data))
        del data[cut:]
        deeds.append(f"cut at {cut}")
    return Mutant(bytes(data), f"container packed with method {method}: " + ", ".join(deeds), takes_away=True)


def member_bytes(files: Files, draw: random.Random) -> Mutant | None:
    """Change a few bytes of one member."""
    if not (name := _one(files, draw, TEXT)):
        return None
    data, deeds = files[name], []
    for _ in range(draw.randint(1, 3)):
        at, extra = draw.randrange(len(data) + 1), draw.choice(NASTY)
        deed = draw.choice(["flip", "insert", "overwrite", "drop", "cut", "end"])
        if deed == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
        elif deed == "insert":
            data = data[:at] + extra + data[at:]
        elif deed == "end" and (ends := [found.end() for found in re.finditer(rb"\}(?=\s*,\s*\{)|</div>|\"\n", data)]):
            at, extra = draw.choice(ends), draw.choice([b"]", b"]", b"</body></html>", b"\n\n"])
            data = data[:at] + extra + data[at:]
        elif deed == "overwrite":
            data = data[:at] + extra + data[at + len(extra) :]
        elif deed == "drop":
            data = data[:at] + data[at + draw.randint(1, 8) :]
        elif draw.random() < 0.3:
            data = data[:at]
        deeds.append(f"{deed} at {at} {extra!r}")
    return Mutant(packed({**files, name: data}), f"{name}: " + ", ".join(deeds), takes_away=True, member=name)


def names(files: Files, draw: random.Random) -> Mutant | None:
    """Change the names of members, as computers, browsers and people do, or make a member empty."""
    name = _one(files, draw, TEXT) or draw.choice(list(files))
    folder, _, last = name.rpartition("/")
    stem, _, ending = last.rpartition(".")
    before = f"{folder}/" if folder else ""
    deed, new = draw.choice(
        [
            ("a browser's second copy", f"{before}{stem} (1).{ending}"),
            ("a computer's second copy", f"{before}{stem} copy.{ending}"),
            ("another case", f"{before}{last.upper()}"),
            ("another ending", f"{name}.bak"),
            ("another folder", f"{before}old things/{last}"),
            ("no folder", f"strange-{last}"),
            ("accents apart", unicodedata.normalize("NFD", f"{before}{stem}é.{ending}")),
            ("empty", ""),
            ("gone", ""),
            ("return", f"{before}{last}\r"),
            ("no name", "/"),
        ]
    )
    if deed == "empty":
        return Mutant(packed({**files, name: b""}), f"{name} is empty", member=name)
    if deed == "gone":
        return Mutant(packed({key: value for key, value in files.items() if key != name}), f"{name} is gone", takes_away=True)
    if deed == "no name":
        return Mutant(packed({**files, "NAMELESS": b"x"}).replace(b"NAMELESS", b"\0" * 8), "a member without a name")
    prefix = draw.choice(["", "", "", "export-2024/", "Icon\r"])
    if prefix == "Icon\r":
        return Mutant(packed({**files, prefix: b"", f"{before}.DS_Store": b"x"}), "a Mac's icon and settings")
    changed = {prefix + (new if key == name else key): value for key, value in files.items()}
    return Mutant(packed(changed), f"{name} is {prefix}{new!r} ({deed})")


def json_structure(files: Files, draw: random.Random) -> Mutant | None:
    """Rename a key, put a value of another type, or take an item away."""
    if not (name := _one(files, draw, (".js", ".json"))):
        return None
    found = re.search(rb"[\[{]", files[name])
    if found is None:
        return None
    try:
        content = json.loads(files[name][found.start() :].rstrip().rstrip(b";"))
    except ValueError:
        return None
    places = list(_places(content))
    if not places:
        return None
    worded = [place for place in places if isinstance(place[1][place[2]], str) and " " in place[1][place[2]]]
    way, holder, key = draw.choice(worded if worded and draw.random() < 0.4 else places)
    old = holder[key]
    deed = draw.choice(["rename", "retype", "remove"]) if isinstance(holder, dict) else draw.choice(["retype", "remove", "wrap"])
    takes_away = False
    if deed == "rename":
        new = draw.choice(NAMES)
        if new in holder:
            return None
        pairs = [(new if one == key else one, value) for one, value in holder.items()]
        holder.clear()
        holder.update(pairs)
        told = f"{way} renamed to {new!r}"
    elif deed == "remove":
        del holder[key]
        told, takes_away = f"{way} removed", True
    elif deed == "wrap":
        holder[key] = [old]
        told = f"{way} wrapped in a list"
    else:
        is_container = isinstance(old, (list, dict)) and bool(old)
        values: list[Any] = ["", 0, None, "x", 7, {} if isinstance(old, list) else [], True]
        if not is_container:
            values = [7, {"a": 1}, [1], False] if isinstance(old, str) else ["x", [], {}]
        holder[key] = draw.choice(values)
        told, takes_away = f"{way} = {holder[key]!r} for {type(old).__name__}", not is_container
    data = files[name][: found.start()] + json.dumps(content, indent=draw.choice([None, 2])).encode()
    return Mutant(packed({**files, name: data}), f"{name}: {told}", takes_away, name)


def html_structure(files: Files, draw: random.Random) -> Mutant | None:
    """Change an attribute, a class or a tag of a page, lose an opening or a closing, or cut the page."""
    if not (name := _one(files, draw, (".html", ".htm"))):
        return None
    data = files[name]
    tags = list(re.finditer(rb"<(/?)(\w+)([^<>]*)>", data))
    if not tags:
        return None
    tag = draw.choice(tags)
    text = tag[0]
    classes = re.search(rb'class="([^"]*)"', text)
    deed = draw.choice(["attribute", "class", "class", "classes", "tag", "lose", "twice", "quotes"])
    if deed == "attribute" and not tag[1]:
        text = text[: 1 + len(tag[2])] + draw.choice([b' data-x="A"', b' id="a b"', b" hidden", b" dir='ltr'"]) + text[1 + len(tag[2]) :]
    elif deed == "class" and classes and classes[1]:
        parts = classes[1].split()
        at = draw.randrange(len(parts))
        parts[at] = draw.choice([b"_zz9z", parts[at] + b"x", b""])
        text = text[: classes.start(1)] + b" ".join(parts) + text[classes.end(1) :]
    elif deed == "classes" and classes:
        text = text[: classes.start(1)] + b"_zz9z " + classes[1] + b" _zz8z" + text[classes.end(1) :]
    elif deed == "tag":
        text = text.replace(tag[2], draw.choice([b"section", b"span", b"p", b"td"]), 1)
    elif deed == "lose":
        text = b""
    elif deed == "twice":
        text = text * 2
    elif deed == "quotes":
        text = text.replace(b'"', b"'")
    else:
        return None
    changed = data[: tag.start()] + text + data[tag.end() :]
    return Mutant(packed({**files, name: changed}), f"{name}: {tag[0][:80]!r} at {tag.start()} became {text[:100]!r}", member=name)


def html_items(files: Files, draw: random.Random) -> Mutant | None:
    """Take a box of a page away or damage its inside."""
    if not (name := _one(files, draw, (".html", ".htm"))):
        return None
    data = files[name]
    starts = [found.start() for found in re.finditer(rb"<div\b|<tr\b|<li\b", data)]
    if len(starts) < 2:
        return None
    first = draw.randrange(len(starts) - 1)
    begin, end = starts[first], starts[min(first + draw.randint(1, 6), len(starts) - 1)]
    new = draw.choice([b"", data[begin:end][::-1], b"<div>", data[begin:end] * 2])
    changed = data[:begin] + new + data[end:]
    return Mutant(packed({**files, name: changed}), f"{name}: bytes {begin} to {end} became {new[:40]!r}", takes_away=True, member=name)


FAMILIES: list[Callable[[Files, random.Random], Mutant | None]] = [
    zip_header, member_bytes, names, json_structure, json_structure, html_structure, html_structure, html_items,
]  # fmt: skip


def _one(files: Files, draw: random.Random, endings: tuple[str, ...]) -> str:
    fitting = sorted(name for name, content in files.items() if name.endswith(endings) and content)
    return draw.choice(fitting) if fitting else ""


def _places(content: Any, way: str = "", depth: int = 0) -> Iterator[tuple[str, Any, Any]]:
    """Yield every value of a JSON document: the way to it, what holds it, and under which key or number."""
    if depth > 30:
        return
    pairs = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in list(pairs):
        yield f"{way}/{key}", content, key
        yield from _places(value, f"{way}/{key}", depth + 1)
