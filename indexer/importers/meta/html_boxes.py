"""Parses the record boxes of Meta's HTML pages, Facebook and Instagram alike (mid-2018 to 2026).

All generations have the same structure; only the class names differ:
  2018-2021  box `pam _3-95 _2pi0 _2lej uiBoxWhite noborder`, title `_2lek`, body `_2let`, date `_2lem`
  2022-now   box `_a6-g` (also `pam _3-95 _2ph- _a6-g`), title `_a6-h`, body `_a6-p`, date `_a6-o`
Boxes may be nested (labeled pages, 2023-now): a nested box without its own date is part of the outer box.
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
_LISTS = (  # fields of a Box
    *("lines", "attached_lines", "pictures", "subtitles", "links", "rows"),
    *("reactions", "comments", "dated_parts", "icons", "inner"),
)
_ICON = re.compile(r"^(?:files|assets|static)/|(?:^|/)icons/")
_UPDATED = re.compile(
    r"(?:Updated|Actualizad[oa]|Última actualización:?|Atualizad[oa]|Đã cập nhật|Cập nhật|已更新|更新于|更新於|更新時間：?|更新"
    r"|Aktualisiert(?: am)?"
    r"|Mis à jour(?: le)?|Mise à jour(?: le)?|Aggiornat[oa](?: il)?|Bijgewerkt(?: op)?|Diperbarui|Обновлено:?|Zaktualizowano"
    r"|Güncellendi)\s*(.+)"
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, video or sound of a box, with the caption printed under it."""

    uri: str
    caption: str
    tag: str  # "img", "video", "audio", or "a" for a linked file


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a box's table. `has_own_cell` is true if the value has its own cell, as dates do."""

    label: str
    value: str
    has_own_cell: bool = False


@dataclass(frozen=True, slots=True)
class DatedPart:
    """A part of a box with its own date (2018-2021: an event that the account answered)."""

    lines: tuple[str, ...]
    date: str


@dataclass(frozen=True, slots=True)
class PictureComment:
    """A comment by any person under a picture (2018-2019). `uri` is the picture's."""

    uri: str
    author: str
    text: str
    date: str


@dataclass(slots=True)
class Box:
    """A record as its page shows it: `lines` are the record's own words, `attached_lines` those of its attachments."""

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
    updated_line: str = ""  # including the word before the time
    has_body: bool = False
    has_date: bool = False  # also true for an empty date line: the platform states no date
    inner: list[Box] = field(default_factory=list)
    is_malformed: bool = False  # a part is nested in another part, so a start or end tag is missing

    @property
    def labeled_values(self) -> list[tuple[str, str]]:
        """The label and value of each table row with a value."""
        return [(row.label, " ".join(row.value.split())) for row in self.rows if row.value]

    @property
    def text(self) -> str:
        """The text of the body, with line breaks."""
        return "\n".join(self.lines)

    @property
    def all_texts(self) -> Iterator[str]:
        """All texts read from the box."""
        yield from (self.title, *self.lines, *self.attached_lines, *self.reactions, self.date, self.updated_line)
        yield from (picture.caption for picture in self.pictures)
        for row in self.rows:
            yield from (row.label, row.value)
        for comment in self.comments:
            yield from (comment.author, comment.text, comment.date)
        for part in self.dated_parts:
            yield from (*part.lines, part.date)
        for inner in self.inner:
            yield from inner.all_texts

    def take_dated_parts(self) -> list[Box]:
        """Remove and return the parts with their own date: nested boxes, and dated parts of the body (2018-2021)."""
        parts = [
            *self.inner,
            *(Box(title=self.title, lines=list(part.lines), date=part.date, has_body=True) for part in self.dated_parts),
        ]
        self.inner, self.dated_parts = [], []
        return parts

    @property
    def is_empty(self) -> bool:
        """True if the box has no content that could be a record."""
        return not (
            self.lines or self.attached_lines or self.pictures or self.links or self.rows or self.icons or self.dated_parts or self.comments
        )


def classes_of(node: LexborNode) -> set[str]:
    """Return the class names of an element."""
    return set((node.attributes.get("class") or "").split())


def parse_box(root: LexborNode, *, keep_breaks: bool = False) -> Box:
    """Parse a box element. `keep_breaks` keeps the line breaks of texts (Instagram)."""
    box = Box()
    _read_parts(root, box, text_of if keep_breaks else _flat_text)
    return box


def _flat_text(node: LexborNode) -> str:
    return "\n".join(lines_of(node))


def _read_parts(root: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    for child in list(root.iter()):
        _read_part(child, box, words)
    if len(box.dated_parts) == 1 and not box.has_date and is_date(box.dated_parts[0].date):
        part = box.dated_parts.pop()  # the box's own date, inside its body because an end tag is missing
        box.lines += part.lines
        box.date, box.has_date, box.is_malformed = part.date, True, True
    if not box.has_date and not box.date and box.lines and is_date(box.lines[-1]):
        box.date = _one_line(box.lines.pop())  # a date line with an unknown class
    loose_text = "".join(child.text_content or "" for child in root.iter(include_text=True) if child.tag == "-text").strip()
    if loose_text:
        box.lines.append(loose_text)


def _read_part(child: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Read the date, the title or the body of a box. Parts nested in a date or title are read separately."""
    classes = classes_of(child)
    is_title = bool(classes & TITLES) and not classes & BODIES
    if classes & DATES or is_title:
        while (inner := next((part for part in child.css(_PARTS_INSIDE) if part != child), None)) is not None:
            box.is_malformed = True
            _read_part(inner, box, words)
            inner.decompose()
    if classes & DATES:
        box.date, box.has_date = box.date or _one_line(words(child)), True
    elif is_title:
        title = words(child)
        box.title = "\n".join(part for part in (box.title, title if words is text_of else _one_line(title)) if part)
    else:
        box.has_body = box.has_body or bool(classes & BODIES)
        for nested in _outermost_boxes(child):
            _read_nested(nested, box, words)
        _read_body(child, box, words)


def _read_nested(nested: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Read a nested box: with its own date it is a separate record, otherwise its parts belong to the outer box."""
    inner = Box()
    _read_parts(nested, inner, words)
    nested.decompose()
    box.is_malformed = box.is_malformed or inner.is_malformed
    if inner.date:
        box.inner.append(inner)
        return
    if inner.title:
        box.rows.append(TableRow(inner.title, ""))
    for name in _LISTS:
        getattr(box, name).extend(getattr(inner, name))
    box.updated, box.updated_line = box.updated or inner.updated, f"{box.updated_line} {inner.updated_line}"


def _outermost_boxes(node: LexborNode) -> list[LexborNode]:
    boxes = [inner for inner in node.css("._a6-g, ._2lej") if inner != node]
    return [inner for inner in boxes if not _is_inside(inner, BOXES, node)]


def _is_inside(node: LexborNode, classes: set[str], top: LexborNode) -> bool:
    ancestor = node.parent
    while ancestor is not None and ancestor != top:
        if classes_of(ancestor) & classes:
            return True
        ancestor = ancestor.parent
    return False


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _read_body(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    read_rows(body, box, words)
    for item in body.css("ul._a6-q li, ul._tqp li"):
        box.reactions.append(_one_line(words(item)))
    for part in body.css("ul._a6-q, ul._tqp"):
        part.decompose()
    _take_comments(body, box, words)
    _take_dated_parts(body, box, words)
    _take_pictures(body, box, words)
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
        match = _UPDATED.fullmatch(line)
        if match and is_date(match[1]):
            box.updated, box.updated_line = match[1], line
        else:
            box.lines.append(line)


def read_rows(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Move the tables of an element into the rows of a box. A label and its value share a cell or have a cell each."""
    for row in body.css("tr"):
        cells = [cell for cell in row.iter() if cell.tag in {"td", "th"}]
        if not cells or any(cell.css_first("img, video, audio, tr") is not None for cell in cells):
            for cell in cells:  # its pictures and inner tables are read separately
                if "_a6_q" in classes_of(cell) and (label := _own_text(cell)):
                    box.rows.append(TableRow(label, ""))
            continue
        if len(cells) > 1:
            values = [text for text in map(words, cells[1:]) if text]
            _read_links(row, box)
            box.rows.append(TableRow(_one_line(words(cells[0])), "\n".join(values), has_own_cell=True))
        elif classes_of(cells[0]) & {"_a6_q", "_2oao"}:
            _read_links(row, box)
            box.rows.append(_split_cell(cells[0], words))
        else:
            continue
        row.decompose()


def _read_links(row: LexborNode, box: Box) -> None:
    for link in row.css("a"):
        href = (link.attributes.get("href") or "").strip()
        if href.startswith(("http://", "https://")) and href not in box.links:
            box.links.append(href)
        elif href.endswith((".srt", ".vtt")):
            box.subtitles.append(relative_path(href))


def _split_cell(cell: LexborNode, words: Callable[[LexborNode], str]) -> TableRow:
    """Split a cell into its label, the first text or element, and the value after it."""
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


def _take_comments(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Move the comments under pictures (2018-2019) into the box: the author in a span, then the text, then the date."""
    for comment in body.css("div.uiBoxGray"):
        author, date = comment.css_first("span"), comment.css_first("._67gx")
        if author is None or date is None:
            continue
        name, date_text = _one_line(words(author)), _one_line(words(date))
        parent = comment.parent
        picture = parent.css_first("img, video") if parent is not None else None
        author.decompose()
        date.decompose()
        box.comments.append(
            PictureComment(
                relative_path((picture.attributes.get("src") or "") if picture is not None else ""), name, words(comment), date_text
            )
        )
        comment.decompose()


def _take_dated_parts(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    """Move the parts of the body with their own date line into the box."""
    for date in body.css("._2lem, ._a6-o"):
        block = date.parent
        date_text = _one_line(words(date))
        date.decompose()
        if block is None or not date_text:
            continue
        if block == body:
            box.date = box.date or date_text
            continue
        box.is_malformed = box.is_malformed or block.css_first(_DATES_INSIDE) is not None  # two dates: the next part is nested in this one
        box.dated_parts.append(DatedPart(tuple(line for line in words(block).split("\n") if line.strip()), date_text))
        block.decompose()


def _take_pictures(body: LexborNode, box: Box, words: Callable[[LexborNode], str]) -> None:
    for node in body.css("img, video, audio"):
        source = node if node.attributes.get("src") else node.css_first("source")
        uri = relative_path((source.attributes.get("src") or "").strip()) if source is not None else ""
        if not uri or uri.startswith("data:"):
            continue
        if _ICON.search(uri):
            box.icons.append(uri)
            continue
        holder = node.parent if node.parent is not None and node.parent.tag == "a" else node
        caption = holder.next
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
        holder.decompose()
    shown = {picture.uri for picture in box.pictures}
    for anchor in body.css("a"):
        href = (anchor.attributes.get("href") or "").strip()
        if href.endswith((".srt", ".vtt")):
            box.subtitles.append(relative_path(href))
        elif "://" not in href and not href.endswith(".html") and _FILES.match(href) and (uri := relative_path(href)) not in shown:
            box.pictures.append(Picture(uri, "", "a"))
            shown.add(uri)


def relative_path(address: str) -> str:
    """Return the path of a file below the export root. Web addresses stay as they are."""
    if "://" in address or address.startswith("data:"):
        return address
    while address.startswith(("../", "./")):
        address = address.split("/", 1)[1]
    return unquote(address)
