"""Files that are added before their preview has ended."""

from __future__ import annotations

import io
from pathlib import Path

from tests.support.adding import added, looked
from tests.support.town import Town, post, token, x_archive


def test_a_form_sent_before_the_preview_has_ended_leads_back_to_it_and_loses_no_file(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    words = [post(1_020_000_000_000_000_701, "a new account", "Wed Jul 04 18:00:00 +0000 2018")]
    archive = x_archive(tmp_path / "new.zip", "NewAccount", "771400", words, [], {})
    sent = {"csrf_token": token(client, "/archives/add"), "archive": [(io.BytesIO(archive.read_bytes()), "new.zip")]}
    preview = client.post("/captures/upload", data=sent).headers["Location"]
    assert added(client, preview) == preview
    assert "no longer waiting" not in client.get(preview).text
    looked(town, preview)
    assert added(client, preview).startswith("/jobs/")
