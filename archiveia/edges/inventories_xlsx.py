"""The sheets of an Excel workbook as inventories, by openpyxl: values only, no formula is computed, no macro run.

What could harm is refused before openpyxl sees the file: archives that swell, document types with entities,
and sheets that claim more cells than are read.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any
from xml.parsers import expat

from archiveia.errors import BadRequestError, MissingToolError
from archiveia.steps.cleaning import Inventory, InventoryRow
from archiveia.steps.cleaning_columns import no_columns, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MOST_UNPACKED_BYTES = 256 * 2**20
MOST_MEMBERS = 2_000
MOST_COLUMNS = 100
_XML = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_REMEDY = "open it in a spreadsheet and save it again as XLSX, or as CSV (UTF-8)"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # XML that is not well formed, whichever parser openpyxl found
    expat.ExpatError,
    EOFError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
"""What zipfile and openpyxl let out on a damaged workbook."""


def read_xlsx(path: Path, wanted: Mapping[str, str], *, most_rows: int) -> Inventory:
    """The rows of every sheet that has a line of headings.

    Raises:
        BadRequestError: it is no workbook, is damaged or built to do harm, or no sheet says a cote or a title.
        MissingToolError: openpyxl is not there.
    """
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingToolError(
            "XLSX is read by openpyxl, which is not there", "pip install openpyxl"
        ) from error
    try:
        _refuse_bombs(path)
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl tells what it leaves out: styles, validations, drawings
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                return _read_sheets(path.name, book.worksheets, wanted, most_rows)
            finally:
                book.close()
    except _BROKEN as error:
        raise BadRequestError(f"{path.name} is a damaged workbook: {error}", _REMEDY) from error


def _read_sheets(name: str, sheets: list[Any], wanted: Mapping[str, str], most_rows: int) -> Inventory:
    rows, headings, fullest, left = list[InventoryRow](), dict[str, str](), list[str](), most_rows
    for sheet in sheets:
        label = sheet.title if len(sheets) > 1 else ""
        found, seen = read_table(_lines(name, sheet, left), wanted, sheet=label)
        fullest = max(fullest, seen, key=len)
        if found is not None:
            rows += found.rows
            left -= len(found.rows)
            headings = {**found.headings, **headings}
    if not headings:
        raise no_columns(name, fullest, wanted)
    return Inventory(tuple(rows), headings)


def _lines(name: str, sheet: Any, most_rows: int) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what a sheet says of its size is not to be trusted
    cells = sheet.iter_rows(max_row=most_rows + 1, max_col=MOST_COLUMNS, values_only=True)
    for number, values in enumerate(cells, start=1):
        is_filled = values.count(None) < len(values)
        if number > most_rows and is_filled:
            raise BadRequestError(f"{name} has more than {most_rows} lines", "split it in parts")
        yield number, [_written(v) for v in values] if is_filled else []


def _written(value: object) -> str:
    """A cell as a person reads it: a day without hour, a whole number without decimals."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _refuse_bombs(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if not any(m.filename == "[Content_Types].xml" for m in members):
            raise BadRequestError(f"{path.name} is a ZIP archive, no XLSX workbook", _REMEDY)
        if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED_BYTES:
            msg = f"{path.name} unpacks to more than {MOST_UNPACKED_BYTES >> 20} MB"
            raise BadRequestError(msg, "split it in parts, or save the table as CSV (UTF-8)")
        for member in members:
            with archive.open(member) as part:  # reads no more than the size that was just counted
                head = part.read(2**16)
                if member.filename.lower().endswith((".xml", ".rels")) or head.lstrip().startswith(_XML):
                    _refuse_doctype(path.name, head, part)


def _refuse_doctype(name: str, chunk: bytes, part: IO[bytes]) -> None:
    """Reads up to the first element, before which a document type must stand."""
    begun = False

    def refuse(*_: object) -> None:
        raise BadRequestError(f"{name} declares a document type, which may hide entities", _REMEDY)

    def begin(*_: object) -> None:
        nonlocal begun
        begun = True

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    while chunk and not begun:
        parser.Parse(chunk, False)  # noqa: FBT003 # expat takes it by place only
        chunk = part.read(2**16)
