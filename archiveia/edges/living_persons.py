"""The rule on people who may be living, read from ``schemas/living_persons.json``."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from archiveia.edges.contracts import SCHEMAS
from archiveia.errors import ScheduleError
from archiveia.steps.living import LivingRule

if TYPE_CHECKING:
    from pathlib import Path

FILE = "living_persons.json"
LEAST_YEARS = 100
"""A shorter time would hold people to be dead of whom thousands live (C. patr. L213-2 counts 100 years and more)."""


@cache
def load_living_rule(folder: Path = SCHEMAS) -> LivingRule:
    """The rule, checked: a mistake in it must never make anybody dead.

    Raises:
        ScheduleError: the file is missing, or a value cannot be used.
    """
    remedy = f"correct schemas/{FILE} (schemas/README.md)"
    try:
        said = json.loads((folder / FILE).read_text("utf-8"))
        years, roles, source = said["born_at_most_years_ago"], said["public_roles"], said["source"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScheduleError(f"{FILE} cannot be read: {error!r}", remedy) from error
    if not isinstance(years, int) or isinstance(years, bool) or not LEAST_YEARS <= years <= 200:
        raise ScheduleError(
            f"{FILE}, born_at_most_years_ago: {years!r} is not between {LEAST_YEARS} and 200", remedy
        )
    if not isinstance(roles, list) or not all(isinstance(r, str) and r.strip() for r in roles):
        raise ScheduleError(f"{FILE}, public_roles: {roles!r} is not a list of texts", remedy)
    if not isinstance(source, str) or not source.strip():
        raise ScheduleError(f"{FILE} names no source", remedy)
    return LivingRule(years, tuple(roles))
