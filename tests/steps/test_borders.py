from __future__ import annotations

import numpy as np
import pytest

from archiveia.steps.borders import without_borders
from archiveia.values import PageImage


def page(*, left=0, top=0, right=0, bottom=0, paper=230):
    """A page of 1200 x 900 pixels with lines of print, on dark borders that wide."""
    pixels = np.full((1200, 900), paper, np.uint8)
    for row in range(200, 1000, 40):
        pixels[row : row + 14, 150:750:9] = 30
    return PageImage(1, np.pad(pixels, ((top, bottom), (left, right)), constant_values=20), 300)


@pytest.mark.parametrize(
    "borders", [{"left": 120}, {"top": 90, "bottom": 90}, dict.fromkeys(("left", "top", "right"), 80)]
)
def test_dark_borders_become_paper_and_the_print_stays(borders):
    scan = page(**borders)
    clean = without_borders(scan)
    assert (clean.pixels > 200).mean() > 0.9
    assert clean.pixels.shape == scan.pixels.shape
    inner = np.s_[
        borders.get("top", 0) + 150 : 1050, borders.get("left", 0) + 100 : borders.get("left", 0) + 800
    ]
    assert (clean.pixels[inner] == scan.pixels[inner]).all()


def test_a_page_without_borders_is_left_alone():
    scan = page()
    assert without_borders(scan) is scan


def test_a_page_that_is_dark_itself_is_left_alone():
    negative = PageImage(1, 255 - page().pixels, 300)
    assert without_borders(negative) is negative


def test_painting_twice_changes_nothing_more():
    once = without_borders(page(left=120, right=120))
    assert without_borders(once) is once
