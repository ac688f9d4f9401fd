"""Where names stand in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class NameSpan:
    """A name of the field ``person``, ``place`` or ``organisation``: ``text[start:end]``."""

    field: str
    start: int
    end: int
