"""The contracts of ``schemas/``, read and checked: what archivists decide, readable without Python."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import archiveia
from archiveia.edges.retention_files import shipped_rules
from archiveia.errors import ScheduleError
from archiveia.steps.access_delays import StartEvent
from archiveia.steps.measure import comparable
from archiveia.steps.respond import RequestDelay
from archiveia.values import AccessRule, DocumentClass

if TYPE_CHECKING:
    from archiveia.steps.credits import Credits
    from archiveia.values import Json, RetentionRule

SCHEMAS = Path(archiveia.__file__).parent.parent / "schemas"
"""The folder that comes with the program, beside the package."""

SCHEDULE, DELAYS, PLAN, REQUESTS, CREDITS = (
    "retention_schedule.csv",
    "access_delays.csv",
    "classification_plan.json",
    "request_delays.json",
    "digitisation_credits.json",
)
CONFIDENCE = ("high", "medium", "low")
TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a CSV file, with what is needed to say where it is wrong."""

    file: str
    line: int
    cells: dict[str, str]

    def refuse(self, column: str, why: str) -> NoReturn:
        value = self.cells.get(column, "")
        _refuse(self.file, f"line {self.line}, column {column}", f"{value!r} {why}")

    def text(self, column: str) -> str:
        """A cell that may not be empty."""
        return self.cells[column] or self.refuse(column, "may not be empty")

    def optional(self, column: str) -> str | None:
        return self.cells[column] or None

    def one_of(self, column: str, allowed: tuple[str, ...]) -> str:
        if self.cells[column] not in allowed:
            self.refuse(column, f"is not one of {', '.join(allowed)}")
        return self.cells[column]

    def truth(self, column: str) -> bool:
        return TRUTH[self.one_of(column, tuple(TRUTH))]

    def years(self, column: str) -> float | None:
        """A number of years, 0 or more; ``None`` for an empty cell."""
        if not self.cells[column]:
            return None
        try:
            years = float(self.cells[column])
        except ValueError:
            self.refuse(column, "is not a number of years (write 0.5 with a point)")
        if not 0 <= years <= 1000:
            self.refuse(column, "is not a number of years between 0 and 1000")
        return years

    def whole_years(self, column: str) -> int | None:
        years = self.years(column)
        if years is not None and years != int(years):
            self.refuse(column, "is not a whole number of years")
        return None if years is None else int(years)

    def event(self, column: str) -> str:
        return self.one_of(column, tuple(StartEvent))


def load_retention_schedule(folder: Path = SCHEMAS) -> dict[str, RetentionRule]:
    """The retention schedule of the folder by code, active rules and others; an entity may have adopted another."""
    return {rule.code: rule for rule in shipped_rules(folder)}


def load_access_rules(folder: Path = SCHEMAS) -> dict[str, AccessRule]:
    """The communicability table by category (``C01``...)."""
    return dict(_access_rules(folder))


def load_classification_plan(folder: Path = SCHEMAS) -> tuple[DocumentClass, ...]:
    """The classes of the classification plan, in the order of the file."""
    return _plan(folder)


def load_request_delays(folder: Path = SCHEMAS) -> dict[str, RequestDelay]:
    """The legal delays of access requests by kind (``crpa``, ``derogation``, ``cada``)."""
    return dict(_request_delays(folder))


def load_digitisation_credits(folder: Path = SCHEMAS) -> Credits:
    """What the lines say that digital libraries print at the edge of the scans they deliver."""
    return _digitisation_credits(folder)


def check_contracts(folder: Path = SCHEMAS) -> None:
    """Nothing, when every file of the folder can be used and the plan names existing rules only.

    Raises:
        ScheduleError: the first thing that is wrong, with its file, row and column.

    """
    schedule, rules = load_retention_schedule(folder), _access_rules(folder)
    load_request_delays(folder)
    load_digitisation_credits(folder)
    for number, known in enumerate(_plan(folder), start=1):
        for column, codes, table in (
            ("retention_codes", known.retention_codes, schedule),
            ("access_categories", known.access_categories, rules),
        ):
            for code in codes:
                if code not in table:
                    _refuse(
                        PLAN, f"class {number} ({known.code}), column {column}", f"{code!r} does not exist"
                    )


# --- files ---------------------------------------------------------------------------------------


@cache
def _access_rules(folder: Path) -> dict[str, AccessRule]:
    columns = (
        "id category never delay_years start_event alt_delay_years alt_start_event condition may_be_prolonged "
        "legal_source online_code online_rule confidence"
    )
    rules: dict[str, AccessRule] = {}
    for row in _rows(folder / DELAYS, columns):
        rule = AccessRule(
            id=row.text("id"),
            category=row.text("category"),
            delay_years=row.whole_years("delay_years"),
            start_event=row.event("start_event"),
            alt_delay_years=row.whole_years("alt_delay_years"),
            alt_start_event=row.event("alt_start_event") if row.cells["alt_start_event"] else None,
            legal_source=row.text("legal_source"),
            confidence=row.one_of("confidence", CONFIDENCE),
            never=row.truth("never"),
            may_be_prolonged=row.truth("may_be_prolonged"),
            condition=row.optional("condition"),
            online=row.text("online_code"),
            online_words=row.text("online_rule"),
        )
        if rule.id in rules:
            row.refuse("id", "is already used by another row")
        if (rule.alt_delay_years is None) != (rule.alt_start_event is None):
            row.refuse("alt_start_event", "goes with alt_delay_years: fill both or none")
        if (rule.delay_years is None) != (rule.start_event in {StartEvent.PERSON, StartEvent.NEVER}):
            row.refuse("delay_years", f"does not go with start_event {rule.start_event!r}")
        if rule.never != (rule.start_event == StartEvent.NEVER):
            row.refuse("never", f"does not go with start_event {rule.start_event!r}")
        rules[rule.id] = rule
    return rules


@cache
def _plan(folder: Path) -> tuple[DocumentClass, ...]:
    plan: dict[str, DocumentClass] = {}
    for where, item in _items(folder / PLAN, "classes"):
        known = DocumentClass(
            code=_text(PLAN, where, item, "code"),
            label=_text(PLAN, where, item, "label"),
            description=_text(PLAN, where, item, "description"),
            series=item.get("series") or None,
            retention_codes=_texts(PLAN, where, item, "retention_codes"),
            access_categories=_texts(PLAN, where, item, "access_categories"),
            cues=_texts(PLAN, where, item, "cues"),
        )
        if known.code in plan:
            _refuse(PLAN, f"{where}, column code", f"{known.code!r} is already used by another class")
        plan[known.code] = known
    return tuple(plan.values())


@cache
def _request_delays(folder: Path) -> dict[str, RequestDelay]:
    delays = {}
    for where, item in _items(folder / REQUESTS, "delays"):
        months = item.get("months")
        if not isinstance(months, int) or isinstance(months, bool) or months < 1:
            _refuse(REQUESTS, f"{where}, column months", f"{months!r} is not a whole number of months")
        kind, label, source = (_text(REQUESTS, where, item, c) for c in ("kind", "label", "legal_source"))
        recourse = item.get("recourse", "cada")
        if recourse not in {"cada", "cnil"}:
            _refuse(REQUESTS, f"{where}, column recourse", f"{recourse!r} is neither cada nor cnil")
        delays[kind] = RequestDelay(kind, label, months, source, recourse)
    for kind in ("crpa", "derogation", "cada"):
        if kind not in delays:
            _refuse(REQUESTS, "column kind", f"there is no row {kind!r}")
    return delays


@cache
def _digitisation_credits(folder: Path) -> Credits:
    found = []
    for where, item in _items(folder / CREDITS, "credits"):
        pattern, example, _ = (_text(CREDITS, where, item, c) for c in ("pattern", "example", "source"))
        try:
            compiled = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            _refuse(CREDITS, f"{where}, column pattern", f"{pattern!r} is no regular expression: {error}")
        if not compiled.search(comparable(example)):
            _refuse(CREDITS, f"{where}, column example", f"{example!r} has nothing of the pattern")
        found.append(compiled)
    return tuple(found)


def _refuse(file: str, where: str, why: str) -> NoReturn:
    remedy = f"correct schemas/{file} (schemas/README.md says what each column holds)"
    raise ScheduleError(f"{file}, {where}: {why}", remedy)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # spreadsheets like to begin a file with a mark
    except (OSError, UnicodeDecodeError) as error:
        raise ScheduleError(f"{path.name} cannot be read: {error}", "restore it, saved as UTF-8") from error


def _rows(path: Path, columns: str) -> list[_Row]:
    reader = csv.DictReader(io.StringIO(_read(path)), strict=True)
    missing = [column for column in columns.split() if column not in (reader.fieldnames or ())]
    if missing:
        _refuse(path.name, "line 1", f"missing column {', '.join(missing)} (comma-separated, UTF-8)")
    rows = []
    try:
        for cells in reader:
            if None in cells or None in cells.values():
                _refuse(path.name, f"line {reader.line_num}", "the number of cells is not that of the header")
            stripped = {column: value.strip() for column, value in cells.items()}
            rows.append(_Row(path.name, reader.line_num, stripped))
    except csv.Error as error:
        _refuse(path.name, f"line {reader.line_num}", str(error))
    if not rows:
        _refuse(path.name, "line 2", "there is no row")
    return rows


def _items(path: Path, key: str) -> list[tuple[str, dict[str, Json]]]:
    try:
        document = json.loads(_read(path))
    except json.JSONDecodeError as error:
        _refuse(path.name, f"line {error.lineno}", error.msg)
    items = document.get(key) if isinstance(document, dict) else None
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        _refuse(path.name, f"key {key}", "is not a list of objects")
    name = {"classes": "class", "delays": "delay", "credits": "credit"}[key]
    return [(f"{name} {number}", item) for number, item in enumerate(items, start=1)]


def _text(file: str, where: str, item: dict[str, Json], column: str) -> str:
    value = item.get(column)
    if not isinstance(value, str) or not value.strip():
        _refuse(file, f"{where}, column {column}", f"{value!r} is not a text")
    return value


def _texts(file: str, where: str, item: dict[str, Json], column: str) -> tuple[str, ...]:
    values = item.get(column, [])
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
        _refuse(file, f"{where}, column {column}", f"{values!r} is not a list of texts")
    return tuple(values)
