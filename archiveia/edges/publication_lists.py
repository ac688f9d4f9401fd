"""The closed lists of publication, read from ``schemas/publication.json``: rules of the web, classes of data."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from archiveia.edges.contracts import SCHEMAS
from archiveia.errors import ScheduleError
from archiveia.values import DataClass

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.values import Json

FILE = "publication.json"
NEVER = "never"
"""The rule under which nothing is ever published: no class of data goes with it."""
LONGEST_YEARS = 200


def load_data_classes(folder: Path = SCHEMAS) -> dict[str, DataClass]:
    """The classes of data that a publication names, by code, in the order of the file."""
    return dict(_lists(folder)[1])


def load_online_rules(folder: Path = SCHEMAS) -> dict[str, str]:
    """The rules of publication that ``access_delays.csv`` names, and what they say, in French."""
    return dict(_lists(folder)[0])


@cache
def _lists(folder: Path) -> tuple[dict[str, str], dict[str, DataClass]]:
    try:
        said = json.loads((folder / FILE).read_text("utf-8"))
        rules = {str(code): str(label) for code, label in said["online_rules"].items()}
        classes = [_data_class(item, rules) for item in said["data_classes"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _wrong(f"cannot be read: {error!r}") from error
    if NEVER not in rules or len({c.code for c in classes}) < len(classes):
        raise _wrong("has no rule never, or a class of data twice")
    return rules, {c.code: c for c in classes}


def _data_class(item: Json, rules: dict[str, str]) -> DataClass:
    code, years, after_death = (
        str(item["code"]),
        dict(item["years_after"]),
        dict(item.get("years_after_death", {})),
    )
    for rule, waited in (*years.items(), *after_death.items()):
        if rule not in rules or rule == NEVER:
            raise _wrong(f"class {code}: nothing can be published under {rule!r}")
        if not isinstance(waited, int) or isinstance(waited, bool) or not 0 <= waited <= LONGEST_YEARS:
            raise _wrong(f"class {code}: {waited!r} is not a number of years up to {LONGEST_YEARS}")
    if not (item["label"].strip() and item["source"].strip()):
        raise _wrong(f"class {code} has no label, or no source")
    return DataClass(code, item["label"], item["source"], years, item["practice"], after_death)


def _wrong(why: str) -> ScheduleError:
    return ScheduleError(f"{FILE} {why}", f"correct schemas/{FILE} (schemas/README.md)")
