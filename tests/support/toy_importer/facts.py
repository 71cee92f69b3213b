"""What a Toy archive says of itself."""

from __future__ import annotations

import msgspec

from indexer.evidence import Archive, MemberDamaged
from indexer.i18n import say
from indexer.local_time import from_epoch
from indexer.platforms import Platform
from indexer.record import Account, CaptureFacts, RecordKind

PLATFORM = Platform("toy", "Toy Town", aliases=("ty",), usual_kinds=frozenset({RecordKind.POST}))


class _Profile(msgspec.Struct):
    id: str = ""
    handle: str = ""
    exported: int | None = None
    posts: int | None = None


def read_facts(archive: Archive) -> CaptureFacts:
    """Return whose archive it is, when it was made, how many posts it declares. Never raises for what it holds."""
    try:
        profile = msgspec.json.decode(archive.read("profile.json"), type=_Profile)
    except (KeyError, MemberDamaged, msgspec.DecodeError, UnicodeError, RecursionError):
        profile = _Profile()  # the account stays unknown; ingest asks for it
    exported = profile.exported if profile.exported and 0 < profile.exported < 1 << 35 else None
    return CaptureFacts(
        account=Account(PLATFORM.code, profile.id or profile.handle, profile.handle),
        form=say("Toy JSON (2026)"),
        exported=from_epoch(exported, str(exported)) if exported else None,
        counts={} if profile.posts is None else {"posts": profile.posts},
        cannot_contain=(say("Toy does not hand out messages."),),
        kinds=frozenset({RecordKind.POST}),
        is_whole_history=True,
    )
