"""What people read beside the code of a series: *1D · Délibérations*."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from archiveia.edges.contracts import PLAN, SCHEMAS
from archiveia.errors import ScheduleError

if TYPE_CHECKING:
    from pathlib import Path


@cache
def load_series_titles(language: str = "fr", folder: Path = SCHEMAS) -> dict[str, str]:
    """The titles of the series by code, in French where there is none in this language.

    Raises:
        ScheduleError: the plan is missing, or an entry cannot be used.
    """
    try:
        rows = json.loads((folder / PLAN).read_text("utf-8-sig")).get("series", [])
        return {row["code"]: str(row.get(f"title_{language}") or row["title"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"{PLAN} cannot be used: {error!r}"
        raise ScheduleError(msg, "correct it, or install the program again") from error
