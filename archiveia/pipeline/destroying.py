"""Destroying what a visa lets go, when the second person says so on the desk; nothing else reaches this module.

The order is safe against a crash at any moment: the act is in the history first; then, record by record, its rows end
in the transaction that writes down its files; then index and files; the end is told last. Run again, it goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import (
    assertions,
    decisions,
    elimination_files,
    eliminations,
    erasing,
    journal_audit,
    work,
)
from archiveia.edges.database.elimination_files import FileKind, FileState
from archiveia.edges.database.eliminations import Elimination, Fate
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.folders import unprintable
from archiveia.edges.learned_heads import forget_heads
from archiveia.edges.storage import size_of
from archiveia.errors import RefusedError
from archiveia.pipeline import eliminating
from archiveia.pipeline.eliminating_against import against
from archiveia.pipeline.eliminating_papers import certify
from archiveia.pipeline.indexing import reindex
from archiveia.steps.agreement import RULES
from archiveia.steps.eliminate_standing import FIRST_HAND, Standing
from archiveia.steps.lessons import CLASSES, lessons
from archiveia.values.eliminations import Act, Event, Hand, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Json

CHUNK = 500


def destroy(elimination_id: str, *, by: Hand, edges: Edges) -> Standing:
    """The standing once everything that the visa lets go, and nothing stands against, is gone.

    A destruction that was cut off goes on; what somebody froze meanwhile stays, and the certificate says so.

    Raises:
        RefusedError: something stands against it, or another person has to press.
    """
    with edges.storage.alone("eliminating"):
        known, here = eliminating.load(elimination_id, edges)
        if here.stage is Stage.DESTROYING:
            _same_person(known, by)
        else:
            known, here = eliminating.act(
                elimination_id, Act.DESTROY, _before(here, edges), by=by, edges=edges
            )
        _erase(known, here, edges)
        _remove_files(known, edges)
        _forget_the_rest(known, here, by, edges)
        with database.writing(edges.database) as connection:
            known = eliminations.load(connection, known.id, edges.entity)
            event = Event(Act.DESTROYED, edges.now(), by, _result(connection, known, edges))
            here = eliminating.append(connection, known, event, edges)[1]
    return here if here.paper_goes else certify(known.id, by=by, edges=edges)


def _same_person(known: Elimination, by: Hand) -> None:
    """What the second person began, that person ends, or somebody who had no part in the list."""
    first = [event.by for event in known.events if event.act in FIRST_HAND]
    if by.account is None or any(by.is_same_person(hand) for hand in first):
        raise RefusedError(
            f"la destruction du bordereau {known.number} ne peut pas être reprise par {by.name}",
            "la personne qui l’a confirmée, ou une autre qui n’a pas préparé le bordereau, la reprend",
        )


def _before(here: Standing, edges: Edges) -> dict[str, Json]:
    """What can no more be told afterwards: what taught the machine, which files are shared or lie elsewhere."""
    found = effects(here, edges)
    return {"lessons": found.lessons, "shared": len(found.holding.shared), "outside": len(found.outside)}


@dataclass(frozen=True, slots=True)
class Effects:
    """What a destruction does to files: the dry run that is shown before the button.

    ``outside`` are input files out of the workspace, which people destroy; ``lessons`` counts the records that
    taught the machine, which learns again without them.
    """

    holding: erasing.Holding
    outside: tuple[str, ...]
    lessons: int


def effects(here: Standing, edges: Edges) -> Effects:
    """What would become of the files of everything that the visa lets go; nothing is touched."""
    going = list(here.to_destroy)
    with database.reading(edges.database) as connection:
        held = erasing.holding(connection, going)
        said = assertions.said_of(connection, going)
        confirmed = decisions.confirmations(connection, edges.entity)
    entries = [(row.subject, row.before, row.after) for row in confirmed]
    taught = {one.record_id for of in (CLASSES, RULES) for one in lessons(said, entries, of)}
    outside = [str(row.path) for row in (*held.alone, *held.twice) if _in_workspace(row, edges) is None]
    return Effects(held, tuple(outside), len(taught))


def _erase(known: Elimination, here: Standing, edges: Edges) -> None:
    """Each record is judged a last time and erased in one transaction: a hold set a moment before wins."""
    with database.reading(edges.database) as connection:
        fates = eliminations.fates(connection, known.id)
    supports = (
        {r.id: line.support for line in here.bordereau.lines for r in line.records} if here.bordereau else {}
    )
    lines = here.bordereau.lines if here.bordereau else ()
    for record in here.to_destroy:
        if fates[record][0] is not Fate.LISTED:
            continue
        with database.writing(edges.database) as connection:
            erasing.zero_freed_pages(connection)
            erasing.lock_writers(connection)
            support = {record: supports[record]}
            stops = against(connection, support, edges, elimination_id=known.id, lines=lines)
            if stops:
                reason = " ".join(stops[record])
                eliminations.set_fate(connection, known.id, record, Fate.KEPT, reason)
                continue
            pages, held = erasing.erase(connection, record)
            work.set_stale(connection, [record], now=edges.now())
            elimination_files.put_in_line(connection, known.id, _files(record, pages, held, edges))
            eliminations.set_fate(connection, known.id, record, Fate.DESTROYED)
            decisions.write_journal(
                connection,
                entity_id=edges.entity,
                actor=here.done[Act.DESTROY].by.name,
                action="destroy",
                subject=record,
                before={},
                after={"elimination": known.id},
                now=edges.now(),
            )


def _files(
    record: str, pages: Sequence[str], held: erasing.Holding, edges: Edges
) -> list[tuple[FileKind, str, int]]:
    """What was made of the record's pages, the bytes that no record holds any more, the uploads they came from."""
    gone, storage = (*held.alone, *held.twice), edges.storage
    incoming = [path for row in gone if (path := _in_workspace(row, edges)) is not None]
    digests = dict.fromkeys(str(row.sha256) for row in gone if row.sha256)
    return [
        *((FileKind.DERIVED, one, sum(map(size_of, storage.derived(one)))) for one in (*pages, record)),
        *((FileKind.ORIGINAL, sha256, size_of(storage.original(sha256))) for sha256 in digests),
        *((FileKind.INCOMING, path, size_of(Path(unprintable(path)))) for path in incoming),
    ]


def _in_workspace(row: sa.Row[tuple[object, ...]], edges: Edges) -> str | None:
    """The path of an uploaded file in the workspace; ``None`` for one that belongs to somebody else."""
    incoming = edges.storage.incoming(edges.entity)
    path = Path(unprintable(str(row.path)))
    return str(row.path) if path.is_relative_to(incoming) and ".." not in path.parts else None


def _remove_files(known: Elimination, edges: Edges) -> None:
    """The index no longer holds what was erased, and the files in line are gone, each once nothing needs it."""
    _withdraw(known, edges)
    with database.reading(edges.database) as connection:
        waiting = elimination_files.waiting(connection, known.id)
    for file in waiting:
        with database.writing(edges.database) as connection:
            state = FileState.REMOVED
            if file.kind is FileKind.ORIGINAL:
                erasing.lock_writers(connection)
                if erasing.is_needed(connection, file.name):
                    state = FileState.NEEDED
                else:
                    edges.storage.remove(edges.storage.original(file.name))
            elif file.kind is FileKind.DERIVED:
                for path in edges.storage.derived(file.name):
                    edges.storage.remove(path)
            else:
                path = Path(unprintable(file.name))
                edges.storage.remove(path)
                _sweep(path.parent, edges.storage.incoming(edges.entity))
            elimination_files.settle(connection, file.id, state)


def _sweep(folder: Path, top: Path) -> None:
    """The folders of an upload in which nothing is left are gone."""
    while folder != top and folder.is_relative_to(top) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _withdraw(known: Elimination, edges: Edges) -> None:
    with database.reading(edges.database) as connection:
        gone = _destroyed(connection, known)
    for chunk in in_chunks(gone, CHUNK):
        with edges.storage.alone("indexing"):
            edges.index.withdraw(chunk)
            with database.writing(edges.database) as connection:
                work.set_fresh(connection, chunk, before=edges.now())


def _destroyed(connection: Connection, known: Elimination) -> list[str]:
    fates = eliminations.fates(connection, known.id)
    return [record for record, (fate, _) in fates.items() if fate is Fate.DESTROYED]


def _forget_the_rest(known: Elimination, here: Standing, by: Hand, edges: Edges) -> None:
    """What was learned from the records, what stood beside the journal, their names, what a search engine keeps."""
    with database.writing(edges.database) as connection:
        erasing.zero_freed_pages(connection)
        gone = _destroyed(connection, known)
        erasing.sweep(connection, gone)
        told = [*gone, *erasing.emptied(connection, gone)]
        values = erasing.values_to_purge(connection, edges.entity, told)
        entry = decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=by.name,
            action="purge",
            subject=known.number,
            before={},
            after={"records": len(gone), "values": len(values)},
            now=edges.now(),
        )
        journal_audit.empty_values(connection, values, entry)
        erasing.forget_names(connection, edges.entity, told)
    if here.done[Act.DESTROY].facts.get("lessons") and forget_heads(edges.storage.home, edges.entity):
        edges.forget_learned()
    edges.lookalikes = None
    if gone:
        reindex(edges)  # an engine marks what is withdrawn, and would keep its words until it merges
    database.shrink(edges.database)


def _result(connection: Connection, known: Elimination, edges: Edges) -> dict[str, Json]:
    """What the certificate says: what went, what stayed and why, until when backups hold it."""
    fates = eliminations.fates(connection, known.id)
    kept = [record for record, (fate, _) in fates.items() if fate is Fate.KEPT]
    tally = elimination_files.tally(connection, known.id)
    return {
        "on": edges.today().isoformat(),
        "destroyed": _destroyed(connection, known),
        "kept": kept,
        "files": {f"{kind}_{state}": list(found) for (kind, state), found in tally.items()},
        "backup_days": edges.settings.backup_retention_days,
    }
