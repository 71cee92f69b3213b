"""Words of Facebook posts as a reader saw them: mentions by name, shares by what is shared, attachments in lines.

Seen in JSON and HTML archives 2017-2026; sentences ("X shared a link.") are in the account's language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from indexer.record import Attachment, RecordKind
from indexer.text import hashtags, links, mentions, repair_mojibake

_MENTION = re.compile(r"@\[(\d+):(\d+):((?:[^\]\\]|\\.)*)\]")
_SHARED = re.compile(
    r"\b(?:shared|compartió|ha compartido|compartilhou|a distribuit|partagé|đã chia sẻ)\s(.*)|(?:分享了|分享)(.*)|\bhat (.+) geteilt",
    re.DOTALL,
)
# "a link", never "Link Example's post": the words stand after an article or a possessive, or alone at the end
_ARTICLE = r"(?:\b(?:a|an|the|this|his|her|its|their|un|una|uma?|el|la|o|một|einen|ein|eine)\s|['’]s\s|1\s*[個个則则]\s*|^)"
_LINK = re.compile(rf"{_ARTICLE}(?:link|enlace|vínculo|liên kết|lien|連結|链接)(?!\w)")
_OWN = re.compile(
    rf"{_ARTICLE}(?P<what>memory|recuerdo|lembrança|amintire|kỷ niệm|event|evento|eveniment|sự kiện|回憶|回忆|活動|活动)(?!\w)"
)
_GROUP = re.compile(
    r"(?:posted in|shared .{1,80}? to the group:?|commented .{1,120}? in|publicó en|compartió .{1,80}? en el grupo:?) (?P<group>.+?)\.?$"
)
_WRITER = re.compile(
    r"^(?P<name>.{1,200}?) (?:wrote on|posted (?:on|to|in|something)|shared|added|tagged|sent|updated|likes|is with|was with|wished"
    r"|escribió en|publicó|compartió|agregó|añadió|etiquetó|đã|escreveu|publicou|compartilhou)\b"
)


@dataclass(slots=True)
class Content:
    """What a post shows, gathered part by part: words once, links once, pictures in their order."""

    words: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    uris: list[str] = field(default_factory=list)  # of the attachments, as the archive writes them
    links: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    def add_text(self, text: str | None) -> str:
        """Add words unless they already stand there; returns them as a reader saw them."""
        if not text:
            return ""
        seen = self.read(text)
        if seen and not any(_same(seen) in _same(word) for word in self.words):  # whole words: "Yes" is not in "Yesterday"
            self.words.append(seen)
        return seen

    def read(self, text: str | None) -> str:
        """Return a text of the archive as a reader saw it, and keep whom it mentions."""
        if not text:
            return ""
        text = repair_mojibake(text)
        if "@[" in text:
            self.mentions += [_unescaped(found[3]) for found in _MENTION.finditer(text)]
            text = _MENTION.sub(lambda found: _unescaped(found[3]), text)
        return text.strip("\n")

    def link(self, url: str | None) -> None:
        """Add a link; one whose target is gone is noted instead."""
        if url is None:
            return
        url = repair_mojibake(url).strip()
        if url in {"", "http://0.0.0.0/", "https://0.0.0.0/", "http://0.0.0.0"}:
            self.extra["link"] = "gone"
        elif url not in self.links:
            self.links.append(url)

    @property
    def text(self) -> str:
        """All words, one part below the other."""
        return "\n".join(self.words)

    def all_links(self) -> tuple[str, ...]:
        """Return the attached links and then those in the words, each once."""
        text = self.text
        return tuple(dict.fromkeys((*self.links, *links(text)))) if "://" in text else tuple(self.links)

    def all_mentions(self) -> tuple[str, ...]:
        """Return whom the words mention, each once."""
        text = self.text
        return (
            tuple(dict.fromkeys((*self.mentions, *mentions(text)))) if "@" in text or "＠" in text else tuple(dict.fromkeys(self.mentions))
        )

    def all_hashtags(self) -> tuple[str, ...]:
        """Return the hashtags of the words, each once."""
        text = self.text
        return hashtags(text) if "#" in text or "＃" in text else ()


def share_kind(title: str, extra: dict[str, str]) -> RecordKind:
    """Return what a post is by the platform's sentence: sharing somebody's post is a repost, a link or memory a post.

    Notes in `extra["share"]` what was shared. A sentence in a language that is not known here is a post.
    """
    found = _SHARED.search(title)
    if not found:
        return RecordKind.POST
    what = (found[1] or found[2] or found[3] or "").strip().rstrip(".。")
    if _LINK.search(what):
        extra["share"] = "link"
        return RecordKind.POST
    if own := _OWN.search(what):
        extra["share"] = own["what"]
        return RecordKind.POST
    extra["share"] = what or "post"
    return RecordKind.REPOST


def group_of(title: str) -> str:
    """Return the group that a sentence names ("X posted in Example Neighbors."), "" when it names none."""
    found = _GROUP.search(title)
    return found["group"] if found else ""


def writer_of(title: str) -> str:
    """Return who a sentence is about ("Pat Example wrote on ..."), "" when that cannot be read from it."""
    found = _WRITER.match(title)
    return found["name"] if found else ""


def _unescaped(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name)


def _same(text: str) -> str:
    return f" {' '.join(text.split())} "
