"""Settings: what they refuse, and the key that signs cookies."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from indexer.settings import SETTINGS, BadSetting
from portal import config


def test_the_portal_does_not_start_without_a_secret_key_outside_of_the_demo(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="SHOWME_SECRET_KEY is not set"):
        config.read({}, tmp_path)
    with pytest.raises(BadSetting, match="shorter than 32"):
        config.read({"SHOWME_SECRET_KEY": "secret"}, tmp_path)


def test_the_demo_makes_a_key_keeps_it_and_lets_nobody_else_read_it(tmp_path: Path) -> None:
    first, second = (config.read({"SHOWME_DEMO": "1"}, tmp_path).secret_key for _ in range(2))
    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_damaged_key_is_an_error_that_names_the_repair(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(BadSetting, match="Delete it and start again"):
        config.read({"SHOWME_DEMO": "1"}, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOWME_DEMO", "yes"),
        ("SHOWME_PROXIES", "-1"),
        ("SHOWME_WEB_WORKERS", "0"),
        ("SHOWME_MAX_UPLOAD_GB", "many"),
        ("SHOWME_IDLE_MINUTES", "٣"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        config.read({"SHOWME_SECRET_KEY": "k" * 32, name: value}, tmp_path)


def test_every_setting_has_one_line_of_help_and_one_name() -> None:
    names = [setting.name for setting in (*SETTINGS, *config.PORTAL_SETTINGS)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"SHOWME_[A-Z_]+", name) for name in names)
    assert all(setting.help.endswith(".") or ")" in setting.help[-2:] for setting in config.PORTAL_SETTINGS)
