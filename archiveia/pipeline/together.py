"""Pages read one by one, or many together where the engine is on a GPU and would wait for each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from archiveia.engines.ocr import pages_together
from archiveia.errors import ArchiveiaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archiveia.edges.workers import Workers
    from archiveia.settings import Settings

Task = TypeVar("Task")
Result = TypeVar("Result")


def read_each(
    workers: Workers, function: Callable[[Task], Result], tasks: Iterable[Task], settings: Settings
) -> Iterator[tuple[Task, Result | ArchiveiaError]]:
    """Each task with its result or the error that became of it, as ``workers.run`` gives them.

    Where pages are read together, one that goes wrong in company is read alone: then its result is its own, and
    so are those of the pages that were with it when a process died or took too long.

    Raises:
        MissingToolError: as ``pages_together``.
    """
    at_once = pages_together(settings)
    if at_once == 1:
        yield from workers.run(function, tasks)
        return
    on_device = workers.beside(settings.doctr_processes)
    alone: list[Task] = []
    for lot, results in on_device.run(read_lot, _lots(function, tasks, at_once)):
        if isinstance(results, ArchiveiaError):
            alone += lot.tasks
            continue
        for task, result in zip(lot.tasks, results, strict=True):
            if result is None:
                alone.append(task)
            else:
                yield task, result
    yield from on_device.run(function, alone)


@dataclass(frozen=True, slots=True)
class Lot(Generic[Task, Result]):
    """Tasks that a process has at the same time."""

    function: Callable[[Task], Result]
    tasks: tuple[Task, ...]


def read_lot(lot: Lot[Task, Result]) -> list[Result | None]:
    """The result of each task, ``None`` for one that went wrong; a thread each, from which the engine makes batches."""
    with ThreadPoolExecutor(len(lot.tasks)) as threads:
        asked = [threads.submit(lot.function, task) for task in lot.tasks]
    return [None if one.exception() else one.result() for one in asked]


def _lots(
    function: Callable[[Task], Result], tasks: Iterable[Task], at_once: int
) -> Iterator[Lot[Task, Result]]:
    waiting = iter(tasks)
    while some := tuple(islice(waiting, at_once)):
        yield Lot(function, some)
