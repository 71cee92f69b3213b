"""`python -m tests.support.fuzz --seed 1 --count 3000`: prints each archive that is not dealt with as it should be; `--only N` tries one again."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.support.fuzz.oracle import Report, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--only", type=int, nargs="*", default=[], help="numbers of single archives of this seed")
    parser.add_argument("--platform", nargs="*", default=[], help="twitter, facebook, instagram; else all")
    options = parser.parse_args()
    report, begun = Report(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for so_far, finding in run(options.seed, options.count, Path(folder), options.only, options.platform):
            report = so_far
            if finding:
                print(finding, flush=True)
    families = ", ".join(f"{name} {count:,}" for name, count in sorted(report.families.items()))
    tracebacks = sum(finding.fault == "traceback" for finding in report.findings)
    print(
        f"seed {options.seed}: {report.tried:,} archives in {time.monotonic() - begun:.0f} s ({families}): {report.refused:,} refused in words, "
        f"{report.told:,} with a new problem, {report.same:,} without loss, {tracebacks:,} tracebacks, "
        f"{len(report.findings) - tracebacks:,} silent losses"
    )
    return int(bool(report.findings))


if __name__ == "__main__":
    sys.exit(main())
