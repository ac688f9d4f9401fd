from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from archiveia.steps.prepare import ink_mask, turned
from archiveia.steps.skew import leaning, skew_degrees, straight
from archiveia.values import PageImage, Word


def lines(size=(1400, 1000)):
    """Rows of black bars as long as words: what lines of print look like to arithmetic."""
    pixels, draw = np.full(size, 240, np.uint8), np.random.default_rng(1)
    for top in range(150, size[0] - 150, 50):
        left = 120
        while left < size[1] - 170:
            width = int(draw.integers(10, 50))
            pixels[top : top + 20, left : left + width] = 20
            left += width + 12
    return pixels


def laid_askew(pixels, degrees):
    """The page turned clockwise by some degrees, as a person lays it on the glass."""
    return np.asarray(Image.fromarray(pixels).rotate(-degrees, Image.Resampling.BILINEAR, fillcolor=240))


@pytest.mark.parametrize("degrees", [-5.0, -2.0, -0.7, 0.0, 0.7, 1.3, 4.0])
def test_lines_that_sink_to_the_right_have_a_positive_skew(degrees):
    assert skew_degrees(ink_mask(laid_askew(lines(), degrees))) == pytest.approx(degrees, abs=0.1)


def test_a_page_without_lines_has_no_skew():
    assert skew_degrees(ink_mask(np.full((1400, 1000), 240, np.uint8))) is None
    specks = np.where(np.random.default_rng(0).random((1000, 700)) < 0.01, 20, 240).astype(np.uint8)
    assert skew_degrees(ink_mask(specks)) is None


def test_lines_that_lean_more_than_a_page_laid_badly_are_left_alone():
    assert skew_degrees(ink_mask(laid_askew(lines(), 9.0))) is None


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_on_its_side_or_its_head_leans_as_its_sheet_does(turns):
    assert skew_degrees(ink_mask(np.rot90(laid_askew(lines(), 3.0), turns))) == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("degrees", [-4.0, 2.0])
def test_a_page_laid_straight_has_level_lines_and_all_its_corners(degrees):
    page = PageImage(3, laid_askew(lines(), degrees), 300)
    sheet = straight(page, degrees)
    assert skew_degrees(ink_mask(sheet.pixels)) == pytest.approx(0, abs=0.1)
    assert sheet.height_px > page.height_px
    assert sheet.width_px > page.width_px
    assert (sheet.pixels[0, 0], sheet.number, sheet.dpi) == (240, 3, 300)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("degrees", [-4.0, 2.0])
def test_a_word_of_the_straight_page_is_boxed_around_its_ink_on_the_scan(degrees, turn):
    pixels = np.full((1000, 800), 240, np.uint8)
    pixels[200:230, 600:700] = 20
    page = PageImage(1, pixels)
    sheet, page = turned(straight(page, degrees), turn), turned(page, turn)
    top, left, bottom, right = edges(sheet.pixels)
    word = Word("mot", left, top, right - left, bottom - top, 0.9, 2, 3)
    (found,) = leaning([word], degrees, sheet=sheet, page=page)
    assert (found.text, found.score, found.block, found.line) == ("mot", 0.9, 2, 3)
    box = (
        found.top_px,
        found.left_px,
        found.top_px + found.height_px,
        found.left_px + found.width_px,
    )
    ink = edges(page.pixels)
    assert box == pytest.approx(ink, abs=25)
    assert box[0] <= ink[0] + 1
    assert box[1] <= ink[1] + 1
    assert box[2] >= ink[2] - 1
    assert box[3] >= ink[3] - 1


def edges(pixels):
    down, across = np.nonzero(pixels < 128)
    return int(down.min()), int(across.min()), int(down.max()) + 1, int(across.max()) + 1


def test_a_word_that_sticks_out_of_the_paper_is_cut_off_and_one_beside_it_is_none():
    page = PageImage(1, np.full((1000, 800), 240, np.uint8))
    sheet = straight(page, 4.0)
    beside, across = Word("|", 0, 0, 5, 5, 0.3), Word("bord", 20, 500, 200, 30, 0.9)
    (found,) = leaning([beside, across], 4.0, sheet=sheet, page=page)
    assert (found.text, found.left_px) == ("bord", 0)
