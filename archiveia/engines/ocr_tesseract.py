"""Tesseract, the program: the engine of print and typescript.

The page goes in and the table of words comes out by pipes: no file is left when a process is killed.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.errors import MissingToolError, PageFailedError, PageTimeoutError
from archiveia.values import PageText, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import PageImage

_ANSWER_S = 30.0
"""How long the program may take to say its version."""
_HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
_KNOWN = {
    "ced037562e8c80c13122dece28dd477d399af80911a28791a66a63ac1e3445ca": "fast",
    "bf83833fa957ff0076f6aa93f69e3bdf7b014dea829ea0c0d6be6b48a3ceef6d": "best_int",
}
"""The French data by SHA-256: of tessdata_fast (Debian's package), and best_int (npm, @tesseract.js-data/fra)."""


class TesseractEngine:
    """Tesseract's LSTM network.

    Args:
        language: as Tesseract writes it, ``fra`` or ``fra+lat``.
        timeout_s: longest time for one page.
        tessdata: the folder of the ``.traineddata`` files; empty: the system's.

    Raises:
        MissingToolError: the program or one of the languages is not installed.
    """

    name = "tesseract"

    def __init__(self, language: str, *, timeout_s: float, tessdata: str = "") -> None:
        # Pages are read in parallel, one process each. Tesseract's own threads on top of that make
        # a page of 1 s take 25 s and more when there are fewer cores than threads.
        os.environ["OMP_THREAD_LIMIT"] = "1"
        wanted = language.split("+")
        self._program = ["tesseract", *(["--tessdata-dir", tessdata] if tessdata else [])]
        number = re.match(r"tesseract v?(\d\S*)", _said([*self._program, "--version"], wanted))
        listed = _said([*self._program, "--list-langs"], wanted)
        if number is None:
            raise MissingToolError("the program tesseract does not tell its version", _apt(wanted))
        missing = sorted(set(wanted) - set(listed.splitlines()[1:]))
        if missing:
            where = f" in {tessdata}" if tessdata else ""
            remedy = f"put {missing[0]}.traineddata there" if tessdata else _apt(missing)
            raise MissingToolError(f"Tesseract has no language {', '.join(missing)}{where}", remedy)
        folder = re.search(r'"(.+)"', listed)
        data = (
            "+".join(_kind_of_data(Path(folder[1], f"{name}.traineddata")) for name in wanted)
            if folder
            else ""
        )
        self.version = f"{number[1]} {language} {data}".strip()
        self._language = language
        self._timeout_s = timeout_s

    def read(self, images: Sequence[PageImage]) -> list[PageText]:
        """The words of each image, in Tesseract's reading order."""
        return [PageText(self._words(image), self.name, self.version) for image in images]

    def _words(self, image: PageImage) -> tuple[Word, ...]:
        try:
            return _words_of(self._table(image))
        except ValueError as error:
            raise PageFailedError(
                f"Tesseract gave no table of words on page {image.number}", "look at the scan"
            ) from error

    def _table(self, image: PageImage) -> str:
        dpi = ["--dpi", f"{image.dpi:.0f}"] if image.dpi else []
        # the option, not the configuration file "tsv", which a folder of our own data does not have
        how = [*dpi, "--oem", "1", "--psm", "3", "-c", "tessedit_create_tsv=1"]
        try:
            answer = subprocess.run(
                [*self._program, "-", "-", "-l", self._language, *how],
                input=b"P5 %d %d 255\n" % (image.width_px, image.height_px) + image.pixels.tobytes(),
                capture_output=True,
                timeout=self._timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PageTimeoutError(
                f"Tesseract took more than {self._timeout_s:g} s on page {image.number}",
                "raise ARCHIVEIA_PAGE_TIMEOUT_S, or rescan the page",
            ) from error
        if answer.returncode:
            cause = _cause(answer)
            raise PageFailedError(f"Tesseract failed on page {image.number}: {cause}", "look at the scan")
        # a byte that is no UTF-8 costs its letter, not the page
        return answer.stdout.decode("utf-8", "replace")


def _said(command: list[str], languages: list[str]) -> str:
    """What the program prints about itself."""
    try:
        answer = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_ANSWER_S, check=False
        )
    except FileNotFoundError as error:
        raise MissingToolError("the program tesseract is not installed", _apt(languages)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MissingToolError(f"the program tesseract does not start: {error}", _apt(languages)) from error
    return answer.stdout.decode("utf-8", "replace")


def _apt(languages: list[str]) -> str:
    packages = " ".join(f"tesseract-ocr-{language.replace('_', '-')}" for language in languages)
    return f"apt-get install tesseract-ocr {packages}"


def _kind_of_data(path: Path) -> str:
    """``fast``, ``best_int``, or the beginning of the file's SHA-256: a reading keeps what it was made with."""
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise MissingToolError(f"{path} cannot be read: {error}", "check its permissions") from error
    return _KNOWN.get(sha256, f"sha256:{sha256[:12]}")


def _cause(answer: subprocess.CompletedProcess[bytes]) -> str:
    """The signal that ended the program, or the last line of what it complained about."""
    if answer.returncode < 0:
        return signal.Signals(-answer.returncode).name
    lines = answer.stderr.decode("utf-8", "replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return said[-1][:200] if said else f"exit code {answer.returncode}"


def _words_of(table: str) -> tuple[Word, ...]:
    """Tesseract's table as words; its paragraphs are our blocks, numbered again from 1.

    Raises:
        ValueError: it is not such a table.
    """
    rows = table.rstrip("\n").split("\n")
    blocks: dict[tuple[str, str], dict[str, int]] = {}
    words = []
    for row in rows[rows.index(_HEAD) + 1 :]:
        _, _, block, paragraph, line, _, *box, confidence, raw = row.split("\t", 11)
        left, top, width, height = map(int, box)
        text, score = raw.strip(), float(confidence)
        if not text or score < 0:
            continue
        lines = blocks.setdefault((block, paragraph), {})
        number = lines.setdefault(line, len(lines) + 1)
        share = min(score / 100, 1.0)  # in this order a NaN stays one
        words.append(Word(text, left, top, width, height, share, len(blocks), number))
    return tuple(words)
