"""The workspace's files: originals by content (SHA-256), and what is derived from them by page.

A file is written beside its place and moved there, so that a crash leaves the old file or the new one,
never half of one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.errors import StorageError, UnreadableScanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO


class Storage:
    """The folders of one workspace."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def incoming(self, entity_id: str) -> Path:
        """Where the uploads of an entity land before they are taken in; the others never see them."""
        return self.home / "incoming" / entity_id

    @property
    def index(self) -> Path:
        """The embedded search index."""
        return self.home / "index"

    def original(self, sha256: str) -> Path:
        """Where the bytes with this digest are kept."""
        return self.home / "originals" / sha256[:2] / sha256

    def display(self, page_id: str) -> Path:
        """The JPEG of an upright page, for reading on a screen."""
        return self.home / "derived" / page_id[:2] / f"{page_id}.jpg"

    def words(self, page_id: str) -> Path:
        """The words of a page with their boxes (JSON, see ``steps.alto``)."""
        return self.home / "derived" / page_id[:2] / f"{page_id}.words.json"

    def kept(self, sha256: str) -> Path:
        """Where a document that is kept for ever is: a bordereau, its visa, a certificate."""
        return self.home / "eliminations" / sha256[:2] / sha256

    def keep(self, data: bytes) -> str:
        """The digest of a document that is kept from now on; nothing removes it."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.kept(sha256).exists():
            self.write(self.kept(sha256), data)
        return sha256

    def derived(self, page_id: str) -> list[Path]:
        """Every file that was made of a page: its picture, the small one, its words."""
        return sorted((self.home / "derived" / page_id[:2]).glob(f"{page_id}.*"))

    def remove(self, path: Path) -> None:
        """The file is gone, if it was not already.

        Raises:
            StorageError: it cannot be removed.
        """
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            msg = f"{path} cannot be removed: {error.strerror or error}"
            raise StorageError(msg, "give the right to remove it, then go on") from error

    def keep_original(self, path: Path, sha256: str) -> Path:
        """The stored copy of a file, whose bytes were checked on the way.

        Raises:
            UnreadableScanError: the file changed since it was hashed, or cannot be read any more.
            StorageError: the copy cannot be written; the file is not at fault.
        """
        kept = self.original(sha256)
        if kept.exists():
            return kept
        digest = hashlib.sha256()

        def copy(target: BinaryIO) -> None:
            for block in _blocks(path):
                digest.update(block)
                target.write(block)
            if digest.hexdigest() != sha256:
                raise UnreadableScanError(
                    f"{path.name} changed while it was read", "run again when it is complete"
                )

        write_atomically(kept, copy)
        return kept

    def write(self, path: Path, data: bytes) -> None:
        """The file holds these bytes."""
        write_atomically(path, lambda target: target.write(data))

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Nobody else holds the lock of that name, in any process that shares this workspace."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / f".{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def free_bytes(self) -> int:
        """Free space where the workspace lives."""
        place = self.home
        while not place.exists():
            place = place.parent
        return shutil.disk_usage(place).free


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """The file at ``path`` is what ``write`` wrote, or is not touched.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as target:
                write(target)
                target.flush()
                os.fsync(target.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}"
        raise StorageError(msg, "make room or give the right to write there, then run again") from error


def size_of(path: Path) -> int:
    """The size of a file in bytes; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, piece by piece."""
    try:
        # Not blocking: a file that became a pipe since it was found reads as empty, and so as changed.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as source:
            while block := source.read(1 << 20):
                yield block
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror or error}"
        raise UnreadableScanError(msg, "check the file and its permissions") from error
