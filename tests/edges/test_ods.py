"""Spreadsheets of text: what is written reads back the same, what spreadsheets write is read, harm is refused."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiveia.edges.ods import MIMETYPE, ods_bytes, read_ods
from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from pathlib import Path

SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
CELLS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn", "Co")), max_size=12)


def a_file(folder: Path, rows: str, *, before: str = "") -> Path:
    """A spreadsheet as another program writes it: these rows, anything before the root."""
    path = folder / "autre.ods"
    content = (
        f"<?xml version='1.0'?>{before}<office:document-content {SPACES}><office:body><office:spreadsheet>"
        f"<table:table>{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", content)
    return path


def row(how: str = "", *, cell: str = "") -> str:
    inside = f"<table:table-cell{cell}><text:p>x</text:p></table:table-cell>"
    return f"<table:table-row{how}>{inside}</table:table-row>"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=5))
def test_a_table_reads_back_as_it_was_written(tmp_path: Path, rows: list[list[str]]):
    path = tmp_path / "table.ods"
    path.write_bytes(ods_bytes([["tête", *row, "fin"] for row in rows], "Feuille « 1 »"))
    assert read_ods(path) == [["tête", *row, "fin"] for row in rows]


def test_the_file_says_what_it_is_before_anything_else(tmp_path: Path):
    path = tmp_path / "table.ods"
    path.write_bytes(ods_bytes([["=1+1", "a & b <c>"]], "x"))
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype").decode() == MIMETYPE
        assert b"formula" not in archive.read("content.xml")
    assert read_ods(path) == [["=1+1", "a & b <c>"]]
    assert ods_bytes([["a"]], "x") == ods_bytes([["a"]], "x")


def test_what_spreadsheets_repeat_type_and_annotate_is_read(tmp_path: Path):
    rows = (
        '<table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>a<text:s text:c="2"/>b</text:p>'
        '</table:table-cell><table:table-cell office:value-type="float" office:value="12"><text:p>12,00</text:p>'
        '</table:table-cell><table:table-cell office:value-type="date" office:date-value="2026-01-31"><text:p>31/01/26'
        "</text:p></table:table-cell><table:table-cell><office:annotation><text:p>note</text:p></office:annotation>"
        "<text:p>deux</text:p><text:p>lignes</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="16379"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
    )
    assert read_ods(a_file(tmp_path, rows)) == [["a  b", "a  b", "12", "2026-01-31", "deux\nlignes"]]


@pytest.mark.parametrize(
    ("rows", "before", "message"),
    [
        (row(' table:number-rows-repeated="999999"'), "", "has more than 10000 lines"),
        (row(cell=' table:number-columns-repeated="999999"'), "", "has more than 10000 lines"),
        (row(' table:number-rows-repeated="-1"'), "", "is a damaged spreadsheet: '-1'"),
        ("", '<!DOCTYPE x [<!ENTITY a "b">]>', "declares a document type"),
        ("<table:table-row>", "", "is not XML"),
    ],
)
def test_what_is_built_to_do_harm_is_refused(tmp_path: Path, rows: str, before: str, message: str):
    with pytest.raises(BadRequestError, match=message):
        read_ods(a_file(tmp_path, rows, before=before))


def test_a_number_of_spaces_of_thousands_of_digits_is_held_to_what_a_cell_may_have(tmp_path: Path):
    rows = (
        f'<table:table-row><table:table-cell><text:p>a<text:s text:c="{"9" * 5000}"/>b</text:p>'
        "</table:table-cell></table:table-row>"
    )
    assert read_ods(a_file(tmp_path, rows)) == [["a" + 1000 * " " + "b"]]


def test_a_file_that_swells_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("archiveia.edges.ods.MOST_UNPACKED_BYTES", 2**20)
    with pytest.raises(BadRequestError, match="unpacks to more than 1 MB"):
        read_ods(a_file(tmp_path, "<!-- " + "x" * 2**21 + " -->"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"no archive at all"])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: bytes):
    path = tmp_path / "table.ods"
    path.write_bytes(content)
    with pytest.raises(
        BadRequestError, match=r"is a damaged spreadsheet: .*; open it in a spreadsheet and save"
    ):
        read_ods(path)


def test_an_archive_without_a_sheet_is_no_spreadsheet(tmp_path: Path):
    path = tmp_path / "vide.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    with pytest.raises(BadRequestError, match=r"vide\.ods has no sheet"):
        read_ods(path)
