from __future__ import annotations

import numpy as np
import pytest

from archiveia.steps.layout import text_of
from archiveia.steps.spread import fold_column, side_by_side
from archiveia.values import Word


def page(height=700, width=500, *, left=60, right=60):
    """The ink of a page of lines, words of several widths on them."""
    ink = np.zeros((height, width), bool)
    draw = np.random.default_rng(1)
    for top in range(80, height - 80, 16):
        at = left
        while at < width - right:
            word = int(draw.integers(8, 30))
            ink[top : top + 7, at : min(at + word, width - right)] = True
            at += word + 5
    return ink


def test_two_pages_side_by_side_are_parted_between_them():
    assert fold_column(np.hstack([page(), page()])) == pytest.approx(500, abs=15)


def test_a_fold_that_throws_a_shadow_is_found_too():
    spread = np.hstack([page(), page()])
    spread[:, 495:503] = True
    assert fold_column(spread) == pytest.approx(500, abs=15)


def test_a_page_upright_is_one_page():
    assert fold_column(page()) is None


def test_a_page_that_lies_across_is_one_page():
    assert fold_column(page(700, 1000)) is None


def test_a_table_has_several_white_bands_and_is_one_page():
    table = page(700, 1000)
    for band in (240, 480, 720):
        table[:, band : band + 60] = False
    assert fold_column(table) is None


def test_words_and_a_column_of_sums_are_one_page():
    table = page(700, 1000)
    table[:, 470:860] = False
    assert fold_column(table) is None


def test_a_scan_without_ink_is_one_page():
    assert fold_column(np.zeros((500, 1000), bool)) is None


def test_the_left_page_is_read_before_the_right_one():
    left = [Word("un", 10, 10, 30, 20, 0.9, 1), Word("deux", 10, 80, 30, 20, 0.9, 2)]
    right = [Word("trois", 5, 10, 30, 20, 0.9, 1), Word("quatre", 5, 80, 30, 20, 0.9, 2)]
    both = side_by_side(left, right, 500)
    assert [(word.left_px, word.block) for word in both] == [(10, 1), (10, 2), (505, 3), (505, 4)]
    assert text_of(both) == "un\n\ndeux\n\ntrois\n\nquatre"
    assert side_by_side([], right, 500)[0].block == 1
