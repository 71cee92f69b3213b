"""Typesets PDFs: fills a template of typeset_templates/ with data and compiles it to a tagged PDF/UA-1.

Data reach the template as JSON, never as part of its source: any markup in a post stays text. The same template,
data, files and time give the same bytes on the same computer. A character that no font here has is named in
brackets, because an accessible PDF must not show an empty box.
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

from indexer.atomic_files import scratch_folder

TEMPLATES: Final = Path(__file__).parent / "typeset_templates"
_STANDARD: Final = "ua-1"
_PROBE: Final = b'#set document(title: "probe")\n#for sign in json("data.json") [#par(text(sign))]\n'


class PdfFailed(Exception):
    """A PDF could not be made; the text gives the reason. No file was written."""


def compile_pdf(
    template: str,
    data: object,
    files: Mapping[str, Path | bytes] | None = None,
    *,
    language: str = "en",
    made_at: datetime | None = None,
) -> bytes:
    """Compile `template` (a file of typeset_templates/ without ".typ"), filled with `data`, to a PDF.

    The template reads `json("data.json")`, whose texts have passed through `make_displayable`, and `sys.inputs.language`; `files`
    (pictures) lie beside it under their names. `made_at` is the PDF's own date (UTC; default 1970, for repeatable
    bytes). Raises PdfFailed.
    """
    at = int((made_at or datetime(1970, 1, 1, tzinfo=UTC)).timestamp())
    with scratch_folder("showme-pdf") as root:
        for source in TEMPLATES.glob("*.typ"):
            shutil.copyfile(source, root / source.name)
        if not (root / f"{template}.typ").is_file():
            raise PdfFailed(f"There is no template {template}.typ in {TEMPLATES}.")
        for name, content in (files or {}).items():
            _add_file(root, name, content)
        (root / "data.json").write_text(json.dumps(_to_json_data(data), ensure_ascii=False), encoding="utf-8")
        try:
            document = _compile(root / f"{template}.typ", root, language, at)
        except typst.TypstError as error:
            raise PdfFailed(f"The PDF could not be made: {error.diagnostic.strip() or error}") from error
    return document


def make_displayable(text: str) -> str:
    """Replace every character that no font here can show by its name: "[U+1F389 party popper]".

    Control characters and characters that change the direction of the following text are named too: they would make
    the page read differently from the original.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub(lambda match: _name_cluster(match[0]), text.translate(_GAPS))
    clusters = [cluster.group() for cluster in _CLUSTER.finditer(text)]
    hidden = _find_hidden(clusters)
    return "".join(_name_cluster(cluster) if cluster in hidden else cluster for cluster in clusters) if hidden else text


def _compile(source: Path, root: Path, language: str, at: int) -> bytes:
    document = typst.compile(
        source,
        root=root,
        font_paths=_fonts(),
        sys_inputs={"language": language},
        pdf_standards=_STANDARD,
        timestamp=at,
        package_path=root / "no-packages",
        package_cache_path=root / "no-packages",
    )
    if not isinstance(document, bytes):
        raise PdfFailed("The PDF could not be made: nothing came out.")
    return document


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def _add_file(root: Path, name: str, content: Path | bytes) -> None:
    relative = PurePosixPath(name)
    if (
        relative.is_absolute()
        or ".." in relative.parts
        or not relative.parts
        or relative.parts[0] == "data.json"
        or (root / relative).exists()
    ):
        raise PdfFailed(f"{name!r} is no name for a file of a PDF.")
    target = root / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        target.write_bytes(content)
    else:
        shutil.copyfile(content, target)


def _to_json_data(data: Any) -> Any:
    """Convert data to JSON values, with every text passed through `make_displayable`."""
    if isinstance(data, str):
        return make_displayable(data)
    if isinstance(data, Mapping):
        return {str(key): _to_json_data(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_to_json_data(value) for value in data]
    return data


# Characters that fonts draw as nothing: a gap replaces those that separate words, a name the others. Characters that
# act on their neighbors (joiners in joined scripts, direction marks, isolates) stay: a page shows their effect.

_GAPS: Final = {
    **dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029"), " "),  # separators
    **dict.fromkeys(map(ord, "\u2004\u2005\u2006\u2008\u2009\u200a\u205f"), " "),  # spaces too thin to be seen
    **dict.fromkeys(map(ord, "\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0"), " "),  # blanks that count as letters or symbols
    **dict.fromkeys(map(ord, "\u200b\ufeff"), " "),  # spaces without width
    0x202F: "\u00a0",
    0x3000: "\u2003",
    ord("\t"): "    ",
}
_INVISIBLE: Final = re.compile(
    "[\u00ad\u2060-\u2065\u206a-\u206f\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
    "|(?<=[\x00-\u024f])[\u200c\u200d]+(?=[\x00-\u024f]|$)|(?<![^\x00-\u024f])[\u200c\u200d]+(?=[\x00-\u024f])"
)

# Clusters: a flag (two regional indicators), a keycap, an emoji with everything joined to it, or a letter with its marks.

_EXTENDING: Final = (
    "\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20e2\u20e4-\u20ff"
)
_CLUSTER: Final = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|(?:\r\n|[^\u200d])[{_EXTENDING}]*(?:\u200d[^\s\u200d][{_EXTENDING}]*)*|\u200d", re.DOTALL
)
_PLAIN: Final = frozenset("\n" + "".join(map(chr, range(32, 127))))
_DIRECTION_OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e")  # isolates and marks do not reorder the surrounding text
_is_shown: dict[str, bool] = dict.fromkeys(_PLAIN, True)
_probe_lock = threading.Lock()


def _find_hidden(clusters: Iterable[str]) -> frozenset[str]:
    """Return the clusters that cannot be shown, asking typst about the new ones only."""
    distinct = frozenset(clusters)
    with _probe_lock:
        unknown = sorted(cluster for cluster in distinct if cluster not in _is_shown)
        for cluster in unknown:
            if any(_is_misleading(char) for char in cluster):
                _is_shown[cluster] = False
        _probe([cluster for cluster in unknown if cluster not in _is_shown])
        return frozenset(cluster for cluster in distinct if not _is_shown[cluster])


def _is_misleading(char: str) -> bool:
    category = unicodedata.category(char)
    return category == "Cs" or (category == "Cc" and char not in "\n\r") or char in _DIRECTION_OVERRIDES


def _probe(clusters: list[str]) -> None:
    """Find out which clusters typst can show: try all, then again without those it rejected, until it rejects none."""
    while clusters:
        rejected = _find_rejected(clusters)
        if not rejected:
            _is_shown.update(dict.fromkeys(clusters, True))
            return
        involved = [cluster for cluster in clusters if cluster in rejected or not rejected.isdisjoint(cluster)]
        if not involved:
            _bisect(clusters)
            return
        _is_shown.update(dict.fromkeys(involved, False))
        clusters = [cluster for cluster in clusters if cluster not in _is_shown]


def _bisect(clusters: list[str]) -> None:
    """Bisect to find the rejected clusters if typst's message does not name them."""
    if not _find_rejected(clusters):
        _is_shown.update(dict.fromkeys(clusters, True))
    elif len(clusters) == 1:
        _is_shown[clusters[0]] = False
    else:
        _bisect(clusters[: len(clusters) // 2])
        _bisect(clusters[len(clusters) // 2 :])


def _find_rejected(clusters: list[str]) -> frozenset[str]:
    """Return the texts that typst reports as not displayable; a lone NUL if it fails without naming any."""
    with scratch_folder("showme-signs") as root:
        (root / "data.json").write_text(json.dumps(clusters, ensure_ascii=False), encoding="utf-8")
        (root / "probe.typ").write_bytes(_PROBE)
        try:
            _compile(root / "probe.typ", root, "en", 0)
        except typst.TypstError as error:
            texts = frozenset(_unescape(text) for text in _REJECTED.findall(error.diagnostic))
            return texts or frozenset({"\0"})
    return frozenset()


_REJECTED: Final = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _LETTERS.get(match[2], match[2]), text)


def _name_cluster(cluster: str) -> str:
    codes = " ".join(f"U+{ord(char):04X}" for char in cluster)
    words = ", ".join(_name_chars(cluster))
    return f"[{codes} {words}]" if words else f"[{codes}]"


def _name_chars(cluster: str) -> Iterator[str]:
    for char in cluster:
        category = unicodedata.category(char)
        name = unicodedata.name(char, "").lower()
        if category == "Cs":
            yield "half of a character"
        elif category == "Cc":
            yield "control character"
        elif name.startswith("regional indicator symbol letter "):
            yield f"flag letter {name[-1].upper()}"
        elif name and char != "\u200d" and not name.startswith(("variation selector", "tag ")):
            yield re.sub(r"cjk unified ideograph-.*", "Chinese character", name)
