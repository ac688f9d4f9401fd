"""Transcriptions from elsewhere become the reading of pages that were taken in; a machine never replaces them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions, decisions, publications, readings, sources, units, work
from archiveia.edges.xml_files import find_xml, read_xml
from archiveia.errors import ArchiveiaError, BadRequestError
from archiveia.pipeline.arranging import AFTER_READING
from archiveia.pipeline.closing import OPENING_FIELDS, close
from archiveia.pipeline.order import redo
from archiveia.steps.alto import words_json
from archiveia.steps.transcription import IMPORTED, Transcription, as_reading, transcription
from archiveia.values import OriginKind, PageReading, PageState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of one XML file: its pages that have a text now, and the pieces that hold them."""

    path: Path
    pages: int = 0
    records: tuple[str, ...] = ()
    error: str | None = None


def import_text(
    paths: Sequence[Path], *, record_id: str | None = None, actor: str, edges: Edges
) -> list[ImportedFile]:
    """What became of each ALTO or PAGE file: the text of the scan that bears its name, or of this record.

    With ``record_id`` the pages of all the files in turn are those of the record. A page without text in the
    XML keeps the reading that it has. A file that cannot be used does not stop the others.

    Raises:
        BadRequestError: there is no XML file, or one does not fit the record.
        UnknownUnitError: there is no such piece here.
    """
    paths = find_xml(paths)
    if not paths:
        raise BadRequestError("no XML file there", "name ALTO or PAGE files, or a folder of them")
    results = (
        [_take_for_record(paths, record_id, actor=actor, edges=edges)]
        if record_id is not None
        else [_take_by_name(path, actor=actor, edges=edges) for path in paths]
    )
    redo(list(dict.fromkeys(r for result in results for r in result.records)), AFTER_READING, edges)
    return results


def drop_text(record_id: str, *, actor: str, edges: Edges) -> int:
    """How many pages of the record lost the text that was imported for them; the machine has read them again.

    Raises:
        BadRequestError: no text was imported for it.
        UnknownUnitError: there is no such piece here.
    """
    steps = ("ocr", *AFTER_READING)
    with database.writing(edges.database) as connection:
        units.load_record(connection, record_id, edges.entity)
        before = {row.id: {"engine": row.engine} for row in readings.pages_of(connection, unit_id=record_id)}
        dropped = readings.forget_by(connection, record_id, IMPORTED)
        if not dropped:
            raise BadRequestError(
                f"no text was imported for {record_id}", "see its pages with `archiveia show RECORD`"
            )
        work.reopen(connection, [record_id], steps, now=edges.now())
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=actor,
            action="drop_text",
            subject=record_id,
            before={page_id: before[page_id] for page_id in dropped},
            after={},
            now=edges.now(),
        )
    redo([record_id], steps, edges)
    return len(dropped)


def _take_for_record(paths: Sequence[Path], record_id: str, *, actor: str, edges: Edges) -> ImportedFile:
    read = [transcription(read_xml(path)) for path in paths]
    with database.writing(edges.database) as connection:
        units.load_record(connection, record_id, edges.entity)
        rows = readings.pages_of(connection, unit_id=record_id)
        return _take(connection, paths, read, rows, actor=actor, edges=edges)


def _take_by_name(path: Path, *, actor: str, edges: Edges) -> ImportedFile:
    try:
        read = transcription(read_xml(path))
        with database.writing(edges.database) as connection:
            rows = readings.pages_of(connection, source_id=_source_of(connection, path, edges))
            return _take(connection, [path], [read], rows, actor=actor, edges=edges)
    except ArchiveiaError as error:
        return ImportedFile(path, error=str(error))


def _source_of(connection: Connection, path: Path, edges: Edges) -> str:
    """The one file taken in whose name, without its ending, is that of the XML file."""
    name = path.stem.casefold()
    names = {name, name.removesuffix(".alto"), name.removesuffix(".page")}
    found = [
        row
        for row in sources.with_pages(connection, edges.entity)
        if PurePath(row.place).stem.casefold() in names
    ]
    if not found:
        msg = f"no scan named {path.stem} was taken in"
        raise BadRequestError(msg, "give the XML file the name of its scan, or name the record with --record")
    if len(found) > 1:
        places = ", ".join(f"{row.place} (batch {row.batch})" for row in found[:5])
        raise BadRequestError(f"{path.name} may be the text of {places}", "name the record with --record")
    return str(found[0].id)


def _take(
    connection: Connection,
    paths: Sequence[Path],
    read: Sequence[Transcription],
    rows: Sequence[sa.Row[Any]],
    *,
    actor: str,
    edges: Edges,
) -> ImportedFile:
    """The pages have these texts; all that follows from a reading is to be done again for their pieces."""
    pages = [
        (page, made_by, path) for made_by, path in zip(read, paths, strict=True) for page in made_by.pages
    ]
    names = ", ".join(path.name for path in paths[:3])
    if len(pages) != len(rows):
        msg = f"{names}: {len(pages)} pages, where the scan has {len(rows)}"
        raise BadRequestError(msg, "give as many pages as were scanned, or name the record with --record")
    if any(row.unit_id is not None and row.state is None for row in rows):
        raise BadRequestError(f"{names}: the scan is not read yet", "end its `archiveia run` first")
    by_record: dict[str, dict[str, tuple[PageReading, PageReading, Path]]] = defaultdict(dict)
    for row, (page, made_by, path) in zip(rows, pages, strict=True):
        if row.unit_id is not None and page.text:
            before = _reading(row)
            by_record[row.unit_id][row.id] = before, as_reading(page, made_by, before), path
    for record_id, texts in by_record.items():
        _replace(connection, record_id, texts, actor=actor, edges=edges)
    work.reopen(connection, list(by_record), AFTER_READING, now=edges.now())
    return ImportedFile(paths[0], sum(map(len, by_record.values())), tuple(by_record))


def _reading(row: sa.Row[Any]) -> PageReading:
    """The reading as the database has it, without its words."""
    return PageReading(
        state=PageState(row.state),
        text=row.text,
        words=(),
        width_px=row.width_px,
        height_px=row.height_px,
        engine=row.engine,
        engine_version=row.engine_version,
        score=row.score,
        cer_estimate=row.cer_estimate,
        turned_degrees=row.turned_degrees,
        prepared=tuple(row.prepared),
        reason=row.reason,
    )


def _replace(
    connection: Connection,
    record_id: str,
    texts: dict[str, tuple[PageReading, PageReading, Path]],
    *,
    actor: str,
    edges: Edges,
) -> None:
    """The pages of this piece have their new readings, and the journal says whose decision that was.

    A page that nobody could read kept its dossier closed. Its text must not open by itself what was decided
    before anybody had read it.
    """
    if any(before.state is not PageState.TEXT for before, _, _ in texts.values()):
        said = assertions.said_of(connection, [record_id]).get(record_id, [])
        decided = any(a.origin.kind is OriginKind.PERSON and a.field in OPENING_FIELDS for a in said)
        if decided or publications.is_decided(connection, record_id):
            close(connection, record_id, actor=actor, edges=edges)
    for page_id, (_, reading, _) in texts.items():
        words = json.dumps(words_json(reading), ensure_ascii=False, separators=(",", ":"))
        edges.storage.write(edges.storage.words(page_id), words.encode())
        readings.save(connection, page_id, reading, now=edges.now())
    decisions.write_journal(
        connection,
        entity_id=edges.entity,
        actor=actor,
        action="import_text",
        subject=record_id,
        before={i: {"state": b.state, "engine": b.engine} for i, (b, _, _) in texts.items()},
        after={i: {"file": path.name, "engine": r.engine} for i, (_, r, path) in texts.items()},
        now=edges.now(),
    )
