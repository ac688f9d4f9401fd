"""Kinds of personal data with what betrays them (``schemas/personal_data.json``)."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from archiveia.edges.contracts import SCHEMAS, load_access_rules
from archiveia.errors import ScheduleError
from archiveia.steps.personal_data import PersonalKind

if TYPE_CHECKING:
    from pathlib import Path

FILE = "personal_data.json"


@cache
def load_personal_kinds(folder: Path = SCHEMAS) -> dict[str, PersonalKind]:
    """The kinds by name.

    Raises:
        ScheduleError: the file is missing, or an entry cannot be used.
    """
    remedy = f"correct schemas/{FILE} (schemas/README.md)"
    try:
        rows = json.loads((folder / FILE).read_text("utf-8"))["kinds"]
        kinds = {
            row["kind"]: PersonalKind(
                row["kind"], row["label"], row["category"], row["source"], tuple(row.get("words", ()))
            )
            for row in rows
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScheduleError(f"{FILE} cannot be used: {error!r}", remedy) from error
    unknown = {k.category for k in kinds.values() if k.category} - load_access_rules().keys()
    if unknown:
        raise ScheduleError(
            f"{FILE} names categories that do not exist: {', '.join(sorted(unknown))}", remedy
        )
    return kinds
