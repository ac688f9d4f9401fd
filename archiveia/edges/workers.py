"""Processes in which files are decoded and pages read: one that hangs or dies harms only its task."""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import traceback
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from archiveia.errors import ArchiveiaError, PageFailedError, PageTimeoutError, WorkerDiedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from pebble import ProcessPool

Task = TypeVar("Task")
Result = TypeVar("Result")

_log = logging.getLogger(__name__)
_TASKS_AHEAD = 3
"""Tasks per worker that are handed over at once, so that no worker waits and no queue grows."""
_MAX_TRIES = 3
"""A task is tried again when the pool broke without saying which task broke it."""
_ONE_THREAD = ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_LOOK = "look at the file; the other pages are not affected"


@dataclass(slots=True)
class _Job(Generic[Task]):
    task: Task
    tries: int = 0


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a worker sends back: a result, or an error with its traceback when nobody expected it."""

    result: Any = None
    error: ArchiveiaError | None = None
    traceback: str = ""


class Workers:
    """A pool of worker processes, started at the first ``run`` and stopped on leaving the ``with``.

    A task over ``timeout_s`` is killed; a process over ``memory_mb`` (of address space) fails its
    task; a process is replaced after ``tasks_per_worker`` tasks. Numeric libraries get one thread.
    """

    def __init__(self, *, count: int, memory_mb: int, tasks_per_worker: int, timeout_s: float) -> None:
        self.count = count
        self.memory_mb = memory_mb
        self.tasks_per_worker = tasks_per_worker
        self.timeout_s = timeout_s
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def run(
        self,
        function: Callable[[Task], Result],
        tasks: Iterable[Task],
        *,
        timeout_s: float | None = None,
    ) -> Iterator[tuple[Task, Result | ArchiveiaError]]:
        """Each task with its result or the error that became of it, in the order of completion.

        Every task comes back exactly once. ``tasks`` is read as workers get free, never far ahead.
        One ``run`` at a time.
        ``function`` is a function of a module. ``timeout_s`` is for one task (default: the pool's).
        """
        limit_s = timeout_s or self.timeout_s
        jobs = (_Job(task) for task in tasks)
        running: dict[Future[bytes], _Job[Task]] = {}
        try:
            while True:
                while len(running) < self.count * _TASKS_AHEAD and (job := next(jobs, None)):
                    running[self._schedule(function, job, limit_s)] = job
                if not running:
                    return
                finished = wait(running, return_when=FIRST_COMPLETED).done
                if any(_broke(future) for future in finished):
                    self._stop()  # its other tasks would never end: all but the answered go to a new one
                    finished = {future for future in running if future.done() and not _broke(future)}
                    for future in running.keys() - finished:
                        job = running.pop(future)
                        if job.tries < _MAX_TRIES:
                            running[self._schedule(function, job, limit_s)] = job
                        else:
                            yield job.task, WorkerDiedError(f"its workers died {job.tries} times", _LOOK)
                for future in finished:
                    yield running.pop(future).task, self._outcome(future, limit_s)
        finally:
            for future in running:
                future.cancel()

    def _schedule(
        self, function: Callable[[Task], Result], job: _Job[Task], timeout_s: float
    ) -> Future[bytes]:
        """The future of a task. It travels as bytes, so that what cannot be rebuilt there fails there."""
        job.tries += 1
        future: Future[bytes] = Future()
        try:
            payload = pickle.dumps((function, job.task))
            future = self._started().schedule(_work, args=(payload,), timeout=timeout_s)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            future.set_exception(error)
        except RuntimeError as error:  # the pool broke since the last task
            future.set_exception(BrokenProcessPool(str(error)))
        return future

    def _outcome(self, future: Future[bytes], timeout_s: float) -> Any:
        """The result of a finished task, or the error that became of it."""
        from pebble import ProcessExpired

        try:
            answer: _Answer = pickle.loads(future.result())  # noqa: S301 - written by our own worker
        except FutureTimeoutError:
            return PageTimeoutError(
                f"took longer than {timeout_s:g} s", "raise ARCHIVEIA_PAGE_TIMEOUT_S, or look at the file"
            )
        except ProcessExpired as error:
            return WorkerDiedError(f"the worker process died ({_how_it_died(error.exitcode)})", _LOOK)
        except BaseException as error:  # whatever a worker sends back, the others go on
            if isinstance(error, KeyboardInterrupt):
                raise
            _log.exception("a task failed outside of its function")
            return PageFailedError(f"{type(error).__name__}: {error}", _LOOK)
        if answer.traceback:
            _log.error("a task failed unexpectedly\n%s", answer.traceback)
        return answer.result if answer.error is None else answer.error

    def _started(self) -> ProcessPool:
        if self._pool is None:
            from pebble import ProcessPool

            self._pool = ProcessPool(
                max_workers=self.count,
                max_tasks=self.tasks_per_worker,
                initializer=_prepare,
                initargs=(self.memory_mb,),
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool

    def _stop(self) -> None:
        """Workers gone, whatever they were doing."""
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None


def _broke(future: Future[bytes]) -> bool:
    """Whether the pool broke before the task ended."""
    return future.done() and isinstance(future.exception(), BrokenProcessPool)


def _prepare(memory_mb: int) -> None:
    """A worker that cannot take more memory than its share, nor more than one core."""
    import resource

    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    limit_bytes = memory_mb * 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(payload: bytes) -> bytes:
    """What became of one task, as bytes; the entry point of a worker."""
    try:
        function, task = pickle.loads(payload)  # noqa: S301 - written by our own main process
        return pickle.dumps(_Answer(function(task)))
    except ArchiveiaError as error:
        answer = _Answer(error=error)
    except MemoryError:
        answer = _Answer(error=WorkerDiedError("ran out of memory", "raise ARCHIVEIA_WORKER_MEMORY_MB"))
    except Exception as error:  # noqa: BLE001 - the entry point of the worker; the traceback is logged
        unexpected = PageFailedError(f"{type(error).__name__}: {error}", _LOOK)
        answer = _Answer(error=unexpected, traceback=traceback.format_exc())
    return pickle.dumps(answer)


def _how_it_died(exit_code: int) -> str:
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"exit code {exit_code}"
