"""Cotes (shelf marks): kept as typed, with a key beside them that sorts them as on the shelf."""

from __future__ import annotations

import re
import unicodedata

_PARTS = re.compile(r"\d+|[^\W\d_]+")


def cote_key(cote: str) -> str:
    """A text that sorts a cote where it stands on the shelf: ``1D2`` before ``1D12``, ``4 W 103`` after ``4 W 9``.

    Numbers are padded, case, accents and spaces do not count; the cote itself is never rewritten.
    """
    plain = unicodedata.normalize("NFKD", cote).encode("ascii", "ignore").decode().upper()
    return " ".join(part.zfill(8) if part.isdigit() else part for part in _PARTS.findall(plain))
