"""The network of ``models/page-cleaner`` takes grain off a page, and leaves its letters."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from PIL import Image

from archiveia.engines import page_cleaner
from archiveia.engines.page_cleaner import FILE, can_clean, cleaned
from archiveia.steps.prepare import noise_level, prepare
from archiveia.values import PageImage

from .pages import printed

needs_onnx = pytest.mark.skipif(not can_clean(), reason="onnxruntime is not installed (extra ppocr or onnx)")
LINES = (
    "Le conseil municipal de la",
    "commune, dans sa séance du",
    "12 mars 1923, vote la somme",
    "de 4 500 francs pour les",
    "travaux du chemin vicinal.",
)


def bad_copy(deviation=20.0, height_px=330):
    """A clean page and what a bad copier makes of it: reduced, pale, grainy."""
    page = Image.fromarray(printed("\n".join(LINES)).pixels)
    size = (round(page.width * height_px / page.height), height_px)
    clean = np.asarray(page.resize(size, Image.Resampling.LANCZOS), np.float32)
    grain = np.random.default_rng(0).normal(0, deviation, clean.shape)
    pixels = np.clip(150 + 0.65 * (clean - 150) + grain, 0, 255).astype(np.uint8)
    return clean, PageImage(4, pixels, dpi=110)


def likeness(pixels, clean):
    """The correlation of an image with the clean page."""
    size = clean.shape[::-1]
    same = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX), np.float32)
    return np.corrcoef(same.ravel(), clean.ravel())[0, 1]


def test_the_weights_are_those_that_the_card_speaks_of():
    digest, name = (FILE.parent / "SHA256SUMS").read_text().split()
    assert name == FILE.name
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == digest


@needs_onnx
def test_a_bad_copy_is_more_like_the_page_once_it_is_cleaned():
    clean, page = bad_copy()
    ready = cleaned(page)
    assert noise_level(ready.image.pixels) < noise_level(page.pixels) / 10
    by_arithmetic = likeness(prepare(page).image.pixels, clean)
    assert likeness(ready.image.pixels, clean) > max(by_arithmetic, likeness(page.pixels, clean)) + 0.02


@needs_onnx
def test_a_cleaned_page_is_larger_and_keeps_its_shape_and_number():
    _, page = bad_copy()
    ready = cleaned(page)
    assert 1 < ready.scale <= 3.6
    assert ready.done == ("denoised", "background", "enlarged")
    assert ready.image.number == 4
    assert ready.image.dpi == pytest.approx(110 * ready.scale)
    assert ready.image.height_px == pytest.approx(page.height_px * ready.scale, abs=2)


@needs_onnx
def test_bands_leave_no_seam(monkeypatch):
    _, page = bad_copy(height_px=401)
    whole = cleaned(page).image.pixels.astype(int)
    monkeypatch.setattr(page_cleaner, "_BAND_PX", 64)
    assert np.abs(cleaned(page).image.pixels.astype(int) - whole).max() <= 1


@needs_onnx
@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (901, 2), (33, 65)])
def test_a_page_of_any_size_is_cleaned(shape):
    grain = np.random.default_rng(0).normal(200, 20, shape).clip(0, 255).astype(np.uint8)
    ready = cleaned(PageImage(1, grain))
    assert ready.image.pixels.shape == (2 * shape[0], 2 * shape[1])
