from __future__ import annotations

import numpy as np
import pytest

from archiveia.steps.prepare import (
    block_mean,
    ink_mask,
    is_noisy,
    noise_level,
    prepare,
    sample,
    text_height_px,
    turned,
)
from archiveia.values import PageImage


def printed_page(paper=240, letter_px=20, size=(1400, 1000)):
    """Rows of black bars: what letters look like to arithmetic."""
    pixels = np.full(size, paper, np.uint8)
    for top in range(100, size[0] - 100, 3 * letter_px):
        for left in range(100, size[1] - 100, 2 * letter_px):
            pixels[top : top + letter_px, left : left + letter_px // 2] = 20
    return pixels


def grainy(pixels, deviation):
    noise = np.random.default_rng(0).normal(0, deviation, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def test_white_paper_has_no_ink():
    assert not ink_mask(np.full((3000, 2000), 250, np.uint8)).any()


def test_paper_that_darkens_to_one_side_has_no_ink():
    assert not ink_mask(np.tile(np.linspace(250, 120, 2000), (3000, 1)).astype(np.uint8)).any()


def test_letters_are_ink():
    assert 0.02 < ink_mask(printed_page()).mean() < 0.3


def test_a_black_edge_of_the_scanner_is_not_ink():
    pixels = np.full((1400, 1000), 240, np.uint8)
    pixels[:, :60] = 5
    assert not ink_mask(pixels).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 3), (7, 7)])
def test_a_page_of_any_size_has_an_ink_mask(shape):
    page = PageImage(1, np.full(shape, 200, np.uint8))
    assert not ink_mask(page.pixels).any()
    assert text_height_px(page.pixels) is None
    assert prepare(page).image.pixels.shape == shape
    sample(page)


@pytest.mark.parametrize(("deviation", "noisy"), [(0, False), (0.8, False), (5, True), (15, True)])
def test_the_grain_of_the_paper_is_measured_beside_the_letters(deviation, noisy):
    page = PageImage(1, grainy(printed_page(paper=200), deviation))
    assert noise_level(page.pixels) == pytest.approx(deviation, rel=0.25, abs=0.6)
    assert is_noisy(page) is noisy


def test_the_height_of_the_letters_is_measured():
    assert text_height_px(printed_page(letter_px=24)) == pytest.approx(24, abs=2)


def test_a_prepared_page_is_smoother_and_its_small_letters_larger():
    page = PageImage(3, grainy(printed_page(paper=200, letter_px=12), 12), dpi=150)
    ready = prepare(page)
    assert ready.scale > 1.4
    assert ready.done == ("denoised", "background", "enlarged")
    assert noise_level(ready.image.pixels) < noise_level(page.pixels) / 3
    assert ready.image.height_px == pytest.approx(page.height_px * ready.scale, abs=2)
    assert ready.image.dpi == pytest.approx(150 * ready.scale)
    assert ready.image.number == 3


def test_even_light_makes_the_paper_white():
    shaded = printed_page() * np.linspace(1, 0.6, 1000)
    ready = prepare(PageImage(1, shaded.astype(np.uint8)))
    assert np.percentile(ready.image.pixels, 60) > 245


def test_a_page_turns_clockwise():
    page = PageImage(1, np.array([[1, 2], [3, 4]], np.uint8))
    assert turned(page, 0).pixels.tolist() == [[1, 2], [3, 4]]
    assert turned(page, 90).pixels.tolist() == [[3, 1], [4, 2]]
    assert turned(page, 180).pixels.tolist() == [[4, 3], [2, 1]]
    assert turned(page, 270).pixels.tolist() == [[2, 4], [1, 3]]


def test_a_sample_is_taken_where_the_ink_is():
    pixels = np.full((4000, 3000), 240, np.uint8)
    pixels[2600:4000, 1500:3000] = printed_page(size=(1400, 1500))
    part = sample(PageImage(1, pixels))
    assert max(part.pixels.shape) <= 901
    assert ink_mask(part.pixels).mean() > 0.05


def test_a_line_of_print_on_a_plan_is_ink_however_large_the_plan():
    plan = np.full((600, 20_000), 250, np.uint8)
    plan[300:304, 5_000:6_000] = 20
    assert ink_mask(plan).sum() >= 40


@pytest.mark.parametrize("step", [1, 2, 5])
def test_the_mean_of_each_square_is_exact(step):
    pixels = np.random.default_rng(1).integers(0, 256, (203, 307), dtype=np.uint8)
    means = block_mean(pixels, step)
    assert means.shape == (203 // step, 307 // step)
    last = pixels[step * (203 // step - 1) :, step * (307 // step - 1) :][:step, :step]
    assert means[-1, -1] == np.float32(last.mean())
