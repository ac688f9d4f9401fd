"""Tesseract, through pytesseract: the engine of print and typescript."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytesseract

from archiveia.errors import MissingToolError, PageFailedError, PageTimeoutError
from archiveia.values import PageText, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import PageImage


class TesseractEngine:
    """Tesseract's LSTM network.

    Args:
        language: as Tesseract writes it, ``fra`` or ``fra+lat``.
        timeout_s: longest time for one page.

    Raises:
        MissingToolError: the program or one of the languages is not installed.
    """

    name = "tesseract"

    def __init__(self, language: str, *, timeout_s: float) -> None:
        # Pages are read in parallel, one process each. Tesseract's own threads on top of that make
        # a page of 1 s take 25 s and more when there are fewer cores than threads.
        os.environ["OMP_THREAD_LIMIT"] = "1"
        wanted = language.split("+")
        try:
            missing = sorted(set(wanted) - set(pytesseract.get_languages()))
            self.version = f"{pytesseract.get_tesseract_version()} {language}"
        except pytesseract.TesseractNotFoundError as error:
            raise MissingToolError("the program tesseract is not installed", _apt(wanted)) from error
        if missing:
            raise MissingToolError(f"Tesseract has no language {', '.join(missing)}", _apt(missing))
        self._language = language
        self._timeout_s = timeout_s

    def read(self, images: Sequence[PageImage]) -> list[PageText]:
        """The words of each image, in Tesseract's reading order."""
        return [PageText(_words(self._data(image)), self.name, self.version) for image in images]

    def _data(self, image: PageImage) -> dict[str, list[Any]]:
        dpi = f" --dpi {image.dpi:.0f}" if image.dpi else ""
        try:
            data: dict[str, list[Any]] = pytesseract.image_to_data(
                image.pixels,
                lang=self._language,
                config=f"--oem 1 --psm 3{dpi}",
                timeout=self._timeout_s,
                output_type=pytesseract.Output.DICT,
            )
        except pytesseract.TesseractError as error:
            raise PageFailedError(
                f"Tesseract failed on page {image.number}: {error.message}", "look at the scan"
            ) from error
        except RuntimeError as error:  # pytesseract has no class of its own for this
            raise PageTimeoutError(
                f"Tesseract took more than {self._timeout_s:g} s on page {image.number}",
                "raise ARCHIVEIA_PAGE_TIMEOUT_S, or rescan the page",
            ) from error
        return data


def _apt(languages: list[str]) -> str:
    packages = " ".join(f"tesseract-ocr-{language.replace('_', '-')}" for language in languages)
    return f"apt-get install tesseract-ocr {packages}"


def _words(data: dict[str, list[Any]]) -> tuple[Word, ...]:
    """Tesseract's table as words; its paragraphs are our blocks, numbered again from 1."""
    blocks: dict[tuple[int, int], dict[int, int]] = {}
    words = []
    for row, raw in enumerate(data["text"]):
        text, score = str(raw).strip(), float(data["conf"][row])
        if not text or score < 0:
            continue
        lines = blocks.setdefault((data["block_num"][row], data["par_num"][row]), {})
        line = lines.setdefault(data["line_num"][row], len(lines) + 1)
        left, top, width, height = (int(data[side][row]) for side in ("left", "top", "width", "height"))
        words.append(Word(text, left, top, width, height, min(1.0, score / 100), len(blocks), line))
    return tuple(words)
