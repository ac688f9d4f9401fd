"""Records as the clocks need them, dossier by dossier and without their text: a hundred thousand in a minute."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database import assertions, units
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import pages, readings
from archiveia.edges.database.tables import units as unit_table
from archiveia.values import Level, OriginKind, PageState, Record, RecordPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

NOT_OF_CLOCKS = (
    *("person", "place", "organisation", "commune", "reference", "amount", "parcel", "language"),
    *("subject", "subject_proposal", "subject_refused", "class_reasons", "class_runner_up"),
    *("finding", "finding_decided", "proposed_cut", "missing_page", "title"),
)
"""Fields on which no delay rests: most of what is said of a record."""


def dossier_ids(connection: Connection, entity_id: str) -> list[str]:
    """The dossiers that hold a piece in use, in a stable order."""
    in_use = (
        unit_table.c.entity_id == entity_id,
        unit_table.c.level == Level.ITEM,
        ~unit_table.c.retired,
    )
    query = sa.select(unit_table.c.parent_id).where(*in_use).distinct()
    return list(connection.scalars(query.order_by(unit_table.c.parent_id)))


def load(
    connection: Connection, dossiers: Sequence[str], entity_id: str, *, good_cer: float
) -> dict[str, list[Record]]:
    """The pieces in use of each dossier. Only those whose class a machine read on a doubtful page have their text.

    The text says which pages that class was read on (``steps.quality``); no other reason for a delay needs it.
    """
    found: dict[str, list[Record]] = {dossier: [] for dossier in dossiers}
    for chunk in in_chunks(dossiers):
        records = _light(connection, chunk, entity_id)
        doubtful = [record.id for record in records if _needs_text(record, good_cer)]
        whole = {record.id: record for record in units.load_records(connection, doubtful, entity_id)}
        for record in records:
            found[record.dossier_id].append(whole.get(record.id, record))
    return found


def _light(connection: Connection, dossiers: Sequence[str], entity_id: str) -> list[Record]:
    # The dossiers are this entity's. To ask for it again would have SQLite go through all its units.
    of_dossiers = (
        unit_table.c.parent_id.in_(dossiers),
        unit_table.c.level == Level.ITEM,
        ~unit_table.c.retired,
    )
    query = sa.select(unit_table.c.id, unit_table.c.parent_id).where(*of_dossiers).order_by(unit_table.c.id)
    pieces = {row.id: row.parent_id for row in connection.execute(query)}
    said = assertions.of_units(connection, list(pieces), without=NOT_OF_CLOCKS)
    its_pages: dict[str, list[RecordPage]] = defaultdict(list)
    of_pages = (
        sa.select(
            pages.c.id,
            pages.c.unit_id,
            pages.c.number,
            pages.c.source_id,
            pages.c.source_page,
            readings.c.state,
            readings.c.cer_estimate,
        )
        .join(unit_table, unit_table.c.id == pages.c.unit_id)
        .outerjoin(readings, readings.c.page_id == pages.c.id)
        .where(*of_dossiers)
        .order_by(pages.c.unit_id, pages.c.number)
    )
    for row in connection.execute(of_pages):
        state = PageState(row.state) if row.state else None
        page = RecordPage(
            row.id, row.number, row.source_id, row.source_page, state, cer_estimate=row.cer_estimate
        )
        its_pages[row.unit_id].append(page)
    return [
        Record(piece, entity_id, dossier, tuple(its_pages[piece]), said.get(piece, ()))
        for piece, dossier in pieces.items()
    ]


def _needs_text(record: Record, good_cer: float) -> bool:
    said = record.assertion("class")
    by_machine = said is not None and said.origin.kind in (OriginKind.RULE, OriginKind.MODEL)
    return by_machine and any(p.cer_estimate is not None and p.cer_estimate > good_cer for p in record.pages)
