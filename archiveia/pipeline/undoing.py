"""A person takes back a decision of their own, as long as nothing rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions, decisions, eliminations, journal, publications, units, work
from archiveia.edges.database.journal import Wanted
from archiveia.errors import RefusedError
from archiveia.pipeline import arranging
from archiveia.pipeline.closing import OPENING_FIELDS
from archiveia.pipeline.deciding import AFTER_DECIDING, MANY_FIELDS, SAID_BY
from archiveia.pipeline.order import redo
from archiveia.steps.journal_chain import canonical
from archiveia.steps.journal_values import PURGED
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.edges.database.journal import Line
    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Json

TOGETHER = "together"
"""In the journal: the digest of the set that an entry was decided with."""
UNDOABLE = ("confirm", "split", "ask")
_LOOKED_AT, _LOOKED_AT_TOGETHER = 50, 500
"""Entries of the journal in which a person's last decision is looked for."""
_OPENING = frozenset(OPENING_FIELDS)


def last_decision(actor: str, edges: Edges) -> list[Line]:
    """The newest decision of this person that was not taken back, with all that was decided together with it."""
    mine = _standing(actor, edges, _LOOKED_AT)
    together = mine[0].after.get(TOGETHER) if mine and mine[0].action == "confirm" else None
    if together is None:
        return mine[:1]
    of_them = _standing(actor, edges, _LOOKED_AT_TOGETHER)
    return [line for line in of_them if line.action == "confirm" and line.after.get(TOGETHER) == together]


def _standing(actor: str, edges: Edges, limit: int) -> list[Line]:
    with database.reading(edges.database) as connection:
        lines = journal.journal_list(connection, edges.entity, limit, wanted=Wanted(actor=actor))
    return [line for line in lines if line.action in UNDOABLE and line.undone_by is None]


def undo_last(numbers: Sequence[int], *, actor: str, edges: Edges) -> list[str]:
    """The pieces of the person's last decision, which are again as before; all of them or none.

    ``numbers``: its entries as the person saw them.

    Raises:
        RefusedError: it is no more the last one, or something rests on it already.
    """
    lines = last_decision(actor, edges)
    if not lines or sorted(line.id for line in lines) != sorted(numbers):
        raise RefusedError(
            "ce n’est plus votre dernière décision : rien n’est annulé", "rouvrez la page, puis recommencez"
        )
    if lines[0].action == "split":
        return arranging.undo(lines[0].id, actor=actor, edges=edges)[:1]
    with database.writing(edges.database) as connection:
        for line in lines:
            _take_back(connection, line, actor, edges)
    pieces = [line.subject for line in lines]
    redo(pieces, AFTER_DECIDING, edges)
    return pieces


def _take_back(connection: Connection, line: Line, actor: str, edges: Edges) -> None:
    decided = {"question": line.after} if line.action == "ask" else _fields(line)
    said = [
        a
        for a in assertions.said_of(connection, [line.subject]).get(line.subject, [])
        if a.field in decided and a.origin.kind is OriginKind.PERSON
    ]
    _refuse_when_used(connection, line, decided, said, edges)
    units.load_record(connection, line.subject, edges.entity)
    back = [] if line.action == "ask" else _former(line, decided)
    now = edges.now()
    assertions.replace(connection, line.subject, list(decided), [OriginKind.PERSON], back, now=now)
    work.reopen(connection, [line.subject], AFTER_DECIDING, now=now)
    decisions.write_journal(
        connection,
        entity_id=edges.entity,
        actor=actor,
        action="undo_decision",
        subject=line.subject,
        before=decided,
        after={a.field: a.value for a in back},
        now=now,
        undoes=line.id,
    )


def _fields(line: Line) -> dict[str, Json]:
    """The fields that the entry decided; what it notes beside is none."""
    return {name: value for name, value in line.after.items() if name in line.before}


def _refuse_when_used(
    connection: Connection, line: Line, decided: dict[str, Json], said: list[Assertion], edges: Edges
) -> None:
    now_said: dict[str, list[Json]] = {name: [] for name in decided}
    for a in said:
        now_said[a.field].append(a.value)
    expected = {n: v if n in MANY_FIELDS and v else [v] for n, v in decided.items()}
    if any(_spelled(now_said[name]) != _spelled(expected[name]) for name in decided):
        raise RefusedError(
            f"entrée {line.id} : une autre décision l’a remplacée depuis", "corrigez la pièce elle-même"
        )
    lists = eliminations.on_another_list(connection, edges.entity, [line.subject], None)
    if lists:
        raise RefusedError(
            f"entrée {line.id} : la pièce est sur le bordereau d’élimination {lists[line.subject]}",
            "retirez-la du bordereau d’abord",
        )
    if _OPENING & decided.keys() and publications.is_decided(connection, line.subject):
        raise RefusedError(f"entrée {line.id} : la pièce est publiée", "retirez la publication d’abord")


def _spelled(values: list[Json]) -> list[str]:
    return sorted(canonical(value) for value in values)


def _former(line: Line, decided: dict[str, Json]) -> list[Assertion]:
    """What persons had said before, in their names."""
    whose = line.before.get(SAID_BY) or {}
    if whose == PURGED or PURGED in whose.values() or any(line.before[n] == PURGED for n in decided):
        raise RefusedError(
            f"entrée {line.id} : ce qui valait avant a été purgé du journal", "décidez de nouveau"
        )
    return [
        Assertion(name, value, Origin(OriginKind.PERSON, whose[name]))
        for name in decided
        if name in whose
        for value in (line.before[name] or [None])
    ]
