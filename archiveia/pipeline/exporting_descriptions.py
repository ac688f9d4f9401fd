"""The descriptions that the public may read, as a table for other programs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.communes import load_communes
from archiveia.edges.database import names, units
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.storage import write_atomically
from archiveia.pipeline.auditing import journal_export
from archiveia.pipeline.each import CHUNK
from archiveia.pipeline.indexing import title_of
from archiveia.pipeline.rules import classes_by_code
from archiveia.pipeline.searching import public_among
from archiveia.steps.authority import KnownNames
from archiveia.steps.describe.communes import official_names
from archiveia.steps.francearchives import COLUMNS, line
from archiveia.steps.index import documents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record


def export_descriptions(target: Path, *, actor: str, edges: Edges) -> int:
    """How many open records the CSV file has, one a line; the others are not there. The journal has who took it out.

    Raises:
        StorageError: the file cannot be written.
    """
    written = 0

    def write(file: BinaryIO) -> None:
        nonlocal written
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for cells in _lines(edges):
            writer.writerow(cells)
            written += 1
        text.flush()
        text.detach()  # the file is closed by who opened it

    write_atomically(target, write)
    with database.writing(edges.database) as connection:
        what = {"format": "csv", "records": written}
        journal_export(connection, actor=actor, edges=edges, subject="", what=what)
    return written


def _lines(edges: Edges) -> Iterator[tuple[str, ...]]:
    """The cells of each open record, a few records in memory at a time."""
    with database.reading(edges.database) as connection:
        ids = units.record_ids(connection, edges.entity)
        known = KnownNames(names.preferred_forms(connection, edges.entity), ())
    for chunk in in_chunks(ids, CHUNK):
        with database.reading(edges.database) as connection:
            records = units.load_records(connection, units.in_use(connection, chunk), edges.entity)
            is_open = public_among(connection, records, edges)
        yield from (_cells(record, known) for record in records if record.id in is_open)


def _cells(record: Record, known: KnownNames) -> tuple[str, ...]:
    of_class = classes_by_code().get(record.value("class"))
    found = documents(
        record,
        class_label=of_class.label if of_class else None,
        title=title_of(record),
        opens_on=None,
        published=False,
        known=known,
        official=official_names(record.assertions, load_communes()),
    )
    return line(record, found[0])
