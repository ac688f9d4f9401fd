"""What betrays the documents of each rule (``schemas/retention_cues.json``), and how far that may be trusted."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from archiveia.edges.contracts import SCHEMAS
from archiveia.edges.shipped import shipped_file, shipped_json
from archiveia.errors import ScheduleError
from archiveia.steps.retention_cues import RuleCues
from archiveia.steps.retention_rank import Calibration
from archiveia.steps.retention_wording import Wordings

if TYPE_CHECKING:
    from pathlib import Path

FILE = "retention_cues.json"
CALIBRATION, CUES_ALONE = "calibration.json", "calibration_cues.json"


@cache
def load_retention_cues(folder: Path = SCHEMAS) -> tuple[dict[str, RuleCues], tuple[str, ...]]:
    """The cues by code of rule, and the words that speak for keeping whatever the rule.

    Raises:
        ScheduleError: the file is missing, or an entry cannot be used.
    """
    try:
        data = json.loads((folder / FILE).read_text("utf-8"))
        rules = {
            code: RuleCues(code, tuple(entry["names"]), tuple(entry["says"]), entry.get("alike"))
            for code, entry in data["rules"].items()
        }
        return rules, tuple(data["keep"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{FILE} cannot be used: {error!r}"
        raise ScheduleError(msg, "correct it, or install the program again") from error


@cache
def load_calibration(*, with_words: bool = True) -> Calibration:
    """How scores become probabilities, as fitted on documents whose rule is known (``models/retention``).

    ``with_words``: beside the wordings; else for cues alone.
    """
    name = CALIBRATION if with_words else CUES_ALONE
    return Calibration.from_json(shipped_json(f"models/retention/{name}"))


@cache
def load_wordings() -> Wordings:
    """What each word says for each rule, as learned from documents whose rule is known (``models/retention``)."""
    return read_wordings(shipped_file("models/retention/wordings.npz"))


def read_wordings(path: Path) -> Wordings:
    """The wordings that ``save_wordings`` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        evidence = np.zeros((len(kept["words"]), len(kept["codes"])), np.float32)
        evidence[kept["rows"], kept["columns"]] = kept["evidence"]
        return Wordings(tuple(map(str, kept["codes"])), tuple(map(str, kept["words"])), evidence)


def save_wordings(wordings: Wordings, path: Path) -> None:
    """Writes them in little room: most words say nothing for most rules."""
    rows, columns = np.nonzero(wordings.evidence)
    np.savez_compressed(
        path,
        codes=np.array(wordings.codes),
        words=np.array(wordings.words),
        rows=rows.astype(np.uint16),
        columns=columns.astype(np.uint16),
        evidence=wordings.evidence[rows, columns].astype(np.float16),
    )
