"""Three pieces on the shelves of a town, read and proposed by a machine, without an OCR engine: fast."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions, tables, units
from archiveia.values import Assertion, Level, Origin, OriginKind

if TYPE_CHECKING:
    from archiveia import pipeline

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def shelve(edges: pipeline.Edges) -> None:
    """A fonds, a series, a dossier of two pieces and one of one, read and proposed by a machine."""
    rows = [
        ("fonds", None, Level.FONDS),
        ("serie", "fonds", Level.SERIES),
        ("d1", "serie", Level.FILE),
        ("d2", "serie", Level.FILE),
        *[("r1", "d1", Level.ITEM), ("r2", "d1", Level.ITEM), ("r3", "d2", Level.ITEM)],
    ]
    moment = {"registered_at": NOW, "entity_id": edges.entity}
    with database.writing(edges.database) as connection:
        units.add_units(
            connection,
            [
                {"id": i, "entity_id": edges.entity, "parent_id": parent, "level": level, "position": n}
                for n, (i, parent, level) in enumerate(rows)
            ],
        )
        units.add_batch(
            connection,
            batch_id="b",
            entity_id=edges.entity,
            name="lot",
            producer=None,
            unit_id="serie",
            now=NOW,
        )
        for record in ("r1", "r2", "r3"):
            source = {"id": f"s-{record}", "batch_id": "b", "path": record, "place": record, "kind": "pdf"}
            place = {"group_key": record, "group_rank": 1, "outcome": "indexed", "step": "index"}
            connection.execute(tables.sources.insert(), moment | source | place)
            page = {"id": f"p-{record}", "entity_id": edges.entity, "unit_id": record, "number": 1}
            connection.execute(
                tables.pages.insert(),
                page | {"source_id": f"s-{record}", "source_page": 1, "sheet": "content"},
            )
            reading = {
                "page_id": f"p-{record}",
                "state": "text",
                "text": "Le lavoir communal",
                "made_at": NOW,
            }
            how = {"engine": "null", "engine_version": "1", "width_px": 1, "height_px": 1, "prepared": []}
            connection.execute(
                tables.readings.insert(), reading | how | {"turned_degrees": 0, "cer_estimate": 0.2}
            )
            machine = Origin(OriginKind.MODEL, "lexical", "1")
            said = [Assertion("class", "DELIB", machine), Assertion("date", "1976-02-29", machine)]
            assertions.replace(connection, record, ["class", "date"], [OriginKind.MODEL], said, now=NOW)
