"""What is known of the classes of the plan: since when they exist, whether such acts are numbered."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from archiveia.edges.contracts import SCHEMAS
from archiveia.errors import ScheduleError
from archiveia.steps.cleaning_records import ClassFacts

if TYPE_CHECKING:
    from pathlib import Path

FILE = "class_facts.json"


@cache
def load_class_facts(folder: Path = SCHEMAS) -> dict[str, ClassFacts]:
    """The facts by code of class; a class without an entry has none.

    Raises:
        ScheduleError: the file is missing, or an entry cannot be used.
    """
    try:
        rows = json.loads((folder / FILE).read_text("utf-8"))["classes"]
        return {row["code"]: _facts(row) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{FILE} cannot be used: {error!r}"
        raise ScheduleError(msg, "correct it, or install the program again") from error


def _facts(row: dict[str, str]) -> ClassFacts:
    begun = row.get("not_before")
    return ClassFacts(
        not_before=date.fromisoformat(begun).isoformat() if begun else None,
        source=row["source"] if begun else "",
        is_numbered=bool(row.get("is_numbered", False)),
    )
