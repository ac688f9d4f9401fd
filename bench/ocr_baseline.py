"""Character error rate of an OCR engine alone and of our reading with it, on the shared corpora.

    python bench/ocr_baseline.py --corpora ../shared/corpora --pages 5

Errors are pooled over the pages of a corpus (edits / characters of the transcription); the order of the
transcription's regions counts. Handwritten corpora (htr-*) are there for the share of illegible pages.
"""

from __future__ import annotations

import argparse
import csv
import re
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from archiveia.edges.scans import render
from archiveia.engines.ocr import OcrEngine, open_engine
from archiveia.pipeline.reading import read_image
from archiveia.settings import read_settings
from archiveia.steps.intake import kind_of
from archiveia.steps.layout import text_of
from archiveia.steps.ocr import state_of
from archiveia.steps.prepare import ink_mask
from archiveia.values import PageState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import PageImage, PageText

SETTINGS = read_settings()
_ALIKE = str.maketrans(
    {**dict.fromkeys("’‘ʼ`´", "'"), **dict.fromkeys("“”«»„", '"'), **dict.fromkeys("–—‐‑−", "-")}
)
_MARKS = re.compile(r"[_^¬]|~+")
"""Underlining, superscript, handwriting: marks of the transcribers, listed in each corpus' README."""


@dataclass
class FirstReading:
    """An engine that remembers its first reading of a page (the page as it is) and the time it took."""

    engine: OcrEngine
    name: str = "bench"
    version: str = ""
    texts: list[PageText] = field(default_factory=list)
    seconds: float = 0.0

    def read(self, images: Sequence[PageImage]) -> list[PageText]:
        """What the engine reads."""
        started = time.perf_counter()
        found = self.engine.read(images)
        if not self.texts:
            self.seconds = time.perf_counter() - started
        self.texts += found
        return found


def comparable(text: str) -> str:
    """The text without what transcribers and engines may write differently."""
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFC", text).translate(_ALIKE)).split())


def edits(found: str, truth: str) -> int:
    """The Levenshtein distance, a row at a time."""
    codes = np.array([ord(c) for c in truth])
    steps = np.arange(len(truth) + 1)
    row = steps.copy()
    for count, letter in enumerate(found, start=1):
        best = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(letter)))
        row = np.minimum.accumulate(np.concatenate(([count], best)) - steps) + steps
    return int(row[-1])


def measure(folder: Path, pages: int, engine: OcrEngine) -> Counter[str]:
    """Sums over the first pages of a corpus."""
    sums: Counter[str] = Counter()
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows[:pages]:
        path = folder / row["image"]
        page = render(path, kind_of(path.read_bytes()[:4096]), 1, dpi=300, limits=SETTINGS.limits)
        ink = ink_mask(page.pixels)
        first = FirstReading(engine)
        started = time.perf_counter()
        best = read_image(first, page, ink, blank_ink_share=SETTINGS.blank_ink_share)
        sums["ours_ms"] += round(1000 * (time.perf_counter() - started))
        sums["alone_ms"] += round(1000 * first.seconds)
        truth = comparable((folder / row["gt_txt"]).read_text(encoding="utf-8"))
        sums["letters"] += len(truth)
        sums["alone"] += edits(comparable(text_of(first.texts[0].words)), truth)
        sums["ours"] += edits(comparable(text_of(best.words)), truth)
        state, _ = state_of(
            best.words,
            float(ink.mean()),
            min_score=SETTINGS.ocr_min_score,
            blank_ink_share=SETTINGS.blank_ink_share,
        )
        sums["illegible"] += state is PageState.ILLEGIBLE
        sums["pages"] += 1
    return sums


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"))
    parser.add_argument("--pages", type=int, default=5, help="pages of each corpus")
    parser.add_argument("--engine", default="tesseract")
    args = parser.parse_args()
    engine = open_engine(args.engine, SETTINGS)
    print(f"{'corpus':26} pages  CER alone  CER ours  illegible  s alone  s ours")
    for folder in sorted([*args.corpora.glob("ocr-*"), *args.corpora.glob("htr-*")]):
        n = measure(folder, args.pages, engine)
        print(
            f"{folder.name:26} {n['pages']:5}  {n['alone'] / n['letters']:9.2%}  {n['ours'] / n['letters']:8.2%}"
            f"  {n['illegible']:9}  {n['alone_ms'] / n['pages'] / 1000:7.2f}  {n['ours_ms'] / n['pages'] / 1000:6.2f}"
        )


if __name__ == "__main__":
    main()
