"""Pieces cut apart, put together, put in order: journalled, and each can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions, decisions, units, work
from archiveia.errors import RefusedError
from archiveia.pipeline.closing import close
from archiveia.pipeline.order import STEPS, redo
from archiveia.steps.intake import merge_pages, reorder_pages, split_pages, stable_id
from archiveia.values import Assertion, Level, Origin, OriginKind, in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record

AFTER_READING = tuple(name for name in STEPS if name not in ("intake", "ocr"))
"""What must be computed again when the pages of a piece change."""
AND_HOLD = " ; "
"""Between the holds of a piece whose pages came from several."""


def split(record_id: str, at: Sequence[int], *, actor: str, edges: Edges) -> list[str]:
    """The pieces that the record became, cut before the pages ``at``; the first keeps its identifier."""
    with database.writing(edges.database) as connection:
        record = units.load_record(connection, record_id, edges.entity)
        parts = split_pages([p.id for p in record.pages], at)
        ids = [record_id, *(stable_id("record", record_id, part[0]) for part in parts[1:])]
        after = {unit: list(part) for unit, part in zip(ids, parts, strict=True)}
        _add_pieces(connection, record, ids)
        _arrange(
            connection, "split", {record_id: [p.id for p in record.pages]}, after, actor=actor, edges=edges
        )
    redo(ids, AFTER_READING, edges)
    return ids


def merge(record_ids: Sequence[str], *, actor: str, edges: Edges) -> str:
    """The identifier of the first record, which now holds the pages of all; the others are out of use."""
    with database.writing(edges.database) as connection:
        records = units.load_records(connection, record_ids, edges.entity)
        before = {r.id: [p.id for p in r.pages] for r in records}
        pages = merge_pages([before[i] for i in record_ids])
        after = {record_ids[0]: list(pages)} | {i: [] for i in record_ids[1:]}
        _arrange(connection, "merge", before, after, actor=actor, edges=edges)
    redo(list(record_ids), AFTER_READING, edges)
    return record_ids[0]


def reorder(record_id: str, order: Sequence[int], *, actor: str, edges: Edges) -> None:
    """The pages of the record stand in the order given (their present numbers)."""
    with database.writing(edges.database) as connection:
        record = units.load_record(connection, record_id, edges.entity)
        pages = [p.id for p in record.pages]
        after = {record_id: list(reorder_pages(pages, order))}
        _arrange(connection, "reorder", {record_id: pages}, after, actor=actor, edges=edges)
    redo([record_id], AFTER_READING, edges)


def undo(number: int, *, actor: str, edges: Edges) -> list[str]:
    """The pieces that are again as they were before this entry of the journal.

    Raises:
        RefusedError: it is not an arrangement, was undone, or its pages were moved again since.
    """
    with database.writing(edges.database) as connection:
        entry = decisions.journal_entry(connection, number, edges.entity)
        if entry.action not in ("split", "merge", "reorder", "undo") or entry.undone_by is not None:
            raise RefusedError(f"entry {number} ({entry.action}) cannot be undone", "see `archiveia journal`")
        touched = sorted(set(entry.before) | set(entry.after))
        now_there = {
            r.id: [p.id for p in r.pages] for r in units.load_records(connection, touched, edges.entity)
        }
        if now_there != {i: entry.after.get(i, []) for i in touched}:
            msg = f"the pages of entry {number} were moved again since"
            raise RefusedError(msg, "undo the later entries first (`archiveia journal`)")
        _arrange(
            connection,
            "undo",
            {i: entry.after.get(i, []) for i in touched},
            {i: entry.before.get(i, []) for i in touched},
            actor=actor,
            edges=edges,
            undoes=number,
        )
    redo(touched, AFTER_READING, edges)
    return touched


def _add_pieces(connection: Connection, record: Record, ids: Sequence[str]) -> None:
    rows = [
        {
            "id": i,
            "entity_id": record.entity_id,
            "parent_id": record.dossier_id,
            "level": Level.ITEM,
            "position": n,
        }
        for n, i in enumerate(ids, start=1)
    ]
    units.add_units(connection, rows)


def _arrange(
    connection: Connection,
    action: str,
    before: dict[str, list[str]],
    after: dict[str, list[str]],
    *,
    actor: str,
    edges: Edges,
    undoes: int | None = None,
) -> None:
    """The pages are where ``after`` puts them, and the journal has it."""
    _carry_holds(connection, before, after, actor=actor, edges=edges)
    for unit_id in {**before, **after}:
        units.place_pages(connection, unit_id, [])
    for unit_id, pages in after.items():
        units.place_pages(connection, unit_id, pages)
    for unit_id in {**before, **after}:
        units.retire(connection, unit_id, retired=not after.get(unit_id))
        if set(after.get(unit_id, [])) - set(before.get(unit_id, [])):
            close(connection, unit_id, actor=actor, edges=edges)
    work.reopen(connection, list({**before, **after}), AFTER_READING, now=edges.now())
    decisions.write_journal(
        connection,
        entity_id=edges.entity,
        actor=actor,
        action=action,
        subject=" ".join(after),
        before=before,
        after=after,
        now=edges.now(),
        undoes=undoes,
    )


def _carry_holds(
    connection: Connection,
    before: dict[str, list[str]],
    after: dict[str, list[str]],
    *,
    actor: str,
    edges: Edges,
) -> None:
    """A hold goes with the pages that it froze: moved, they are as frozen as before, until a person lifts it."""
    holds = {
        piece: [h for a in in_force(said) if a.field == "hold" for h in str(a.value).split(AND_HOLD)]
        for piece, said in assertions.said_of(connection, list({**before, **after})).items()
    }
    for piece, pages in after.items():
        own = holds.get(piece, [])
        came_from = [one for one, its in before.items() if set(its) & set(pages)]
        every = list(dict.fromkeys([*own, *(hold for one in came_from for hold in holds.get(one, []))]))
        if every == own:
            continue
        said = Assertion("hold", AND_HOLD.join(every), Origin(OriginKind.PERSON, actor))
        assertions.replace(connection, piece, ["hold"], [OriginKind.PERSON], [said], now=edges.now())
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=actor,
            action="hold",
            subject=piece,
            before={"hold": own},
            after={"hold": every},
            now=edges.now(),
        )
