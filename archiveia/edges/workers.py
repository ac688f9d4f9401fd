"""Processes in which files are decoded and pages read: one that hangs or dies harms only its task.

A pool of our own: each worker has its own pipe and one task at a time, so that it is always known
which task a dead process was at. (Pools with a shared queue lose that when a process dies at once.)
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, TypeVar

from archiveia.errors import ArchiveiaError, PageFailedError, PageTimeoutError, WorkerDiedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from typing import Self

Task = TypeVar("Task")
Result = TypeVar("Result")

_log = logging.getLogger(__name__)
_ONE_THREAD = ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_GOODBYE_S = 2.0
_LONGEST = 500
"""Of a message from a library, what is kept."""
_LOOK = "look at the file; the other pages are not affected"
_TRAVEL_ERRORS = (
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
    pickle.PickleError,
)
"""What pickle raises for what cannot leave or arrive; it promises no list."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a worker sends back: a result, or an error with its traceback when nobody expected it."""

    result: Any = None
    error: ArchiveiaError | None = None
    traceback: str = ""


class Workers:
    """A pool of worker processes, started as tasks need them and stopped on leaving the ``with``.

    A task over ``timeout_s`` is killed with the programs that it started; a process over
    ``memory_mb`` (of address space; ``None``: no limit) fails its task; a process is replaced after
    ``tasks_per_worker`` tasks. Numeric libraries get one thread.
    """

    def __init__(self, *, count: int, memory_mb: int | None, tasks_per_worker: int, timeout_s: float) -> None:
        self.count = count
        self.memory_mb = memory_mb
        self.tasks_per_worker = tasks_per_worker
        self.timeout_s = timeout_s
        self._idle: list[_Worker] = []
        self._beside: Workers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._idle:
            self._idle.pop().stop()
        if self._beside is not None:
            self._beside.__exit__()

    def beside(self, count: int) -> Workers:
        """A second pool, as long as this one, of so many processes without a limit of memory: they use a GPU.

        Its driver takes addresses for all the memory that it might ever want.
        """
        if self._beside is None:
            self._beside = Workers(
                count=count,
                memory_mb=None,
                tasks_per_worker=self.tasks_per_worker,
                timeout_s=self.timeout_s,
            )
        return self._beside

    def run(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], *, timeout_s: float | None = None
    ) -> Iterator[tuple[Task, Result | ArchiveiaError]]:
        """Each task with its result or the error that became of it, in the order of completion.

        Every task comes back exactly once. ``tasks`` is read as workers get free, not ahead.
        ``function`` is a function of a module. ``timeout_s`` is for one task (default: the pool's).
        """
        limit_s = timeout_s or self.timeout_s
        waiting = iter(tasks)
        busy: dict[_Worker, Task] = {}
        results: list[tuple[Task, Any]] = []
        try:
            while True:
                for task in waiting:
                    try:
                        payload = pickle.dumps((function, task))
                    except _TRAVEL_ERRORS as error:
                        results.append((task, _unexpected(error)))
                        continue
                    worker = self._idle.pop() if self._idle else _Worker(self.memory_mb)
                    busy[worker] = task
                    worker.give(payload, limit_s)
                    if len(busy) >= self.count:
                        break
                yield from results
                if not busy:
                    return
                finished = _finished(list(busy))
                results = [(busy.pop(worker), self._take(worker, limit_s)) for worker in finished]
        finally:
            for worker in busy:
                worker.kill()

    def _take(self, worker: _Worker, limit_s: float) -> Any:
        """The result of a worker's task, or the error that became of it; the worker idle or gone."""
        data = worker.answer()
        if data is None:
            late = worker.late
            exit_code = worker.kill()
            if late:
                msg = f"took longer than {limit_s:g} s"
                return PageTimeoutError(msg, "raise ARCHIVEIA_PAGE_TIMEOUT_S, or look at the file")
            return WorkerDiedError(f"the worker process died ({_how_it_died(exit_code)})", _LOOK)
        if worker.tasks < self.tasks_per_worker:
            self._idle.append(worker)
        else:
            worker.stop()
        try:
            answer: _Answer = pickle.loads(data)  # noqa: S301 - written by our own worker
        except _TRAVEL_ERRORS as error:
            _log.exception("the result of a task cannot be read back")
            return _unexpected(error)
        if answer.traceback:
            _log.error("a task failed unexpectedly\n%s", answer.traceback)
        return answer.result if answer.error is None else answer.error


class _Worker:
    """One process, its end of the pipe, and the task it is at."""

    def __init__(self, memory_mb: int | None) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, memory_mb), daemon=True)
        self.process.start()
        theirs.close()
        self.tasks = 0
        self.deadline_s = 0.0

    @property
    def late(self) -> bool:
        """Whether its task has run longer than allowed."""
        return time.monotonic() >= self.deadline_s and not self._is_dead(0)

    def give(self, payload: bytes, limit_s: float) -> None:
        """The task is the worker's; a worker that is dead already is found out when it must answer."""
        self.tasks += 1
        self.deadline_s = time.monotonic() + limit_s
        with suppress(OSError):
            self.pipe.send_bytes(payload)

    def answer(self) -> bytes | None:
        """What it sent back; ``None`` when it died or is not done."""
        try:
            return self.pipe.recv_bytes() if self.pipe.poll() else None
        except (EOFError, OSError):
            self._is_dead(_GOODBYE_S)
            return None

    def stop(self) -> None:
        """The process gone by itself: it leaves when nobody is at the other end of its pipe."""
        self.pipe.close()
        self._is_dead(_GOODBYE_S)
        self.kill()

    def _is_dead(self, within_s: float) -> bool:
        """Whether the process ends in that time. It is not waited for: its id must stay its own for ``kill``."""
        return bool(wait([self.process.sentinel], within_s))

    def kill(self) -> int:
        """The process and what it started gone, whatever they were doing; its exit code.

        A dead process may have left a program behind, so its group is killed in any case.
        """
        self.pipe.close()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        exit_code = self.process.exitcode or 0
        self.process.close()
        return exit_code


def _finished(busy: list[_Worker]) -> list[_Worker]:
    """The workers that answered, died or are late: one at least."""
    while True:
        next_s = max(0.0, min(worker.deadline_s for worker in busy) - time.monotonic())
        ready = set(wait([end for worker in busy for end in (worker.pipe, worker.process.sentinel)], next_s))
        done = [w for w in busy if w.pipe in ready or w.process.sentinel in ready or w.late]
        if done:
            return done


def _serve(pipe: Connection, memory_mb: int | None) -> None:
    """Tasks done one after the other until nobody is at the other end: the life of a worker."""
    os.setpgrp()  # Ctrl-C is for the main process, and what this one starts can be killed with it
    os.dup2(2, 1)  # what a library prints is no part of the answer of the command (--json)
    threading.Thread(target=_end_with_the_main_process, daemon=True).start()
    _limit(memory_mb)
    with suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(_work(pipe.recv_bytes()))


def _end_with_the_main_process() -> None:
    """Nothing: when the main process is killed, this one and what it started are killed too, hanging or not."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.killpg(0, signal.SIGKILL)


def _limit(memory_mb: int | None) -> None:
    """A process that cannot take more memory than its share, nor more than one core."""
    import resource

    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    if memory_mb is not None:
        limit_bytes = memory_mb * 1024**2
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(payload: bytes) -> bytes:
    """What became of one task, as bytes; the entry point of a task."""
    try:
        function, task = pickle.loads(payload)  # noqa: S301 - written by our own main process
        return pickle.dumps(_Answer(function(task)))
    except ArchiveiaError as error:
        answer = _Answer(error=error)
    except MemoryError:
        answer = _Answer(error=WorkerDiedError("ran out of memory", "raise ARCHIVEIA_WORKER_MEMORY_MB"))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the traceback travels, and is logged by the main process
        answer = _Answer(error=_unexpected(error), traceback=traceback.format_exc())
    return pickle.dumps(answer)


def _unexpected(error: BaseException) -> PageFailedError:
    """The error as one of ours, even where its message cannot be made, printed or kept."""
    said = str(traceback.TracebackException.from_exception(error))
    kept = said[:_LONGEST].encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return PageFailedError(f"{type(error).__name__}: {kept}", _LOOK)


def _how_it_died(exit_code: int) -> str:
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"exit code {exit_code}"
