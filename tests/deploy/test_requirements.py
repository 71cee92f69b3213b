"""Every package is pinned with hashes, and the pinned files hold all that the short ones name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("requirements", "requirements-postgres", "requirements-dev", "requirements-bench")


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(name: str) -> set[str]:
    """Return the packages that a short file names, with those of the files that it includes."""
    packages: set[str] = set()
    for line in (ROOT / f"{name}.in").read_text().splitlines():
        if included := re.fullmatch(r"-r ([\w-]+)\.in", line):
            packages |= asked_for(included[1])
        elif not line.startswith("#"):
            found = re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[a-z]+\])?(==\S+)?", line)
            assert found, f"{name}.in: {line}"
            packages.add(normalized(found[1]))
    return packages


def pinned(name: str) -> dict[str, str]:
    """Return the version of every package of a pinned file. Fails at a line that pins nothing or has no hash."""
    text = (ROOT / f"{name}.txt").read_text().replace("\\\n", " ")
    versions = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        found = re.fullmatch(r"([a-z0-9.-]+)==(\S+)((?:\s+--hash=sha256:[0-9a-f]{64})+)\s*", line)
        assert found, f"{name}.txt: {line}"
        versions[found[1]] = found[2]
    return versions


@pytest.mark.parametrize("name", NAMES)
def test_every_package_asked_for_is_pinned_with_hashes(name: str) -> None:
    assert asked_for(name) <= pinned(name).keys()


def test_the_tests_run_on_the_versions_of_the_product() -> None:
    product, tests = pinned("requirements"), pinned("requirements-dev")
    assert product.items() <= tests.items()


def test_every_installed_package_of_the_product_is_the_pinned_version() -> None:
    from importlib.metadata import version

    for package, wanted in pinned("requirements").items():
        assert version(package) == wanted, package


def test_make_installs_nothing_without_hashes() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert "--require-hashes" in re.findall(r"^PIP_INSTALL := (.*)$", makefile, re.MULTILINE)[0]
    assert makefile.count("pip install") == 1 + makefile.count("uv pip install")


def test_every_package_asked_for_has_its_reason() -> None:
    rows = re.findall(r"^\| ([A-Za-z0-9_-]+) \|", (ROOT / "docs" / "libraries.md").read_text(), re.MULTILINE)
    assert {normalized(row) for row in rows} - {"library"} == asked_for("requirements-dev")
