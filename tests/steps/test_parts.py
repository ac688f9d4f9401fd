from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from archiveia.steps.parts import all_done, parts_of, whole
from archiveia.steps.prepare import ink_mask
from archiveia.values import PageImage, Word


def scan(*, height=1400, width=1000, noise=0.0, degrees=0.0, times=1):
    """Lines of bars, ``times`` such pages side by side."""
    pixels = np.full((height, width), 230, np.uint8)
    for top in range(150, height - 150, 50):
        for left in range(120, width - 120, 34):
            pixels[top : top + 20, left : left + 22] = 20
    pixels = np.hstack([pixels] * times)
    pixels = np.asarray(Image.fromarray(pixels).rotate(-degrees, Image.Resampling.BILINEAR, fillcolor=230))
    grain = np.random.default_rng(0).normal(0, noise, pixels.shape) if noise else 0
    return PageImage(4, np.clip(pixels + grain, 0, 255).astype(np.uint8), 150)


def word(text="mot", left=100, top=100, block=1):
    return Word(text, left, top, 40, 20, 0.9, block)


def test_an_ordinary_page_is_shown_as_it_is():
    page = scan()
    (part,) = parts_of(page, ink_mask(page.pixels), grainy=False)
    assert part.image is page
    assert part.done == ()
    assert whole([part], [[word()]]) == (word(),)


def test_lines_that_hardly_lean_are_left_alone():
    page = scan(degrees=0.6)
    assert parts_of(page, ink_mask(page.pixels), grainy=False)[0].image is page


def test_a_page_that_leans_is_shown_straight_and_its_words_are_boxed_as_it_leans():
    page = scan(degrees=3)
    (part,) = parts_of(page, ink_mask(page.pixels), grainy=False)
    assert part.done == ("deskewed",)
    top = np.flatnonzero((part.image.pixels[:, 500:540] < 128).any(axis=1))[0]
    (found,) = whole([part], [[word(left=500, top=int(top))]])
    inked = page.pixels[found.top_px : found.top_px + found.height_px, found.left_px :][:, : found.width_px]
    assert (inked < 128).mean() > 0.3


def test_grain_is_removed_where_it_is_asked_for_and_boxes_are_those_of_the_scan():
    page = scan(noise=15)
    (part,) = parts_of(page, ink_mask(page.pixels), grainy=True)
    assert part.done[:2] == ("denoised", "background")
    scale = part.scale
    (found,) = whole([part], [[Word("mot", round(100 * scale), round(200 * scale), 50, 20, 0.9)]])
    assert abs(found.left_px - 100) <= 1
    assert abs(found.top_px - 200) <= 1


def test_of_two_pages_on_a_scan_the_left_one_is_read_before_the_right_one():
    page = scan(times=2)
    parts = parts_of(page, ink_mask(page.pixels), grainy=False)
    at_px = parts[1].left_px
    assert at_px == pytest.approx(1000, abs=20)
    assert [part.image.width_px for part in parts] == [at_px, 2000 - at_px]
    assert [part.image.number for part in parts] == [4, 4]
    left, right = [word("a"), word("b", top=300, block=2)], [word("c"), word("d", top=300, block=2)]
    found = whole(parts, [left, right])
    assert [(w.text, w.left_px, w.block) for w in found] == [
        ("a", 100, 1),
        ("b", 100, 2),
        ("c", at_px + 100, 3),
        ("d", at_px + 100, 4),
    ]
    assert all_done(parts) == ("split",)


def test_each_of_two_pages_is_laid_straight_by_itself():
    page = scan(times=2)
    leaning = np.asarray(
        Image.fromarray(page.pixels[:, 1000:]).rotate(-2, Image.Resampling.BILINEAR, fillcolor=230)
    )
    both = PageImage(1, np.hstack([page.pixels[:, :1000], leaning]), 150)
    parts = parts_of(both, ink_mask(both.pixels), grainy=False)
    assert [round(part.skew_degrees) for part in parts] == [0, 2]
    assert all_done(parts) == ("split", "deskewed")
