"""Small Facebook archives for tests: from a table of names and contents to what the importer makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer.evidence.archive import Archive, open_archive
from indexer.importers.facebook import FacebookImporter
from indexer.record import Problem, Record
from tests.support.builders import values, zip_files

PAGE = "this_profile's_activity_across_facebook/"
PROFILE = "your_facebook_activity/"
POSTS = PAGE + "posts/profile_posts_1.json"
NAME = "City of Kestrel Bend"
SECOND = 1_700_000_000


def mojibake(value: Any) -> Any:
    """Write every string as Meta does: UTF-8 bytes as Latin-1 letters, keys included."""
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, list):
        return [mojibake(item) for item in value]
    return {mojibake(key): mojibake(item) for key, item in value.items()} if isinstance(value, dict) else value


def archive_of(tmp_path: Path, files: Mapping[str, Any]) -> Archive:
    """Pack files; what is neither text nor bytes is written as Meta's JSON."""
    packed = {
        name: content if isinstance(content, (str, bytes)) else json.dumps(mojibake(content), indent=1) for name, content in files.items()
    }
    return open_archive(zip_files(packed, tmp_path / "facebook.zip"))


def read(tmp_path: Path, files: Mapping[str, Any]) -> tuple[list[Record], list[Problem]]:
    """Return the records and the problems of an archive."""
    found = values(FacebookImporter(), archive_of(tmp_path, files))
    return [value for value in found if isinstance(value, Record)], [value for value in found if isinstance(value, Problem)]


def post(text: str = "", title: str = f"{NAME} updated its status.", at: int = SECOND, **more: Any) -> dict[str, Any]:
    """Return a post as Meta writes it."""
    return {"timestamp": at, "data": [{"post": text}] if text else [{}], "title": title, **more}


def attached(*parts: Any) -> list[dict[str, Any]]:
    """Return attachments of one group."""
    return [{"data": list(parts)}]


def medium(uri: str, at: int = SECOND, **more: Any) -> dict[str, Any]:
    """Return a photo or video as Meta writes it."""
    return {"uri": uri, "creation_timestamp": at, **more}
