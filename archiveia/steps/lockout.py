"""For how long a name or an address is closed after failed log-ins."""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_OF_NAME, FREE_OF_ADDRESS = 5, 20
"""Failures before a name, or an address from which many people may come, has to wait."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(hours=24)


def after_failure(failures: int, last_at: datetime | None, *, now: datetime) -> int:
    """How many failures count with this one: a day without any forgets those before."""
    return 1 if last_at is None or now - last_at >= FORGOTTEN_AFTER else failures + 1


def closed_until(failures: int, free: int, *, now: datetime) -> datetime | None:
    """When the next attempt is looked at: each failure after the free ones doubles the wait, up to a day.

    >>> closed_until(4, 5, now=datetime(2026, 1, 1)) is None
    True
    >>> closed_until(6, 5, now=datetime(2026, 1, 1))
    datetime.datetime(2026, 1, 1, 0, 30)
    """
    if failures < free:
        return None
    doubled: int = 2 ** min(failures - free, 10)
    return now + min(FIRST_WAIT * doubled, LONGEST_WAIT)
