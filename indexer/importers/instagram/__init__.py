"""Instagram archives: JSON of 2018 to now and HTML of 2021 to now."""

from indexer.importers.instagram.importer import InstagramImporter

__all__ = ["InstagramImporter"]
