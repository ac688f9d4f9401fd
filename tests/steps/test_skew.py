from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from archiveia.steps.prepare import ink_mask
from archiveia.steps.skew import leaning, skew_degrees, straight
from archiveia.values import Word


def lines(size=(1400, 1000)):
    """Rows of black bars: what lines of print look like to arithmetic."""
    pixels = np.full(size, 240, np.uint8)
    for top in range(150, size[0] - 150, 50):
        for left in range(120, size[1] - 120, 34):
            pixels[top : top + 20, left : left + 22] = 20
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


@pytest.mark.parametrize("degrees", [-4.0, 2.0])
def test_a_page_laid_straight_has_level_lines_and_all_its_corners(degrees):
    page = laid_askew(lines(), degrees)
    upright = straight(page, degrees)
    assert skew_degrees(ink_mask(upright)) == pytest.approx(0, abs=0.1)
    assert upright.shape[0] > page.shape[0]
    assert upright.shape[1] > page.shape[1]
    assert upright[0, 0] == 240


@pytest.mark.parametrize("degrees", [-4.0, 2.0])
def test_a_word_of_the_straight_page_is_boxed_around_its_ink_on_the_scan(degrees):
    page = np.full((1000, 800), 240, np.uint8)
    page[200:230, 600:700] = 20
    upright = straight(page, degrees)
    down, across = np.nonzero(upright < 128)
    word = Word(
        "mot", int(across.min()), int(down.min()), int(np.ptp(across)) + 1, int(np.ptp(down)) + 1, 0.9, 2, 3
    )
    (found,) = leaning([word], degrees, sheet=upright.shape, page=page.shape)
    assert (found.text, found.score, found.block, found.line) == ("mot", 0.9, 2, 3)
    assert 575 <= found.left_px <= 601
    assert 699 <= found.left_px + found.width_px <= 725
    assert 175 <= found.top_px <= 201
    assert 229 <= found.top_px + found.height_px <= 255


def test_a_word_beside_the_paper_is_none():
    page = np.full((1000, 800), 240, np.uint8)
    sheet = straight(page, 4.0).shape
    assert leaning([Word("|", 0, 0, 5, 5, 0.3)], 4.0, sheet=sheet, page=page.shape) == ()
