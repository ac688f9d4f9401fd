"""Crops as a recogniser meets them: of its size, seeded, of fonts that have every letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from archiveia.edges import fonts as fonts_module
from archiveia.edges.fonts import Font, find_fonts
from archiveia.edges.line_images import LineImage
from archiveia.edges.rendered_pages import beside_black, inside, rendered_page
from archiveia.edges.rendered_text import Renderer, fitted, plain_crop, real_crop
from archiveia.edges.training_texts import FrenchWords
from archiveia.engines.torchvision_compat import ensure_torchvision
from archiveia.errors import MissingToolError
from archiveia.pipeline.training_data import FRENCH
from archiveia.steps.word_cuts import CutWord

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def fonts() -> list[Font]:
    return find_fonts(FRENCH, ())


def test_the_fonts_of_the_program_are_always_there(fonts: list[Font]):
    assert {(font.family, font.kind) for font in fonts} >= {
        ("Liberation Serif", "serif"),
        ("Courier Prime", "mono"),
    }
    assert not any("colier" in font.family for font in fonts)  # a hand, not a type


def test_without_any_font_a_person_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fonts_module, "files", lambda _: tmp_path)
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    with pytest.raises(MissingToolError, match="no font has the letters of French"):
        find_fonts(FRENCH, (tmp_path,))


def test_a_crop_shows_the_text_darker_than_its_paper(fonts: list[Font]):
    rng = np.random.default_rng(1)
    renderer = Renderer(fonts)
    for _ in range(40):
        crop = renderer.crop("délibération", rng)
        assert crop is not None
        assert crop.shape[1] > crop.shape[0] * 2
        assert np.percentile(crop, 80) - np.percentile(crop, 2) > 15


def test_a_letter_that_no_font_has_gives_no_crop(fonts: list[Font]):
    assert Renderer(fonts).crop("漢", np.random.default_rng(1)) is None


def test_the_same_seed_gives_the_same_crops(fonts: list[Font]):
    first, second = (
        [Renderer(fonts).crop("mairie", np.random.default_rng((3, n))) for n in range(8)] for _ in range(2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("shape", [(40, 60), (20, 200), (32, 128), (3, 300), (200, 30)])
def test_a_crop_is_fitted_as_doctr_fits_it(shape: tuple[int, int]):
    ensure_torchvision()
    transforms = pytest.importorskip("doctr.transforms", reason="extra doctr is not installed")
    import torch
    from doctr.utils import Sample

    crop = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    crop = np.asarray(crop // 4 + 150, dtype=np.uint8)
    theirs = transforms.Resize((32, 128), preserve_aspect_ratio=True)(
        Sample(image=torch.from_numpy(crop[None]))
    )
    assert np.abs(fitted(crop).astype(int) - theirs.image[0].numpy().astype(int)).max() <= 2


def test_words_of_a_line_are_cut_out_with_their_text():
    pixels = np.full((40, 300), 230, dtype=np.uint8)
    pixels[12:28, 20:60] = pixels[12:28, 68:120] = 10
    line = LineImage(pixels, (CutWord("de", 20, 12, 60, 28), CutWord("cens", 68, 12, 120, 28)), "a/b")
    assert plain_crop(line, line.words[0]).shape == (20, 44)
    rng = np.random.default_rng(1)
    drawn = [real_crop(line, rng, phrases=0.5) for _ in range(40)]
    assert {text for _, text in drawn} == {"de", "cens", "de cens"}
    assert all(crop.min() < 120 for crop, _ in drawn)


def test_a_rendered_page_has_a_box_around_each_word(fonts: list[Font]):
    rng = np.random.default_rng(2)
    pixels, boxes = rendered_page(
        FrenchWords([], FRENCH, "Le conseil municipal de la commune vote un emprunt"),
        Renderer(fonts),
        320,
        rng,
    )
    assert pixels.shape == (320, 320)
    assert len(boxes) > 10
    assert boxes.min() >= 0
    assert boxes.max() <= 1


def test_boxes_that_are_mostly_outside_are_left_out():
    boxes = np.array([[10, 10, 50, 20], [-40, 10, 10, 20], [90, 90, 130, 104], [40, 40, 41, 41]], dtype=float)
    assert inside(boxes, 100) == pytest.approx(np.array([[0.1, 0.1, 0.5, 0.2]]))


@pytest.mark.parametrize("seed", range(8))
def test_words_under_the_black_beside_a_page_have_no_box(seed: int):
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0.02, 0.8, (60, 2))
    boxes = np.concatenate([corners, corners + np.array([0.1, 0.04])], axis=1).astype(np.float32)
    pixels, left = beside_black(np.full((200, 200), 210, dtype=np.uint8), boxes, rng)
    assert 0 < (pixels == 0).mean() < 0.41
    for x, y, end, foot in np.round(left * 200).astype(int):
        assert pixels[y + 1 : foot - 1, x + 1 : end - 1].min() == 210
    assert 20 < len(left) <= 60
