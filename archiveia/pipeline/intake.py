"""Step 1: files become pieces of a dossier, and pages to read."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archiveia.edges import database
from archiveia.edges.database import assertions, readings, sources, units, work
from archiveia.edges.folders import unprintable
from archiveia.errors import ArchiveiaError, UnreadableScanError
from archiveia.pipeline.probing import ProbeTask, probe_file
from archiveia.steps.intake import cut, dossier_key, stable_id
from archiveia.values import (
    Assertion,
    Level,
    Origin,
    OriginKind,
    Outcome,
    PageReading,
    PageState,
    Probe,
    ProbedPage,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges

GROUPS = Origin(OriginKind.RULE, "groups", "1")
PROBE_TIMEOUT_PAGES = 10
"""A file is looked at whole, which may take this many times as long as reading one page."""


def run_intake(ids: Sequence[str], edges: Edges) -> list[str]:
    """The pieces that these source files hold; files that cannot be taken in are settled with a reason.

    The page images of one record are taken in together, whichever of them is asked for.
    """
    with database.reading(edges.database) as connection:
        rows = sources.load(connection, ids)
        keys = dict.fromkeys((r.batch_id, r.group_key) for r in rows)
        members = [m for batch_id, key in keys for m in sources.group_of(connection, batch_id, key)]
    waiting = [m for m in members if m.page_count is None and m.outcome in (None, Outcome.DUPLICATE)]
    new_groups = {(m.batch_id, m.group_key) for m in waiting if m.outcome is None}
    to_probe = [m for m in waiting if (m.batch_id, m.group_key) in new_groups]
    probes = _probe(to_probe, edges)
    by_group: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for member in members:
        by_group[member.batch_id, member.group_key].append(member)
    for key, group in by_group.items():
        if key in new_groups:
            _take_in(group, probes, edges)
    with database.reading(edges.database) as connection:
        found = units.records_of_sources(connection, [m.id for m in members])
    return list(dict.fromkeys(record for m in members for record in found.get(m.id, [])))


def _probe(rows: Sequence[sa.Row[Any]], edges: Edges) -> dict[str, Probe | ArchiveiaError]:
    """What each file turned out to be, looked at in worker processes; its bytes are in the storage first."""
    found: dict[str, Probe | ArchiveiaError] = {}
    tasks: dict[ProbeTask, list[str]] = defaultdict(list)
    for row in rows:
        try:
            kept = edges.storage.keep_original(Path(unprintable(row.path)), row.sha256)
        except UnreadableScanError as error:
            found[row.id] = error
            continue
        tasks[ProbeTask(path=kept, limits=edges.settings.limits, dpi=edges.settings.ocr_dpi)].append(row.id)
    for task, result in edges.workers.run(
        probe_file, list(tasks), timeout_s=PROBE_TIMEOUT_PAGES * edges.settings.page_timeout_s
    ):
        for source_id in tasks[task]:
            found[source_id] = result
    return found


def _take_in(group: Sequence[sa.Row[Any]], probes: dict[str, Probe | ArchiveiaError], edges: Edges) -> None:
    """One group of files (mostly one file) settled, or its pieces and pages in the database."""
    with database.writing(edges.database) as connection:
        good: list[tuple[Any, Probe]] = []
        for row in group:
            probe = probes.get(row.id)
            if isinstance(probe, Probe):
                good.append((row, probe))
                sources.set_probe(connection, row.id, kind=probe.kind, page_count=len(probe.pages))
            elif probe is not None:
                outcome = Outcome.REJECTED if isinstance(probe, UnreadableScanError) else Outcome.FAILED
                sources.settle(
                    connection,
                    row.id,
                    outcome=outcome,
                    step="intake",
                    reason=probe.message,
                    remedy=probe.remedy,
                )
        if good:
            _add_pieces(connection, good, edges)
            missing = [row.place for row in group if row.id not in {kept.id for kept, _probe in good}]
            _say_what_is_missing(connection, good[0][0].id, missing, edges)


def _say_what_is_missing(connection: Connection, source_id: str, places: Sequence[str], edges: Edges) -> None:
    """The record of a group of page images says which of them could not be taken in."""
    said = [Assertion("missing_page", place, GROUPS) for place in places]
    for record_id in units.records_of_sources(connection, [source_id]).get(source_id, []) if said else []:
        assertions.replace(connection, record_id, ["missing_page"], [OriginKind.RULE], said, now=edges.now())


def _add_pieces(connection: Connection, files: Sequence[tuple[Any, Probe]], edges: Edges) -> None:
    sheets = [(row, page) for row, probe in files for page in probe.pages]
    numbered = [
        ProbedPage(
            number=place,
            width_px=page.width_px,
            height_px=page.height_px,
            ink_share=page.ink_share,
            sheet=page.sheet,
            reason=page.reason,
        )
        for place, (_row, page) in enumerate(sheets, start=1)
    ]
    s = edges.settings
    pieces = cut(numbered, blank_page_cuts=s.blank_page_cuts, blank_ink_share=s.blank_ink_share)
    page_rows = []
    dossier = dossier_key(files[0][0].group_key)
    for position, piece in enumerate(pieces, start=1):
        first_row, first_page = sheets[piece.pages[0] - 1]
        if piece.starts_dossier:
            dossier = f"{first_row.place}#{first_page.number}"
        unit_id, unit_rows = _piece_units(first_row, first_page.number, dossier, position)
        units.add_units(connection, unit_rows)
        page_rows += [
            _page(*sheets[place - 1], unit_id=unit_id, number=number)
            for number, place in enumerate(piece.pages, start=1)
        ]
    in_a_piece = {place for piece in pieces for place in piece.pages}
    left = [_page(row, page) for place, (row, page) in enumerate(sheets, start=1) if place not in in_a_piece]
    units.add_pages(connection, page_rows + left)
    pieces_added = list(dict.fromkeys(page["unit_id"] for page in page_rows))
    work.set_stale(connection, work.beside(connection, pieces_added), now=edges.now())
    for page in left:
        readings.save(connection, page["id"], _separator_reading(), now=edges.now())
    if not pieces:
        reason = "holds nothing but separator sheets"
        for row, _probe in files:
            sources.settle(
                connection,
                row.id,
                outcome=Outcome.REJECTED,
                step="intake",
                reason=reason,
                remedy="scan the pieces too",
            )


def _piece_units(
    row: sa.Row[Any], first_page: int, dossier: str, position: int
) -> tuple[str, list[dict[str, Any]]]:
    """The id of a piece, and the rows of its dossier and of itself."""
    entity, series_id = row.entity_id, stable_id("series", row.batch_id)
    dossier_id = stable_id("dossier", row.batch_id, dossier)
    piece_id = stable_id("record", row.batch_id, row.place, row.sha256, str(first_page))
    return piece_id, [
        {"id": dossier_id, "entity_id": entity, "parent_id": series_id, "level": Level.FILE, "position": 1},
        {
            "id": piece_id,
            "entity_id": entity,
            "parent_id": dossier_id,
            "level": Level.ITEM,
            "position": position,
        },
    ]


def _page(
    row: sa.Row[Any], page: ProbedPage, *, unit_id: str | None = None, number: int | None = None
) -> dict[str, Any]:
    return {
        "id": stable_id("page", row.batch_id, row.place, row.sha256, str(page.number)),
        "entity_id": row.entity_id,
        "unit_id": unit_id,
        "number": number,
        "source_id": row.id,
        "source_page": page.number,
        "sheet": page.sheet,
    }


def _separator_reading() -> PageReading:
    return PageReading(
        state=PageState.BLANK,
        text="",
        words=(),
        width_px=0,
        height_px=0,
        engine="barcode",
        engine_version="1",
        reason="feuille intercalaire",
    )
