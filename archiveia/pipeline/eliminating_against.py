"""What stands against the elimination of a record today: rules, holds, requests, other lists, later changes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from archiveia.edges.database import eliminations, requests, sources, units
from archiveia.errors import UnknownUnitError
from archiveia.pipeline.rules import classes_by_code, schedule_in_force
from archiveia.steps.eliminate_lines import listed, names_in, paper_obstacles
from archiveia.steps.respond import RequestState
from archiveia.steps.retain import elimination_obstacles, propose
from archiveia.values.eliminations import ListedRecord, Support

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record, RetentionProposal, RetentionRule
    from archiveia.values.eliminations import Line

GONE = "La pièce n’existe plus."
CHANGED = "La pièce a changé depuis la préparation du bordereau (pages ou fichiers) : préparez-en un autre."
_BY_THE_LIST = "bordereau"
"""The visa is asked for by the list itself (``steps.eliminate``); the rules are asked for all the rest."""


def proposals(records: Sequence[Record], edges: Edges) -> dict[str, RetentionProposal]:
    """What the schedule in force proposes for each record today."""
    classes, schedule = classes_by_code(), schedule_in_force(edges)
    today, good_cer = edges.today(), edges.settings.ocr_good_cer
    return {r.id: propose(r, classes, schedule, today=today, good_cer=good_cer) for r in records}


def records_and_rules(
    connection: Connection, record_ids: Sequence[str], edges: Edges
) -> list[tuple[ListedRecord, RetentionRule | None]]:
    """The records as a list has them, each with the rule that applies to it."""
    records = units.load_records(connection, record_ids, edges.entity)
    known, rules = _files_of(connection, records), proposals(records, edges)
    today = edges.today()
    return [(listed(r, _facts(known), today=today), rules[r.id].rule) for r in records]


def against(
    connection: Connection,
    wanted: Mapping[str, Support],
    edges: Edges,
    *,
    elimination_id: str | None = None,
    lines: Sequence[Line] = (),
    hashed: bool = False,
) -> dict[str, tuple[str, ...]]:
    """Why these records may not go today, in French; those that may are left out.

    ``lines``: what the list says of them; a record that changed since is another one.
    ``hashed``: the digests of copies whose paper goes are counted again.
    """
    in_use = set(units.in_use(connection, list(wanted)))
    found: dict[str, list[str]] = defaultdict(list)
    found.update({r: [GONE] for r in wanted if r not in in_use})
    try:
        records = units.load_records(connection, [r for r in wanted if r in in_use], edges.entity)
    except UnknownUnitError:
        return dict.fromkeys(wanted, (GONE,))
    files, rules = _files_of(connection, records), proposals(records, edges)
    on_lists = eliminations.on_another_list(connection, edges.entity, list(in_use), elimination_id)
    asked = _asked_for(connection, edges.entity)
    said = {r.id: (r, line) for line in lines for r in line.records}
    for record in records:
        found[record.id] += _by_the_rules(record, rules[record.id], wanted[record.id], edges)
        if record.id in on_lists:
            found[record.id].append(f"La pièce est déjà sur le bordereau {on_lists[record.id]}.")
        found[record.id] += [
            f"La demande d’accès {number} attend une réponse : la pièce reste jusque-là."
            for number in asked.get(record.id, ())
        ]
        if record.values("question"):
            found[record.id].append("Une question posée sur cette pièce attend sa réponse.")
        if any(files[p.source_id].outcome is None for p in record.pages):
            found[record.id].append("Le fichier est en cours de traitement.")
        if record.id in said:
            found[record.id] += _since(record, *said[record.id], files, edges)
            if hashed and wanted[record.id] is Support.PAPER and not _copy_is_whole(record, files, edges):
                found[record.id].append(
                    "Copie fiable : le fichier gardé n’a plus son empreinte (C. civ. 1379)."
                )
    return {record: tuple(dict.fromkeys(reasons)) for record, reasons in found.items() if reasons}


def _by_the_rules(record: Record, proposal: RetentionProposal, support: Support, edges: Edges) -> list[str]:
    if support is Support.PAPER:
        return paper_obstacles(record, proposal, today=edges.today())
    holds = [str(hold) for hold in record.values("hold")]
    return elimination_obstacles(record, proposal, visa=_BY_THE_LIST, holds=holds, today=edges.today())


def _since(
    record: Record,
    on_list: ListedRecord,
    line: Line,
    files: Mapping[str, sa.Row[tuple[object, ...]]],
    edges: Edges,
) -> list[str]:
    """What changed since the list was made, what it says that a list may not say."""
    found = []
    today = listed(record, _facts(files), today=edges.today())
    if today.fingerprint != on_list.fingerprint:
        found.append(CHANGED)
    named = names_in(f"{line.title} {line.observations}", map(str, record.values("person")))
    found += [
        f"Ligne {line.number} : le bordereau est gardé pour toujours et ne nomme personne (« {name} »)."
        for name in named
    ]
    return found


def _copy_is_whole(record: Record, files: Mapping[str, sa.Row[tuple[object, ...]]], edges: Edges) -> bool:
    """The stored scans are there, to the letter: their digests are counted again."""
    for source_id in {p.source_id for p in record.pages}:
        sha256 = str(files[source_id].sha256)
        try:
            with edges.storage.original(sha256).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    return False
        except OSError:
            return False
    return True


def _files_of(connection: Connection, records: Sequence[Record]) -> dict[str, sa.Row[tuple[object, ...]]]:
    ids = sorted({p.source_id for r in records for p in r.pages})
    return {row.id: row for row in sources.load(connection, ids)}


def _facts(files: Mapping[str, sa.Row[tuple[object, ...]]]) -> dict[str, tuple[str, int, int]]:
    return {i: (str(f.sha256), int(f.size_bytes or 0), int(f.page_count or 1)) for i, f in files.items()}


def _asked_for(connection: Connection, entity: str) -> dict[str, list[str]]:
    """The numbers of the requests that wait for an answer, by the record that they ask for."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in requests.desk(connection, entity):
        if row.unit_id is not None and row.state == RequestState.RECEIVED:
            found[row.unit_id].append(row.number)
    return found
