"""Scans: every depth, colour and turn comes out as upright grey pixels, and hostile files end in an error."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from archiveia.edges import scans
from archiveia.edges.folders import find_files, read_head
from archiveia.edges.workers import Workers
from archiveia.engines.barcodes import read_sheet, separator_sheet
from archiveia.errors import (
    ArchiveiaError,
    EncryptedScanError,
    PageFailedError,
    TooLargeScanError,
    UnreadableScanError,
)
from archiveia.pipeline.probing import ProbeTask, probe_file
from archiveia.steps.intake import kind_of
from archiveia.values import FileKind, PageImage, Probe, ScanLimits, SheetKind

LIMITS = ScanLimits(max_file_bytes=50_000_000, max_page_pixels=50_000_000, max_pages=200)


def _render(path, number=1, limits=LIMITS):
    return scans.render(path, kind_of(read_head(path)), number, dpi=300, limits=limits)


def _probe(path, limits=LIMITS, read=None):
    return scans.probe(path, kind_of(read_head(path)), limits, read_sheet=read)


def _page(width=400, height=600):
    """A page whose upper left corner is black."""
    page = Image.new("L", (width, height), 255)
    page.paste(0, (0, 0, width // 4, height // 4))
    return page


def _is_upright(image):
    quarter = image.pixels[: image.height_px // 5, : image.width_px // 5]
    return quarter.mean() < 30 and image.pixels[image.height_px // 2 :].mean() > 225


# --- images ---


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "LAB"])
def test_every_mode_of_a_tiff_comes_out_grey(tmp_path, mode):
    page = _page()
    if mode == "LAB":
        full = Image.new("L", page.size, 128)
        Image.merge("LAB", [page, full, full]).save(tmp_path / "a.tif")
    else:
        page.convert("RGB").convert(mode).save(tmp_path / "a.tif")
    assert _is_upright(_render(tmp_path / "a.tif"))


def test_what_is_transparent_is_white(tmp_path):
    page = Image.new("RGBA", (400, 600), (0, 0, 0, 0))
    page.paste((0, 0, 0, 255), (0, 0, 100, 150))
    page.save(tmp_path / "a.png")
    assert _is_upright(_render(tmp_path / "a.png"))


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_lzw", "tiff_adobe_deflate"])
def test_white_is_white_whatever_a_fax_calls_it(tmp_path, compression):
    for photometric in (0, 1):
        path = tmp_path / f"{photometric}.tif"
        _page().convert("1").save(path, compression=compression, tiffinfo={262: photometric})
        assert _is_upright(_render(path)), photometric


@pytest.mark.parametrize(("depth", "white"), [(12, 4095), (16, 65535)])
@pytest.mark.parametrize("photometric", [0, 1])
def test_deep_grey_comes_out_in_8_bits(tmp_path, depth, white, photometric):
    deep = np.asarray(_page(), dtype=np.uint16) // 255 * white
    deep = white - deep if photometric == 0 else deep
    Image.fromarray(deep.astype(np.uint16)).save(tmp_path / "a.tif", tiffinfo={262: photometric})
    assert _is_upright(_render(tmp_path / "a.tif")), depth


def test_floating_grey_comes_out_in_8_bits(tmp_path):
    Image.fromarray(np.asarray(_page(), dtype=np.float32) / 255).save(tmp_path / "a.tif")
    assert _is_upright(_render(tmp_path / "a.tif"))


_TURNED = {
    1: [],
    2: [Image.Transpose.FLIP_LEFT_RIGHT],
    3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90],
    7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_270],
}


@pytest.mark.parametrize("orientation", _TURNED)
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_a_page_stored_lying_is_read_upright(tmp_path, orientation, suffix):
    page = _page()
    for turn in _TURNED[orientation]:
        page = page.transpose(turn)
    path = tmp_path / f"a.{suffix}"
    exif = Image.Exif()
    exif[274] = orientation
    page.save(path, exif=exif)
    image = _render(path)
    assert (image.width_px, image.height_px) == (400, 600)
    assert _is_upright(image)
    [probed] = _probe(path).pages
    assert (probed.width_px, probed.height_px) == (400, 600)


@pytest.mark.parametrize("suffix", ["jp2", "j2k"])
def test_jpeg_2000_is_read(tmp_path, suffix):
    _page().save(tmp_path / f"a.{suffix}")
    assert _is_upright(_render(tmp_path / f"a.{suffix}"))


@pytest.mark.parametrize(
    ("claimed", "known"),
    [((300, 300), 300), ((0, 0), None), ((1, 1), None), ((15000, 15000), None), (None, None)],
)
def test_an_impossible_resolution_is_not_known(tmp_path, claimed, known):
    _page().save(tmp_path / "a.tif", **({"dpi": claimed} if claimed else {}))
    assert _render(tmp_path / "a.tif").dpi == known


def test_the_pixels_of_a_fax_are_made_square(tmp_path):
    _page(400, 300).save(tmp_path / "a.tif", dpi=(204, 98))
    image = _render(tmp_path / "a.tif")
    assert (image.width_px, image.height_px, image.dpi) == (400, 624, 204)
    assert _is_upright(image)
    assert _probe(tmp_path / "a.tif").pages[0].height_px == 624


def test_the_pages_of_a_tiff_are_counted_and_its_thumbnails_are_not(tmp_path):
    pages = [_page(400, 600), _page(40, 60), _page(500, 700)]
    thumbnail = {254: 1}
    path = tmp_path / "a.tif"
    from PIL import TiffImagePlugin

    with TiffImagePlugin.AppendingTiffWriter(str(path), new=True) as file:
        for number, page in enumerate(pages):
            page.save(file, "TIFF", tiffinfo=thumbnail if number == 1 else {})
            file.newFrame()
    assert [page.width_px for page in _probe(path).pages] == [400, 500]
    assert _render(path, 2).width_px == 500
    with pytest.raises(PageFailedError, match="no page 3"):
        _render(path, 3)


def test_a_tiff_whose_pages_turn_in_circles_ends(tmp_path):
    path = tmp_path / "a.tif"
    _page().save(path)
    content = bytearray(path.read_bytes())
    [start] = struct.unpack_from("<I", content, 4)
    [entries] = struct.unpack_from("<H", content, start)
    struct.pack_into("<I", content, start + 2 + 12 * entries, start)
    path.write_bytes(content)
    assert len(_probe(path).pages) == 1


def test_too_many_pages_are_refused(tmp_path):
    _page(20, 30).save(tmp_path / "a.tif", save_all=True, append_images=[_page(20, 30)] * 3)
    few = ScanLimits(max_file_bytes=10**6, max_page_pixels=10**6, max_pages=3)
    with pytest.raises(TooLargeScanError, match="more than 3 pages; split it, or raise ARCHIVEIA_MAX_PAGES"):
        _probe(tmp_path / "a.tif", few)


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("decoded"))
    with pytest.raises(TooLargeScanError, match="20000 x 20000 pixels is over 50 megapixels"):
        _probe(tmp_path / "a.png")
    with pytest.raises(TooLargeScanError, match="over 50 megapixels"):
        _render(tmp_path / "a.png")


def test_one_page_too_large_does_not_spoil_the_others(tmp_path):
    _page(20, 30).save(tmp_path / "a.tif", save_all=True, append_images=[Image.new("1", (3000, 2000))])
    small = ScanLimits(max_file_bytes=10**6, max_page_pixels=10**6, max_pages=9)
    first, second = _probe(tmp_path / "a.tif", small).pages
    assert first.reason is None
    assert second.reason == "page trop grande (3000 x 2000 pixels)"


def test_a_truncated_image_is_unreadable(tmp_path):
    _page().save(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:-2000])
    with pytest.raises(UnreadableScanError, match="cannot be decoded: image file is truncated"):
        _probe(tmp_path / "a.jpg")
    with pytest.raises(PageFailedError, match="page 1 cannot be decoded: image file is truncated"):
        _render(tmp_path / "a.jpg")


def test_a_broken_page_of_a_tiff_says_why(tmp_path):
    path = tmp_path / "a.tif"
    _page().save(path, save_all=True, append_images=[_page()], compression="tiff_lzw")
    with Image.open(path) as image:
        image.seek(1)
        start = image.tag_v2[273][0]
        size = image.tag_v2[279][0]
    content = bytearray(path.read_bytes())
    content[start : start + size] = b"\xff" * size
    path.write_bytes(content)
    first, second = _probe(path).pages
    assert first.reason is None
    assert "page impossible à décoder" in second.reason


# --- PDF ---


def _pdf(path, images, dpi=200):
    images[0].save(path, "PDF", resolution=dpi, save_all=True, append_images=images[1:])
    return path


@pytest.mark.parametrize(("dpi", "width_px"), [(200, 1654), (150, 1240), (100, 2480), (800, 2480)])
def test_a_page_that_is_one_image_keeps_its_resolution_when_it_is_a_useful_one(tmp_path, dpi, width_px):
    page = _page(round(8.268 * dpi), round(11.693 * dpi)).convert("1")
    path = _pdf(tmp_path / "a.pdf", [page], dpi=dpi)
    image = _render(path)
    assert image.width_px == pytest.approx(width_px, abs=2)
    assert _is_upright(image)
    [probed] = _probe(path).pages
    assert (probed.width_px, probed.height_px) == (image.width_px, image.height_px)
    if image.width_px == page.width:
        assert (image.pixels != np.asarray(page.convert("L"))).mean() < 0.001


def test_an_image_that_lies_on_a_turned_page_keeps_its_pixels(tmp_path):
    import pypdfium2

    _pdf(tmp_path / "a.pdf", [_page(1000, 600)])
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as document:
        page = document[0]
        page.set_rotation(90)
        page.close()
        document.save(tmp_path / "b.pdf")
    image = _render(tmp_path / "b.pdf")
    assert (image.width_px, image.height_px, round(image.dpi)) == (600, 1000, 200)


def test_an_enormous_page_is_drawn_smaller(tmp_path):
    import pypdfium2

    with pypdfium2.PdfDocument.new() as document:
        document.new_page(14_400, 14_400).close()
        document.save(tmp_path / "a.pdf")
    small = ScanLimits(max_file_bytes=10**6, max_page_pixels=10**6, max_pages=9)
    image = _render(tmp_path / "a.pdf", limits=small)
    assert image.width_px * image.height_px <= 10**6
    [page] = _probe(tmp_path / "a.pdf", small).pages
    assert (page.width_px, page.ink_share) == (image.width_px, 0)


def test_a_pdf_without_pages_is_unreadable(tmp_path):
    import pypdfium2

    with pypdfium2.PdfDocument.new() as document:
        document.save(tmp_path / "a.pdf")
    with pytest.raises(UnreadableScanError, match=r"the PDF (has no page|cannot be opened)"):
        _probe(tmp_path / "a.pdf")


def test_a_pdf_of_too_many_pages_is_refused(tmp_path):
    few = ScanLimits(max_file_bytes=10**6, max_page_pixels=10**6, max_pages=1)
    with pytest.raises(TooLargeScanError, match="the PDF has 2 pages, more than 1; split it"):
        _probe(_pdf(tmp_path / "a.pdf", [_page(), _page()]), few)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_page_that_is_not_there_is_a_failed_page(tmp_path, number):
    with pytest.raises(PageFailedError, match=f"no page {number} of 1"):
        _render(_pdf(tmp_path / "a.pdf", [_page()]), number)


def test_separators_and_blank_pages_are_told_in_one_look(tmp_path):
    text = _page(1240, 1754)
    blank = Image.new("L", (1240, 1754), 230)
    path = _pdf(tmp_path / "a.pdf", [separator_sheet(SheetKind.NEW_PIECE), text, blank], dpi=150)
    first, second, third = _probe(path, read=read_sheet).pages
    assert [p.sheet for p in (first, second, third)] == [SheetKind.NEW_PIECE, SheetKind.PAGE, SheetKind.PAGE]
    assert second.ink_share == pytest.approx(1 / 16, abs=0.02)
    assert third.ink_share == 0


def test_the_words_of_a_text_layer_lie_on_their_ink(corpora):
    path = corpora / "modern-arretes-prefectoraux" / "arrete_nomination.pdf"
    words, image = scans.text_layer(path, 1, 300, limits=LIMITS), _render(path)
    assert len(words) > 100
    assert "Adresse" in [word.text for word in words]
    for word in words:
        if len(word.text) > 3:
            box = image.pixels[word.top_px :, word.left_px :][: word.height_px, : word.width_px]
            assert (box < 200).mean() > 0.05, word
    assert [word.line for word in words] == sorted(word.line for word in words)


def test_a_scan_has_no_text_layer(tmp_path):
    assert scans.text_layer(_pdf(tmp_path / "a.pdf", [_page()]), 1, 300, limits=LIMITS) == ()


# --- ink and display ---


@pytest.mark.parametrize(("paper", "share"), [(255, 0.25), (170, 0.25)])
def test_ink_is_what_is_darker_than_the_paper(paper, share):
    pixels = np.full((1000, 1000), paper, np.uint8)
    pixels[250:750, 250:750] = paper // 4
    assert scans.ink_share(pixels) == pytest.approx(share, abs=0.04)


def test_black_edges_of_a_scanner_are_no_ink():
    pixels = np.full((1000, 800), 240, np.uint8)
    pixels[:, :15] = 0
    pixels[-20:] = 0
    assert scans.ink_share(pixels) == 0


def test_one_pixel_has_an_ink_share():
    assert scans.ink_share(np.zeros((1, 1), np.uint8)) == 0


@pytest.mark.parametrize(
    ("turned", "size"), [(0, (320, 480)), (90, (320, 213)), (180, (320, 480)), (270, (320, 213))]
)
def test_a_page_to_show_is_turned_and_narrow(turned, size):
    page = PageImage(1, np.asarray(_page()))
    with Image.open(io.BytesIO(scans.display_jpeg(page, 320, turned))) as shown:
        assert shown.size == size
        corner = {0: (0, 0), 90: (1, 0), 180: (1, 1), 270: (0, 1)}[turned]
        at = tuple(
            side // 10 if not far else side - side // 10 for side, far in zip(size, corner, strict=True)
        )
        assert shown.getpixel(at) < 60


def test_a_small_page_is_not_enlarged():
    with Image.open(io.BytesIO(scans.display_jpeg(PageImage(1, np.asarray(_page()))))) as shown:
        assert shown.size == (400, 600)


# --- hostile files ---


def test_every_file_of_the_corpus_ends_in_a_probe_or_in_an_error_that_says_what_to_do(corpora):
    found = find_files(corpora / "robustness")
    tasks = [ProbeTask(file.path, LIMITS) for file in found if file.refusal is None]
    with Workers(count=2, memory_mb=4096, tasks_per_worker=200, timeout_s=60) as workers:
        results = dict(workers.run(probe_file, tasks))
        good = {task: probe for task, probe in results.items() if isinstance(probe, Probe)}
        errors = {task: error for task, error in results.items() if isinstance(error, ArchiveiaError)}
        rendered = list(workers.run(_render_first, list(good)))
    assert len(results) == len(tasks) == len(good) + len(errors)
    for task, error in errors.items():
        assert isinstance(error, UnreadableScanError), (task.path.name, error)
        assert error.message
        assert error.remedy
    assert len(rendered) == len(good)
    for task, size in rendered:
        first = good[task].pages[0]
        assert size == (first.width_px, first.height_px), (task.path.name, size)


def _render_first(task):
    image = _render(task.path, limits=task.limits)
    return image.width_px, image.height_px


@pytest.mark.parametrize(
    ("name", "kind", "pages"),
    [
        ("testPDF_protected.pdf", FileKind.PDF, 41),
        ("testPDF_no_extract_no_accessibility_owner_empty.pdf", FileKind.PDF, 1),
        ("g4-multi.tiff", FileKind.TIFF, 3),
        ("hopper_bigtiff.tif", FileKind.TIFF, 1),
        ("testTIFF_multipage.tif", FileKind.TIFF, 2),
        ("testPDF_bad_page_303226.pdf", FileKind.PDF, 19),
    ],
)
def test_odd_files_are_read_all_the_same(corpora, name, kind, pages):
    probe = _probe(next((corpora / "robustness").rglob(name)))
    assert (probe.kind, len(probe.pages)) == (kind, pages)


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("encryption_openpassword.pdf", EncryptedScanError, "needs a password .* save a copy without"),
        ("aes-256-r6.pdf", EncryptedScanError, "needs a password"),
        ("truncated_image.png", UnreadableScanError, "truncated"),
        ("seek_too_large.tif", UnreadableScanError, "cannot be opened: .*Unable to seek"),
        ("invalid_header_length.jp2", UnreadableScanError, "the JP2 file cannot be opened"),
        ("409905355.fuzz", UnreadableScanError, "the PDF cannot be opened"),
        ("decompression_bomb.gif", UnreadableScanError, "GIF image; convert it"),
    ],
)
def test_unreadable_files_say_what_is_wrong(corpora, name, error, says):
    path = next((corpora / "robustness").rglob(name))
    with pytest.raises(error, match=says):
        probe_file(ProbeTask(path, LIMITS))
