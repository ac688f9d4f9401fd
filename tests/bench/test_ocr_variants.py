from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import ocr_variants
import pytest
from PIL import Image, ImageDraw, ImageFont

import archiveia
from archiveia.values import PageImage

FONT = Path(archiveia.__file__).parent / "demo" / "fonts" / "LiberationSerif.ttf"
TEXT = "Le conseil municipal de la commune\nréuni sous la présidence du maire\napprouve le budget et la vente"


@pytest.fixture
def corpus(tmp_path):
    """A folder with one page and its transcription."""
    image = Image.new("L", (1500, 1000), 250)
    ImageDraw.Draw(image).multiline_text(
        (90, 120), TEXT, fill=15, font=ImageFont.truetype(FONT, 60), spacing=40
    )
    folder = tmp_path / "pages"
    folder.mkdir()
    image.save(folder / "page.png", dpi=(300, 300))
    (folder / "page.gt.txt").write_text(TEXT, encoding="utf-8")
    return folder


def test_a_noisy_page_is_small_and_the_same_each_time():
    page = PageImage(1, np.full((3508, 2480), 240, np.uint8), 300)
    images = [ocr_variants.noisy(page, np.random.default_rng([1, 0]))[0] for _ in range(2)]
    assert images[0].size == (909, 1286)
    assert images[0].tobytes() == images[1].tobytes()


def test_a_resolution_that_no_page_has_is_not_believed():
    assert ocr_variants.plausible_dpi(PageImage(1, np.full((3508, 2480), 240, np.uint8), 300)) == 300
    assert ocr_variants.plausible_dpi(
        PageImage(1, np.full((3508, 2480), 240, np.uint8), 72)
    ) == pytest.approx(300, 0.01)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="the program tesseract is not installed")
def test_a_turned_page_is_measured_beside_the_upright_one(corpus, tmp_path, capsys):
    out = tmp_path / "variants.json"
    ocr_variants.main([str(corpus), "--variants", "upright,turned-90", "--workers", "1", "--out", str(out)])
    found = json.loads(out.read_text(encoding="utf-8"))["variants"]
    assert [variant["cer"]["pooled"] for variant in found] == [0, 0]
    assert [variant["corpora"][0]["pages"][0]["turned_degrees"] for variant in found] == [0, 270]
    assert found[1]["missed_turns"] == []
    assert "| turned-90 | 1 | 0.00%" in capsys.readouterr().out


def test_the_pages_of_a_spread_lie_side_by_side_in_the_shadow_of_the_fold():
    left, right = (
        PageImage(1, np.full((600, 400), 200, np.uint8)),
        PageImage(1, np.full((500, 300), 100, np.uint8)),
    )
    spread = ocr_variants.side_by_side(left, right).pixels
    assert spread.shape == (600, 700)
    assert (spread[300, 100], spread[300, 400], spread[599, 600]) == (200, 25, 100)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="the program tesseract is not installed")
def test_a_spread_is_transcribed_from_left_to_right(corpus, tmp_path):
    for suffix in ("png", "gt.txt"):
        shutil.copy(corpus / f"page.{suffix}", corpus / f"zz.{suffix}")
    out = tmp_path / "variants.json"
    ocr_variants.main([str(corpus), "--variants", "spread", "--workers", "1", "--out", str(out)])
    (spread,) = json.loads(out.read_text(encoding="utf-8"))["variants"][0]["corpora"][0]["pages"]
    assert spread["letters"] == 2 * len(TEXT) + 1
