"""Separator sheets: read however they come out of a scanner, and never seen where there is none."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from archiveia.engines.barcodes import read_sheet, separator_sheet, separators_pdf
from archiveia.errors import BadRequestError
from archiveia.values import SheetKind

SEPARATORS = [SheetKind.NEW_PIECE, SheetKind.NEW_DOSSIER]


def _scanned(sheet, *, turn=0.0, dpi=200, paper=235, noise=8.0):
    """The sheet as a scanner gives it: turned, grey, noisy."""
    size = round(sheet.width * dpi / 150), round(sheet.height * dpi / 150)
    turned = sheet.resize(size).rotate(turn, expand=True, fillcolor=255)
    grey = np.asarray(turned, dtype=float) * (paper - 40) / 255 + 40
    grey += np.random.default_rng(5).normal(0, noise, grey.shape)
    return grey.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("kind", SEPARATORS)
@pytest.mark.parametrize("turn", [0, 90, 180, 270, 4, -7])
def test_a_separator_is_read_whichever_way_it_lies(kind, turn):
    assert read_sheet(_scanned(separator_sheet(kind), turn=turn)) is kind


@pytest.mark.parametrize("dpi", [75, 150, 200, 300, 400])
def test_a_separator_is_read_at_every_usual_resolution(dpi):
    assert read_sheet(_scanned(separator_sheet(SheetKind.NEW_PIECE), dpi=dpi)) is SheetKind.NEW_PIECE


def test_a_pale_noisy_copy_is_read():
    scan = _scanned(separator_sheet(SheetKind.NEW_DOSSIER), paper=150, noise=30)
    assert read_sheet(scan) is SheetKind.NEW_DOSSIER


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(np.full((1754, 1240), 255, np.uint8), id="blank"),
        pytest.param(np.zeros((1754, 1240), np.uint8), id="black"),
        pytest.param(np.full((1, 1), 255, np.uint8), id="one pixel"),
        pytest.param(np.random.default_rng(1).integers(0, 256, (900, 700), np.uint8), id="noise"),
    ],
)
def test_what_bears_no_code_is_a_page(pixels):
    assert read_sheet(pixels) is SheetKind.PAGE


def test_the_code_of_somebody_else_is_a_page():
    import zxingcpp

    code = zxingcpp.create_barcode("https://example.org", zxingcpp.BarcodeFormat.QRCode)
    pixels = np.asarray(code.to_image(scale=8), dtype=np.uint8)
    assert read_sheet(pixels) is SheetKind.PAGE


def test_a_sheet_has_the_size_of_an_a4():
    assert separator_sheet(SheetKind.NEW_PIECE, dpi=100).size == (827, 1169)


def test_the_sheets_come_as_a_pdf_to_print():
    import pypdfium2

    with pypdfium2.PdfDocument(io.BytesIO(separators_pdf(SheetKind.NEW_DOSSIER, 3))) as document:
        assert len(document) == 3
        page = document[2]
        assert [round(side) for side in page.get_size()] == [595, 842]
        bitmap = page.render(scale=1.5, grayscale=True)
        assert read_sheet(bitmap.to_numpy().reshape(bitmap.height, bitmap.width)) is SheetKind.NEW_DOSSIER
        bitmap.close()
        page.close()


def test_an_ordinary_page_has_no_separator_sheet():
    with pytest.raises(BadRequestError, match="no separator sheet 'page'; ask for"):
        separator_sheet(SheetKind.PAGE)


@pytest.mark.parametrize("count", [0, -1, 501])
def test_a_senseless_number_of_sheets_is_refused(count):
    with pytest.raises(BadRequestError, match=f"{count} sheets cannot be made; ask for 1 to 500"):
        separators_pdf(SheetKind.NEW_PIECE, count)


def test_no_page_of_the_corpora_is_taken_for_a_separator(corpora):
    for path in sorted((corpora / "ocr-print-expo1878").rglob("*.jpg"))[:3]:
        with Image.open(path) as image:
            assert read_sheet(np.asarray(image.convert("L"))) is SheetKind.PAGE, image
