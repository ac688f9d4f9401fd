"""The official list of communes that the program brings along, ready to be searched."""

from __future__ import annotations

import csv
import gzip
import io
from functools import cache

from archiveia.edges.contracts import SCHEMAS
from archiveia.errors import ScheduleError
from archiveia.steps.describe.communes import Commune, Communes

FILE = "communes.csv.gz"


@cache
def load_communes() -> Communes:
    """The communes of the official list.

    Raises:
        ScheduleError: the file of the list is missing or damaged.
    """
    try:
        text = gzip.decompress((SCHEMAS / FILE).read_bytes()).decode("utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
        departments = {row["code"]: row["name"] for row in rows if row["kind"] == "department"}
        communes = [
            Commune(row["code"], row["name"], row["kind"], row["department"], row["part_of"] or None)
            for row in rows
            if row["kind"] != "department"
        ]
    except (OSError, EOFError, UnicodeDecodeError, KeyError, csv.Error) as error:
        msg = f"{FILE} cannot be read: {error!r}"
        raise ScheduleError(msg, "install the program again, or make it with tools/communes.py") from error
    return Communes(communes, departments)
