"""A table of text as an OpenDocument spreadsheet (ISO/IEC 26300), written and read; no formula, no style, no macro."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from archiveia.edges.xml_files import read_xml_stream
from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
MOST_UNPACKED_BYTES = 64 * 2**20
MOST_ROWS, MOST_COLUMNS = 10_000, 100
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The moment that every member of the archive carries: the same table gives the same bytes."""
_REMEDY = "open it in a spreadsheet and save it again as ODS, or as CSV (UTF-8)"


def ods_bytes(rows: Sequence[Sequence[str]], name: str) -> bytes:
    """The rows as one sheet of text cells: a spreadsheet computes nothing of what is in them."""
    lines = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'{_HEAD}<office:document-content xmlns:office="{_OFFICE}" xmlns:table="{_TABLE}" xmlns:text="{_TEXT}" '
        f'office:version="1.3"><office:body><office:spreadsheet><table:table table:name={quoteattr(name)}>'
        f"{lines}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    entries = (("/", MIMETYPE), ("content.xml", "text/xml"))
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in entries
    )
    manifest = (
        f'{_HEAD}<manifest:manifest xmlns:manifest="{_MANIFEST}" manifest:version="1.3">{files}'
        "</manifest:manifest>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", _EPOCH), MIMETYPE)  # first and stored, as the norm wants
        for path, text in (("content.xml", content), ("META-INF/manifest.xml", manifest)):
            member = zipfile.ZipInfo(path, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text)
    return packed.getvalue()


def _cell(text: str) -> str:
    lines = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def _spaced(line: str) -> str:
    """Runs of spaces as the format wants them: readers fold plain ones into one."""
    return escape(line).replace("  ", '<text:s text:c="2"/>').replace("\t", "<text:tab/>")


def read_ods(path: Path) -> list[list[str]]:
    """The rows of the first sheet, each without its empty cells at the end; empty rows at the end left out.

    Raises:
        BadRequestError: it is no spreadsheet, is damaged or built to do harm.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            content = archive.getinfo("content.xml")
            if content.file_size > MOST_UNPACKED_BYTES:
                msg = f"{path.name} unpacks to more than {MOST_UNPACKED_BYTES >> 20} MB"
                raise BadRequestError(msg, "split it in parts, or save the table as CSV (UTF-8)")
            with archive.open(content) as stream:
                root = read_xml_stream(stream, path.name, remedy=_REMEDY)
    # NotImplementedError: zipfile's, for a way of packing that it does not know
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError) as error:
        raise BadRequestError(f"{path.name} is a damaged spreadsheet: {error}", _REMEDY) from error
    table = root.find("body/spreadsheet/table")
    if table is None:
        raise BadRequestError(f"{path.name} has no sheet", _REMEDY)
    rows = list(_rows(table, path.name))
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _rows(table: Element, name: str) -> Iterator[list[str]]:
    count = 0
    for row in table.iter("table-row"):
        cells: list[str] = []
        for cell in row:
            if cell.tag in {"table-cell", "covered-table-cell"}:
                repeated = _times(cell, "number-columns-repeated", name)
                cells += [_text_of(cell)] * min(repeated, MOST_COLUMNS + 1 - len(cells))
        while cells and not cells[-1]:
            cells.pop()
        times = _times(row, "number-rows-repeated", name) if cells else 1
        count += times
        if count > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise BadRequestError(f"{name} has more than {MOST_ROWS} lines", "split it in parts")
        for _ in range(times):
            yield list(cells)


def _times(node: Element, attribute: str, name: str) -> int:
    text = node.get(attribute, "1")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise BadRequestError(f"{name} is a damaged spreadsheet: {text!r}", _REMEDY)
    return int(text)


def _text_of(cell: Element) -> str:
    """What a cell holds: a spreadsheet may have made a day or a number of the text, and shows it in its own way."""
    if day := cell.get("date-value"):
        return day[:10]
    if number := cell.get("value"):
        return number.removesuffix(".0")
    return "\n".join(_inside(paragraph) for paragraph in cell.findall("p"))


def _inside(node: Element) -> str:
    """The text of a paragraph, whatever it is styled with; what is annotated is not part of it."""
    parts = [node.text or ""]
    for inner in node:
        if inner.tag == "s":
            count = inner.get("c", "1")
            parts.append(" " * min(int(count[:9]) if count.isascii() and count.isdigit() else 1, 1000))
        elif inner.tag in {"tab", "line-break"}:
            parts.append("\t" if inner.tag == "tab" else "\n")
        elif inner.tag != "annotation":
            parts.append(_inside(inner))
        parts.append(inner.tail or "")
    return "".join(parts)
