"""Packages of a search: its records with their conversations, certificate and files."""

from indexer.productions.package_search import Maker, TermUnion, export_search

__all__ = [
    "Maker",
    "TermUnion",
    "export_search",
]
