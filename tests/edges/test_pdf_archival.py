"""PDF/A-2b where it can be vouched for, with the image as it was; plain PDF, and said so, where it cannot."""

from __future__ import annotations

import os
import random
import struct
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawn_scans import DELIBERATION, draw_page
from PIL import Image, ImageCms, ImageDraw
from test_searchable_pdf import KINDS, LIMITS, WORDS, reading, saved

from archiveia.edges import scans
from archiveia.edges.searchable_pdf import ScannedPage, require_pikepdf, write_pdf
from archiveia.errors import MissingToolError, PageFailedError
from archiveia.values import FileKind, PageState

if TYPE_CHECKING:
    from pathlib import Path

pikepdf = pytest.importorskip("pikepdf", reason="extra pdf is not installed")
pytest.importorskip("fontTools", reason="extra pdf is not installed")

from pdfa_rules import assert_archival, broken_rules, claim  # noqa: E402 - it imports pikepdf
from pikepdf import Dictionary, Name, pdfa  # noqa: E402 - as above

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def made_of(*paths: Path, read=None):
    """The PDF of these scans of one page, and why it is plain PDF."""
    target = paths[0].with_name("made.pdf")
    pages = [ScannedPage(path, KINDS[path.suffix[1:]], 1, read or reading()) for path in paths]
    return target, write_pdf(target, pages, title="Délibération <n° 1>", limits=LIMITS)


def image_of(path):
    with pikepdf.open(path) as pdf:
        return {str(key): value for key, value in pdf.pages[0].Resources.XObject.Scan.items()}


def pixels_of(path):
    with pikepdf.open(path) as pdf:
        return np.asarray(pikepdf.PdfImage(pdf.pages[0].Resources.XObject.Scan).as_pil_image().convert("RGB"))


def coloured(mode="RGB"):
    page = draw_page(DELIBERATION).convert("RGB")
    ImageDraw.Draw(page).ellipse((600, 600, 900, 850), fill=(200, 30, 40))
    return page.convert(mode)


IMAGES = [
    *((name, mode) for name in ("a.png", "a.tif") for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
    *(("a.jpg", mode) for mode in ("L", "RGB")),
    *(("a.jp2", mode) for mode in ("L", "LA", "RGB", "RGBA", "I;16")),
]


@pytest.mark.parametrize(("name", "mode"), IMAGES)
def test_every_kind_of_image_becomes_pdf_a(tmp_path, name, mode):
    if mode == "I;16":
        image = Image.fromarray(np.asarray(coloured("L")).astype(np.uint16) * 257)
        grey = coloured("L")
    else:
        image = coloured(mode)
        grey = image.convert("RGB").convert("L")
    made, why_plain = made_of(saved(tmp_path, name, image))
    assert why_plain is None
    assert_archival(made)
    drawn = scans.render(made, FileKind.PDF, 1, dpi=300, limits=LIMITS).pixels
    assert np.abs(drawn.astype(int) - np.asarray(grey.resize(drawn.shape[::-1]))).mean() < 2


def test_no_program_is_called(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "posix_spawn", None)
    monkeypatch.setattr("subprocess.Popen", None)
    assert made_of(saved(tmp_path, "a.jpg"), saved(tmp_path, "a.tif"))[1] is None


def test_what_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pikepdf.pdfa", None)
    with pytest.raises(MissingToolError, match=r"PDF cannot be written here: .*pikepdf.pdfa") as raised:
        require_pikepdf()
    assert raised.value.remedy == "pip install 'archiveia[pdf]'"


def test_a_record_of_many_kinds_is_one_pdf_a(tmp_path):
    names = ["a.jpg", "b.png", "c.tif", "d.jp2", "e.pdf"]
    made, why_plain = made_of(*(saved(tmp_path, name, coloured()) for name in names))
    assert why_plain is None
    assert_archival(made)
    assert [len(scans.text_layer(made, n, 150, limits=LIMITS)) for n in range(1, 6)] == [4] * 5


@pytest.mark.parametrize("name", ["a.jpg", "a.jp2"])
def test_a_jpeg_goes_in_as_it_is(tmp_path, name):
    path = saved(tmp_path, name, coloured())
    with pikepdf.open(made_of(path)[0]) as made:
        assert made.pages[0].Resources.XObject.Scan.read_raw_bytes() == path.read_bytes()


def idat(path):
    """The packed pixels of a PNG file."""
    data, at, found = path.read_bytes(), 8, b""
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        found += data[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    return found


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_the_data_of_a_png_go_in_as_they_are(tmp_path, mode):
    path = saved(tmp_path, "a.png", coloured(mode), compress_level=1)
    made, _ = made_of(path)
    with pikepdf.open(made) as pdf:
        assert pdf.pages[0].Resources.XObject.Scan.read_raw_bytes() == idat(path)
    assert np.array_equal(pixels_of(made), np.asarray(coloured(mode).convert("RGB")))


def test_black_and_white_is_packed_as_by_a_fax_unless_that_is_larger(tmp_path):
    page = coloured("L").point(lambda grey: 255 * (grey > 128)).convert("1")
    made, _ = made_of(saved(tmp_path, "a.tif", page))
    assert image_of(made)["/Filter"] == Name.CCITTFaxDecode
    assert np.array_equal(pixels_of(made), np.asarray(page.convert("RGB")))
    drawn = scans.render(made, FileKind.PDF, 1, dpi=300, limits=LIMITS).pixels
    assert np.array_equal(drawn, np.asarray(page.convert("L")))
    dust = Image.frombytes("1", (800, 800), random.Random(1).randbytes(80_000))
    made, _ = made_of(saved(tmp_path, "a.tif", dust))
    assert image_of(made)["/Filter"] == Name.FlateDecode


def test_what_is_transparent_is_white_and_grey_colours_are_kept_as_grey(tmp_path):
    page = coloured("RGBA")
    page.putalpha(Image.new("L", page.size, 255))
    page.paste((0, 0, 0, 0), (0, 0, 200, 900))
    made, _ = made_of(saved(tmp_path, "a.png", page))
    kept = pixels_of(made)
    assert (kept[:, :200] == 255).all()
    assert np.array_equal(kept[:, 200:], np.asarray(page.convert("RGB"))[:, 200:])
    made, _ = made_of(saved(tmp_path, "a.png", draw_page(DELIBERATION).convert("RGBA")))
    assert image_of(made)["/ColorSpace"] == Name.DeviceGray
    assert np.array_equal(pixels_of(made), np.asarray(draw_page(DELIBERATION).convert("RGB")))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_a_colour_profile_is_kept_and_held_once(tmp_path, name):
    paths = [saved(tmp_path, f"{n}{name}", coloured(), icc_profile=SRGB) for n in range(3)]
    made, why_plain = made_of(*paths)
    assert why_plain is None
    assert_archival(made)
    with pikepdf.open(made) as pdf:
        spaces = [page.Resources.XObject.Scan.ColorSpace for page in pdf.pages]
        assert {space[1].objgen for space in spaces} == {spaces[0][1].objgen}
        assert spaces[0][1].read_bytes() == SRGB


@pytest.mark.parametrize("profile", [b"rubbish", SRGB[:12] + b"link" + SRGB[16:], SRGB])
def test_a_profile_that_is_not_one_of_the_image_is_left_out(tmp_path, profile):
    made, why_plain = made_of(saved(tmp_path, "a.jpg", coloured("L"), icc_profile=profile))
    assert (why_plain, image_of(made)["/ColorSpace"]) == (None, Name.DeviceGray)


def test_cmyk_is_kept_as_it_is_and_the_pdf_does_not_say_that_it_is_pdf_a(tmp_path):
    page = coloured("CMYK")
    path = saved(tmp_path, "a.jpg", page, quality=95)
    for source in (path, saved(tmp_path, "a.tif", page)):
        made, why_plain = made_of(source)
        assert why_plain == "DeviceCMYK used with OutputIntent colour space 'RGB '"
        assert claim(made) is None
        drawn = scans.render(made, FileKind.PDF, 1, dpi=72, limits=LIMITS).pixels
        wanted = np.asarray(coloured("L").resize(drawn.shape[::-1]))
        assert np.abs(drawn.astype(int) - wanted).mean() < 12
    with pikepdf.open(made_of(path)[0]) as pdf:
        assert pdf.pages[0].Resources.XObject.Scan.read_raw_bytes() == path.read_bytes()


def test_a_page_is_never_larger_than_a_pdf_can_have(tmp_path):
    made, why_plain = made_of(saved(tmp_path, "a.png", Image.new("1", (9000, 30), 1), dpi=(25, 25)))
    assert why_plain is None
    assert_archival(made)
    with pikepdf.open(made) as pdf:
        assert [float(side) for side in pdf.pages[0].mediabox[2:]] == [14400, 48]


def test_a_scan_that_nobody_could_decode_is_no_page(tmp_path):
    path = saved(tmp_path, "a.jpg")
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(PageFailedError, match="page 1 cannot be decoded"):
        made_of(path, read=reading(state=PageState.FAILED))
    assert not (tmp_path / "made.pdf").exists()


def with_text(path, *, font=True):
    """A PDF of one page that another program made, with a font that is not in it."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        page.obj.Contents = pdf.make_stream(b"BT /F1 20 Tf 50 700 Td (MAIRIE) Tj ET" if font else b"")
        page.obj.Resources = Dictionary(
            Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        )
        hidden = Dictionary(Type=Name.Annot, Subtype=Name.Text, F=2, Rect=[0, 0, 9, 9], Contents="note")
        page.obj.Annots = pdf.make_indirect([pdf.make_indirect(hidden)])
        pdf.save(path)
    return path


def test_a_pdf_that_cannot_be_vouched_for_is_kept_and_says_nothing(tmp_path):
    made, why_plain = made_of(with_text(tmp_path / "a.pdf"))
    assert why_plain.startswith("Type 1 font")
    assert claim(made) is None
    with pikepdf.open(made) as pdf:
        assert "/OutputIntents" not in pdf.Root
        assert pdf.docinfo["/Title"] == "Délibération <n° 1>"
        assert [str(note.Contents) for note in pdf.pages[0].Annots] == ["note"]
        assert pdf.check_pdf_syntax() == []
    words = [word.text for word in scans.text_layer(made, 1, 72, limits=LIMITS)]
    assert words == ["MAIRIE", *(word.text for word in WORDS)]


def test_a_pdf_that_says_that_it_is_pdf_a_is_not_believed(tmp_path):
    path = with_text(tmp_path / "a.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        with pdf.open_metadata() as xmp:
            xmp["pdfaid:part"], xmp["pdfaid:conformance"] = "2", "B"
        pdf.save()
    assert claim(path) == "2B"
    assert claim(made_of(path)[0]) is None


def test_the_images_of_a_pdf_are_kept_and_a_small_image_of_the_page_is_not(tmp_path):
    path = saved(tmp_path, "a.pdf", coloured(), quality=90)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        (name,) = pdf.pages[0].Resources.XObject.keys()
        image = pdf.pages[0].Resources.XObject[name]
        before = image.read_raw_bytes()
        image.Interpolate = True
        pdf.pages[0].obj.Thumb = pdf.make_stream(b"\0", Width=1, Height=1)
        pdf.save()
    made, why_plain = made_of(path)
    assert why_plain is None
    assert_archival(made)
    with pikepdf.open(made) as pdf:
        assert pdf.pages[0].Resources.XObject[name].read_raw_bytes() == before


def test_a_form_keeps_its_fields(tmp_path):
    path = with_text(tmp_path / "a.pdf", font=False)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        field = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="nom", V="DURAND", Rect=[50, 50, 200, 70]
        )
        pdf.pages[0].obj.Annots = pdf.make_indirect([pdf.make_indirect(field)])
        pdf.Root.AcroForm = Dictionary(Fields=[pdf.pages[0].Annots[0]])
        pdf.save()
    made, why_plain = made_of(path)
    assert why_plain is not None
    with pikepdf.open(made) as pdf:
        assert [str(field.V) for field in pdf.Root.AcroForm.Fields] == ["DURAND"]


def test_a_page_drawn_by_what_is_no_pdf_still_gets_its_words(tmp_path):
    path = with_text(tmp_path / "a.pdf", font=False)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].obj.Contents = pdf.make_stream(b"1 0 R 7 g\n")
        pdf.save()
    made, _ = made_of(path)
    assert [word.text for word in scans.text_layer(made, 1, 72, limits=LIMITS)] == [w.text for w in WORDS]


def test_the_same_scan_takes_hardly_more_room_than_before(tmp_path):
    path = saved(tmp_path, "a.jpg", coloured(), quality=90)
    made, _ = made_of(path)
    assert made.stat().st_size < path.stat().st_size + 8000


@pytest.mark.corpora
def test_what_verapdf_calls_broken_is_not_vouched_for(corpora):
    files = sorted((corpora / "robustness" / "verapdf").glob("PDF_A-2b*fail*.pdf"))
    assert len(files) == 4
    assert not any(pdfa.validate_written(path, "2b").passed for path in files)


def test_the_rules_find_what_is_broken(tmp_path):
    made, _ = made_of(saved(tmp_path, "a.jpg", coloured()))
    with pikepdf.open(made, allow_overwriting_input=True) as pdf:
        pdf.docinfo["/Title"] = "Autre"
        pdf.Root.AA = Dictionary()
        pdf.pages[0].Resources.XObject.Scan.Interpolate = True
        pdf.pages[0].Resources.XObject.Scan.ColorSpace = Name.DeviceCMYK
        del pdf.Root.OutputIntents
        (font,) = pdf.pages[0].Resources.Font.values()
        font.DescendantFonts[0].CIDToGIDMap = pdf.make_stream(b"")
        del font.DescendantFonts[0].FontDescriptor["/FontFile2"]
        pdf.save()
    rules = " ".join(broken_rules(made))
    for number in ("6.2.3", "6.2.4.3", "6.2.8", "6.2.11.4", "6.2.11.8", "6.6.3", "/AA"):
        assert number in rules
