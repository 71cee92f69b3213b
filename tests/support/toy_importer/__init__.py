"""An importer for an invented platform: the example of docs/adding-an-importer.md, and the proof that one package is enough."""

from tests.support.toy_importer.importer import ToyImporter

__all__ = ["ToyImporter"]
