"""Names as records say them, and the variants of one name that were proposed or decided."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import assertions, name_forms, name_groups, units
from archiveia.errors import BadRequestError
from archiveia.steps.authority import is_sure
from archiveia.steps.name_variants import Judged
from archiveia.values import RANK, Level, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection


class GroupState(StrEnum):
    """What became of a group of variants."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a name, in how many records, some of them as examples."""

    form: str
    records: int
    examples: tuple[str, ...]
    taken_out: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Variants of one name, with who decided."""

    id: str
    field: str
    preferred: str
    state: GroupState
    reasons: tuple[str, ...]
    forms: tuple[Form, ...]
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def kept(self) -> tuple[str, ...]:
        """The forms that were not taken out."""
        return tuple(f.form for f in self.forms if not f.taken_out)


def said(connection: Connection, entity_id: str, fields: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """For each field, the records in which each form is in force and sure (``steps.authority.is_sure``)."""
    query = (
        sa.select(
            assertions.c.field,
            assertions.c.value,
            assertions.c.unit_id,
            assertions.c.origin_kind.label("kind"),
        )
        .join(units, units.c.id == assertions.c.unit_id)
        .where(
            units.c.entity_id == entity_id,
            units.c.level == Level.ITEM,
            ~units.c.retired,
            assertions.c.field.in_(list(fields)),
        )
        .order_by(assertions.c.id)
    )
    rows = list(connection.execute(query))
    best: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        best[row.unit_id, row.field] = max(best[row.unit_id, row.field], RANK[OriginKind(row.kind)])
    found: dict[str, dict[str, dict[str, None]]] = {field: defaultdict(dict) for field in fields}
    for row in rows:
        in_force = RANK[OriginKind(row.kind)] == best[row.unit_id, row.field]
        is_text = isinstance(row.value, str) and bool(row.value.strip())
        if in_force and is_text and is_sure(row.field, row.value, OriginKind(row.kind)):
            found[row.field][row.value][row.unit_id] = None
    return {field: {form: list(ids) for form, ids in forms.items()} for field, forms in found.items()}


def forms(connection: Connection, entity_id: str, field: str) -> list[str]:
    """Every form of a field that anybody says, each once."""
    query = (
        sa.select(sa.cast(assertions.c.value, sa.Text))
        .join(units, units.c.id == assertions.c.unit_id)
        .where(units.c.entity_id == entity_id, assertions.c.field == field)
        .distinct()
    )
    said = (json.loads(text) for text in connection.scalars(query) if text)
    return [form for form in said if isinstance(form, str)]


def saying(connection: Connection, entity_id: str, field: str, forms: Iterable[str]) -> list[str]:
    """The pieces of which anybody says one of these forms."""
    found: dict[str, None] = {}
    as_kept = sa.cast(assertions.c.value, sa.Text)
    for chunk in in_chunks(json.dumps(form) for form in forms):
        query = (
            sa.select(assertions.c.unit_id)
            .join(units, units.c.id == assertions.c.unit_id)
            .where(units.c.entity_id == entity_id, assertions.c.field == field, as_kept.in_(chunk))
        )
        found.update(dict.fromkeys(connection.scalars(query)))
    return list(found)


def groups(
    connection: Connection,
    entity_id: str,
    state: GroupState | None = None,
    *,
    limit: int = 10_000,
    offset: int = 0,
) -> list[Group]:
    """The groups of an entity with their forms, by field and preferred form."""
    query = sa.select(name_groups).where(name_groups.c.entity_id == entity_id)
    if state is not None:
        query = query.where(name_groups.c.state == state)
    query = query.order_by(name_groups.c.field.desc(), name_groups.c.preferred, name_groups.c.id)
    return _with_forms(connection, query.limit(limit).offset(offset))


def group(connection: Connection, group_id: str, entity_id: str) -> Group:
    """One group of this entity.

    Raises:
        BadRequestError: there is no such group.
    """
    query = sa.select(name_groups).where(name_groups.c.id == group_id, name_groups.c.entity_id == entity_id)
    found = _with_forms(connection, query)
    if not found:
        raise BadRequestError(
            f"no group of names {group_id!r}", "it may have changed: look at the list again"
        )
    return found[0]


def _with_forms(connection: Connection, query: sa.Select[tuple[object, ...]]) -> list[Group]:
    rows = list(connection.execute(query))
    forms: dict[str, list[Form]] = defaultdict(list)
    for chunk in in_chunks(row.id for row in rows):
        inside = sa.select(name_forms).where(name_forms.c.group_id.in_(chunk)).order_by(name_forms.c.form)
        for row in connection.execute(inside):
            known = row.records
            forms[row.group_id].append(
                Form(row.form, known["count"], tuple(known["examples"]), row.taken_out)
            )
    return [
        Group(
            id=row.id,
            field=row.field,
            preferred=row.preferred,
            state=GroupState(row.state),
            reasons=tuple(row.reasons),
            forms=tuple(sorted(forms[row.id], key=lambda f: (f.taken_out, -f.records, f.form))),
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    ]


def counts(connection: Connection, entity_id: str) -> dict[GroupState, int]:
    """How many groups are in each state."""
    query = sa.select(name_groups.c.state, sa.func.count()).where(name_groups.c.entity_id == entity_id)
    found = {row[0]: row[1] for row in connection.execute(query.group_by(name_groups.c.state))}
    return {state: found.get(state, 0) for state in GroupState}


def save(connection: Connection, entity_id: str, given: Group) -> None:
    """The group is there as given."""
    remove(connection, [given.id])
    row = {
        "id": given.id,
        "entity_id": entity_id,
        "field": given.field,
        "preferred": given.preferred,
        "state": given.state,
        "reasons": list(given.reasons),
        "decided_by": given.decided_by,
        "decided_at": given.decided_at,
    }
    connection.execute(name_groups.insert(), row)
    forms = [
        {
            "group_id": given.id,
            "form": f.form,
            "records": {"count": f.records, "examples": list(f.examples)},
            "taken_out": f.taken_out,
        }
        for f in given.forms
    ]
    if forms:
        connection.execute(name_forms.insert(), forms)


def remove(connection: Connection, group_ids: Iterable[str]) -> None:
    """These groups are gone."""
    for chunk in in_chunks(group_ids):
        connection.execute(name_forms.delete().where(name_forms.c.group_id.in_(chunk)))
        connection.execute(name_groups.delete().where(name_groups.c.id.in_(chunk)))


def judged(connection: Connection, entity_id: str, field: str) -> Judged:
    """What people decided of the names of a field."""
    preferred: dict[str, str] = {}
    apart: set[frozenset[str]] = set()
    for one in groups(connection, entity_id):
        if one.field != field:
            continue
        if one.state is GroupState.ACCEPTED:
            preferred |= dict.fromkeys(one.kept, one.preferred)
        if one.state is GroupState.REFUSED:
            apart |= {frozenset(pair) for pair in combinations(one.kept, 2)}
        out = [f.form for f in one.forms if f.taken_out]
        apart |= {frozenset((a, b.form)) for a in out for b in one.forms if b.form != a}
    return Judged(preferred, apart)


def preferred_forms(connection: Connection, entity_id: str) -> dict[tuple[str, str], str]:
    """The preferred form of each form that people accepted, by field."""
    return {
        (one.field, form): one.preferred
        for one in groups(connection, entity_id, GroupState.ACCEPTED)
        for form in one.kept
    }
