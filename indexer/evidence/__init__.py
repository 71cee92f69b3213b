"""What was handed in: archives, their members, fixity and the vault. Read, never changed."""

from indexer.evidence import fixity
from indexer.evidence.archive import DAMAGE, Archive, Member, MemberDamaged, damage_of, open_archive, parts_of
from indexer.evidence.fixity import Finding, IntegrityFinding, file_digest
from indexer.evidence.html_members import HtmlDamaged, HtmlItem, PageItem, PageMarks, html_items, page_items
from indexer.evidence.json_members import JsonDamaged, JsonItem, json_items
from indexer.evidence.names import is_junk
from indexer.evidence.refusals import SAFE, ArchiveError, refusal, split_refusal
from indexer.evidence.vault import MISSING, AdmittedFile, StagedFile, Vault, archive_digest

__all__ = [
    "DAMAGE",
    "MISSING",
    "SAFE",
    "AdmittedFile",
    "Archive",
    "ArchiveError",
    "Finding",
    "HtmlDamaged",
    "HtmlItem",
    "IntegrityFinding",
    "JsonDamaged",
    "JsonItem",
    "Member",
    "MemberDamaged",
    "PageItem",
    "PageMarks",
    "StagedFile",
    "Vault",
    "archive_digest",
    "damage_of",
    "file_digest",
    "fixity",
    "html_items",
    "is_junk",
    "json_items",
    "open_archive",
    "page_items",
    "parts_of",
    "refusal",
    "split_refusal",
]
