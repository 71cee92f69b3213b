"""The importers: one package per platform, each registered at the end of this file. Exactly one may claim an archive."""

from indexer.importers.facebook import FacebookImporter
from indexer.importers.identify import IMPORTERS, IdentifiedArchive, NotIdentified, claim, get_importer, identify, register, unregister
from indexer.importers.ignored import COMMON_IGNORED, compile_ignored
from indexer.importers.importer import Importer
from indexer.importers.instagram import InstagramImporter
from indexer.importers.twitter import TwitterImporter

__all__ = [
    "COMMON_IGNORED",
    "IMPORTERS",
    "IdentifiedArchive",
    "Importer",
    "NotIdentified",
    "claim",
    "compile_ignored",
    "get_importer",
    "identify",
    "register",
    "unregister",
]

register(TwitterImporter())
register(FacebookImporter())
register(InstagramImporter())
