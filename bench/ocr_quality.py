"""How well a reading knows its own quality: signs of transcribed pages, the formula fitted on them, and its proof.

    python bench/ocr_quality.py read ../shared/corpora/ocr-* ../shared/corpora/htr-* --out signs.jsonl
    python bench/ocr_quality.py fit signs.jsonl [--write models/reading-quality]

``read`` reads every page by Tesseract alone and by both engines (``best``) and keeps what the readings show and
their true error rates. ``fit`` estimates every page by a formula fitted on the pages of all other sources, prints
how the estimates compare with the truth, and writes the formula fitted on all pages.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from archiveia.edges import scans
from archiveia.edges.folders import read_head
from archiveia.edges.transcriptions import find_corpus
from archiveia.pipeline.attempts import attempt
from archiveia.settings import read_settings
from archiveia.steps import measure, ocr
from archiveia.steps.estimate import Formula, Signs
from archiveia.steps.intake import kind_of
from archiveia.steps.layout import text_of
from archiveia.steps.prepare import ink_mask
from archiveia.values import PageState

Row: TypeAlias = dict[str, Any]

ENGINES = ("tesseract", "best")
SIGNS = {
    "tesseract": ("letters", "doubt", "unsure", "unknown"),
    "tesseract+ppocr": ("letters", "doubt", "unsure", "unknown", "difference", "second_doubt"),
}
FLOORS = {
    "letters": 10,
    "doubt": 0.01,
    "unsure": 0.005,
    "unknown": 0.02,
    "difference": 0.005,
    "second_doubt": 0.02,
}
RATE_FLOOR = 0.005
"""Below half a percent of wrong letters pages do not differ in any way that matters."""
RIDGE = 1.0
_MANY = 20
"""A folder with more pages than this holds pages of many documents: their names part them."""


# --- reading ------------------------------------------------------------------------------------


def sources_of(folder: Path, images: list[Path]) -> dict[Path, str]:
    """The document that each page comes from, as far as the manifest or the names tell."""
    manifest = folder / "manifest.tsv"
    if not manifest.is_file():
        return dict.fromkeys(images, folder.name)
    with manifest.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["image"]: row.get("source_path") or "" for row in csv.DictReader(file, delimiter="\t")}
    paths = {image: Path(rows[image.relative_to(folder).as_posix()]) for image in images}
    counts = Counter(path.parent for path in paths.values())
    return {
        image: f"{folder.name}/{path.parent}"
        + (f"/{re.sub(r'_?[0-9]+$', '', path.stem)}" if counts[path.parent] > _MANY else "")
        for image, path in paths.items()
    }


def read(job: tuple[Path, str, tuple[str, ...], str, str]) -> list[Row]:
    """What both readings of a page show, and how wrong they are."""
    path, text, marks, corpus, source = job
    truth = measure.transcription(text, marks)
    truth_lines = [line for line in (measure.transcription(row, marks) for row in text.splitlines()) if line]
    page = scans.render(path, kind_of(read_head(path)), 1, dpi=300, limits=read_settings().limits)
    ink = ink_mask(page.pixels)
    rows: list[Row] = []
    for engine in ENGINES:
        settings = read_settings(ocr_engine=engine)
        found = attempt(page, ink, settings)
        state, _ = ocr.state_of(
            ocr.Seen(found.words, None, found.by_hand, is_grainy="denoised" in found.prepared),
            float(ink.mean()),
            min_score=settings.ocr_min_score,
            max_cer=1.0,
            blank_ink_share=settings.blank_ink_share,
        )
        errors = measure.letter_errors(measure.comparable(text_of(found.words)), truth)
        unordered = measure.letter_errors_in_any_order(lines_of(text_of(found.words)), truth_lines)
        rows.append(
            {
                "corpus": corpus,
                "source": source,
                "page": path.name,
                "engine": found.engine,
                "asked": engine,
                "state": state.value,
                "signs": asdict(found.signs) if found.signs else None,
                "edits": errors.edits,
                "unordered_edits": min(errors.edits, unordered.edits),
                "letters": errors.units,
            }
        )
    return rows


def lines_of(text: str) -> list[str]:
    """The comparable lines of a reading."""
    return [line for line in map(measure.comparable, text.splitlines()) if line]


def read_all(folders: list[Path], out: Path, workers: int) -> None:
    """Read every page of the folders; one line of JSON a page and engine."""
    jobs = []
    for folder in folders:
        corpus = find_corpus(folder)
        sources = sources_of(folder, list(corpus.texts))
        jobs += [
            (image, texts[0], corpus.marks, corpus.name, sources[image])
            for image, texts in corpus.texts.items()
        ]
    with out.open("w", encoding="utf-8") as file, ProcessPoolExecutor(workers) as pool:
        for done, rows in enumerate(pool.map(read, jobs), start=1):
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            file.flush()
            print(f"\r{done} of {len(jobs)} pages", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


# --- fitting ------------------------------------------------------------------------------------


def fitted(rows: list[Row], names: tuple[str, ...]) -> Formula:
    """The formula of these pages: ridge regression of the logarithm of the CER on the logarithms of the signs."""
    signs = np.array([[np.log(row["signs"][name] + FLOORS[name]) for name in names] for row in rows])
    rates = np.log(np.array([rate(row, "unordered_edits") for row in rows]) + RATE_FLOOR)
    middle, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    scaled = np.c_[np.ones(len(rows)), (signs - middle) / spread]
    penalty = RIDGE * np.diag([0.0] + [1.0] * len(names))
    weights = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ rates)
    slopes = weights[1:] / spread
    return Formula(
        intercept=round(float(weights[0] - slopes @ middle), 4),
        weights={name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)},
        floors={name: FLOORS[name] for name in names},
        floor=RATE_FLOOR,
    )


def rate(row: Row, edits: str = "edits") -> float:
    """The true CER, at most 1: what is worse than an empty page is as bad."""
    return float(min(1.0, row[edits] / row["letters"]))


def held_out(rows: list[Row], names: tuple[str, ...]) -> np.ndarray:
    """The estimate of every page by the formula of the pages of all other sources."""
    estimates = np.empty(len(rows))
    for source in {row["source"] for row in rows}:
        formula = fitted([row for row in rows if row["source"] != source], names)
        for at, row in enumerate(rows):
            if row["source"] == source:
                estimates[at] = formula.error_rate(Signs(**row["signs"]))
    return estimates


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, hits / of
    middle, half = share + z * z / (2 * of), z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return float((middle - half) / (1 + z * z / of)), float((middle + half) / (1 + z * z / of))


def proof(rows: list[Row], names: tuple[str, ...], good_cer: float, edits: str) -> Row:
    """How the held-out estimates compare with the truth."""
    estimates, rates = held_out(rows, names), np.array([rate(row, edits) for row in rows])
    print_or_type = np.array([row["corpus"].startswith("ocr-") for row in rows])
    text = np.array([row["state"] == PageState.TEXT for row in rows])
    called, truly = text & (estimates <= good_cer), rates <= good_cer
    right = int((called & truly).sum())
    found = int((called & truly & print_or_type).sum())
    wanted = int((truly & print_or_type).sum())
    return {
        "pages": len(rows),
        "sources": len({row["source"] for row in rows}),
        "rank_correlation": measure.rank_correlation(list(estimates), list(rates)),
        "rank_correlation_printed": measure.rank_correlation(
            list(estimates[print_or_type]), list(rates[print_or_type])
        ),
        "called_good": int(called.sum()),
        "called_good_and_good": right,
        "precision": [right / max(1, called.sum()), *wilson(right, int(called.sum()))],
        "good_printed": wanted,
        "good_printed_and_called": found,
        "recall": [found / max(1, wanted), *wilson(found, wanted)],
        "wrongly_called_good": sorted(
            (row["page"], round(float(e), 3), round(float(r), 3))
            for row, e, r, wrong in zip(rows, estimates, rates, called & ~truly, strict=True)
            if wrong
        ),
    }


def flagged(rows: list[Row]) -> Row:
    """How many handwritten and how many printed or typed pages are called unreadable."""
    counts = {
        kind: [sum(row["state"] in ("handwritten", "illegible") for row in part), len(part)]
        for kind, part in {
            "handwritten": [row for row in rows if row["corpus"].startswith("htr-")],
            "printed": [row for row in rows if row["corpus"].startswith("ocr-")],
        }.items()
    }
    return {
        **counts,
        "printed_pages": [
            (row["page"], row["letters"], row["state"])
            for row in rows
            if row["corpus"].startswith("ocr-") and row["state"] != PageState.TEXT
        ],
    }


def fit(files: list[Path], folder: Path | None, good_cer: float) -> None:
    """Print the proof, write the formulas."""
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    formulas, proofs = {}, {}
    for engine, names in SIGNS.items():
        of_engine = [row for row in rows if row["engine"] == engine]
        usable = [row for row in of_engine if row["letters"] and row["signs"] and row["signs"]["letters"]]
        formulas[engine] = fitted(usable, names).as_json()
        proofs[engine] = {
            "cer": proof(usable, names, good_cer, "edits"),
            "cer_in_any_order": proof(usable, names, good_cer, "unordered_edits"),
            "flagged": flagged(of_engine),
        }
    print(json.dumps({"formulas": formulas, "proof": proofs}, ensure_ascii=False, indent=1))
    if folder:
        made_on = datetime.now(UTC).date().isoformat()
        document = {"made_on": made_on, "good_cer": good_cer, "formulas": formulas, "proof": proofs}
        (folder / "estimate.json").write_text(
            json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


def main() -> None:
    """The two commands."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    reading = commands.add_parser("read")
    reading.add_argument("folders", nargs="+", type=Path)
    reading.add_argument("--out", type=Path, required=True)
    reading.add_argument("--workers", type=int, default=1)
    fitting = commands.add_parser("fit")
    fitting.add_argument("signs", nargs="+", type=Path)
    fitting.add_argument("--write", type=Path, metavar="FOLDER")
    fitting.add_argument("--good-cer", type=float, default=read_settings().ocr_good_cer)
    asked = parser.parse_args()
    if asked.command == "read":
        read_all(asked.folders, asked.out, asked.workers)
    else:
        fit(asked.signs, asked.write, asked.good_cer)


if __name__ == "__main__":
    main()
