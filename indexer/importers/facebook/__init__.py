"""Imports Facebook archives of profiles and Pages, in every form from 2010 to now."""

from indexer.importers.facebook.importer import FacebookImporter

__all__ = ["FacebookImporter"]
