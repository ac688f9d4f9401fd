"""Dates as people wrote them beside what the rules read: ``archiveia evaluate dates``."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.errors import BadRequestError
from archiveia.steps.describe.date_ranges import written_dates
from archiveia.steps.describe.dates import find_date, role_of
from archiveia.steps.folding import fold
from archiveia.steps.scores import share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archiveia.values import Json

NOISE = "ocr"
"""The kind of the forms that OCR spoiled: they are counted apart."""


@dataclass(frozen=True, slots=True)
class MeasuredForm:
    """One written form: what it means, and what was read in it."""

    line: int
    text: str
    kind: str
    expected: str
    found: str

    @property
    def is_exact(self) -> bool:
        """Whether all of it was read, and nothing else."""
        return self.found == self.expected


@dataclass(frozen=True, slots=True)
class DatesEvaluation:
    """What the rules made of a list of written forms."""

    forms: tuple[MeasuredForm, ...]
    seconds: float

    def as_json(self) -> Json:
        """The evaluation as JSON; ``exact`` is of the forms that no OCR spoiled, ``ocr`` of the others."""
        kinds = dict.fromkeys(form.kind for form in self.forms)
        return {
            "exact": _share([f for f in self.forms if f.kind != NOISE]),
            "ocr": _share([f for f in self.forms if f.kind == NOISE]),
            "kinds": {kind: _share([f for f in self.forms if f.kind == kind]) for kind in kinds},
            "seconds": self.seconds,
            "wrong": [
                {"line": f.line, "text": f.text, "expected": f.expected, "found": f.found}
                for f in self.forms
                if not f.is_exact
            ],
        }


def _share(forms: Sequence[MeasuredForm]) -> Json:
    good = Counter(form.is_exact for form in forms)[True]
    low, high = share_interval(good, len(forms)) or (None, None)
    return {
        "forms": len(forms),
        "right": good,
        "share": good / len(forms) if forms else None,
        "low": low,
        "high": high,
    }


def evaluate_dates(path: Path) -> DatesEvaluation:
    """The forms of a table, each with what the rules read.

    Columns: ``text`` (a backslash and ``n`` are a line end) and either ``dates`` (every date written there, in reading
    order, ranges as ``from/to``; with ``roles``, what each is to the document) or ``date`` (that of the
    document). ``kind`` groups them.

    Raises:
        BadRequestError: the table cannot be read or lacks a column.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadRequestError(
            f"{path} cannot be read: {error}", "give a table in UTF-8, parted by tabs"
        ) from error
    columns = set(rows[0]) if rows else set()
    if "text" not in columns or not columns & {"dates", "date"}:
        raise BadRequestError(f"{path.name} has no form to measure", "name columns text, and dates or date")
    started_s = time.perf_counter()
    forms = tuple(_measured(line, row) for line, row in enumerate(rows, start=2))
    return DatesEvaluation(forms, time.perf_counter() - started_s)


def _measured(line: int, row: dict[str, str | None]) -> MeasuredForm:
    cells = {column: (value or "").strip() for column, value in row.items() if column}
    text = cells["text"].replace("\\n", "\n")
    if "dates" not in cells:
        found = find_date([(1, text)])
        return MeasuredForm(line, text, cells.get("kind", ""), cells["date"], found.value if found else "")
    mentions = written_dates(text)
    read = " ".join(mention.value for mention in mentions)
    expected = " ".join(cells["dates"].split())
    if roles := cells.get("roles"):
        named = (role_of(fold(text), mention, on_first_page=True).name.lower() for mention in mentions)
        read, expected = f"{read} {' '.join(named)}", f"{expected} {' '.join(roles.split())}"
    return MeasuredForm(line, text, cells.get("kind", ""), expected, read)
