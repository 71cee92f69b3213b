"""The process that indexing.py starts: `python -m indexer.custody.index_process ENGINE FOLDER` indexes documents from standard input.

A separate module, so that it imports the engine alone and not the whole repository.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import IO

import msgspec

from indexer.engines import Document, open_engine


class Message(msgspec.Struct):
    """A message from the parent: documents to write and, in the last message, the catalog position to commit."""

    documents: list[Document]
    position: int | None


_decoder = msgspec.msgpack.Decoder(Message)


def run(engine_name: str, folder: Path, stream: IO[bytes]) -> None:
    """Write the documents from the parent and commit on request. If the stream ends early, the index stays unchanged."""
    engine = open_engine(engine_name, folder)
    try:
        while len(header := stream.read(8)) == 8:
            message = _decoder.decode(stream.read(struct.unpack(">Q", header)[0]))
            engine.write(message.documents)
            if message.position is not None:
                engine.commit(message.position)
    finally:
        engine.close()


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), sys.stdin.buffer)
