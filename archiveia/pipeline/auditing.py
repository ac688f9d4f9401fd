"""The journal checked, its head kept outside the database, and its entries handed to who asks for them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from archiveia.edges import database, mail
from archiveia.edges.database import erasing, journal, journal_audit, units
from archiveia.edges.storage import write_atomically
from archiveia.edges.timestamps import stamp
from archiveia.errors import ArchiveiaError
from archiveia.steps import premis
from archiveia.steps.journal_chain import Head, hash_of, verify
from archiveia.steps.journal_head import KeptHead, heads_in, last_kept, line, sheet
from archiveia.steps.journal_values import references, reveal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.journal_chain import Entry, Verification

log = logging.getLogger(__name__)

MOST_ENTRIES_AT_ONCE = 2000
"""Checked while a page waits; more are left to the night."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class AuditNight:
    """What a night found, and where the head went. ``mailed``: ``None`` where nobody is to be mailed."""

    found: Verification
    sheet: Path | None = None
    mailed: bool | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class JournalState:
    """How far the journal is known to be sound, now; ``waiting`` entries wait for the night to be checked."""

    head: Head | None
    sound: bool
    waiting: int
    kept: KeptHead | None


def heads_folder(edges: Edges) -> Path:
    """Where the heads of this entity's journal are kept: beside the database, never in it."""
    return edges.storage.home / "audit" / edges.entity


def kept_heads(edges: Edges) -> list[Head]:
    """The heads that former nights kept."""
    return heads_in(_list(edges))


def verify_journal(edges: Edges, heads: Sequence[Head] = ()) -> Verification:
    """What was done to the journal, by the heads that the workspace keeps and by those that are given."""
    known = list(dict.fromkeys((*heads, *kept_heads(edges))))
    with database.reading(edges.database) as connection:
        return journal_audit.verify_journal(connection, edges.entity, known)


def audit_night(edges: Edges) -> AuditNight:
    """The whole journal checked, its head in the list and on a sheet to print, mailed where persons are named.

    Nothing that goes wrong with file or mail stops the night: it is told.
    """
    found = verify_journal(edges)
    if found.head is None:
        return AuditNight(found)
    now = edges.now()
    at = now.astimezone(ZoneInfo(edges.settings.timezone))
    with database.reading(edges.database) as connection:
        name = units.entity_name(connection, edges.entity) or edges.settings.entity_name
    text = sheet(found.head, found, entity_name=name, at=at)
    path = heads_folder(edges) / f"tete-{at:%Y-%m-%d}.txt"
    mailed, problems = None, []
    keepers = edges.settings.audit_mail_addresses
    if mail.can_send(edges.settings, keepers):
        try:
            mail.send(
                edges.settings, keepers, f"Tête du journal {found.head.sequence}, {name}, {at:%d/%m/%Y}", text
            )
            mailed = True
        except ArchiveiaError as error:
            mailed = False
            problems.append(str(error))
    try:
        kept = line(KeptHead(now, found.head, found.sound, mailed))
        edges.storage.write(path, text.encode())
        edges.storage.write(_path(edges), (_list(edges) + kept).encode())
        if edges.settings.timestamp_url:
            edges.storage.write(path.with_suffix(".tsr"), stamp(edges.settings.timestamp_url, text.encode()))
    except ArchiveiaError as error:
        problems.append(str(error))
    for problem in problems:
        log.warning("head of the journal: %s", problem)
    return AuditNight(found, path if path.exists() else None, mailed, "; ".join(problems) or None)


def journal_state(connection: Connection, edges: Edges) -> JournalState:
    """The state of the chain for a page: the last night's check, and what was written since checked now."""
    kept = last_kept(_list(edges))
    head = journal.head(connection, edges.entity)
    if kept is not None and not kept.sound:
        return JournalState(kept.head, sound=False, waiting=0, kept=kept)
    start = kept.head if kept else Head(0, "")
    waiting = (head.sequence if head else 0) - start.sequence
    if kept is not None and (waiting < 0 or not _stands(connection, kept.head, edges)):
        return JournalState(head, sound=False, waiting=0, kept=kept)
    if waiting > MOST_ENTRIES_AT_ONCE:
        return JournalState(kept.head if kept else None, sound=True, waiting=waiting, kept=kept)
    found = verify(
        journal_audit.stream(connection, edges.entity, start.sequence), after=kept.head if kept else None
    )
    return JournalState(found.head, found.sound, 0, kept)


def _stands(connection: Connection, head: Head, edges: Edges) -> bool:
    """The entry of a kept head is what it was."""
    entry = next(journal_audit.stream(connection, edges.entity, head.sequence - 1), None)
    return entry is not None and entry.head == head and hash_of(entry) == head.hash


def _path(edges: Edges) -> Path:
    return heads_folder(edges) / "heads.txt"


def _list(edges: Edges) -> str:
    path = _path(edges)
    return path.read_text("utf-8", "replace") if path.exists() else ""


# --- handing over and purging -------------------------------------------------------------------


def export_premis(target: Path, *, actor: str, edges: Edges, with_values: bool = False) -> int:
    """How many entries of the journal are in the PREMIS file; the export itself is the last of them.

    ``with_values``: names and personal values too, beside what is chained.
    """
    with database.writing(edges.database) as connection:
        journal_export(
            connection, actor=actor, edges=edges, subject="", what={"format": "premis", "values": with_values}
        )
    count = 0

    def write(file: BinaryIO) -> None:
        nonlocal count
        with database.reading(edges.database) as connection:
            for part in _premis(connection, edges, with_values=with_values):
                file.write(part.encode())
                count += part.startswith("<event>")

    write_atomically(target, write)
    return count


def _premis(connection: Connection, edges: Edges, *, with_values: bool) -> Iterator[str]:
    name = units.entity_name(connection, edges.entity) or edges.settings.entity_name
    yield premis.opening(edges.entity, name)
    actors: dict[str, None] = {}
    entries = journal_audit.stream(connection, edges.entity)
    while chunk := list(islice(entries, _CHUNK)):
        actors |= dict.fromkeys(entry.actor for entry in chunk)
        values = _values(connection, chunk) if with_values else None
        for entry in chunk:
            said = {"before": entry.before, "after": entry.after}
            yield premis.event(entry, None if values is None else reveal(said, values))
    names = journal.values_of(connection, actors)
    for actor in actors:
        told = names.get(actor)
        is_person = told != journal.PROGRAM
        yield premis.agent(
            actor, str(told) if told and (with_values or not is_person) else None, is_person=is_person
        )
    yield premis.CLOSING


def _values(connection: Connection, entries: Sequence[Entry]) -> dict[str, object]:
    hashes = [h for entry in entries for said in (entry.before, entry.after) for h in references(said)]
    return journal.values_of(connection, hashes)


def journal_export(
    connection: Connection, *, actor: str, edges: Edges, subject: str, what: dict[str, object]
) -> None:
    """The journal has that somebody took something out: of which records, in which format."""
    journal.write_journal(
        connection,
        entity_id=edges.entity,
        actor=actor,
        action="export",
        subject=subject,
        before={},
        after=what,
        now=edges.now(),
    )


def purge_values(
    *,
    actor: str,
    edges: Edges,
    record: str | None = None,
    before: datetime | None = None,
    is_dry_run: bool = True,
) -> int:
    """How many personal values of the journal are purged, or would be; see ``journal_audit.purge``."""
    if is_dry_run:
        with database.reading(edges.database) as connection:
            return len(journal_audit.to_purge(connection, edges.entity, record=record, before=before))
    with database.writing(edges.database) as connection:
        erasing.zero_freed_pages(connection)
        count = journal_audit.purge(
            connection, edges.entity, actor=actor, now=edges.now(), record=record, before=before
        )
    if count:
        database.shrink(edges.database)
    return count
