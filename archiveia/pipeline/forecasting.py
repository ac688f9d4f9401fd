"""The holdings that a forecast rests on: counted at night, kept in the workspace, read by the desk in the morning."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import holdings
from archiveia.steps.forecast import Holding, together
from archiveia.values import SortFinal

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.pipeline.workplace import Edges


@dataclass(frozen=True, slots=True)
class Counted:
    """The holdings of an entity, and the day they were counted."""

    on: date
    holdings: tuple[Holding, ...]


def count_holdings(edges: Edges) -> Counted:
    """The holdings counted now, and kept."""
    with database.reading(edges.database) as connection:
        found = together(holdings.holdings(connection, edges.entity))
    document = {"on": edges.today().isoformat(), "holdings": [asdict(one) for one in found]}
    edges.storage.write(_file(edges), json.dumps(document, ensure_ascii=False).encode())
    return Counted(edges.today(), tuple(found))


def counted_holdings(edges: Edges) -> Counted:
    """The holdings as they were counted last; counted now where they never were."""
    try:
        document = json.loads(_file(edges).read_bytes())
        found = [
            Holding(**{**row, "fate": row["fate"] and SortFinal(row["fate"])}) for row in document["holdings"]
        ]
        return Counted(date.fromisoformat(document["on"]), tuple(found))
    except (OSError, ValueError, KeyError, TypeError):  # never counted, or by another version
        return count_holdings(edges)


def _file(edges: Edges) -> Path:
    return edges.storage.home / "forecast" / f"{edges.entity}.json"
