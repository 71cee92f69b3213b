"""docs/architecture.md is compared with the folders; tests/ mirrors the packages."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def named(heading: str) -> set[str]:
    """Return the packages that the table below a heading names."""
    part = re.split(r"^## ", PAGE.split(f"## {heading}\n", 1)[1], flags=re.MULTILINE)[0]
    return {name for row in re.findall(r"^\| \d+ \| ([^|]+) \|", part, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("top", ["indexer", "portal"])
def test_every_package_has_its_row(top: str) -> None:
    modules = {path.stem for path in (ROOT / top).glob("*.py")}
    packages = {path.parent.name for path in (ROOT / top).glob("*/__init__.py")}
    assert named(top) == (modules | packages) - {"__init__", "__main__"}


def test_every_place_is_there() -> None:
    places = re.findall(r"`((?:indexer|portal)/[\w./]+)`", PAGE)
    assert len(places) > 20
    assert [place for place in places if not (ROOT / place).is_file()] == []


def test_no_folder_holds_more_than_fifteen_modules() -> None:
    for top in ("indexer", "portal", "tests"):
        for folder in {path.parent for path in (ROOT / top).rglob("*.py")}:
            modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
            assert len(modules) <= 15, folder


@pytest.mark.parametrize(
    ("module", "unneeded"), [("indexer.engines.index_process", ("sqlalchemy", "indexer.catalog")), ("indexer.cli.main", ("alembic",))]
)
def test_a_process_that_starts_often_does_not_load_what_it_does_not_need(module: str, unneeded: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print([name for name in {unneeded!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


TESTS = ROOT / "tests"
NOT_MIRRORED = {"archives", "browser", "support"}  # sample archives, the whole product in a browser, builders
OF_THE_WHOLE_PROJECT = {"test_architecture", "test_docs", "test_samples"}


def imported(path: Path) -> set[str]:
    """Return the modules that a file of tests imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: an absolute import says where a name is from"
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_no_test_module_imports_another() -> None:
    modules = sorted(TESTS.rglob("*.py"))
    assert len(modules) > 100
    for path in modules:
        assert not {name for name in imported(path) if re.fullmatch(r"tests\.(\w+\.)*(test_\w+|conftest)", name)}, path


def test_every_folder_of_tests_mirrors_a_package() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")} - {Path()}
    assert len(folders) > 25
    mirrored = {folder for folder in folders if folder.parts[0] not in NOT_MIRRORED}
    assert [str(folder) for folder in sorted(mirrored) if not (ROOT / folder).is_dir()] == []
    assert {path.stem for path in TESTS.glob("test_*.py")} == OF_THE_WHOLE_PROJECT


def test_builders_and_fixtures_lie_where_they_are_looked_for() -> None:
    stray = [
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        if path.relative_to(TESTS).parts[0] != "support" and not re.fullmatch(r"test_\w+|conftest|__init__", path.stem)
    ]
    assert stray == []
    assert list((TESTS / "support").rglob("test_*.py")) == []


DOORS = sorted(
    ".".join(path.parent.relative_to(ROOT).parts)
    for top in ("indexer", "portal")
    for path in (ROOT / top).glob("*/__init__.py")
    if path.parent.name not in {"views", "serving", "cli"}  # entry points: Flask, Gunicorn and click find them by name
)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_past_a_door() -> Iterator[str]:
    for top in ("indexer", "portal"):
        for path in (ROOT / top).rglob("*.py"):
            module = module_name(path)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module:
                    names, from_module = {alias.name for alias in node.names}, node.module
                    door = next((door for door in DOORS if f"{from_module}.".startswith(f"{door}.")), None)
                    if door is None or f"{module}.".startswith(f"{door}."):
                        continue
                    if from_module != door or not names <= set(import_module(door).__all__):
                        yield f"{module}: from {from_module} import {', '.join(sorted(names))}"


def test_a_package_is_entered_through_its_front_door() -> None:
    assert list(imports_past_a_door()) == []
