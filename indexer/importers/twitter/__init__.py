"""X / Twitter archives in every form handed out from 2013 to now."""

from indexer.importers.twitter.importer import TwitterImporter

__all__ = ["TwitterImporter"]
