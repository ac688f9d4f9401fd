"""The steps in order, written once; and doing them for files, or again for pieces."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import sources, work
from archiveia.edges.database.portable import in_chunks
from archiveia.errors import SearchIndexBusyError
from archiveia.pipeline.communicability import run_access
from archiveia.pipeline.indexing import run_index
from archiveia.pipeline.intake import run_intake
from archiveia.pipeline.ocr import run_ocr
from archiveia.pipeline.resembling import run_dedup
from archiveia.pipeline.rules import run_retain
from archiveia.pipeline.subjects import run_subjects
from archiveia.pipeline.understanding import run_classify, run_describe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archiveia.pipeline.workplace import Edges

log = logging.getLogger(__name__)

STEPS: dict[str, Callable[[Sequence[str], Edges], list[str]]] = {
    "intake": run_intake,
    "ocr": run_ocr,
    "classify": run_classify,
    "describe": run_describe,
    "subjects": run_subjects,
    "dedup": run_dedup,
    "retain": run_retain,
    "access": run_access,
    "index": run_index,
}
"""The steps in order, written once: the command line, the web application and the DAGs read them here.

``intake`` takes ids of source files; it and every other step give and take ids of pieces.
"""

FILES_AT_A_TIME = 40
"""Files taken through all the steps together: what was read in the morning can be searched at noon."""


def work_through(source_ids: Sequence[str], edges: Edges) -> None:
    """Every one of these files that has no outcome yet goes through all the steps."""
    with database.reading(edges.database) as connection:
        rows = sources.load(connection, source_ids)
    waiting = [row.id for row in rows if row.outcome is None]
    settled = len(rows) - len(waiting)
    edges.progress("run", settled, len(rows))
    for chunk in in_chunks(waiting, FILES_AT_A_TIME):
        ids: Sequence[str] = chunk
        for step in STEPS.values():
            ids = step(ids, edges)
        settled += len(chunk)
        edges.progress("run", settled, len(rows))
    _go_on(edges)
    run_index([], edges)  # what an earlier run or a decision left stale


def _go_on(edges: Edges) -> None:
    """What a person's decision asked for is done, where the process that was at it died."""
    with database.reading(edges.database) as connection:
        left = work.left_over(connection, edges.entity, "index")
    for name, step in STEPS.items():
        if name != "intake":
            step(left, edges)


def redo(record_ids: Sequence[str], steps: Sequence[str], edges: Edges) -> None:
    """These steps are done again for these pieces, in the order of ``STEPS``; ``work.reopen`` them first.

    When the index is busy for long (a big batch is being taken in), what was decided stands and hides what
    it closes; the run that holds the index, or the next one, brings it up to date.
    """
    try:
        for name, step in STEPS.items():
            if name in steps:
                step(record_ids, edges)
    except SearchIndexBusyError as error:
        log.warning("decided, but the index follows later: %s", error.message)
