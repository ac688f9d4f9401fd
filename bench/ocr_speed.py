"""Pages a minute of a searchable PDF: OCRmyPDF beside us, on the same pages, in turns, in one run.

    python bench/ocr_speed.py ../shared/corpora/ocr-* --venv /tmp/ocrmypdf --out speed.json

Both sides get one PDF that holds the images of all the pages as they are, at 300 dpi each, and write a
searchable PDF of it; each is a process of its own, its start included. OCRmyPDF: ``--jobs 2 -l fra
--output-type pdf``. The text of both is taken from the PDFs by pypdfium2 and measured as everywhere here.
Memory is the proportional set size (PSS) of all processes together, looked at twice a second.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pypdfium2
from watched_runs import plain_environment, watched

from archiveia import VERSION
from archiveia.edges.pdf_images import ImagePages
from archiveia.edges.transcriptions import find_corpus
from archiveia.settings import read_settings
from archiveia.steps import measure
from archiveia.values import FileKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from watched_runs import Run

OTHER = "ocrmypdf"
DPI = 300
KINDS = {".jpg": FileKind.JPEG, ".jpeg": FileKind.JPEG, ".png": FileKind.PNG, ".jp2": FileKind.JP2}
HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-"})
"""How PDFium writes a hyphen at the end of a line."""


def pages_of(folders: Sequence[Path], count: int) -> list[tuple[Path, str]]:
    """Images and their transcriptions in comparable form; ``count`` of them from beginning to end (0: all)."""
    found = [
        (image, measure.transcription(texts[0], corpus.marks))
        for corpus in map(find_corpus, folders)
        for image, texts in corpus.texts.items()
        if image.suffix.lower() in KINDS
    ]
    count = min(count or len(found), len(found))
    return [found[n * len(found) // count] for n in range(count)]


def write_input(target: Path, images: Sequence[Path]) -> None:
    """One PDF of these images, their data as they are where PDF has them, all of the same resolution."""
    import pikepdf

    with pikepdf.new() as made:
        pages = ImagePages(made, read_settings().limits)
        for path in images:
            page = pages.add(path, KINDS[path.suffix.lower()], 1, is_known_good=True)
            scan = page.Resources.XObject.Scan
            width, height = int(scan.Width) * 72 / DPI, int(scan.Height) * 72 / DPI
            page.mediabox = [0, 0, width, height]
            page.obj.Contents = made.make_stream(b"q %.3f 0 0 %.3f 0 0 cm /Scan Do Q" % (width, height))
        made.save(target)


def texts_of(path: Path) -> list[str]:
    """What PDFium finds on each page, in comparable form."""
    with pypdfium2.PdfDocument(path) as document:
        return [
            measure.comparable(page.get_textpage().get_text_range().translate(HYPHENS)) for page in document
        ]


def installed(folder: Path) -> str:
    """OCRmyPDF in a virtual environment of its own, installed there when it is not yet."""
    program = folder / "bin" / "ocrmypdf"
    if not program.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", "ocrmypdf"], check=True)
    return str(program)


def said(*command: str) -> str:
    """The first line that a program prints."""
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return (answer.stdout + answer.stderr).partition("\n")[0].strip()


def command_of(side: str, program: str, source: Path, out: Path) -> list[str]:
    """What is run, and writes ``out / "in.ocr.pdf"``."""
    if side == OTHER:
        how = ["--jobs", "2", "-l", "fra", "--output-type", "pdf"]
        return [program, *how, str(source), str(out / "in.ocr.pdf")]
    how = ["--format", "pdf", "--engine", side, "--out", str(out)]
    return [sys.executable, "-m", "archiveia", "ocr", str(source), *how]


def measured(side: str, program: str, source: Path, truths: Sequence[str]) -> dict[str, Any]:
    """One run of one side."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        run = watched(command_of(side, program, source, out), env=plain_environment(), log=out / "log")
        made = out / "in.ocr.pdf"
        texts, size_bytes = texts_of(made), made.stat().st_size
    pages = [measure.letter_errors(text, truth) for text, truth in zip(texts, truths, strict=True)]
    return {
        "side": side,
        **_numbers(run, len(truths)),
        "size_mb": round(size_bytes / 1e6, 2),
        "cer": measure.pooled(pages).rate,
        "cer_interval": measure.rate_interval(pages, seed=1),
        "pages": [asdict(page) for page in pages],
    }


def _numbers(run: Run, pages: int) -> dict[str, Any]:
    return {
        "seconds": round(run.seconds, 2),
        "pages_per_minute": round(60 * pages / run.seconds, 2),
        "cpu_seconds": round(run.cpu_seconds, 2),
        "joules": run.joules and round(run.joules, 1),
        "peak_pss_mb": round(run.peak_mb, 1),
        "processes": max((look.processes for look in run.looks), default=0),
    }


def summary(runs: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The median of each side over the rounds, and its ratio to OCRmyPDF round by round."""
    found: dict[str, dict[str, Any]] = {}
    speeds = {(run["round"], run["side"]): run["pages_per_minute"] for run in runs}
    for side in dict.fromkeys(run["side"] for run in runs):
        own = [run for run in runs if run["side"] == side]
        ratios = [run["pages_per_minute"] / speeds[run["round"], OTHER] for run in own]
        joules = [run["joules"] for run in own if run["joules"] is not None]
        found[side] = {
            "pages_per_minute": median(run["pages_per_minute"] for run in own),
            "ratio": round(median(ratios), 3),
            "ratios": [round(ratio, 3) for ratio in ratios],
            "cpu_seconds": median(run["cpu_seconds"] for run in own),
            "joules": median(joules) if len(joules) == len(own) else None,
            "peak_pss_mb": max(run["peak_pss_mb"] for run in own),
            "size_mb": own[0]["size_mb"],
            "cer": own[0]["cer"],
            "cer_interval": own[0]["cer_interval"],
        }
    return found


def print_table(found: dict[str, dict[str, Any]]) -> None:
    """The medians, for docs/benchmarks.md."""
    print(
        "| side | pages/minute | ratio | each round | CPU seconds | energy, J | peak PSS, MB | PDF, MB | CER | 95 % |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for side, row in found.items():
        low, high = row["cer_interval"] or (0, 0)
        energy = "no counter" if row["joules"] is None else f"{row['joules']:.0f}"
        print(
            f"| {side} | {row['pages_per_minute']:.1f} | {row['ratio']:.2f} | {', '.join(map(str, row['ratios']))} "
            f"| {row['cpu_seconds']:.0f} | {energy} | {row['peak_pss_mb']:.0f} | {row['size_mb']:.1f} "
            f"| {row['cer']:.2%} | {low:.2%} to {high:.2%} |"
        )


def machine() -> dict[str, Any]:
    """What the numbers depend on."""
    models = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")
    ]
    return {
        "cpu": models[0].partition(":")[2].strip() if models else "",
        "cores": len(os.sched_getaffinity(0)),
        "load_at_start": os.getloadavg()[0],
        "python": sys.version.split()[0],
    }


def main() -> None:
    """Runs the sides in turns, prints the medians, keeps everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--engines", default="tesseract,auto,best", help="ours, against OCRmyPDF")
    parser.add_argument("--pages", type=int, default=0, help="so many of the pages (0: all)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2, help="both sides are held to so many")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--venv", type=Path, help="where OCRmyPDF is, or is to be installed")
    where.add_argument("--ocrmypdf", default="ocrmypdf", help="the program, where it is installed already")
    parser.add_argument("--out", type=Path, help="where everything goes, as JSON")
    args = parser.parse_args()
    program = installed(args.venv) if args.venv else shutil.which(args.ocrmypdf)
    if program is None:
        parser.error(f"there is no {args.ocrmypdf}: name it, or give --venv")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: args.cores])
    pages = pages_of(args.folders, args.pages)
    document: dict[str, Any] = {
        "machine": machine(),
        "versions": {
            OTHER: said(program, "--version"),
            "archiveia": VERSION,
            "tesseract": said("tesseract", "--version"),
        },
        "images": [image.name for image, _ in pages],
    }
    sides = [OTHER, *args.engines.split(",")]
    runs: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.pdf"
        write_input(source, [image for image, _ in pages])
        document["input_mb"] = round(source.stat().st_size / 1e6, 2)
        for number in range(1, args.rounds + 1):
            for side in sides if number % 2 else reversed(sides):
                run = measured(side, program, source, [truth for _, truth in pages])
                runs.append({"round": number, **run})
                print(
                    f"round {number} {side}: {run['pages_per_minute']} pages/minute, "
                    f"{run['cpu_seconds']} CPU s, {run['peak_pss_mb']} MB, CER {run['cer']:.2%}",
                    file=sys.stderr,
                    flush=True,
                )
                if args.out:
                    args.out.write_text(json.dumps({**document, "runs": runs}, indent=1), encoding="utf-8")
    document |= {"summary": summary(runs), "runs": runs}
    print_table(document["summary"])
    if args.out:
        args.out.write_text(json.dumps(document, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
