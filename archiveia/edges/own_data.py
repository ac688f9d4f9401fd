"""The data of the service itself and what models compute, as ``schemas/own_data.json`` lists them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from archiveia.edges.contracts import SCHEMAS
from archiveia.errors import ScheduleError

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.values import Json

FILE = "own_data.json"


def load_own_data(folder: Path = SCHEMAS) -> Json:
    """The document, its rows ``kept`` and ``systems`` with every key that a row has.

    Raises:
        ScheduleError: the file is missing or cannot be used.
    """
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
        wanted = {
            "kept": {"code", "data", "rule"},
            "systems": {"step", "purpose", "data", "decided_by", "quality"},
        }
        missing = sorted(
            {key for rows, keys in wanted.items() for row in found[rows] for key in keys - row.keys()}
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ScheduleError(
            f"{FILE} cannot be used: {error!r}", "correct it, or install the program again"
        ) from error
    if missing:
        raise ScheduleError(
            f"{FILE}: a row has no {', '.join(missing)}", "correct it, or install the program again"
        )
    return found
