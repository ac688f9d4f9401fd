"""Every error raised on purpose: one tree, what was wrong + with which value + what to do.

``message`` says what was wrong and with which value; ``remedy`` what a person can do about it;
``retryable`` whether the same call may succeed later without anybody changing anything.
"""

from __future__ import annotations


class ArchiveiaError(Exception):
    """The root of the tree. ``str(error)`` is ``"message; remedy"``."""

    retryable = False

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}; {remedy}")
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[ArchiveiaError], tuple[str, str]]:
        """Errors cross process borders (workers) whole."""
        return type(self), (self.message, self.remedy)


class SettingsError(ArchiveiaError):
    """A setting has a value that cannot be used."""


class MissingToolError(ArchiveiaError):
    """A program, library, model or server that the work needs is not there."""


# --- intake: the file is refused, the batch goes on ---


class UnreadableScanError(ArchiveiaError):
    """The file is not a scan that can be taken in: unknown kind, truncated, empty, broken."""


class EncryptedScanError(UnreadableScanError):
    """The file needs a password."""


class TooLargeScanError(UnreadableScanError):
    """The file is over a limit of the settings (bytes, pixels, pages): a possible bomb."""


class ForbiddenPathError(UnreadableScanError):
    """The path leads out of the folder that was given, or is not a regular file."""


# --- steps ---


class PageFailedError(ArchiveiaError):
    """One page could not be read; the record and the batch go on."""


class PageTimeoutError(PageFailedError):
    """One page took longer than the limit."""

    retryable = True


class WorkerDiedError(PageFailedError):
    """The process that worked on a page died (crash, out of memory)."""


class ScheduleError(ArchiveiaError):
    """A file of ``schemas/`` cannot be used as it is."""


# --- decisions and rights ---


class UnknownUnitError(ArchiveiaError):
    """No unit of description has this identifier (in this entity)."""


class RefusedError(ArchiveiaError):
    """The law or the rules of the house forbid what was asked (elimination without a visa...)."""


class NotAllowedError(RefusedError):
    """The role of this account does not do what was asked."""


class BadRequestError(ArchiveiaError):
    """What a person typed cannot be used (a date, an arrangement, an address)."""


# --- edges ---


class SearchIndexError(ArchiveiaError):
    """The search engine refused or failed."""


class SearchIndexBusyError(SearchIndexError):
    """Another process writes to the index."""

    retryable = True


class StorageError(ArchiveiaError):
    """A file of the workspace, or one that was asked for, cannot be written: full disk, no right."""

    retryable = True


class MailError(ArchiveiaError):
    """A mail did not leave: the relay does not answer, or refuses."""

    retryable = True


class TimestampError(ArchiveiaError):
    """The time-stamp authority gave no stamp, or one of something else."""

    retryable = True


class DatabaseError(ArchiveiaError):
    """The database cannot be opened, or is not at the version that this program needs."""
