"""Bordereaux as PDF, ODT and CSV: every field the law asks for, on A4, numbered pages, the code on each of them."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import zxingcpp
from lxml import etree
from PIL import Image

from archiveia.edges.papers_odt import MIMETYPE, odt_bytes
from archiveia.edges.papers_pdf import pdf_bytes
from archiveia.steps.eliminate_lines import seal
from archiveia.steps.eliminate_papers import bordereau_csv, bordereau_paper, code_of, read_code
from archiveia.values.eliminations import Bordereau, Line, ListedRecord, Support

if TYPE_CHECKING:
    from archiveia.values.papers import Paper

RECORD = ListedRecord("a" * 20, "4 W 103", "1980/1985", "papier", 3, 5_000_000, "f" * 64)
LINE = Line(
    number=1,
    title="Factures & pièces <justificatives>",
    rule="FIN-004",
    dua="10 ans",
    trigger="clôture de l’exercice",
    legal_basis="DAF/DPACI/RES/2008/008",
    support=Support.PAPER,
    records=(RECORD,),
    first_year=1980,
    last_year=1985,
    metres=1.2,
    boxes=12,
    observations="série incomplète",
    copy_process="300 dpi, NF Z42-026",
    copy_storage="serveur de la mairie",
)
LIST = Bordereau("2026-E001", "Saint-Aubin", "Finances", date(2026, 3, 2), (LINE,))
LONG = replace(LIST, lines=tuple(replace(LINE, number=n) for n in range(1, 41)))
SAID = (
    *("2026-E001", "Saint-Aubin", "Finances", "2 mars 2026", "Factures & pièces <justificatives>"),
    *("FIN-004", "1980-1985", "10 ans ; clôture de l’exercice", "DAF/DPACI/RES/2008/008", "papier seul"),
    *("1,20 ml, 12 boîtes, 1 pièce", "série incomplète", "300 dpi, NF Z42-026", "serveur de la mairie"),
    *("Pour le service producteur", "Le maire ou le président", "Visa des archives départementales"),
    *("L212-2, R212-14, R212-51", "journal : 12:abc"),
)


def paper(list_: Bordereau) -> Paper:
    return bordereau_paper(list_, seal(list_), head="12:abc")


def pages_of(data: bytes) -> list[tuple[str, Image.Image, tuple[float, float]]]:
    with pypdfium2.PdfDocument(data) as pdf:
        return [
            (
                " ".join(p.get_textpage().get_text_bounded().split()),
                p.render(scale=200 / 72).to_pil(),
                p.get_size(),
            )
            for p in pdf
        ]


def test_a_bordereau_says_everything_the_law_asks_for():
    [(text, _picture, size)] = pages_of(pdf_bytes(paper(LIST)))
    assert [round(side) for side in size] == [842, 595], "A4, lying"
    for said in (*SAID, seal(LIST), seal(LIST)[:12], "page 1 / 1", "Total"):
        assert said in text


def test_every_page_of_a_long_one_has_heads_a_number_and_the_code():
    pages = pages_of(pdf_bytes(paper(LONG)))
    assert len(pages) > 2
    for number, (text, picture, _size) in enumerate(pages, start=1):
        assert f"page {number} / {len(pages)}" in text
        [code] = zxingcpp.read_barcodes(picture)
        assert read_code(code.text) == ("2026-E001", seal(LONG)[:32])
    assert sum("Dates extrêmes" in text for text, _, _ in pages) >= len(pages) - 1
    assert "48,00 ml, 40 pièces" in pages[-1][0]


def test_it_is_pdf_a_where_pikepdf_is():
    pikepdf = pytest.importorskip("pikepdf", reason="extra pdf is not installed")
    with pikepdf.open(io.BytesIO(pdf_bytes(paper(LIST)))) as pdf:
        assert pdf.open_metadata().pdfa_status == "2B"


def test_an_odt_is_one_by_its_first_bytes_and_says_the_same():
    data = odt_bytes(paper(LIST))
    with zipfile.ZipFile(io.BytesIO(data)) as odt:
        first = odt.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert data[30:38] == b"mimetype"
        assert odt.read("mimetype").decode() == MIMETYPE
        texts = "".join(
            text
            for name in ("content.xml", "styles.xml")
            for text in etree.fromstring(odt.read(name)).itertext()
        )
        for said in (*SAID, seal(LIST)):
            assert said in texts
        listed = etree.fromstring(odt.read("META-INF/manifest.xml"))
        names = {path for entry in listed for key, path in entry.attrib.items() if key.endswith("full-path")}
        assert names == {
            name for name in odt.namelist() if name not in ("mimetype", "META-INF/manifest.xml")
        } | {"/"}
        [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(odt.read("Pictures/code.png"))))
        assert code.text == code_of("2026-E001", seal(LIST))
        assert b"<text:page-number/> / <text:page-count/>" in odt.read("styles.xml")


def test_a_csv_runs_no_formula_and_names_each_record_with_its_fingerprint():
    hostile = replace(LIST, lines=(replace(LINE, title="=HYPERLINK(1)", observations="@SUM(A1)"),))
    heads, row = csv.reader(io.StringIO(bordereau_csv(hostile, seal(hostile))), delimiter=";")
    said = dict(zip(heads, row, strict=True))
    assert said["intitulé"] == "'=HYPERLINK(1)"
    assert said["observations du service"] == "'@SUM(A1)"
    assert said["mètres linéaires"] == "1,20"
    assert said["cotes ou identifiants"] == "4 W 103"
    assert said["empreintes des pièces"] == "f" * 64
    assert said["empreinte"] == seal(hostile)


@pytest.mark.parametrize("text", ["", "ARCHIVEIA:PIECE", "https://exemple.fr", "ARCHIVEIA:ELIMINATIONS:x:y"])
def test_another_code_is_no_bordereaus(text: str):
    assert read_code(text) is None
