"""The process that background_writer.py starts: `python -m indexer.engines.index_process ENGINE FOLDER`.

It writes the documents that it gets on standard input. It imports the engine alone, neither the catalog nor the
importers, and so starts in a quarter of the time.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import IO

import msgspec

from indexer.engines import Document, open_engine

_decoder = msgspec.msgpack.Decoder(tuple[list[Document], int | None, bool])


def run(engine_name: str, folder: Path, stream: IO[bytes]) -> None:
    """Write the documents from the parent and commit on request. If the stream ends early, the index stays unchanged.

    A message is (documents to write, catalog position to commit or None, whether to drop everything not committed).
    """
    engine = open_engine(engine_name, folder)
    try:
        while len(header := stream.read(8)) == 8:
            documents, position, is_drop = _decoder.decode(stream.read(struct.unpack(">Q", header)[0]))
            if is_drop:
                engine.close()
                engine = open_engine(engine_name, folder)
            engine.write(documents)
            if position is not None:
                engine.commit(position)
    finally:
        engine.close()


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), sys.stdin.buffer)
