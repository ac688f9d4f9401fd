"""The main job started from the desk: one subprocess at a time, the others wait in line."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.settings import Settings

log = logging.getLogger(__name__)

FINISHED_CODES = frozenset({0, 3})
"""All fine; or some files rejected or failed, which the account tells."""


class RunState(StrEnum):
    """Where the run of a batch stands, as far as this process knows."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    BROKEN = "broken"
    UNKNOWN = "unknown"


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment in which another process reads the same settings."""
    found = dict(os.environ)
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if value is None:
            found.pop(f"ARCHIVEIA_{name.upper()}", None)
            continue
        found[f"ARCHIVEIA_{name.upper()}"] = (
            value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        )
    found["ARCHIVEIA_HOME"] = str(settings.home_dir)
    found["ARCHIVEIA_DATABASE_URL"] = settings.database
    return found


class Runs:
    """The runs that this web application started."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._line = ThreadPoolExecutor(max_workers=1, thread_name_prefix="run")
        self._runs: dict[str, Future[int]] = {}
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def start(self, batch_id: str, folder: Path, *, batch: str, producer: str) -> None:
        """The batch is in line; what the run prints goes to ``runs/<batch>.log`` of the workspace."""
        command = [sys.executable, "-m", "archiveia", "run", str(folder), f"--batch={batch}"]
        if producer:
            command.append(f"--producer={producer}")
        self._runs[batch_id] = self._line.submit(self._run, command, batch_id)

    def state(self, batch_id: str) -> RunState:
        """Where the run of a batch stands; ``UNKNOWN`` when another process started it."""
        run = self._runs.get(batch_id)
        if run is None or run.cancelled():
            return RunState.UNKNOWN
        if not run.done():
            return RunState.RUNNING if run.running() else RunState.WAITING
        broken = run.exception() is not None or run.result() not in FINISHED_CODES
        return RunState.BROKEN if broken else RunState.FINISHED

    def close(self) -> None:
        """No run goes on. One that is cut off is finished by the next run or by the night's work."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                with suppress(ProcessLookupError):  # it has just ended
                    os.killpg(self._process.pid, signal.SIGTERM)
        self._line.shutdown(wait=True, cancel_futures=True)

    def _run(self, command: list[str], batch_id: str) -> int:
        path = self._settings.home_dir / "runs" / f"{batch_id}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as output:
            with self._lock:
                if self._closed:
                    return 1
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=environment_of(self._settings),
                    start_new_session=True,  # so that it can be ended together with its workers
                )
            code = self._process.wait()
        with self._lock:
            self._process = None
        if code not in FINISHED_CODES:
            log.error("the run of batch %s ended with %s; see %s", batch_id, code, path)
        return code
