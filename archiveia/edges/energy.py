"""What a piece of work costs: seconds by the clock, seconds of processor, joules where the machine counts them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from archiveia.values import Json

_COUNTERS = Path("/sys/class/powercap")


class Meter:
    """Counts while it is entered, and adds up over several times.

    ``joules`` are those of the whole processor (RAPL), other programs included; ``None`` where it has no counter
    that this account may read.
    """

    def __init__(self, counters: Path = _COUNTERS) -> None:
        self._counters = counters
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self.joules: float | None = 0.0

    def __enter__(self) -> Self:
        self._start = time.perf_counter(), time.process_time(), self._microjoules()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds, cpu, before = self._start
        self.seconds += time.perf_counter() - seconds
        self.cpu_seconds += time.process_time() - cpu
        after = self._microjoules()
        if (
            before is None or after is None or after < before or self.joules is None
        ):  # counters start again at 0
            self.joules = None
        else:
            self.joules += (after - before) / 1e6

    def _microjoules(self) -> int | None:
        try:
            found = [int(f.read_text()) for f in sorted(self._counters.glob("intel-rapl:?/energy_uj"))]
        except (OSError, ValueError):
            return None
        return sum(found) if found else None

    def as_json(self) -> Json:
        """The three figures."""
        return {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds, "energy_joules": self.joules}
