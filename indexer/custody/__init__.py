"""Taking archives into custody, verifying them, and keeping the index up to date."""

from indexer.custody import accounts, clock, indexing, verify
from indexer.custody.accounts import LONGEST_NAME, check_merge
from indexer.custody.anchor_file import InvalidAnchor, read_anchor, write_anchor
from indexer.custody.catalog_checks import stored_digest
from indexer.custody.ingest import Custody, IngestReport, IngestSession, group_parts, ingest, recover, total_bytes
from indexer.custody.previews import ArchivePreview, preview
from indexer.custody.raw_items import check_raw_items
from indexer.custody.reread import is_outdated, outdated, reread
from indexer.custody.reread_writer import RereadReport
from indexer.custody.set_aside import LONGEST_WHY, DecisionRefused, restore, set_aside
from indexer.custody.verify import LISTED, Level, Verification, capture_differences, describe_proof, raw_finding
from indexer.custody.zone import UnknownCapture, set_zone

__all__ = [
    "LISTED",
    "LONGEST_NAME",
    "LONGEST_WHY",
    "ArchivePreview",
    "Custody",
    "DecisionRefused",
    "IngestReport",
    "IngestSession",
    "InvalidAnchor",
    "Level",
    "RereadReport",
    "UnknownCapture",
    "Verification",
    "accounts",
    "capture_differences",
    "check_merge",
    "check_raw_items",
    "clock",
    "describe_proof",
    "group_parts",
    "indexing",
    "ingest",
    "is_outdated",
    "outdated",
    "preview",
    "raw_finding",
    "read_anchor",
    "recover",
    "reread",
    "restore",
    "set_aside",
    "set_zone",
    "stored_digest",
    "total_bytes",
    "verify",
    "write_anchor",
]
