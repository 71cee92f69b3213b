"""PDFs for people: a template of typeset_templates/ and its data become one tagged PDF/UA-1.

Data reach the template as JSON, never as part of its source: a post can hold any markup and stays text. The same
template, data, files and time give the same bytes on the same computer. A sign that no font here has is named in
brackets, because a PDF that every reader can read must not hold an empty box.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Final

import typst

from indexer.atomic_files import scratch

TEMPLATES: Final = Path(__file__).parent / "typeset_templates"
_STANDARD: Final = "ua-1"
_PROBE: Final = b'#set document(title: "probe")\n#for sign in json("data.json") [#par(text(sign))]\n'


class PdfFailed(Exception):
    """A PDF could not be made; the text says why. No file was written."""


def pdf(
    template: str,
    data: object,
    files: Mapping[str, Path | bytes] | None = None,
    *,
    language: str = "en",
    made_at: datetime | None = None,
) -> bytes:
    """Return the PDF of `template` (a file of typeset_templates/ without ".typ") filled with `data`.

    The template reads `json("data.json")`, whose texts have been through `shown`, and `sys.inputs.language`; `files`
    (pictures) lie beside it under their names. `made_at` is the PDF's own date (UTC; 1970 unless told, so that bytes
    repeat). Raises PdfFailed.
    """
    at = int((made_at or datetime(1970, 1, 1, tzinfo=UTC)).timestamp())
    with scratch("showme-pdf") as root:
        for source in TEMPLATES.glob("*.typ"):
            shutil.copyfile(source, root / source.name)
        if not (root / f"{template}.typ").is_file():
            raise PdfFailed(f"There is no template {template}.typ in {TEMPLATES}.")
        for name, content in (files or {}).items():
            _put(root, name, content)
        (root / "data.json").write_text(json.dumps(_showable(data), ensure_ascii=False), encoding="utf-8")
        try:
            made = _compile(root / f"{template}.typ", root, language, at)
        except typst.TypstError as error:
            raise PdfFailed(f"The PDF could not be made: {error.diagnostic.strip() or error}") from error
    return made


def shown(text: str) -> str:
    """Return a text in which every sign that no font here can show is named: "[U+1F389 party popper]".

    Signs that change the direction of what follows, and control characters, are named too: they would make a page
    read other than it was written.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _UNSEEN.sub(lambda found: _named(found[0]), text.translate(_GAPS))
    clusters = [one.group() for one in _CLUSTER.finditer(text)]
    hidden = _hidden(clusters)
    return "".join(_named(one) if one in hidden else one for one in clusters) if hidden else text


def _compile(source: Path, root: Path, language: str, at: int) -> bytes:
    made = typst.compile(
        source,
        root=root,
        font_paths=_fonts(),
        sys_inputs={"language": language},
        pdf_standards=_STANDARD,
        timestamp=at,
        package_path=root / "no-packages",
        package_cache_path=root / "no-packages",
    )
    if not isinstance(made, bytes):
        raise PdfFailed("The PDF could not be made: nothing came out.")
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def _put(root: Path, name: str, content: Path | bytes) -> None:
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or not place.parts or place.parts[0] == "data.json" or (root / place).exists():
        raise PdfFailed(f"{name!r} is no name for a file of a PDF.")
    target = root / place
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        target.write_bytes(content)
    else:
        shutil.copyfile(content, target)


def _showable(data: Any) -> Any:
    """Return data as JSON holds them, every text shown."""
    if isinstance(data, str):
        return shown(data)
    if isinstance(data, Mapping):
        return {str(key): _showable(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_showable(value) for value in data]
    return data


# What fonts draw as nothing: a gap for what separates words, else its name. Signs that direct what stands around them
# (joiners in words that are joined, marks of direction, isolates) stay: a page shows what they do.

_GAPS: Final = {
    **dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029"), " "),  # separators
    **dict.fromkeys(map(ord, "\u2004\u2005\u2006\u2008\u2009\u200a\u205f"), " "),  # spaces too thin to be seen
    **dict.fromkeys(map(ord, "\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0"), " "),  # blanks that count as letters or signs
    **dict.fromkeys(map(ord, "\u200b\ufeff"), " "),  # spaces without width
    0x202F: "\u00a0",
    0x3000: "\u2003",
    ord("\t"): "    ",
}
_UNSEEN: Final = re.compile(
    "[\u00ad\u2060-\u2065\u206a-\u206f\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
    "|(?<=[\x00-\u024f])[\u200c\u200d]+(?=[\x00-\u024f]|$)|(?<![^\x00-\u024f])[\u200c\u200d]+(?=[\x00-\u024f])"
)

# Signs: a flag (two letters of regions), a keycap, an emoji with all that is joined to it, or a letter with its marks.

_EXTENDING: Final = (
    "\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20e2\u20e4-\u20ff"
)
_CLUSTER: Final = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|(?:\r\n|[^\u200d])[{_EXTENDING}]*(?:\u200d[^\s\u200d][{_EXTENDING}]*)*|\u200d", re.DOTALL
)
_PLAIN: Final = frozenset("\n" + "".join(map(chr, range(32, 127))))
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e")  # isolates and marks do not reorder what was typed as a whole
_known: dict[str, bool] = dict.fromkeys(_PLAIN, True)
_asking = threading.Lock()


def _hidden(clusters: Iterable[str]) -> frozenset[str]:
    """Return the clusters that cannot be shown, asking typst about those that it was never asked about."""
    every = frozenset(clusters)
    with _asking:
        unknown = sorted(one for one in every if one not in _known)
        for one in unknown:
            if any(_is_misleading(sign) for sign in one):
                _known[one] = False
        _ask([one for one in unknown if one not in _known])
        return frozenset(one for one in every if not _known[one])


def _is_misleading(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category == "Cs" or (category == "Cc" and sign not in "\n\r") or sign in _TURNING


def _ask(clusters: list[str]) -> None:
    """Find out which clusters typst can show: all at once, then again without those that it named, until none is refused."""
    while clusters:
        refused = _refused(clusters)
        if not refused:
            _known.update(dict.fromkeys(clusters, True))
            return
        named = [one for one in clusters if one in refused or not refused.isdisjoint(one)]
        if not named:
            _ask_apart(clusters)
            return
        _known.update(dict.fromkeys(named, False))
        clusters = [one for one in clusters if one not in _known]


def _ask_apart(clusters: list[str]) -> None:
    """Halve until the refused ones are found, where typst's own words do not tell them."""
    if not _refused(clusters):
        _known.update(dict.fromkeys(clusters, True))
    elif len(clusters) == 1:
        _known[clusters[0]] = False
    else:
        _ask_apart(clusters[: len(clusters) // 2])
        _ask_apart(clusters[len(clusters) // 2 :])


def _refused(clusters: list[str]) -> frozenset[str]:
    """Return what typst says that it cannot display; {""} when it refuses without saying what."""
    with scratch("showme-signs") as root:
        (root / "data.json").write_text(json.dumps(clusters, ensure_ascii=False), encoding="utf-8")
        (root / "probe.typ").write_bytes(_PROBE)
        try:
            _compile(root / "probe.typ", root, "en", 0)
        except typst.TypstError as error:
            said = frozenset(_unescaped(one) for one in _SAID.findall(error.diagnostic))
            return said or frozenset({"\0"})
    return frozenset()


_SAID: Final = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _LETTERS.get(found[2], found[2]), text)


def _named(cluster: str) -> str:
    codes = " ".join(f"U+{ord(sign):04X}" for sign in cluster)
    words = ", ".join(_words(cluster))
    return f"[{codes} {words}]" if words else f"[{codes}]"


def _words(cluster: str) -> Iterator[str]:
    for sign in cluster:
        category = unicodedata.category(sign)
        name = unicodedata.name(sign, "").lower()
        if category == "Cs":
            yield "half of a character"
        elif category == "Cc":
            yield "control character"
        elif name.startswith("regional indicator symbol letter "):
            yield f"flag letter {name[-1].upper()}"
        elif name and sign != "\u200d" and not name.startswith(("variation selector", "tag ")):
            yield re.sub(r"cjk unified ideograph-.*", "Chinese character", name)
