"""The toy importer, registered while a test module runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.importers import register, unregister
from tests.support.toy_importer import ToyImporter


@pytest.fixture(name="toy", scope="module", autouse=True)
def a_toy() -> Iterator[ToyImporter]:
    importer = ToyImporter()
    register(importer)
    yield importer
    unregister(importer)
