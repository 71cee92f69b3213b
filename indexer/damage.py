"""What reading a broken member of an archive raises: the containers' own errors and those of the decompressors."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib

DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError)
