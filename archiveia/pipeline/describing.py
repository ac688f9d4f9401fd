"""Descriptions that exist already (an inventory in a CSV file) become imported values of the pieces of each file.

One row a file: a ``place`` column (the path, or just the name when it is the only one) and one column
a field (``title``, ``date``, ``cote``...). An imported value outranks a machine's, never a person's.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions, sources, units, work
from archiveia.errors import BadRequestError
from archiveia.pipeline.deciding import AFTER_DECIDING, FIELDS, check, said_by
from archiveia.pipeline.order import redo
from archiveia.values import Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Json


def read_descriptions(path: Path) -> dict[str, dict[str, Json]]:
    """The values of each row by its place; every cell checked before anything is kept.

    Raises:
        BadRequestError: the file, a column or a value cannot be used; the message says the line.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequestError(f"{path} cannot be read: {error}", "give a CSV file in UTF-8") from error
    first = text.splitlines()[0] if text.strip() else ""
    separator = max(";,\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    try:
        columns, rows = reader.fieldnames or [], list(reader)
    except csv.Error as error:
        msg = f"{path.name}, line {reader.line_num}: {error}"
        raise BadRequestError(msg, "correct that line, or export the table again") from error
    unknown = [c for c in columns if c != "place" and c not in FIELDS]
    if "place" not in columns or unknown:
        msg = f"{path.name}: columns {', '.join(columns) or '(none)'}"
        raise BadRequestError(msg, f"name one column place, the others among {', '.join(FIELDS)}")
    found: dict[str, dict[str, Json]] = {}
    for line, row in enumerate(rows, start=2):
        try:
            values = {c: check(c, (row[c] or "").strip()) for c in columns if c != "place"}
        except BadRequestError as error:
            raise BadRequestError(f"{path.name}, line {line}: {error.message}", error.remedy) from error
        found[(row["place"] or "").strip()] = {c: v for c, v in values.items() if v is not None}
    return found


def import_descriptions(
    described: dict[str, dict[str, Json]], file_name: str, source_ids: Sequence[str], edges: Edges
) -> list[str]:
    """The places of ``described`` that are no file of this run; the others' pieces have the imported values."""
    with database.reading(edges.database) as connection:
        rows = sources.load(connection, source_ids)
        pieces = units.records_of_sources(connection, source_ids)
    by_place = {row.place: row.id for row in rows}
    by_name: dict[str, list[str]] = {}
    for row in rows:
        by_name.setdefault(row.place.rpartition("/")[2], []).append(row.id)
    missing, changed = [], []
    for place, values in described.items():
        named = by_name.get(place, [])
        source = by_place.get(place) or (named[0] if len(named) == 1 else None)
        if source is None:
            missing.append(place)
            continue
        changed += [p for p in pieces.get(source, []) if _import(p, values, file_name, edges)]
    redo(changed, AFTER_DECIDING, edges)
    return missing


def _import(record_id: str, values: dict[str, Json], file_name: str, edges: Edges) -> bool:
    """Whether anything changed."""
    said = said_by(Origin(OriginKind.IMPORT, file_name), values)
    with database.writing(edges.database) as connection:
        known = assertions.said_of(connection, [record_id]).get(record_id, [])
        before = [(a.field, a.value) for a in known if a.origin.kind is OriginKind.IMPORT]
        if sorted(before, key=str) == sorted(((a.field, a.value) for a in said), key=str):
            return False
        fields = {*values, *(name for name, _value in before)}
        assertions.replace(connection, record_id, fields, [OriginKind.IMPORT], said, now=edges.now())
        work.reopen(connection, [record_id], AFTER_DECIDING, now=edges.now())
    return True
