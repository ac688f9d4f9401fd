"""How much memory a long batch holds, and whether it grows: all processes together, over time.

    python bench/ocr_memory.py ../shared/corpora/ocr-* --pages 500 --engine auto --out memory.json

``ocr`` (the default) makes a searchable PDF of one PDF of so many pages: the corpora's, again and again.
``--command run`` takes as many image files into a new workspace, each with its number behind its data so that
none is a duplicate. Memory is the proportional set size (PSS), looked at twice a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from ocr_speed import machine, pages_of, write_input
from watched_runs import plain_environment, watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from watched_runs import Look

SLICES = 10


def batch(folder: Path, images: Sequence[Path], command: str) -> list[str]:
    """The command line, its input written under ``folder``."""
    if command == "ocr":
        source = folder / "in.pdf"
        write_input(source, images)
        return ["ocr", str(source), "--format", "pdf", "--out", str(folder / "out")]
    scans = folder / "scans"
    scans.mkdir()
    for number, path in enumerate(images, start=1):
        (scans / f"{number:05}{path.suffix}").write_bytes(path.read_bytes() + f"\n{number}".encode())
    return ["run", str(scans), "--json"]


def over_time(looks: Sequence[Look]) -> list[dict[str, Any]]:
    """The looks in slices of the same length: when, how much in the middle and at most, in how many processes."""
    end_s = looks[-1].after_s
    rows = []
    for number in range(SLICES):
        own = [look for look in looks if number <= SLICES * look.after_s / end_s < number + 1] or [looks[-1]]
        held = [look.pss_mb for look in own]
        rows.append(
            {
                "until_s": round(end_s * (number + 1) / SLICES),
                "median_mb": round(median(held)),
                "most_mb": round(max(held)),
                "processes": max(look.processes for look in own),
            }
        )
    return rows


def main() -> None:
    """Runs the batch, prints the table, keeps every look."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--command", choices=("ocr", "run"), default="ocr")
    parser.add_argument("--out", type=Path, help="where every look goes, as JSON")
    args = parser.parse_args()
    images = list(islice(cycle(image for image, _ in pages_of(args.folders, 0)), args.pages))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        line = [sys.executable, "-m", "archiveia", *batch(folder, images, args.command)]
        env = {**plain_environment(), "ARCHIVEIA_HOME": str(folder / "home")}
        run = watched([*line, "--engine", args.engine], env=env, log=folder / "log")
    rows = over_time(run.looks)
    grown = rows[-2]["median_mb"] / rows[1]["median_mb"]
    print("| until, s | median, MB | most, MB | processes |\n| --- | --- | --- | --- |")
    for row in rows:
        print("| {until_s} | {median_mb} | {most_mb} | {processes} |".format(**row))
    print(
        f"{args.pages} pages in {run.seconds:.0f} s ({60 * args.pages / run.seconds:.1f} a minute), "
        f"{run.cpu_seconds:.0f} CPU s; at most {run.peak_mb:.0f} MB; "
        f"second slice from the end over second slice: {grown:.2f}"
    )
    if args.out:
        document = {
            "machine": machine(),
            "command": args.command,
            "engine": args.engine,
            "pages": args.pages,
            "seconds": round(run.seconds, 1),
            "cpu_seconds": round(run.cpu_seconds, 1),
            "peak_pss_mb": round(run.peak_mb),
            "growth": round(grown, 3),
            "over_time": rows,
            "looks": [asdict(look) for look in run.looks],
        }
        args.out.write_text(json.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    main()
