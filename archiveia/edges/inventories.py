"""Inventories that other tools made: CSV of any usual encoding, XLSX, EAD; only read, within limits."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from archiveia.edges.inventories_ead import read_ead
from archiveia.edges.inventories_xlsx import read_xlsx
from archiveia.errors import BadRequestError
from archiveia.steps.cleaning_columns import no_columns, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from archiveia.steps.cleaning import Inventory

MOST_BYTES = 256 * 2**20
MOST_ROWS = 200_000
"""The largest printed inventories of a département have some ten thousand articles."""
_USUAL = frozenset("àâçéèêëîïôùû’«»°")
_SELDOM = frozenset("äæœöüÀÂÄÆÇÉÈÊËÎÏÔŒÙÛÜ–—€…\u00a0")
_ENCODINGS = ("cp1252", "mac_roman", "cp850", "latin-1")
"""After UTF-8 and UTF-16: Windows, old Macintosh, DOS; the last one can read any bytes."""
_SEPARATORS = ";\t,|"
_REMEDY = "save it as CSV (UTF-8), XLSX or EAD 2002 XML"
_OTHERS = (
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel file (.xls), or one with a password",
        "save it as XLSX without password",
    ),
    (b"%PDF-", "a PDF", "export the inventory itself as CSV, XLSX or EAD"),
    (b"{\\rtf", "an RTF document", "copy its table to a spreadsheet and save that as XLSX"),
)


def read_inventory(path: Path, wanted: Mapping[str, str]) -> Inventory:
    """The rows of an inventory, its kind told by content.

    Raises:
        BadRequestError: it cannot be read, is of another kind, or no column says a cote or a title.
        MissingToolError: the library that reads XLSX is not there.
    """
    head = _head(path)
    for start, kind, remedy in _OTHERS:
        if head.startswith(start):
            raise BadRequestError(f"{path.name} looks like {kind}", remedy)
    if head.startswith(b"PK\x03\x04"):
        return read_xlsx(path, wanted, most_rows=MOST_ROWS)
    if re.match(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<", head):
        return read_ead(path, most_rows=MOST_ROWS)
    inventory, fullest = read_table(_csv_lines(path), wanted)
    if inventory is None:
        raise no_columns(path.name, fullest, wanted)
    return inventory


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise BadRequestError(f"{path} is not a file", "give the path of an inventory: CSV, XLSX or EAD")
        if path.stat().st_size > MOST_BYTES:
            raise BadRequestError(f"{path.name} has more than {MOST_BYTES >> 20} MB", "split it in parts")
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror or error}"
        raise BadRequestError(msg, "check the file and its permissions") from error
    if not head.strip(b"\0 \r\n\t"):
        raise BadRequestError(f"{path.name} is empty", _REMEDY)
    return head


# --- CSV ----------------------------------------------------------------------------------------


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = decode(path.name, path.read_bytes())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    line = 1
    try:
        for count, cells in enumerate(reader):
            if count >= MOST_ROWS:
                raise BadRequestError(f"{path.name} has more than {MOST_ROWS} lines", "split it in parts")
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        msg = f"{path.name}, line {line}: {error}"
        raise BadRequestError(msg, "correct that line, or export the table again") from error


def decode(name: str, data: bytes) -> str:
    """The text in the encoding that gives it most French letters and fewest odd signs.

    Raises:
        BadRequestError: it is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data[:200]:
        encodings = ("utf-16-le" if data[1:2] == b"\0" else "utf-16-be",)
    else:
        encodings = ("utf-8-sig",)
    texts = [text for encoding in encodings if (text := _decoded(data, encoding)) is not None]
    if not texts and b"\0" not in data:
        texts = [text for encoding in _ENCODINGS if (text := _decoded(data, encoding)) is not None]
    best = max(texts, key=_likeness_to_french, default="\0")
    if re.search(r"[\0-\x08\x0e-\x1f]", best):
        raise BadRequestError(f"{name} is not a table of text", _REMEDY)
    return best


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _likeness_to_french(text: str) -> int:
    odd = Counter(c for c in text if not c.isascii())
    return sum(count * (2 if c in _USUAL else 0 if c in _SELDOM else -2) for c, count in odd.items())


def separator_of(text: str) -> str:
    """The sign that cuts most of the first lines into one number of cells, the more cells the better."""

    def score(sign: str) -> tuple[int, int]:
        try:
            lines = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=sign), 50))
        except csv.Error:
            return 0, 0
        widths = Counter(len(cells) for cells in lines if len(cells) > 1)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return count, width

    return max(_SEPARATORS, key=score)
