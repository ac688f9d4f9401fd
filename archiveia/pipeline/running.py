"""The main job: files in, an account out. It can be cut off anywhere; running it again goes on from there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import readings, sources, units, work
from archiveia.errors import BadRequestError
from archiveia.pipeline.account import Account, account
from archiveia.pipeline.describing import import_descriptions, read_descriptions
from archiveia.pipeline.order import STEPS, work_through
from archiveia.pipeline.registering import default_batch, register_together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archiveia.pipeline.workplace import Edges


def run(
    paths: Sequence[Path],
    edges: Edges,
    *,
    batch: str | None = None,
    producer: str | None = None,
    retry: bool = False,
    descriptions: Path | None = None,
) -> Account:
    """What became of every file found under ``paths``, after all the steps.

    A file that was taken in before keeps its first outcome and costs nothing; with ``retry`` the ones
    that failed are tried again. ``descriptions`` is a CSV file (``pipeline.describing``).

    Raises:
        BadRequestError: one of the paths does not exist, or the descriptions cannot be used; nothing was done.
    """
    began = time.monotonic()
    described = read_descriptions(descriptions) if descriptions else {}
    for path in paths:
        if not path.exists():
            raise BadRequestError(f"nothing at {path}", "give a folder of scans, or a file")
    ids: list[str] = []
    for name, together in _by_batch(paths, batch).items():
        ids += register_together(
            together,
            batch=name,
            producer=producer,
            edges=edges,
            seen=lambda n: edges.progress("files", n, None),
        )
    if retry:
        _try_again(ids, edges)
    work_through(ids, edges)
    missing = import_descriptions(described, descriptions.name, ids, edges) if descriptions else []
    return account(ids, edges, seconds=time.monotonic() - began, undescribed=missing)


def _by_batch(paths: Sequence[Path], batch: str | None) -> dict[str, list[Path]]:
    """The paths of each batch; one that lies inside another is looked at with it, once."""
    whole = {path.resolve(): path for path in paths}
    outer = [path for full, path in whole.items() if not any(other in full.parents for other in whole)]
    found: dict[str, list[Path]] = {}
    for path in sorted(outer):
        found.setdefault(default_batch(path) if batch is None else batch, []).append(path)
    return found


def _try_again(source_ids: Sequence[str], edges: Edges) -> None:
    with database.writing(edges.database) as connection:
        reopened = sources.reopen_failed(connection, source_ids)
        records = [r for found in units.records_of_sources(connection, reopened).values() for r in found]
        readings.forget_failed(connection, reopened)
        work.forget(connection, records, STEPS)
