"""A printed document, before it is a PDF or an ODT: what stands on it and in which order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; ``widths`` are shares of the page, in hundredths. ``total`` is the last row, or empty."""

    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its sentences under it."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document on A4, lying: title, facts, a table, sections, places to sign; a code and a foot on each page."""

    title: str
    facts: tuple[tuple[str, str], ...]
    table: Table
    sections: tuple[Section, ...] = ()
    signatures: tuple[tuple[str, str], ...] = ()
    """Whose place it is, and what is to be written there."""
    foot: str = ""
    code: str = ""
    """What the QR code says."""
