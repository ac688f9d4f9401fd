"""The folder of the embedded index: which of its folders is live, and who may write.

``current`` names the live folder beside it; a rebuild makes a new one, then replaces ``current``.
``lock`` is taken by whoever writes, and freed by the system when a process dies.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from archiveia.errors import SearchIndexBusyError, SearchIndexError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    T = TypeVar("T")

REINDEX = "run `archiveia reindex`"


class IndexFolder:
    """``index/`` in a workspace; ``make_empty`` writes an empty index into a folder."""

    def __init__(self, place: Path, *, make_empty: Callable[[Path], object], busy_wait_s: float) -> None:
        self.place = place
        self._make_empty = make_empty
        self._busy_wait_s = busy_wait_s

    def live(self) -> Path:
        """The live folder; a workspace that has none yet gets an empty one.

        Raises:
            SearchIndexError: ``current`` is lost or cannot be read.
        """
        try:
            return self._named()
        except FileNotFoundError:
            with self.locked():
                self.begin()
        except (OSError, ValueError) as error:
            raise damaged(self.place, error) from error
        return self._named()

    def begin(self) -> None:
        """Make the empty index of a new workspace (under the lock)."""
        if (self.place / "current").exists():
            return
        if any(f.is_dir() for f in self.place.iterdir()):
            raise SearchIndexError(f"{self.place} has index files but no `current`", REINDEX)
        fresh = self.fresh()
        self._make_empty(fresh)
        self.switch_to(fresh)

    def fresh(self) -> Path:
        """A new folder beside the live one.

        Its name never comes back: a reader that has just learnt the name of a folder that is then swept
        must find nothing there, and look again, rather than the beginning of the next index.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        folder = self.place / f"{stamp}-{secrets.token_hex(4)}"
        folder.mkdir()
        return folder

    def switch_to(self, folder: Path) -> None:
        """Make a folder the live one, at once for whoever looks next."""
        pointer = self.place / "current.new"
        with pointer.open("w", encoding="utf-8") as file:
            file.write(folder.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.place / "current")

    def sweep(self) -> None:
        """Remove the folders that are not live: the old index, and what a killed rebuild left."""
        try:
            live = self._named()
        except (OSError, ValueError):
            return
        for folder in self.place.iterdir():
            if folder.is_dir() and folder != live:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes, in any process."""
        self.place.mkdir(parents=True, exist_ok=True)
        with (self.place / "lock").open("a") as lock:
            self.patiently(lambda: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB))
            yield

    def patiently(self, take: Callable[[], T]) -> T:
        """What ``take`` returns once nobody else holds it.

        Raises:
            SearchIndexBusyError: another writer is still at work after ``busy_wait_s``.
        """
        until = time.monotonic() + self._busy_wait_s
        while True:
            try:
                return take()
            except (BlockingIOError, ValueError) as error:
                if isinstance(error, ValueError) and "LockBusy" not in str(error):  # tantivy's own lock
                    raise
                if time.monotonic() > until:
                    waited = f"another process still writes to {self.place} after {self._busy_wait_s:g} s"
                    raise SearchIndexBusyError(waited, "try again when it has finished") from error
            time.sleep(0.05)

    def _named(self) -> Path:
        return self.place / (self.place / "current").read_text(encoding="utf-8").strip()


def damaged(place: Path, error: Exception) -> SearchIndexError:
    """The error of an index whose files cannot be read."""
    return SearchIndexError(f"the search index {place} cannot be read ({error})", REINDEX)
