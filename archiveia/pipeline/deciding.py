"""What people decide: a class, a date, a category. A person's value outranks and survives every re-run."""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.contracts import load_access_rules, load_retention_schedule
from archiveia.edges.database import assertions, decisions, units, work
from archiveia.errors import BadRequestError
from archiveia.pipeline.order import redo
from archiveia.pipeline.rules import classes_by_code, schedule_in_force
from archiveia.steps.agreement import proposal, rule_proposal
from archiveia.steps.lessons import TAKEN_BLIND
from archiveia.steps.personal_data import FIELD as PERSONAL
from archiveia.steps.retain_trigger import OPEN
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Json, Record

TEXT_FIELDS = (
    "title",
    "cote",
    "producer",
    "w_number",
    "box",
    "location",
    "linear_metres",
    "support",
    "hold",
)
MANY_FIELDS = ("reference", "person", "place", "organisation")
"""Fields that have several values, written with semicolons between them."""
DATE_FIELDS = (
    "date",
    "trigger_on",
    "closed_on",
    "decided_on",
    "use_ended_on",
    "death_on",
    "birth_on",
)
CODE_FIELDS = ("class", "access_category", "retention_rule")
YES_FIELDS = ("legible_enough", "about_one_person", "not_prolonged")
REFUSABLE_FIELDS = ("proposed_cut",)
"""What a person can only refuse (with an empty value): proposals that are acted on elsewhere."""
FIELDS = (*CODE_FIELDS, *DATE_FIELDS, *TEXT_FIELDS, *MANY_FIELDS, *YES_FIELDS, *REFUSABLE_FIELDS)
"""The fields that a person may decide."""

NOT_COME = (OPEN, "ouvert", "en cours")
"""What a person writes for ``trigger_on`` while the event has not come."""
AFTER_DECIDING = ("retain", "access", "index")
"""What is computed again when a value was decided."""

SAID_BY = "said_by"
"""In the journal: who had said the values that a decision replaced, so that they come back when it is undone."""
_PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_FULL = {4: "-01-01", 7: "-01", 10: ""}


def confirm(
    record_id: str, values: Mapping[str, str], *, actor: str, edges: Edges, blind: bool = False
) -> None:
    """The person's values stand, the former ones are in the journal, the rules are computed again.

    An empty value says that the value is not known, whatever a machine believes. ``blind``: the class was given
    without sight of the proposal; the journal keeps that.

    Raises:
        BadRequestError: a field or a value cannot be used.
        UnknownUnitError: there is no such piece here.
    """
    confirm_each([record_id], values, actor=actor, edges=edges, noted={TAKEN_BLIND: True} if blind else {})


def confirm_each(
    record_ids: Sequence[str],
    values: Mapping[str, str],
    *,
    actor: str,
    edges: Edges,
    noted: Mapping[str, Json] = MappingProxyType({}),
    still: Callable[[Record], None] = lambda _record: None,
) -> None:
    """The same for several pieces, all or none, with an entry of the journal each.

    ``noted``: what the entries say beside (only codes). ``still`` raises when a piece is no more what the person saw.
    """
    rules = schedule_in_force(edges) if "retention_rule" in values else None
    checked = {name: check(name, value.strip(), rules) for name, value in values.items()}
    if "class" in checked:
        checked["class_to_review"] = checked["class"] is None
    said = said_by(Origin(OriginKind.PERSON, actor), checked)
    now = edges.now()
    with database.writing(edges.database) as connection:
        for record in units.load_records(connection, record_ids, edges.entity):
            still(record)
            before = _before(connection, record, checked)
            assertions.replace(connection, record.id, list(checked), [OriginKind.PERSON], said, now=now)
            if "access_category" in checked:  # where personal data stand has served: it is kept no longer
                assertions.replace(connection, record.id, [PERSONAL], [OriginKind.RULE], [], now=now)
            decisions.write_journal(
                connection,
                entity_id=edges.entity,
                actor=actor,
                action="confirm",
                subject=record.id,
                before=before,
                after=checked | dict(noted),
                now=now,
            )
        work.reopen(connection, record_ids, AFTER_DECIDING, now=now)
    redo(record_ids, AFTER_DECIDING, edges)


def _before(connection: Connection, record: Record, checked: Mapping[str, Json]) -> dict[str, Json]:
    """What a decision meets: the values in force, what was proposed, and whose values are replaced."""
    before: dict[str, Json] = {name: record.values(name) for name in checked}
    if "class" in checked:
        before |= proposal(record)
    if "retention_rule" in checked:
        before |= rule_proposal(record)
    whose = {
        a.field: a.origin.name
        for a in assertions.said_of(connection, [record.id]).get(record.id, [])
        if a.field in checked and a.origin.kind is OriginKind.PERSON
    }
    return before | ({SAID_BY: whose} if whose else {})


def said_by(origin: Origin, values: Mapping[str, Json]) -> list[Assertion]:
    """The values as assertions: one for each of the values of a field that has several."""
    return [
        Assertion(name, one, origin)
        for name, value in values.items()
        for one in (value if name in MANY_FIELDS and value else (value,))
    ]


def check(name: str, value: str, rules: Mapping[str, object] | None = None) -> Json:
    """The value as it is kept; ``None`` for an empty one, a list for a field that has several.

    ``rules``: the retention schedule in force here; that of the program without one.

    Raises:
        BadRequestError: a person cannot decide this field, or the value is not one of its values.
    """
    if name not in FIELDS:
        raise BadRequestError(f"field {name!r} cannot be decided", f"choose one of {', '.join(FIELDS)}")
    if not value:
        return None
    if name in YES_FIELDS:
        return value.lower() in {"1", "true", "oui", "yes", "on"}
    if name in REFUSABLE_FIELDS:
        raise BadRequestError(
            f"{name} cannot be set to {value!r}", "leave it empty to refuse what is proposed"
        )
    if name in MANY_FIELDS:
        return [part.strip() for part in value.split(";") if part.strip()]
    if name == "trigger_on" and value.casefold() in NOT_COME:
        return OPEN
    if name in DATE_FIELDS:
        return _checked_date(name, value)
    if name in CODE_FIELDS and value not in (known := _codes(name, rules)):
        raise BadRequestError(f"{name} {value!r} does not exist", f"choose one of {', '.join(sorted(known))}")
    return value


def _codes(name: str, rules: Mapping[str, object] | None) -> Mapping[str, object]:
    """The codes that a field can have."""
    if name == "class":
        return classes_by_code()
    return load_access_rules() if name == "access_category" else rules or load_retention_schedule()


def _checked_date(name: str, value: str) -> str:
    """An ISO date, or only its year or year and month when no more is known; or two with a ``/`` between."""
    remedy = "write 1923-04-06, or 1923-04 or 1923 when only that is known; 1923/1931 for a range"
    days = []
    for part in value.split("/", 1):
        if not _PARTIAL_DATE.fullmatch(part):
            raise BadRequestError(f"{name} {value!r} is not a date", remedy)
        try:
            days.append(date.fromisoformat(part + _FULL[len(part)]))
        except ValueError as error:
            raise BadRequestError(f"{name} {value!r} is not in the calendar", remedy) from error
    if days != sorted(days):
        raise BadRequestError(f"{name} {value!r} runs backwards", remedy)
    return value
