"""Inventories of other tools are read whatever their encoding; hostile ones are refused, none is changed."""

from __future__ import annotations

import random
import zipfile
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from archiveia.edges import inventories_xlsx
from archiveia.edges.communes import load_communes
from archiveia.edges.inventories import decode, read_inventory, separator_of
from archiveia.errors import BadRequestError
from archiveia.steps.cleaning_inventory import check_inventory

if TYPE_CHECKING:
    from pathlib import Path

LINES = (
    "Cote;Intitulé;Dates extrêmes;Commune",
    "1 D 1;Délibérations à l’été;1801-1815;Évran",
    "1 D 2;Arrêtés;an IX;Bazouges",
)


def write(folder: Path, data: bytes | str, name: str = "inventaire.csv") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


# --- CSV ---


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman", "cp850"]
)
def test_the_encoding_of_a_table_is_told_by_its_letters(tmp_path, encoding):
    text = "\r\n".join(LINES)
    if encoding == "cp850":
        text = text.replace("’", "'")  # DOS had no such sign
    found = read_inventory(write(tmp_path, text.encode(encoding)), {})
    assert [r.title.replace("’", "'") for r in found.rows] == ["Délibérations à l'été", "Arrêtés"]
    assert found.headings["dates"] == "Dates extrêmes"


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_the_separator_is_the_one_that_cuts_the_lines_alike(tmp_path, sign):
    found = read_inventory(write(tmp_path, "\n".join(LINES).replace(";", sign)), {})
    assert [r.cote for r in found.rows] == ["1 D 1", "1 D 2"]


def test_a_comma_in_the_titles_separates_nothing():
    assert separator_of("Cote;Titre\n1 D 1;a, b, c\n1 D 2;d, e, f\n") == ";"


def test_a_cell_of_several_lines_counts_its_lines(tmp_path):
    text = 'Cote;Titre\n1 D 1;"un\ndeux"\n1 D 2;trois\n'
    found = read_inventory(write(tmp_path, text), {})
    assert [r.where for r in found.rows] == ["ligne 2", "ligne 4"]


def test_the_file_is_not_changed(tmp_path):
    path = write(tmp_path, "\n".join(LINES))
    before = path.read_bytes(), path.stat().st_mtime_ns
    read_inventory(path, {})
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "inventaire.csv is empty; save it as CSV"),
        (b"\0\0\0", "is empty"),
        (b"a\x01b;c\n", "is not a table of text"),
        (b"%PDF-1.7 ...", "looks like a PDF; export the inventory itself"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            r"an old Excel file \(.xls\), or one with a password; save it as XLSX",
        ),
        (
            "Nom;Âge\nx;3\n".encode(),
            "no line of headings names cote or intitulé; read: Nom, Âge; say which heading",
        ),
        (b'Cote;Titre\n1;"' + b"x" * 200_000, "line 2: field larger than field limit"),
    ],
)
def test_a_file_that_is_no_inventory_says_what_to_do(tmp_path, data, message):
    with pytest.raises(BadRequestError, match=message):
        read_inventory(write(tmp_path, data), {})


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(BadRequestError, match="is not a file"):
        read_inventory(tmp_path / "absent.csv", {})


def test_a_heading_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadRequestError, match="no line of headings names Numéro; read: Cote, Intitulé"):
        read_inventory(write(tmp_path, "\n".join(LINES)), {"cote": "Numéro"})


@pytest.mark.parametrize("seed", range(30))
def test_any_bytes_are_read_or_refused_with_a_remedy(tmp_path, seed):
    draw = random.Random(seed)
    starts = (b"", b"<", b"PK\x03\x04", b"\xff\xfe", b"Cote;Titre\n", b"<ead>", b"\xef\xbb\xbf")
    data = draw.choice(starts) + draw.randbytes(draw.randrange(1, 3000))
    with suppress(BadRequestError):
        read_inventory(write(tmp_path, data), {})


@pytest.mark.parametrize("cell", ["1", "1-", "1 D ", "saint ", "é", "1930-1911 ", "(1[", "\u0130"])
def test_a_page_in_a_cell_is_checked_in_a_moment_and_told_in_a_line(tmp_path, cell):
    long = cell * (120_000 // len(cell))
    line = ";".join([long] * 5)
    path = write(tmp_path, f"Cote;Titre;Dates;Commune;Producteur\n{line}\n{line}x\n")
    found = check_inventory(read_inventory(path, {}), today=date(2026, 3, 1), communes=load_communes().named)
    assert all(len(f.value) < 500 and len(f.why) < 500 for f in found)


def test_text_that_is_latin_keeps_every_letter():
    assert decode("x", "Fœtus, cœur, œuvre à Évreux".encode("cp1252")) == "Fœtus, cœur, œuvre à Évreux"


# --- XLSX ---


def workbook(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
    book.save(path)
    return path


def with_part(path: Path, name: str, data: bytes) -> Path:
    """The workbook with another content of one of its parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {m.filename: archive.read(m) for m in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in (parts | {name: data}).items():
            archive.writestr(part, content)
    return path


TABLE = [["Cote", "Titre", "Dates"], ["1 D 1", "Registre", 1801], ["1 D 2", "Plan", date(1931, 2, 3)]]


def test_a_workbook_is_read_as_people_see_it(tmp_path):
    found = read_inventory(workbook(tmp_path / "a.xlsx", ("Série D", TABLE)), {})
    assert [(r.where, r.dates) for r in found.rows] == [("ligne 2", "1801"), ("ligne 3", "1931-02-03")]


def test_the_sheets_are_named_where_there_are_several(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ("Notes", [["rien"]]), ("Série D", [["Récolement"], *TABLE]))
    assert read_inventory(path, {}).rows[0].where == "feuille « Série D », ligne 3"


def test_a_formula_is_not_computed(tmp_path):
    rows = [["Cote", "Titre"], ["1 D 1", '=HYPERLINK("http://example.org")'], ["1 D 2", "=1+1"]]
    assert [r.title for r in read_inventory(workbook(tmp_path / "a.xlsx", ("A", rows)), {}).rows] == ["", ""]


def test_hours_are_left_out_of_days(tmp_path):
    rows = [["Cote", "Date"], ["1 D 1", datetime(1931, 2, 3, 14, 5)]]  # noqa: DTZ001 # cells have no zone
    assert read_inventory(workbook(tmp_path / "a.xlsx", ("A", rows)), {}).rows[0].dates == "1931-02-03"


def test_a_workbook_that_swells_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(inventories_xlsx, "MOST_UNPACKED_BYTES", 2**20)
    path = with_part(workbook(tmp_path / "a.xlsx", ("A", TABLE)), "xl/media/x.bin", bytes(2**21))
    with pytest.raises(BadRequestError, match=r"a.xlsx unpacks to more than 1 MB; split it in parts"):
        read_inventory(path, {})


def test_a_workbook_with_entities_is_refused(tmp_path):
    bomb = b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
    path = with_part(workbook(tmp_path / "a.xlsx", ("A", TABLE)), "xl/sharedStrings.xml", bomb)
    with pytest.raises(BadRequestError, match="declares a document type, which may hide entities"):
        read_inventory(path, {})


def test_a_sheet_that_claims_to_be_huge_is_read_as_far_as_it_goes(tmp_path):
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Cote</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>Titre</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>1 D 1</t></is></c><c r="XFD2"><v>1</v></c></row>'
        b'<row r="2000000000"><c r="A2000000000"><v>1</v></c></row></sheetData></worksheet>'
    )
    path = with_part(workbook(tmp_path / "a.xlsx", ("A", TABLE)), "xl/worksheets/sheet1.xml", sheet)
    assert [r.cote for r in read_inventory(path, {}).rows] == ["1 D 1"]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_damaged_workbook_says_so(tmp_path, part):
    path = with_part(workbook(tmp_path / "a.xlsx", ("A", TABLE)), part, b"<a><b>")
    with pytest.raises(BadRequestError, match=r"damaged workbook|no line of headings"):
        read_inventory(path, {})


def test_another_archive_is_no_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("note.txt", "x")
    with pytest.raises(BadRequestError, match="is a ZIP archive, no XLSX workbook"):
        read_inventory(path, {})


# --- EAD ---

EAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ead PUBLIC "+//ISBN 1-931666-00-8//DTD ead.dtd (EAD) Version 2002)//EN" "http://127.0.0.1:9/ead.dtd">
<ead><eadheader><filedesc><titlestmt><titleproper>Non</titleproper></titlestmt></filedesc></eadheader>
<archdesc level="fonds"><did><unitid>4 E</unitid><unittitle>Notaires</unittitle></did><dsc>
<c01><did><unitid type="ancienne cote">E 12</unitid><unitid>4 E 1</unitid>
<unittitle>&Eacute;tude, <unitdate normal="1650-01-01/1660-12-31">1650-1660</unitdate></unittitle></did>
<controlaccess><geogname>Saint-Malo</geogname></controlaccess></c01>
<c01><did><unitid>4 E 2</unitid><unittitle/></did><c02><did><unittitle>Minutes</unittitle></did></c02></c01>
</dsc></archdesc></ead>"""


@pytest.mark.parametrize("prefix", ["", "namespace"])
def test_components_are_read_with_their_line_and_their_path(tmp_path, prefix):
    text = EAD.replace("<ead>", '<ead xmlns="urn:isbn:1-931666-22-9">') if prefix else EAD
    rows = read_inventory(write(tmp_path, text, "ir.xml"), {}).rows
    assert [(r.where, r.cote, r.above, r.is_leaf) for r in rows] == [
        ("ligne 4 : archdesc", "4 E", None, False),
        ("ligne 5 : archdesc/c01[1]", "4 E 1", 0, True),
        ("ligne 8 : archdesc/c01[2]", "4 E 2", 0, False),
        ("ligne 8 : archdesc/c01[2]/c02[1]", "", 2, True),
    ]


def test_dates_names_and_letters_of_the_document_type_are_read(tmp_path):
    found = read_inventory(write(tmp_path, EAD, "ir.xml"), {}).rows[1]
    assert found.title == "Étude, 1650-1660"
    assert (found.dates, found.normal_dates) == ("1650-1660", "1650-01-01/1660-12-31")
    assert found.names == (("place", "Saint-Malo"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '<!DOCTYPE ead [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><ead>&b;</ead>',
            "defines entities of its own",
        ),
        (
            '<!DOCTYPE ead [<!ENTITY x SYSTEM "file:///etc/passwd">]><ead>&x;</ead>',
            "defines entities of its own",
        ),
        ("<html><body/></html>", r"is not EAD \(its root is html\)"),
        ("<ead><archdesc>", "is not XML"),
        ("<ead/>", "describes nothing: it has no archdesc"),
        ("<ead><archdesc>" + "<c>" * 200, "has more than 100 levels"),
    ],
)
def test_hostile_or_other_xml_is_refused(tmp_path, text, message):
    with pytest.raises(BadRequestError, match=message):
        read_inventory(write(tmp_path, text, "ir.xml"), {})
