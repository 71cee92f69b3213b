"""Meta's HTML pages, of Facebook and Instagram alike (mid-2018 to 2026): from a page to its boxes, from a box to its parts.

All generations are one family; only class names differ:
  2018-2021  box `pam _3-95 _2pi0 _2lej uiBoxWhite noborder`, title `_2lek`, body `_2let`, date `_2lem`
  2022-now   box `_a6-g` (also `pam _3-95 _2ph- _a6-g`), title `_a6-h`, body `_a6-p`, date `_a6-o`
Boxes may stand inside a box (labeled pages, 2023-now): without a date of their own they are parts of the outer one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from indexer.importers.meta.html_text import lines_of, text_of
from indexer.importers.meta.times import is_date

BOXES, TITLES, BODIES, DATES = {"_a6-g", "_2lej"}, {"_a6-h", "_2lek"}, {"_a6-p", "_2let"}, {"_a6-o", "_2lem"}
_PARTS_INSIDE = ", ".join(f".{name}" for name in sorted(TITLES | BODIES | DATES))
_DATES_INSIDE = ", ".join(f".{name}" for name in sorted(DATES))
_FILES = re.compile(r"(?:(?:media|photos|your_[a-z_]+|this_profile.{1,3}s_[a-z_]+|messages|posts|stories|files)/|\.\./).*\.\w{2,5}\Z")
_ICON = re.compile(r"^(?:files|assets|static)/|(?:^|/)icons/")
_UPDATED = re.compile(
    r"(?:Updated|Actualizad[oa]|Última actualización:?|Atualizad[oa]|Đã cập nhật|Cập nhật|已更新|更新于|更新於|更新時間：?|更新"
    r"|Aktualisiert(?: am)?"
    r"|Mis à jour(?: le)?|Mise à jour(?: le)?|Aggiornat[oa](?: il)?|Bijgewerkt(?: op)?|Diperbarui|Обновлено:?|Zaktualizowano"
    r"|Güncellendi)\s*(.+)"
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, video or sound of a box: where it is kept and the caption that is printed under it."""

    uri: str
    caption: str
    tag: str  # "img", "video", "audio", or "a" for a file that a browser cannot show


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of a box's table. `has_own_cell` is true where the value has a cell of its own: there dates stand."""

    label: str
    value: str
    has_own_cell: bool = False


@dataclass(frozen=True, slots=True)
class DatedPart:
    """One of several dated things of one box (2018-2021: the events that an account answered)."""

    lines: tuple[str, ...]
    date: str


@dataclass(frozen=True, slots=True)
class PictureComment:
    """A comment by anybody under a picture (2018-2019). `uri` is the picture's."""

    uri: str
    author: str
    text: str
    date: str


@dataclass(slots=True)
class Box:
    """One record as its page shows it. `shown` are the lines of what is attached, `lines` the record's own words."""

    title: str = ""
    lines: list[str] = field(default_factory=list)
    attached_lines: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    subtitles: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)
    reactions: list[str] = field(default_factory=list)
    comments: list[PictureComment] = field(default_factory=list)
    dated_parts: list[DatedPart] = field(default_factory=list)
    icons: list[str] = field(default_factory=list)
    date: str = ""
    updated: str = ""
    updated_line: str = ""  # with the word before the time
    has_body: bool = False
    has_date: bool = False  # true for an empty date line as well: then the platform states none
    inner: list[Box] = field(default_factory=list)
    is_malformed: bool = False  # true where a part stands inside of another one, so that an end tag or a beginning is missing

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The labels and values of the tables that have both."""
        return [(row.label, " ".join(row.value.split())) for row in self.rows if row.value]

    @property
    def text(self) -> str:
        """The words of the body, with their line breaks."""
        return "\n".join(self.lines)

    @property
    def all_words(self) -> Iterator[str]:
        """Every text that was read of it."""
        yield from (self.title, *self.lines, *self.attached_lines, *self.reactions, self.date, self.updated_line)
        yield from (picture.caption for picture in self.pictures)
        for row in self.rows:
            yield from (row.label, row.value)
        for comment in self.comments:
            yield from (comment.author, comment.text, comment.date)
        for entry in self.dated_parts:
            yield from (*entry.lines, entry.date)
        for inner in self.inner:
            yield from inner.all_words

    def take_dated_parts(self) -> list[Box]:
        """Take out the parts that have a date of their own: boxes, and dated things of the body (2018-2021)."""
        parts = [
            *self.inner,
            *(Box(title=self.title, lines=list(entry.lines), date=entry.date, has_body=True) for entry in self.dated_parts),
        ]
        self.inner, self.dated_parts = [], []
        return parts

    @property
    def is_empty(self) -> bool:
        """True where nothing of it could be a record."""
        return not (
            self.lines or self.attached_lines or self.pictures or self.links or self.rows or self.icons or self.dated_parts or self.comments
        )


def classes_of(node: LexborNode) -> set[str]:
    """Return the class names of an element."""
    return set((node.attributes.get("class") or "").split())


def parse_box(root: LexborNode, *, keep_breaks: bool = False) -> Box:
    """Return the parts of a box."""
    box = Box()
    _fill(root, box, text_of if keep_breaks else _flat)
    return box


def _flat(node: LexborNode) -> str:
    return "\n".join(lines_of(node))


def _fill(root: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    for child in list(root.iter()):
        _part(child, box, words)
    if (
        len(box.dated_parts) == 1 and not box.has_date and is_date(box.dated_parts[0].date)
    ):  # the box's own date, inside of its body for want of an end tag
        entry = box.dated_parts.pop()
        box.lines += entry.lines
        box.date, box.has_date, box.is_malformed = entry.date, True, True
    if not box.has_date and not box.date and box.lines and is_date(box.lines[-1]):
        box.date = _one_line(box.lines.pop())  # a date line whose class is not known
    own = "".join(child.text_content or "" for child in root.iter(include_text=True) if child.tag == "-text").strip()
    if own:
        box.lines.append(own)


def _part(child: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Read a part of a box: its date, its title or its body. Parts inside of a date or a title are read by themselves."""
    classes = classes_of(child)
    is_title = bool(classes & TITLES) and not classes & BODIES
    if classes & DATES or is_title:
        while (inner := next((part for part in child.css(_PARTS_INSIDE) if part != child), None)) is not None:
            box.is_malformed = True
            _part(inner, box, words)
            inner.decompose()
    if classes & DATES:
        box.date, box.has_date = box.date or _one_line(words(child)), True
    elif is_title:
        title = words(child)
        box.title = "\n".join(part for part in (box.title, title if words is text_of else _one_line(title)) if part)
    else:
        box.has_body = box.has_body or bool(classes & BODIES)
        for nested in _outermost_boxes(child):
            _nest(nested, box, words)
        _body(child, box, words)


def _nest(nested: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Read a box inside of a box: with a date of its own it is a record of its own, else its parts are the outer one's."""
    inner = Box()
    _fill(nested, inner, words)
    nested.decompose()
    box.is_malformed = box.is_malformed or inner.is_malformed
    if inner.date:
        box.inner.append(inner)
        return
    if inner.title:
        box.rows.append(TableRow(inner.title, ""))
    for name in (
        "lines",
        "attached_lines",
        "pictures",
        "subtitles",
        "links",
        "rows",
        "reactions",
        "comments",
        "dated_parts",
        "icons",
        "inner",
    ):
        getattr(box, name).extend(getattr(inner, name))
    box.updated, box.updated_line = box.updated or inner.updated, f"{box.updated_line} {inner.updated_line}"


def _outermost_boxes(node: LexborNode) -> list[LexborNode]:
    found = [inner for inner in node.css("._a6-g, ._2lej") if inner != node]
    return [inner for inner in found if not _is_inside(inner, BOXES, node)]


def _is_inside(node: LexborNode, classes: set[str], top: LexborNode) -> bool:
    above = node.parent
    while above is not None and above != top:
        if classes_of(above) & classes:
            return True
        above = above.parent
    return False


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _body(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    read_rows(body, box, words)
    for item in body.css("ul._a6-q li, ul._tqp li"):
        box.reactions.append(_one_line(words(item)))
    for part in body.css("ul._a6-q, ul._tqp"):
        part.decompose()
    _comments(body, box, words)
    _entries(body, box, words)
    _pictures(body, box, words)
    for link in body.css("a"):
        href = (link.attributes.get("href") or "").strip()
        if href.startswith(("http://", "https://")) and "/dyi/l/" not in href and href not in box.links:
            box.links.append(href)
    if words is text_of:
        if text := words(body):
            box.lines += text.split("\n")
        return
    sections = [section for section in body.css("div._2pin") if not _is_inside(section, {"_2pin"}, body)]
    if len(sections) > 1:
        for section in sections[:-1]:
            box.attached_lines += lines_of(section)
            section.decompose()
    for line in lines_of(body):
        found = _UPDATED.fullmatch(line)
        if found and is_date(found[1]):
            box.updated, box.updated_line = found[1], line
        else:
            box.lines.append(line)


def read_rows(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Move the tables of an element into the rows of a box: a label and its value, in one cell or in two."""
    for line in body.css("tr"):
        cells = [cell for cell in line.iter() if cell.tag in {"td", "th"}]
        if not cells or any(cell.css_first("img, video, audio, tr") is not None for cell in cells):
            for cell in cells:  # its pictures and inner tables are read by themselves
                if "_a6_q" in classes_of(cell) and (label := _own_text(cell)):
                    box.rows.append(TableRow(label, ""))
            continue
        if len(cells) > 1:
            values = [text for text in map(words, cells[1:]) if text]
            _links(line, box)
            box.rows.append(TableRow(_one_line(words(cells[0])), "\n".join(values), has_own_cell=True))
        elif classes_of(cells[0]) & {"_a6_q", "_2oao"}:
            _links(line, box)
            box.rows.append(_row(cells[0], words))
        else:
            continue
        line.decompose()


def _links(line: LexborNode, box: Box) -> None:
    for link in line.css("a"):
        href = (link.attributes.get("href") or "").strip()
        if href.startswith(("http://", "https://")) and href not in box.links:
            box.links.append(href)
        elif href.endswith((".srt", ".vtt")):
            box.subtitles.append(relative_path(href))


def _row(cell: LexborNode, words: Callable[[LexborNode], str]) -> TableRow:
    """Read a cell that holds both: a label as its first text or element, and the value behind it."""
    label, value = "", []
    for node in cell.iter(include_text=True):
        if node.tag == "-text":
            text = (node.text_content or "").strip()
            if text and label:
                value.append(text)
            label = label or text
        elif not label:
            label = words(node)
        elif text := words(node):
            value.append(text)
    return TableRow(_one_line(label), "\n".join(value))


def _own_text(cell: LexborNode) -> str:
    return _one_line(" ".join(child.text_content or "" for child in cell.iter(include_text=True) if child.tag == "-text"))


def _comments(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Take out the comments under pictures (2018-2019): the author in a span, then the words, then the date."""
    for part in body.css("div.uiBoxGray"):
        author, date = part.css_first("span"), part.css_first("._67gx")
        if author is None or date is None:
            continue
        name, when = _one_line(words(author)), _one_line(words(date))
        above = part.parent
        picture = above.css_first("img, video") if above is not None else None
        author.decompose()
        date.decompose()
        box.comments.append(
            PictureComment(relative_path((picture.attributes.get("src") or "") if picture is not None else ""), name, words(part), when)
        )
        part.decompose()


def _entries(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Take out what has a date line of its own inside of the body."""
    for date in body.css("._2lem, ._a6-o"):
        block = date.parent
        when = _one_line(words(date))
        date.decompose()
        if block is None or not when:
            continue
        if block == body:
            box.date = box.date or when
            continue
        box.is_malformed = box.is_malformed or block.css_first(_DATES_INSIDE) is not None  # two dates: the next thing stands in this one
        box.dated_parts.append(DatedPart(tuple(line for line in words(block).split("\n") if line.strip()), when))
        block.decompose()


def _pictures(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    for node in body.css("img, video, audio"):
        source = node if node.attributes.get("src") else node.css_first("source")
        uri = relative_path((source.attributes.get("src") or "").strip()) if source is not None else ""
        if not uri or uri.startswith("data:"):
            continue
        if _ICON.search(uri):
            box.icons.append(uri)
            continue
        around = node.parent if node.parent is not None and node.parent.tag == "a" else node
        caption = around.next
        while caption is not None and caption.tag == "-text" and not (caption.text() or "").strip():
            caption = caption.next
        has_caption = caption is not None and caption.tag == "div"
        text = words(caption) if has_caption and caption is not None else ""
        if words is not text_of:
            text = _one_line(text)
        if all(picture.uri != uri for picture in box.pictures):
            box.pictures.append(Picture(uri, text, node.tag or ""))
            if text and caption is not None:
                caption.decompose()
        around.decompose()
    shown = {picture.uri for picture in box.pictures}
    for anchor in body.css("a"):
        href = (anchor.attributes.get("href") or "").strip()
        if href.endswith((".srt", ".vtt")):
            box.subtitles.append(relative_path(href))
        elif "://" not in href and not href.endswith(".html") and _FILES.match(href) and (uri := relative_path(href)) not in shown:
            box.pictures.append(Picture(uri, "", "a"))
            shown.add(uri)


def relative_path(address: str) -> str:
    """Return where a file is kept below the export's root; web addresses stay as they are."""
    if "://" in address or address.startswith("data:"):
        return address
    while address.startswith(("../", "./")):
        address = address.split("/", 1)[1]
    return unquote(address)
