"""The files of a folder, each listed exactly once, and their bytes hashed without trusting them."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.errors import (
    ArchiveiaError,
    BadRequestError,
    ForbiddenPathError,
    TooLargeScanError,
    UnreadableScanError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

HEAD_BYTES = 4096
_BLOCK_BYTES = 1024 * 1024
_ASK_FOR_RIGHTS = "give this account the right to read it, or leave it out"
_COPY_THE_FILE = "put the file itself into the folder, or leave it out"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file as found.

    ``path`` is absolute, where its bytes are: for a link to a file inside the folder, that file. ``at`` is
    absolute, where it was found. ``place`` is printable: the path from the parent of the folder that was
    given, with ``/`` between the names. ``refusal`` says why the file must not be opened.
    """

    path: Path
    at: Path
    place: str
    refusal: ArchiveiaError | None = None


def printable(text: str) -> str:
    """The text with an escape for what cannot be printed or stored; ``unprintable`` gives it back.

    Backslashes are doubled, so that two different names never become one.
    """
    escaped = text.replace("\\", "\\\\")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in escaped)


def unprintable(text: str) -> str:
    """The text that ``printable`` was given."""
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


def find_files(root: Path) -> list[FoundFile]:
    """Every file under ``root`` (or ``root`` itself, when it is a file), sorted by place.

    Links that lead out of the folder, linked folders, folders that cannot be listed, and what is not
    a regular file (pipes, sockets, devices) are listed with a refusal and never opened.

    Raises:
        BadRequestError: there is nothing at ``root``.
    """
    top = Path(os.path.abspath(root))  # noqa: PTH100 - resolve() would follow links and change places
    try:
        inside = top.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        msg = f"there is nothing to read at {printable(str(root))}"
        raise BadRequestError(msg, "check the path and its permissions") from error
    found = _walk(top, inside) if inside.is_dir() else iter([(top, *_look_at(inside, inside.parent))])
    return sorted(
        (FoundFile(path, at, _place(at, top), refusal) for at, path, refusal in found),
        key=lambda file: file.place,
    )


def hash_file(path: Path, max_bytes: int) -> tuple[str, int, bytes]:
    """The SHA-256 (hexadecimal), the size in bytes and the first 4,096 bytes of a regular file.

    Raises:
        TooLargeScanError: it has more than ``max_bytes``.
        ForbiddenPathError: it became a link or something else than a regular file.
        UnreadableScanError: it cannot be read.
    """
    digest, size, head = hashlib.sha256(), 0, b""
    with _regular(path) as file:
        while block := file.read(_BLOCK_BYTES):
            head = head or block[:HEAD_BYTES]
            size += len(block)
            if size > max_bytes:
                msg = f"the file has more than {max_bytes // 1024**2} MiB"
                raise TooLargeScanError(msg, "split it, or raise ARCHIVEIA_MAX_FILE_MB")
            digest.update(block)
    return digest.hexdigest(), size, head


def read_head(path: Path) -> bytes:
    """The first 4,096 bytes of a regular file.

    Raises:
        ForbiddenPathError: it is a link or something else than a regular file.
        UnreadableScanError: it cannot be read.
    """
    with _regular(path) as file:
        return file.read(HEAD_BYTES)


@contextmanager
def _regular(path: Path) -> Iterator[BinaryIO]:
    """The open file; neither a link nor a pipe, even when it became one since it was found."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ForbiddenPathError("not a regular file", _COPY_THE_FILE)
            yield file
    except OSError as error:
        raise UnreadableScanError(f"the file cannot be read: {error.strerror}", _ASK_FOR_RIGHTS) from error


def _walk(top: Path, inside: Path) -> Iterator[tuple[Path, Path, ArchiveiaError | None]]:
    """Where each file was found, where its bytes are, and its refusal; linked folders are not entered."""
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            entries = [Path(entry.path) for entry in os.scandir(folder)]
        except OSError as error:
            msg = f"the folder cannot be listed: {error.strerror}"
            yield folder, folder, UnreadableScanError(msg, _ASK_FOR_RIGHTS)
            continue
        for path in entries:
            if path.is_dir() and not path.is_symlink():
                folders.append(path)
            else:
                yield path, *_look_at(path, inside)


def _look_at(path: Path, inside: Path) -> tuple[Path, ArchiveiaError | None]:
    """Where the bytes of a file are, and why it must not be opened."""
    try:
        target = path.resolve(strict=True)
        mode = target.stat().st_mode
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a link that turns in circles"
        return path, UnreadableScanError(f"the file cannot be reached: {reason}", _ASK_FOR_RIGHTS)
    if path.is_symlink():
        if not target.is_relative_to(inside):
            return path, ForbiddenPathError(
                f"a link out of the folder, to {printable(str(target))}", _COPY_THE_FILE
            )
        if stat.S_ISDIR(mode):
            return path, ForbiddenPathError("a link to a folder; its files are listed there", _COPY_THE_FILE)
        path = target
    if not stat.S_ISREG(mode):
        return path, ForbiddenPathError("a pipe, socket or device, not a file", "leave it out")
    if not os.access(path, os.R_OK):
        return path, UnreadableScanError("the file cannot be read: permission denied", _ASK_FOR_RIGHTS)
    return path, None


def _place(path: Path, top: Path) -> str:
    """The path from the parent of the folder that was given, printable."""
    return printable(path.relative_to(top.parent).as_posix())
