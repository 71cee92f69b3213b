"""A look at an archive before it is taken in: nothing is written."""

from indexer.custody.previews.archive_preview import ArchivePreview, preview

__all__ = ["ArchivePreview", "preview"]
