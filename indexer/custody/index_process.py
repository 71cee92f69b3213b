"""The helper process of indexing.py: `python -m indexer.custody.index_process ENGINE FOLDER` writes what comes on standard input.

A module of its own, so that it starts with the engine alone and not with the whole repository.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import IO

import msgspec

from indexer.engines import Document, open_engine


class Message(msgspec.Struct):
    """What the parent sends: documents to write, and, at the end, the catalog's position to commit."""

    documents: list[Document]
    position: int | None


_decoder = msgspec.msgpack.Decoder(Message)


def follow(engine_name: str, folder: Path, stream: IO[bytes]) -> None:
    """Write what comes from the parent; commit when it says so; a stream that ends before leaves the index as it was."""
    engine = open_engine(engine_name, folder)
    try:
        while len(head := stream.read(8)) == 8:
            message = _decoder.decode(stream.read(struct.unpack(">Q", head)[0]))
            engine.write(message.documents)
            if message.position is not None:
                engine.commit(message.position)
    finally:
        engine.close()


if __name__ == "__main__":
    follow(sys.argv[1], Path(sys.argv[2]), sys.stdin.buffer)
