"""A PDF that can be searched: the scan as it was, its words exactly over the image and unseen."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from drawn_scans import DELIBERATION, draw_page
from PIL import Image

from archiveia.edges import scans
from archiveia.edges.searchable_pdf import OWN_TEXT, ScannedPage, write_pdf
from archiveia.errors import PageFailedError, UnreadableScanError
from archiveia.values import FileKind, PageReading, PageState, ScanLimits, Word

pikepdf = pytest.importorskip("pikepdf", reason="extra pdf is not installed")

LIMITS = ScanLimits(10**9, 10**9, 100)
WORDS = (
    Word("EXTRAIT", 60, 60, 150, 30, 0.9),
    Word("œuvre", 300, 62, 90, 26, 0.8),
    Word("l'été", 60, 400, 70, 30, 0.8, line=2),
    Word("€", 500, 600, 60, 40, 0.8, block=2),
)
KINDS = {
    "png": FileKind.PNG,
    "jpg": FileKind.JPEG,
    "tif": FileKind.TIFF,
    "pdf": FileKind.PDF,
    "jp2": FileKind.JP2,
}


def reading(words=WORDS, size=(1000, 900), turned_degrees=0, engine="tesseract", state=PageState.TEXT):
    return PageReading(state, "", words, *size, engine, "5", 0.9, turned_degrees)


def saved(folder, name, image=None, **more: object):
    path = folder / name
    (image or draw_page(DELIBERATION)).save(path, **more)
    return path


def searchable(path, read, number=1):
    target = path.with_name(f"{path.name}.ocr.pdf")
    write_pdf(
        target, [ScannedPage(path, KINDS[path.suffix[1:]], number, read)], title="Extrait", limits=LIMITS
    )
    return target


def found(path, read):
    """The words of the PDF, with their boxes in pixels of the page that was read, as another program finds them."""
    words = scans.text_layer(path, 1, 300, limits=LIMITS)
    factor = read.width_px / scans.render(path, FileKind.PDF, 1, dpi=300, limits=LIMITS).width_px
    return [
        (w.text, *(round(side * factor) for side in (w.left_px, w.top_px, w.width_px, w.height_px)))
        for w in words
    ]


def expected(words=WORDS):
    return [(w.text, w.left_px, w.top_px, w.width_px, w.height_px) for w in words]


def assert_same(boxes, wanted):
    assert [box[0] for box in boxes] == [box[0] for box in wanted]
    assert np.abs(np.array([b[1:] for b in boxes]) - np.array([b[1:] for b in wanted])).max() <= 2


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.pdf", "a.jp2"])
def test_the_words_lie_over_those_of_the_image(tmp_path, name):
    made = searchable(saved(tmp_path, name), reading())
    assert_same(found(made, reading()), expected())


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("name", ["a.jpg", "a.pdf"])
def test_a_page_that_was_turned_stands_upright_with_its_words(tmp_path, name, degrees):
    upright = draw_page(DELIBERATION)
    path = saved(tmp_path, name, upright.rotate(degrees, expand=True), quality=95)
    read = reading(turned_degrees=degrees)
    made = searchable(path, read)
    assert_same(found(made, read), expected())
    drawn = scans.render(made, FileKind.PDF, 1, dpi=72, limits=LIMITS).pixels
    wanted = np.asarray(upright.resize(drawn.shape[::-1]))
    assert np.abs(drawn.astype(int) - wanted).mean() < 4


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_pdf_page_that_is_cropped_and_turned_gets_its_words_where_they_are_seen(tmp_path, rotate):
    path = saved(tmp_path, "a.pdf", resolution=72)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].cropbox = [100, 50, 900, 850]
        pdf.pages[0].rotate(rotate, relative=False)
        pdf.save()
    read = reading(WORDS[:3], size=(800, 800))
    made = searchable(path, read)
    words = scans.text_layer(made, 1, 72, limits=LIMITS)
    assert_same([(w.text, w.left_px, w.top_px, w.width_px, w.height_px) for w in words], expected(WORDS[:3]))


def test_a_jpeg_is_kept_byte_by_byte_and_its_words_are_not_seen(tmp_path):
    path = saved(tmp_path, "a.jpg", dpi=(150, 150))
    with pikepdf.open(searchable(path, reading())) as made:
        page = made.pages[0]
        assert page.Resources.XObject.Scan.read_raw_bytes() == path.read_bytes()
        assert [float(side) for side in page.mediabox] == [0, 0, 480, 432]
    plain = scans.render(searchable(path, None), FileKind.PDF, 1, dpi=100, limits=LIMITS)
    shown = scans.render(searchable(path, reading()), FileKind.PDF, 1, dpi=100, limits=LIMITS)
    assert np.array_equal(plain.pixels, shown.pixels)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_other_images_keep_every_pixel(tmp_path, name, mode):
    image = draw_page(DELIBERATION).convert("RGB").convert(mode)
    path = saved(tmp_path, name, image)
    with pikepdf.open(searchable(path, reading())) as made:
        kept = pikepdf.PdfImage(made.pages[0].Resources.XObject.Scan).as_pil_image()
    assert np.array_equal(np.asarray(kept.convert("RGB")), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(("orientation", "turned"), [(3, 180), (6, 270), (8, 90)])
def test_a_jpeg_that_says_how_it_was_held_stands_upright(tmp_path, orientation, turned):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, "a.jpg", draw_page(DELIBERATION).rotate(-turned, expand=True), exif=exif)
    made = searchable(path, reading())
    assert_same(found(made, reading()), expected())
    with pikepdf.open(made) as pdf:
        assert pdf.pages[0].Resources.XObject.Scan.read_raw_bytes() == path.read_bytes()


def test_letters_beyond_one_font_are_found(tmp_path):
    letters = "".join(map(chr, [*range(0x21, 0x7F), *range(0xC0, 0x180), *range(0x391, 0x3C9)]))
    assert len(set(letters)) > 255
    words = tuple(
        Word(letters[n : n + 10], 20, 20 + 2 * n, 200, 16, 0.9, line=n + 1)
        for n in range(0, len(letters), 10)
    )
    made = searchable(saved(tmp_path, "a.png"), reading(words))
    seen = "".join(w.text for w in scans.text_layer(made, 1, 300, limits=LIMITS))
    missing = set(letters) - set(seen)
    assert len(missing) <= 10, missing  # the reader itself folds a few


def test_an_earlier_unseen_text_is_replaced_and_one_of_its_own_stays(tmp_path):
    path = saved(tmp_path, "a.png")
    first = searchable(path, reading((Word("EXTRALT", 60, 60, 150, 30, 0.3),)))
    again = searchable(first, reading())
    assert_same(found(again, reading()), expected())
    kept = searchable(again, reading((Word("X", 1, 1, 9, 9, 1.0),), engine=OWN_TEXT))
    assert_same(found(kept, reading()), expected())


@pytest.mark.parametrize("state", [PageState.ILLEGIBLE, PageState.BLANK])
def test_a_page_that_cannot_be_read_has_no_text(tmp_path, state):
    assert found(searchable(saved(tmp_path, "a.png"), reading(state=state)), reading()) == []


def test_the_pages_stand_in_the_order_given(tmp_path):
    pages = [draw_page(DELIBERATION), draw_page("ARRÊTÉ")]
    box = saved(tmp_path, "box.tif", pages[0], save_all=True, append_images=pages[1:])
    pdf = saved(tmp_path, "box.pdf", pages[0], save_all=True, append_images=pages[1:])
    target = tmp_path / "made.pdf"
    second = replace(reading(), words=WORDS[:1])
    order = [
        ScannedPage(pdf, FileKind.PDF, 2, second),
        ScannedPage(box, FileKind.TIFF, 1, reading()),
        ScannedPage(pdf, FileKind.PDF, 1, None),
    ]
    write_pdf(target, order, title="Dossier", limits=LIMITS)
    counts = [len(scans.text_layer(target, number, 150, limits=LIMITS)) for number in (1, 2, 3)]
    assert counts == [1, 4, 0]
    with pikepdf.open(target) as made:
        assert made.docinfo["/Title"] == "Dossier"
        assert made.check_pdf_syntax() == [] if hasattr(made, "check_pdf_syntax") else made.check() == []


def test_what_cannot_be_copied_says_so_and_writes_nothing(tmp_path):
    broken = tmp_path / "a.pdf"
    broken.write_bytes(b"%PDF-1.4\nrien")
    with pytest.raises(UnreadableScanError, match="page 1 cannot be put into a PDF"):
        searchable(broken, reading())
    with pikepdf.new() as closed:
        closed.add_blank_page()
        closed.save(broken, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    with pytest.raises(UnreadableScanError, match=r"page 1 cannot be put into a PDF: .*invalid password"):
        searchable(broken, reading())
    whole = io.BytesIO()
    draw_page(DELIBERATION).save(whole, "PNG")
    cut = tmp_path / "a.png"
    cut.write_bytes(whole.getvalue()[:4000])
    with pytest.raises(PageFailedError, match="page 1 cannot be decoded"):
        searchable(cut, reading())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "a.png"]
