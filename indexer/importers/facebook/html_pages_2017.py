"""Reads the HTML of a Facebook archive of 2010 to early 2018: `html/timeline.htm`, album pages, messages, events.

Times have minutes and a zone abbreviation that follows daylight saving ("Thursday, November 30, 2017 at 3:39pm PST").
Of all Facebook pages, only these album pages hold other people's comments on the account's photos.
Line breaks inside texts are literal. A `<div>` inside a `<p>` is not valid HTML, so pages are split at opening tags
rather than parsed as a tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from indexer.evidence import HtmlDamaged, HtmlItem, MemberDamaged, html_items
from indexer.i18n import say
from indexer.importers.facebook.content import Content, group_of, share_kind
from indexer.importers.facebook.context import MEDIA_ROLES, Context, media_key
from indexer.importers.facebook.html_values import read_date
from indexer.importers.facebook.members import Role
from indexer.importers.meta.html_accounting import find_broken_tag, find_unread_words, text_of_parts, words_of
from indexer.importers.meta.html_pages import plain_head
from indexer.importers.meta.html_text import is_too_deep, lines_of
from indexer.record import Locator, Problem, Record, RecordKind

_POST = re.compile(rb"""<p\b[^<>]*>\s*<div\b[^<>]*\bclass\s*=\s*["'](?:[^"'<>]*\s)?meta[\s"'][^<>]*>""")
_BLOCK = re.compile(rb"""<div\b[^<>]*\bclass\s*=\s*["'](?:[^"'<>]*\s)?block["'\s][^<>]*>""")
_MESSAGE = re.compile(rb"""<div\b[^<>]*\bclass\s*=\s*["'](?:[^"'<>]*\s)?(?:thread|message)["'\s][^<>]*>""")
_THREAD = re.compile(rb"""<div\b[^<>]*\bclass\s*=\s*["'](?:[^"'<>]*\s)?thread["'\s]""")
_DISPLAYED = re.compile(r"(?P<made>[^()]+)\((?P<shown>[^()]+)\)\s*")
_ONCE_PER_ITEM = {  # twice if the start of the next item is damaged
    _POST: re.compile(rb"<p\b"),
    _BLOCK: re.compile(rb"<img\b|<video\b"),
    _MESSAGE: re.compile(rb'class="message_header"'),
}
_EVENT = re.compile(rb"<li>(?!<a )")
_PARTS = "div.meta, div.comment, div.block, div.message, div.message_header, span.user, span.meta"  # of records, not of headings
# Where and how a picture was taken, the platform's notices, names of albums (read from their own pages): in the raw item only.
_NOT_READ = "table.meta, div.block > div.meta ~ div.meta, div.warning, a[href$='index.htm'], video, audio, script, style"
_FOOTER = re.compile(rb'(?:</div>\s*)?<div class="footer">.*', re.DOTALL)
_DATE_IN_EVENT = re.compile(r"\b\d{1,2}:\d\d")


def is_2017(member: str) -> bool:
    """Tell whether a member has a file name of this generation."""
    return member.endswith(".htm") or re.fullmatch(r"(?:html/[^/]+|messages/\d+|photos/[^/]+/index)\.html", member) is not None


def _page_items(context: Context, member: str, opening: re.Pattern[bytes]) -> Iterator[HtmlItem | Problem]:
    """Yield the head and the items of a page, and a Problem for damage, a truncated page or a page without items."""
    last = HtmlItem(-2, 0, b"")
    try:
        with context.archive.open(member) as stream:
            for item in html_items(stream, opening):
                last = item
                yield item
    except HtmlDamaged as error:
        yield Problem(member, error.code, error.message)
        return
    except MemberDamaged as error:
        yield Problem(member, "member-damaged", error.message)
        return
    if last.index < 0 and _is_empty_section(last.raw):
        return
    if last.index < 0:
        message = say("No record was found on this page, so it is empty or of a form that is not known.")
        yield Problem(member, "html-no-records", message)
    elif not last.raw.rstrip().lower().endswith(b"</html>"):
        message = say("The page has no end: it was cut, and what stood behind its last record is missing.")
        yield Problem(member, "html-cut", message)


def survey_2017(context: Context, role: Role, member: str) -> None:
    """Find the photos of an album page, so that the covers in the list of albums are not read twice."""
    if role not in MEDIA_ROLES:
        return
    for item in _page_items(context, member, _BLOCK):
        if isinstance(item, Problem) or item.index < 0:
            continue
        trimmed = _without_footer(item)
        tree = _parse(trimmed.raw)
        for uri in _media_uris(tree) if tree is not None else ():
            context.media.add(uri, "" if role is Role.ALBUM_LIST else _own_caption(tree), _place_of(member, trimmed))


def records_2017(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the records of a page. Never raises because of its content."""
    opening: re.Pattern[bytes]
    read_item: Callable[[Context, Role, Locator, HtmlItem, LexborNode], Iterator[Record | Problem]]
    if role is Role.MESSAGES:
        yield from _thread_records(context, member)
        return
    if role in MEDIA_ROLES:
        opening, read_item = _BLOCK, _photo_records
    elif role is Role.EVENTS:
        opening, read_item = _EVENT, _event_record
    else:
        opening, read_item = _POST, _post_record
    for item in _page_items(context, member, opening):
        if isinstance(item, Problem):
            yield item
            continue
        trimmed = _without_footer(item)
        yield from _check_item(member, trimmed, opening)
        if item.index < 0:
            continue
        tree = _parse(trimmed.raw)
        if tree is None:
            yield Problem(member, "bad-item", say("This item does not read as a record of the page."), item.index)
        else:
            values = read_item(context, role, _place_of(member, trimmed), trimmed, tree)
            yield from values if role is Role.ALBUM_LIST else _check_words(tree, values)  # a list of albums also holds their names


def _check_words(tree: LexborNode, values: Iterator[Record | Problem]) -> Iterator[Record | Problem]:
    """Pass on the records and problems of an item, and add a problem for words that none of its records has."""
    words, texts, place, has_problem = words_of(tree, _NOT_READ), list[str](), None, False
    for value in values:
        if isinstance(value, Record):
            place = value.place
            texts += [value.text, value.title, value.author, value.thread_title, value.posted.written if value.posted else ""]
            texts += value.extra.values()
        else:
            has_problem = True
        yield value
    if place is not None and not has_problem and (unread := find_unread_words(words, texts)):
        message = say("Words of this record stand in no part of it that is known, so they were not read: {words}.", words=repr(unread))
        yield Problem(place.member, "unread-text", message, place.index)


def _is_empty_section(raw: bytes) -> bool:
    """Tell whether a page has no content below its headings: the account had no such items."""
    tree = _parse(_FOOTER.sub(b"", raw))
    contents = tree.css_first("div.contents") if tree is not None else None
    if contents is None:
        return False
    for heading in contents.css("h1, h2, h3"):
        heading.decompose()
    return not contents.text(strip=True) and contents.css_first("img, video") is None


def _check_item(member: str, item: HtmlItem, opening: re.Pattern[bytes]) -> Iterator[Problem]:
    """Yield a problem for a broken tag, parts of a record above the first record, or an item that includes the next item."""
    raw = plain_head(item.raw) if item.index < 0 else item.raw
    if is_too_deep(raw):
        return
    if item.index < 0 and (words := text_of_parts(raw, _PARTS)):
        message = say("Parts of a record stand above the first record of the page, so they were not read: {words}.", words=repr(words))
        yield Problem(member, "bad-item", message, 0)
        return
    if broken := find_broken_tag(raw):
        message = say("A tag is broken here, so words of this item may not be read: {tag}.", tag=repr(broken))
        yield Problem(member, "bad-item", message, max(item.index, 0))
        return
    if item.index < 0:
        return
    once = _ONCE_PER_ITEM.get(opening)
    if once is not None and len(once.findall(item.raw)) > 1:
        message = say("This item holds another one whose beginning is not of a known form; the words of both were read as one.")
        yield Problem(member, "bad-item", message, item.index)


def _without_footer(item: HtmlItem) -> HtmlItem:
    """Return an item without the page's footer, which follows the last item."""
    raw = _FOOTER.sub(b"", item.raw) if b'<div class="footer">' in item.raw else item.raw
    if raw.startswith(b"<p>"):
        end = raw.rfind(b"</p>")
        raw = raw[: end + 4] if end >= 0 else raw
    return HtmlItem(item.index, item.start, raw)


def _place_of(member: str, item: HtmlItem) -> Locator:
    return Locator(member, item.index, item.start, len(item.raw))


def _parse(raw: bytes) -> LexborNode | None:
    return None if is_too_deep(raw) else LexborHTMLParser(raw.decode("utf-8", "replace")).body


def _text(node: LexborNode, *, without: str = "") -> str:
    """Return the text of a node with its line breaks, leaving out the elements that match `without`."""
    copy = LexborHTMLParser(node.html or "").body
    if copy is None:
        return ""
    for inner in copy.css(without) if without else ():
        inner.decompose()
    for line_break in copy.css("br"):
        line_break.replace_with("\n")
    return (copy.text() or "").strip()


def _post_record(context: Context, role: Role, place: Locator, item: HtmlItem, tree: LexborNode) -> Iterator[Record | Problem]:
    meta = tree.css_first("div.meta")
    date = (meta.text() if meta is not None else "").strip()
    content = Content()
    for comment in tree.css("div.comment"):
        content.add_text(_text(comment))
    title = " ".join(_text(tree, without="div.meta, div.comment").split())
    if displayed := _DISPLAYED.fullmatch(date):  # "(Displayed as Friday, May 8, 2015 at 9:00am UTC-05)": a backdated post
        date, content.extra["backdated to"] = displayed["made"].strip(), displayed["shown"].strip()
    posted, problems = read_date(context, date, None, place)
    yield from problems
    kind = share_kind(title, content.extra)
    if group := group_of(title):
        content.extra["group"] = group
    yield Record(
        kind=kind,
        native_id=context.native_id(role, posted, f"{title}\n{content.text}", content),
        place=place,
        raw=item.raw,
        title=title,
        author=context.author_of(role, title),
        posted=posted,
        id_is_made=True,
        **content.fields(),
    )


def _photo_records(context: Context, role: Role, place: Locator, item: HtmlItem, tree: LexborNode) -> Iterator[Record | Problem]:
    """Yield a photo or video, and the comments under it."""
    uris = _media_uris(tree)
    parent, thread = "", f"media/{media_key(uris[0])}" if uris else ""
    if uris and any(context.media.is_unclaimed(uri, place) for uri in uris):
        content = Content()
        content.add_text(_own_caption(tree))
        for uri in uris:
            content.attachments.append(context.files.attachment(uri, default="image/jpeg"))
            content.uris.append(uri)
        dates = [node for node in tree.css("div.meta") if not _is_in_comment(node)]
        posted, problems = read_date(context, dates[0].text().strip() if dates else "", None, place)
        yield from problems
        parent = context.native_id(Role.PHOTOS, posted, "", content)
        folded = tuple(other for other in context.media.claim(content.uris, (content.text,)) if other != place)
        is_video = content.attachments[0].media_type.startswith("video/")
        yield Record(
            kind=RecordKind.VIDEO if is_video or role is Role.VIDEOS else RecordKind.PHOTO,
            native_id=parent,
            place=place,
            raw=item.raw,
            author=context.account,
            posted=posted,
            thread_id=thread,
            id_is_made=True,
            folded=folded,
            **content.fields(),
        )
    comments = [node for node in tree.css("div.comment") if node.css_first("span.user") is not None]
    for number, node in enumerate(comments):
        comment_place = Locator(place.member, place.index, place.start, place.length, f"comments/{number}")
        yield from _comment_record(context, comment_place, item, node, (parent, thread))


def _comment_record(
    context: Context, place: Locator, item: HtmlItem, node: LexborNode, parent_and_thread: tuple[str, str]
) -> Iterator[Record | Problem]:
    parent, thread = parent_and_thread
    user, meta = node.css_first("span.user"), node.css_first("div.meta")
    author = " ".join(user.text().split()) if user is not None else ""
    content = Content()
    content.add_text(_text(node, without="span.user, div.meta"))
    posted, problems = read_date(context, meta.text().strip() if meta is not None else "", None, place)
    yield from problems
    written = posted.written if posted else ""
    yield Record(
        kind=RecordKind.COMMENT,
        native_id=context.made.make("comments on media", written, f"{author} {content.text}", [thread.removeprefix("media/")]),
        place=place,
        raw=item.raw,
        title="Comment under a photo or video.",
        author=author,
        posted=posted,
        parent_id=parent,
        thread_id=thread,
        id_is_made=True,
        **content.fields(),
    )


def _thread_records(context: Context, member: str) -> Iterator[Record | Problem]:
    """Yield the messages of a page: a box for each thread, and in it a flat list of message boxes, each followed by its text."""
    thread_title = ""
    for item in _page_items(context, member, _MESSAGE):
        if isinstance(item, Problem):
            yield item
            continue
        trimmed = _without_footer(item)
        yield from _check_item(member, trimmed, _MESSAGE)
        if item.index < 0:
            continue
        place, tree = _place_of(member, trimmed), _parse(trimmed.raw)
        if tree is None:
            yield Problem(member, "bad-item", say("This item does not read as a record of the page."), item.index)
        elif _THREAD.match(trimmed.raw):
            thread_title = " ".join(_text(tree).split())
        else:
            yield from _check_words(tree, _message_record(context, place, trimmed, tree, thread_title))


def _message_record(context: Context, place: Locator, item: HtmlItem, tree: LexborNode, thread_title: str) -> Iterator[Record | Problem]:
    user, meta = tree.css_first("span.user"), tree.css_first(".meta")
    author = " ".join(user.text().split()) if user is not None else ""
    content = Content()
    content.add_text(_text(tree, without="div.message_header"))
    for uri in _media_uris(tree):
        content.attachments.append(context.files.attachment(uri, default="image/jpeg"))
        content.uris.append(uri)
    posted, problems = read_date(context, meta.text().strip() if meta is not None else "", None, place)
    yield from problems
    thread = place.member.removeprefix("messages/").removesuffix(".html") if place.member.startswith("messages/") else thread_title
    written = posted.written if posted else ""
    if context.account:
        content.extra["direction"] = "sent" if author == context.account else "received"
    yield Record(
        kind=RecordKind.MESSAGE,
        native_id=context.made.make(f"messages/{thread}", written, f"{author} {content.text}", map(media_key, content.uris)),
        place=place,
        raw=item.raw,
        author=author,
        posted=posted,
        thread_id=thread,
        thread_title=thread_title,
        id_is_made=True,
        **content.fields(),
    )


def _event_record(context: Context, role: Role, place: Locator, item: HtmlItem, tree: LexborNode) -> Iterator[Record | Problem]:
    """Yield an event. The page states when it takes place, not when it was created."""
    content = Content()
    content.add_text("\n".join(lines_of(tree)))
    lines = content.text.splitlines()
    if lines:
        content.extra["event"] = lines[0]
    start = next((line for line in lines if _DATE_IN_EVENT.search(line)), "")
    if start:
        content.extra["event start"] = start.strip()
    yield Record(
        kind=RecordKind.EVENT,
        native_id=context.made.make(role.value, start, content.text),
        place=place,
        raw=item.raw,
        id_is_made=True,
        **content.fields(),
    )


def _media_uris(tree: LexborNode) -> list[str]:
    sources = [node.attributes.get("src") or "" for node in tree.css("img, video, audio")]
    return [uri.removeprefix("../") for uri in dict.fromkeys(sources) if uri and not uri.startswith("data:")]


def _own_caption(tree: LexborNode | None) -> str:
    """Return the owner's caption of a photo: a comment box without a user name."""
    if tree is None:
        return ""
    captions = [node for node in tree.css("div.comment") if node.css_first("span.user") is None]
    block = tree.css_first("div.block")
    loose_texts = [child.text_content or "" for child in block.iter(include_text=True) if child.tag == "-text"] if block is not None else []
    words = (*(" ".join(text.split()) for text in loose_texts), *(_text(node, without="div.meta") for node in captions))
    return "\n".join(text for text in words if text)


def _is_in_comment(node: LexborNode) -> bool:
    ancestor = node.parent
    while ancestor is not None:
        if "comment" in (ancestor.attributes.get("class") or "").split():
            return True
        ancestor = ancestor.parent
    return False
