"""Step 2: pages are read, in worker processes; each reading is saved as soon as it is there."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from archiveia.edges import database
from archiveia.edges.database import readings, sources, work
from archiveia.pipeline.closing import close_unseen
from archiveia.pipeline.reading import PageTask, ReadPage, failed, read_page
from archiveia.pipeline.together import read_each
from archiveia.steps.alto import words_json
from archiveia.values import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archiveia.errors import ArchiveiaError
    from archiveia.pipeline.workplace import Edges

STEP = "ocr"
_Item = TypeVar("_Item")


def run_ocr(ids: Sequence[str], edges: Edges) -> list[str]:
    """The same pieces, every page of which has a reading; a page that cannot be read says why."""
    with database.reading(edges.database) as connection:
        waiting = readings.unread(connection, ids)
        files = {row.id: row for row in sources.load(connection, sorted({p.source_id for p in waiting}))}
    tasks: dict[PageTask, list[str]] = defaultdict(list)  # two files of the same bytes are read once
    for page in waiting:
        row = files[page.source_id]
        task = PageTask(
            path=edges.storage.original(row.sha256),
            kind=FileKind(row.kind),
            number=page.source_page,
            settings=edges.settings,
        )
        tasks[task].append(page.id)
    read = 0
    for batch in _by_tens(read_each(edges.workers, read_page, list(tasks), edges.settings)):
        _save([(page_id, result) for task, result in batch for page_id in tasks[task]], edges)
        read += len(batch)
        edges.progress("pages", read, len(tasks))
    with database.writing(edges.database) as connection:
        work.mark(connection, work.not_done(connection, ids, STEP), STEP, now=edges.now())
    return list(ids)


def _by_tens(items: Iterator[_Item]) -> Iterator[list[_Item]]:
    """The items in lists of ten: one transaction for ten pages, at most ten pages lost to a power cut."""
    batch: list[_Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == 10:
            yield batch
            batch = []
    if batch:
        yield batch


def _save(results: Sequence[tuple[str, ReadPage | ArchiveiaError]], edges: Edges) -> None:
    """Files first, then the rows that speak of them: a crash between the two is done again."""
    for page_id, result in results:
        if isinstance(result, ReadPage):
            edges.storage.write(edges.storage.display(page_id), result.jpeg)
            words = json.dumps(words_json(result.reading), ensure_ascii=False, separators=(",", ":"))
            edges.storage.write(edges.storage.words(page_id), words.encode())
    with database.writing(edges.database) as connection:
        for page_id, result in results:
            reading = result.reading if isinstance(result, ReadPage) else failed(result, edges.settings)
            readings.save(connection, page_id, reading, now=edges.now())
        close_unseen(connection, [page_id for page_id, _ in results], edges)
