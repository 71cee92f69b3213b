"""The sample archives give the same answers with SQLite and PostgreSQL: counts, order, digests, certificates."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.cli.main import main
from tests.support.databases import SETTING
from tests.support.postgres import Server

SAMPLES = sorted((Path(__file__).parents[3] / "archive_data" / "samples").glob("*.zip"))
SEARCHES = (
    ["search", "*", "--limit", "500", "--sort", "oldest"],
    ["search", "*", "--limit", "500", "--offset", "400", "--sort", "newest"],
    ["search", "*", "--limit", "500", "--group", "threads"],
    ["search", "*", "--limit", "500", "--group", "same"],
    ["search", "bridge OR flood OR council", "--limit", "200", "--sort", "relevance"],
    ["search", "*", "--limit", "500", "--state", "edited"],
    ["search", "*", "--limit", "500", "--state", "absent"],
    ["search", "*", "--limit", "500", "--as-of", "2022-01-01"],
    ["problems"],
    ["coverage"],
    ["status"],
)
VOLATILE = {"taken_at", "events", "hash", "seconds", "at", "anchor", "log"}


def answers(data: Path) -> dict[str, Any]:
    """Return the answers of all commands for a new data folder."""

    def run(*words: str) -> Any:
        result = CliRunner().invoke(main, ["--data", str(data), *words])
        assert result.exit_code == 0, (words, result.output, result.exception)
        return stable(json.loads(result.stdout.strip().splitlines()[-1]), data)

    outputs = {f"ingest {path.name}": run("ingest", "--by", "Pat", str(path), "--json") for path in SAMPLES}
    outputs |= {" ".join(words): run(*words, "--json") for words in SEARCHES}
    certificate_file = data.with_name("paper.json")
    run("certificate", "make", "bridge OR flood", "--out", str(certificate_file), "--json")
    certificate, check = (
        stable(json.loads(certificate_file.read_text()), data),
        run("certificate", "verify", str(certificate_file), "--json"),
    )
    outputs["certificate"] = {key: value for key, value in certificate.items() if key not in {"id", "made"}}
    outputs["certificate verify"] = {
        key: value for key, value in check.items() if key not in {"id", "sha256"}
    }  # the file contains its own id
    outputs["verify"] = run("verify", "--full", "--json")
    return outputs


def stable(value: Any, data: Path) -> Any:
    """Return an answer without values that depend on the time and the folder."""
    if isinstance(value, dict):
        return {key: stable(item, data) for key, item in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return [stable(item, data) for item in value]
    return re.sub(re.escape(str(data)), "DATA", value) if isinstance(value, str) else value


@pytest.mark.postgresql
def test_both_databases_give_the_same_answers(postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lite = answers(tmp_path / "lite" / "data")
    with postgres_server.database() as url:
        monkeypatch.setenv(SETTING, url)
        server = answers(tmp_path / "server" / "data")
    assert any("The catalog is in PostgreSQL" in sentence for sentence in server["verify"].pop("proves"))
    assert not any("PostgreSQL" in sentence for sentence in lite["verify"].pop("proves"))
    assert list(lite) == list(server)
    for name, answer in lite.items():
        assert server[name] == answer, name
