# ruff: noqa: INP001 - a script next to data, not part of a package
"""Generates the demo archives: `python archive_data/make_samples.py [TARGET]` (default: archive_data/samples)."""

from __future__ import annotations

import sys
from pathlib import Path

from samples_source.packing import ARCHIVES, pack


def main() -> None:
    """Write every archive and print its size."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "samples"
    for number, name in enumerate(ARCHIVES, start=1):
        path = pack(name, target)
        sys.stdout.write(f"{number} of {len(ARCHIVES)}: {path} ({path.stat().st_size:,} bytes)\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
