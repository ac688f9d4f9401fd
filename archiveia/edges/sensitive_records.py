"""What is sensitive, and the reasons for which it may be read: ``schemas/sensitive.json``."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from archiveia.edges.contracts import SCHEMAS, load_access_rules
from archiveia.errors import ScheduleError
from archiveia.steps.sensitivity import Sensitive

if TYPE_CHECKING:
    from pathlib import Path

FILE = "sensitive.json"


@cache
def load_sensitive(folder: Path = SCHEMAS) -> Sensitive:
    """The list, checked: a mistake in it must never make anything harmless.

    Raises:
        ScheduleError: the file is missing, or a value cannot be used.
    """
    remedy = f"correct schemas/{FILE} (schemas/README.md)"
    try:
        said = json.loads((folder / FILE).read_text("utf-8"))
        levels = frozenset(said["personal_data"])
        natures = {row["id"]: row["nature"] for row in said["access_categories"]}
        reasons = {row["code"]: row["label"] for row in said["reasons"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScheduleError(f"{FILE} cannot be read: {error!r}", remedy) from error
    unknown = sorted(natures.keys() - load_access_rules(folder).keys())
    if unknown:
        raise ScheduleError(f"{FILE}, access_categories: {unknown[0]!r} does not exist", remedy)
    if not (levels and natures and reasons):
        raise ScheduleError(f"{FILE} has an empty list", remedy)
    return Sensitive(levels, natures, reasons)
