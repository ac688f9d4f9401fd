"""Retention schedules as files, CSV or ODS: read, checked by JSON Schema and by logic, and written again exactly."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import archiveia
from archiveia.edges.ods import ods_bytes, read_ods
from archiveia.errors import BadRequestError, ScheduleError
from archiveia.steps.retain_rows import COLUMNS, Triggers, fingerprint, row_of, rule_of
from archiveia.steps.rule_check import Finding, check_rules
from archiveia.steps.sampling import Sampling
from archiveia.values import RetentionRule, Trigger, TriggerKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archiveia.values import DocumentClass

SCHEMAS = Path(archiveia.__file__).parent.parent / "schemas"
SCHEDULE, TRIGGERS, ROW_SCHEMA, SAMPLINGS = (
    "retention_schedule.csv",
    "triggers.json",
    "retention_schedule.schema.json",
    "sampling.json",
)
SHIPPED = "livrée"
"""The name of the version that comes with the program, before its fingerprint."""
FINGERPRINT_LETTERS = 8
_REMEDY = "correct the row (schemas/README.md says what each column holds)"
_COMPUTED = re.compile(r"'*[=+\-@\t\r]")
"""Text that a spreadsheet would compute; an apostrophe before it keeps it text (OWASP, *CSV injection*)."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules of a file, those that could be read, and what was found about them."""

    rules: tuple[RetentionRule, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps the file from being used."""
        return tuple(f for f in self.findings if f.is_error)


def shipped_rules(folder: Path = SCHEMAS) -> tuple[RetentionRule, ...]:
    """The rows of the schedule of a folder.

    Raises:
        ScheduleError: the first thing that is wrong, with its line.
    """
    return _shipped(folder)


@cache
def _shipped(folder: Path) -> tuple[RetentionRule, ...]:
    return rules_to_use(folder / SCHEDULE, SHIPPED, folder=folder)


def rules_to_use(path: Path, version: str, *, folder: Path = SCHEMAS) -> tuple[RetentionRule, ...]:
    """The rules of a file, of this version.

    Raises:
        ScheduleError: it cannot be used; every error is told with its line.
    """
    found = examine(path, folder=folder)
    if found.errors:
        told = "; ".join(str(error) for error in found.errors[:20])
        more = f"; and {len(found.errors) - 20} more" if len(found.errors) > 20 else ""
        raise ScheduleError(f"{path.name}, {told}{more}", _REMEDY)
    return named(found.rules, version)


def named(rules: Sequence[RetentionRule], version: str) -> tuple[RetentionRule, ...]:
    """The rules with the name of their version: its word or number, and the beginning of their fingerprint."""
    from dataclasses import replace

    name = f"{version} ({fingerprint(rules)[:FINGERPRINT_LETTERS]})"
    return tuple(replace(rule, rule_set=name) for rule in rules)


def examine(path: Path, classes: Sequence[DocumentClass] = (), *, folder: Path = SCHEMAS) -> RuleFile:
    """The rules of a CSV or ODS file, with everything that is wrong or left open in it.

    Raises:
        ScheduleError: it cannot be read as a table with the columns of a schedule.
    """
    triggers = load_triggers(folder)
    shape = _validator(folder)
    rows: list[tuple[int, RetentionRule]] = []
    findings: list[Finding] = []
    for line, cells in _read(path):
        wrong = [
            Finding(
                is_error=True,
                line=line,
                says=f"column {e.path[0]}: {e.instance!r} is not {e.schema['description']}",
            )
            for e in shape.iter_errors(cells)
        ]
        if not wrong:
            try:
                rows.append((line, rule_of(cells, triggers)))
            except KeyError as error:
                says = f"column trigger_code: {error.args[0]!r} is not a trigger of schemas/triggers.json"
                wrong.append(Finding(is_error=True, line=line, says=says))
            except ValueError as error:
                wrong.append(
                    Finding(is_error=True, line=line, says=f"column valid_from or valid_until: {error}")
                )
        findings += wrong
    checked = check_rules(rows, triggers.wordings, () if findings else classes)
    everything = sorted([*findings, *checked], key=lambda f: f.line or 10**6)
    return RuleFile(tuple(rule for _, rule in rows), tuple(everything))


# --- reading -------------------------------------------------------------------------------------


def _read(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Each row with its line, cells stripped; a row of the right columns is all that is certain of it."""
    try:
        table = _lines_of_ods(path) if path.suffix.lower() == ".ods" else _lines_of_csv(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ScheduleError(f"{path.name} cannot be read: {error}", "restore it, saved as UTF-8") from error
    except BadRequestError as error:
        raise ScheduleError(error.message, error.remedy) from error
    head = table[0][1] if table else []
    missing = [column for column in COLUMNS if column not in head]
    unknown = [column for column in head if column not in COLUMNS]
    if missing or unknown or len(head) != len(COLUMNS):
        said = f"missing column {', '.join(missing)}" if missing else f"unknown column {', '.join(unknown)}"
        raise ScheduleError(f"{path.name}, line 1: {said}", f"the columns are {', '.join(COLUMNS)}")
    rows = [(line, cells) for line, cells in table[1:] if any(cells)]
    for line, cells in rows:
        if len(cells) != len(head):
            says = f"{path.name}, line {line}: the number of cells is not that of the header"
            raise ScheduleError(says, _REMEDY)
    if not rows:
        raise ScheduleError(f"{path.name}, line 2: there is no row", _REMEDY)
    return [(line, dict(zip(head, cells, strict=True))) for line, cells in rows]


def _lines_of_csv(path: Path) -> list[tuple[int, list[str]]]:
    text = path.read_text(encoding="utf-8-sig")  # spreadsheets like to begin a file with a mark
    comma = ";" if text.startswith("code;") else ","  # what French spreadsheets write
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    try:
        return [(reader.line_num, [_computable(cell).strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise ScheduleError(f"{path.name}, line {reader.line_num}: {error}", _REMEDY) from error


def _lines_of_ods(path: Path) -> list[tuple[int, list[str]]]:
    table = read_ods(path)
    width = len(table[0]) if table else 0
    filled = (row + [""] * (width - len(row)) for row in table)  # empty cells at the end are not kept
    return [(line, [cell.strip() for cell in row]) for line, row in enumerate(filled, start=1)]


# --- writing -------------------------------------------------------------------------------------


def csv_of(rules: Iterable[RetentionRule]) -> bytes:
    """The rules as CSV, cells that a spreadsheet would compute kept text; reads back the same."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_kept_text(cell) for cell in row_of(rule).values()] for rule in rules)
    return text.getvalue().encode()


def ods_of(rules: Iterable[RetentionRule]) -> bytes:
    """The rules as an OpenDocument spreadsheet of text cells; reads back the same."""
    return ods_bytes([COLUMNS, *(list(row_of(rule).values()) for rule in rules)], "Tableau de gestion")


def _kept_text(cell: str) -> str:
    return f"'{cell}" if _COMPUTED.match(cell) else cell


def _computable(cell: str) -> str:
    """The cell without the apostrophe of ``_kept_text``."""
    return cell[1:] if cell.startswith("'") and _COMPUTED.match(cell) else cell


# --- contracts -----------------------------------------------------------------------------------


def load_triggers(folder: Path = SCHEMAS) -> Triggers:
    """The closed list of triggers, and the code of every wording."""
    return _triggers(folder)


@cache
def _triggers(folder: Path) -> Triggers:
    path = folder / TRIGGERS
    by_code, wordings = dict[str, Trigger](), dict[str, str]()
    try:
        for item in json.loads(path.read_text(encoding="utf-8"))["triggers"]:
            trigger = Trigger(
                code=item["code"],
                label=item["label"],
                kind=TriggerKind(item["kind"]),
                field=item["field"],
                estimated_by=item["estimated_by"],
                look_for=item["look_for"],
            )
            twice = [w for w in item["wordings"] if w in wordings]
            if trigger.code in by_code or twice:
                says = f"{trigger.code!r} or a wording of it ({', '.join(twice)}) is there twice"
                raise ScheduleError(f"{TRIGGERS}: {says}", "keep each code and each wording once")
            by_code[trigger.code] = trigger
            wordings |= dict.fromkeys(item["wordings"], trigger.code)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScheduleError(f"{TRIGGERS} cannot be used: {error!r}", "restore it from the program") from error
    if TriggerKind.UNMAPPED not in by_code:
        raise ScheduleError(f"{TRIGGERS}: there is no code unmapped", "restore it from the program")
    return Triggers(by_code, wordings)


def load_samplings(folder: Path = SCHEMAS) -> dict[str, Sampling]:
    """How the rules that select are sampled, by their code; a rule that is not there has no share."""
    return dict(_samplings(folder))


@cache
def _samplings(folder: Path) -> dict[str, Sampling]:
    found: dict[str, Sampling] = {}
    try:
        for item in json.loads((folder / SAMPLINGS).read_text(encoding="utf-8"))["samplings"]:
            brackets = sorted((int(b["from_population"]), int(b["share_percent"])) for b in item["brackets"])
            sampling = Sampling(
                rules=tuple(item["rules"]),
                source=item["source"],
                is_first_year_kept=item["first_year_in_full"] is True,
                brackets=tuple(brackets),
            )
            if brackets[0][0] != 0 or not all(0 < share <= 100 for _, share in brackets):
                says = (
                    f"{SAMPLINGS}: the brackets of {', '.join(sampling.rules)} do not begin at 0 with a share"
                )
                raise ScheduleError(says, "give each bracket its share, the first from_population being 0")
            found |= dict.fromkeys(sampling.rules, sampling)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise ScheduleError(
            f"{SAMPLINGS} cannot be used: {error!r}", "restore it from the program"
        ) from error
    return found


@cache
def _validator(folder: Path) -> Any:
    from jsonschema import Draft202012Validator

    try:
        schema = json.loads((folder / ROW_SCHEMA).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ScheduleError(f"{ROW_SCHEMA} cannot be used: {error}", "restore it from the program") from error
    return Draft202012Validator(schema)
