"""Transcribed pages on disk: each scan with the texts of its pages.

A corpus is a folder with a ``manifest.tsv`` (columns ``image`` and ``gt_txt``), or with scans beside
transcriptions of the same name (``page.jpg``, ``page.gt.txt``) at any depth. The pages of a PDF or
TIFF are parted by form feeds in its transcription, as ``archiveia ocr`` parts them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.errors import BadRequestError
from archiveia.steps.measure import marks_in

if TYPE_CHECKING:
    from pathlib import Path

_TRUTH = ".gt.txt"
_SCANS = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png", ".jp2"})


@dataclass(frozen=True, slots=True)
class Corpus:
    """Transcribed pages: each scan with the texts of its pages, and the transcribers' marks in them."""

    name: str
    texts: dict[Path, tuple[str, ...]]
    marks: tuple[str, ...]
    left_out: dict[Path, str]
    """Files without a partner, or with more than one: the reason of each."""


def find_corpus(folder: Path) -> Corpus:
    """The corpus in a folder.

    Raises:
        BadRequestError: there is none, or its manifest cannot be used.
    """
    manifest = folder / "manifest.tsv"
    pairs = _listed(manifest) if manifest.is_file() else _beside(folder)
    texts: dict[Path, tuple[str, ...]] = {}
    left_out: dict[Path, str] = {}
    for truth, images in pairs:
        if len(images) != 1:
            found = ", ".join(image.name for image in images) or "no scan"
            left_out[truth] = f"{found} beside this transcription, where one scan is needed"
            continue
        try:
            texts[images[0]] = tuple(truth.read_text(encoding="utf-8-sig").split("\f"))
        except (OSError, UnicodeDecodeError) as error:
            left_out[truth] = f"the transcription cannot be read: {error}"
    if not texts and not left_out:
        raise BadRequestError(
            f"no transcribed page in {folder}",
            "put each transcription beside its scan (page.jpg, page.gt.txt), or list them in manifest.tsv",
        )
    return Corpus(folder.resolve().name, texts, _marks(folder / "README.md"), left_out)


def _listed(manifest: Path) -> list[tuple[Path, list[Path]]]:
    with manifest.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if any(not row.get("image") or not row.get("gt_txt") for row in rows):
        raise BadRequestError(
            f"{manifest}: a row names no image or no transcription",
            "give it the columns image and gt_txt, parted by tabs",
        )
    return [(manifest.parent / row["gt_txt"], [manifest.parent / row["image"]]) for row in rows]


def _beside(folder: Path) -> list[tuple[Path, list[Path]]]:
    truths, images = [], defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.name.endswith(_TRUTH):
            truths.append(path)
        elif path.suffix.lower() in _SCANS:
            images[path.with_suffix("")].append(path)
    return [(truth, images[truth.with_name(truth.name.removesuffix(_TRUTH))]) for truth in truths]


def _marks(readme: Path) -> tuple[str, ...]:
    return marks_in(readme.read_text("utf-8", errors="replace")) if readme.is_file() else ()
