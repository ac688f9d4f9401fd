"""What the program brings along to read with: the French lexicon, the estimate."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import archiveia
from archiveia.errors import SettingsError
from archiveia.steps.estimate import Formula

if TYPE_CHECKING:
    from archiveia.values import Json

_ROOT = Path(archiveia.__file__).parent.parent
"""``models`` lies beside the package, in a checkout and in a wheel."""
_AGAIN = "install the program again, or restore the folder from its source"


class Lexicon:
    """French word forms in lower case, one block of bytes: a set of strings would take ten times the memory."""

    def __init__(self, forms: bytes) -> None:
        """Takes the forms in the order of their bytes, a newline after each."""
        self._forms = forms
        self._ends = np.flatnonzero(np.frombuffer(forms, np.uint8) == ord("\n"))

    def __contains__(self, form: object) -> bool:
        """Whether this is a form."""
        if not isinstance(form, str):
            return False
        wanted = form.encode()
        at = bisect_left(range(len(self._ends)), wanted, key=self._at)
        return at < len(self._ends) and self._at(at) == wanted

    def __len__(self) -> int:
        """How many forms there are."""
        return len(self._ends)

    def _at(self, place: int) -> bytes:
        start = self._ends[place - 1] + 1 if place else 0
        return self._forms[start : self._ends[place]]


@cache
def lexicon() -> Lexicon:
    """The French forms of ``models/lexicon-fr``.

    Raises:
        SettingsError: the file is missing or broken.
    """
    return Lexicon(gzip.decompress(_bytes("models/lexicon-fr/forms.txt.gz")))


@cache
def formulas() -> dict[str, Formula]:
    """How the error rate of a page is estimated, by engine: ``models/reading-quality``.

    Raises:
        SettingsError: the file is missing or broken.
    """
    found = shipped_json("models/reading-quality/estimate.json")["formulas"]
    return {engine: Formula.from_json(formula) for engine, formula in found.items()}


def shipped_json(path: str) -> Json:
    """A JSON document that the program brings along, by its path under the root of the project.

    Raises:
        SettingsError: the file is missing.
    """
    return json.loads(_bytes(path))


def shipped_file(path: str) -> Path:
    """Where a file lies that the program brings along, by its path under the root of the project.

    Raises:
        SettingsError: the file is missing.
    """
    found = _ROOT / path
    if not found.is_file():
        raise SettingsError(f"{path}, which the program brings along, is missing", _AGAIN)
    return found


def _bytes(path: str) -> bytes:
    try:
        return (_ROOT / path).read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{path}, which the program brings along, cannot be read: {error}", _AGAIN
        ) from error
