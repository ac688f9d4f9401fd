"""A command run and watched: seconds, CPU seconds, memory of all its processes together, energy where it is told."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROC = Path("/proc")
POWERCAP = Path("/sys/class/powercap")
SECONDS_BETWEEN_LOOKS = 0.5


@dataclass(frozen=True)
class Look:
    """What the processes of a run held at one moment."""

    after_s: float
    pss_mb: float
    largest_mb: float
    processes: int


@dataclass(frozen=True)
class Run:
    """What a command took. ``joules`` is ``None`` where no counter can be read, or where it ran over."""

    seconds: float
    cpu_seconds: float
    joules: float | None
    looks: tuple[Look, ...]

    @property
    def peak_mb(self) -> float:
        """The most memory that all the processes held together."""
        return max((look.pss_mb for look in self.looks), default=0.0)


def watched(command: Sequence[str], *, env: Mapping[str, str], log: Path) -> Run:
    """What the command took, its children included; what it printed is in ``log``.

    Raises:
        SystemExit: it failed.
    """
    start, joules = time.perf_counter(), _joules()
    with log.open("wb") as printed:
        process = subprocess.Popen(command, env=env, stdout=printed, stderr=printed, start_new_session=True)
        watch = _Watch(process.pid, start)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        watch.stop()
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if code:
        tail = log.read_text("utf-8", "replace")[-2000:]
        raise SystemExit(f"{' '.join(command)} ended with {code}:\n{tail}")
    spent = None if joules is None else _joules() - joules  # type: ignore[operator] # readable before, readable now
    return Run(
        seconds, usage.ru_utime + usage.ru_stime, spent if spent and spent > 0 else None, tuple(watch.looks)
    )


class _Watch(threading.Thread):
    """Looks at the processes of a session again and again."""

    def __init__(self, session: int, start: float) -> None:
        super().__init__(daemon=True)
        self.looks: list[Look] = []
        self._session, self._start = session, start
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            held = [pss for process in PROC.glob("[0-9]*") if (pss := self._pss_mb(process)) is not None]
            if held:
                after_s = time.perf_counter() - self._start
                self.looks.append(Look(round(after_s, 1), sum(held), max(held), len(held)))

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _pss_mb(self, process: Path) -> float | None:
        """The proportional memory of a process of the session; ``None`` for others, and for those that ended."""
        try:
            session = int((process / "stat").read_text().rpartition(")")[2].split()[3])
            if session != self._session:
                return None
            lines = (process / "smaps_rollup").read_text().splitlines()
        except (OSError, IndexError, ValueError):
            return None
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), None)


def _joules() -> float | None:
    """What the processors' counters say; ``None`` where there are none, or where they may not be read."""
    try:
        counters = [int(file.read_text()) for file in sorted(POWERCAP.glob("intel-rapl:?/energy_uj"))]
    except (OSError, ValueError):
        return None
    return sum(counters) / 1e6 if counters else None


def plain_environment() -> dict[str, str]:
    """Our own, but for the numbers of threads: each program chooses its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OMP_")}
