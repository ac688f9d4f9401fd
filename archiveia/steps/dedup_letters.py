"""The letters of a text, as near-duplicates are told: no case, accents, spaces or punctuation."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TABLE_SIZE = 0x3000
"""Scripts up to here (Latin, Greek, Cyrillic, Hebrew, Arabic, Indic...) fold by a table, others one by one."""
_MANY = 0x110000
"""In the table: a character that folds to several letters."""


def letters(text: str) -> str:
    """The letters and digits of a text without case, accents, spaces and punctuation."""
    return codes(text).tobytes().decode("utf-32-le")


def codes(text: str) -> NDArray[np.uint32]:
    """The code points of ``letters(text)``; half a surrogate pair, which is no character, is left out."""
    read = np.frombuffer(text.encode("utf-32-le", "ignore"), dtype="<u4")
    if read.size and int(read.max()) >= _TABLE_SIZE:
        return _one_by_one(text)
    folded: NDArray[np.uint32] = _table()[read]
    if folded.size and int(folded.max()) == _MANY:
        return _one_by_one(text)
    kept: NDArray[np.uint32] = folded[folded != 0]
    return kept


def _one_by_one(text: str) -> NDArray[np.uint32]:
    known = {char: _fold(char) for char in set(text)}
    joined = "".join([known[char] for char in text])
    return np.frombuffer(joined.encode("utf-32-le"), dtype="<u4").astype(np.uint32)


def _fold(char: str) -> str:
    if 0xD800 <= ord(char) <= 0xDFFF:
        return ""
    plain = unicodedata.normalize("NFKD", char.casefold()).casefold()
    return "".join(c for c in plain if c.isalnum())


@lru_cache(maxsize=1)
def _table() -> NDArray[np.uint32]:
    """What each code point folds to: a letter, 0 for none, ``_MANY`` for several."""
    table = np.zeros(_TABLE_SIZE, dtype=np.uint32)
    for code in range(_TABLE_SIZE):
        folded = _fold(chr(code))
        table[code] = ord(folded) if len(folded) == 1 else (_MANY if folded else 0)
    return table
