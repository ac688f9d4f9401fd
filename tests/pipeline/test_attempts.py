from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import archiveia
from archiveia.engines import ocr as engines
from archiveia.engines.ocr import pair_of
from archiveia.errors import PageFailedError
from archiveia.pipeline import attempts
from archiveia.pipeline.attempts import attempt
from archiveia.settings import read_settings
from archiveia.steps.layout import Box, in_reading_order, split_line, text_of
from archiveia.steps.prepare import ink_mask
from archiveia.values import PageImage, PageText

CREDIT = "Source gallica.bnf.fr / Bibliothèque nationale de France"
LINES = (
    "Le conseil municipal de la commune",
    "réuni sous la présidence du maire",
    "approuve le budget et la vente",
)


@dataclass
class Told:
    """An engine, named as what it plays, that reads what it was told and counts its pages."""

    name: str
    lines: tuple[tuple[str, float], ...]
    version: str = "1"
    fails: bool = False
    read_pages: list[PageImage] = field(default_factory=list)

    def read(self, images):
        self.read_pages += images
        if self.fails:
            raise PageFailedError("the network ran out of memory", "give it more")
        words = in_reading_order(
            split_line(
                text, Box(100, 940 if "gallica" in text else 100 + 45 * row, 15 * len(text), 30), score
            )
            for row, (text, score) in enumerate(self.lines)
        )
        return [PageText(words, self.name, self.version) for _ in images]


@pytest.fixture
def told(monkeypatch):
    """Reads a page by engines that were told what to say: ``told(tesseract=..., ppocr=..., engine=...)``."""

    def read(tesseract, ppocr, engine="best", *, fails=False):
        playing = {
            "tesseract": Told("tesseract", tuple(tesseract)),
            "ppocr": Told("ppocr", tuple(ppocr), fails=fails),
        }
        monkeypatch.setattr(attempts, "_engine", lambda name, _settings: playing[name])
        monkeypatch.setattr(
            attempts, "pair_of", lambda name: ("tesseract", "ppocr") if name != "tesseract" else None
        )
        page = PageImage(1, np.full((1000, 1000), 250, np.uint8), 300)
        page.pixels[100:400, 100:600:3] = 20
        found = attempt(page, ink_mask(page.pixels), read_settings(ocr_engine=engine))
        return found, len(playing["ppocr"].read_pages)

    return read


def lines(*texts: str, score=0.95):
    return [(text, score) for text in texts]


# --- which engines ---


def test_auto_is_one_engine_where_the_second_is_not_installed(monkeypatch):
    monkeypatch.setattr(engines, "find_spec", lambda _name: None)
    assert pair_of("auto") is None
    assert pair_of("best") == ("tesseract", "ppocr")
    assert pair_of("doctr") is None


def test_auto_asks_no_second_engine_on_a_page_that_the_first_reads_well(told):
    clean = lines(*LINES * 6, score=0.97)
    found, asked = told(clean, clean, engine="auto")
    assert (found.engine, asked) == ("tesseract", 0)
    assert found.cer_estimate < 0.02


def test_auto_asks_the_second_engine_on_a_page_in_doubt(told):
    found, asked = told(lines(*LINES, score=0.6), lines(*LINES), engine="auto")
    assert (found.engine, asked) == ("tesseract+ppocr", 1)


def test_best_asks_both_on_every_page(told):
    clean = lines(*LINES * 6, score=0.97)
    assert told(clean, clean)[1] == 1


def test_ink_that_the_first_engine_finds_no_words_in_is_shown_to_the_second(told):
    found, asked = told([], [], engine="auto")
    assert asked == 1
    assert found.words == ()


# --- laid straight ---


@pytest.mark.parametrize("degrees", [0.8, 3.0])
def test_a_page_that_leans_is_read_straight_and_its_words_are_boxed_as_it_leans(monkeypatch, degrees):
    pixels = np.full((1000, 800), 250, np.uint8)
    for top in range(100, 900, 45):
        for left in range(100, 700, 34):
            pixels[top : top + 20, left : left + 22] = 20
    pixels = np.asarray(Image.fromarray(pixels).rotate(-degrees, expand=True, fillcolor=250))
    engine = Told("tesseract", tuple(lines(*LINES, score=0.97)))
    monkeypatch.setattr(attempts, "_engine", lambda _name, _settings: engine)
    page = PageImage(1, pixels, 300)
    found = attempt(page, ink_mask(pixels), read_settings(ocr_engine="tesseract"))
    assert text_of(found.words) == "\n".join(LINES)
    if degrees < 1:
        assert engine.read_pages[0] is page
        assert (found.prepared, found.words[0].left_px) == ((), 100)
    else:
        assert engine.read_pages[0].width_px > page.width_px
        assert found.prepared == ("deskewed",)
        assert found.words[0].top_px < found.words[3].top_px  # the line sinks to the right


# --- spreads ---


def text_lines(height=1000, width=700):
    """A page of black bars as long as words."""
    pixels, draw = np.full((height, width), 250, np.uint8), np.random.default_rng(2)
    for top in range(100, height - 100, 45):
        left = 70
        while left < width - 70:
            right = min(left + int(draw.integers(10, 60)), width - 70)
            pixels[top : top + 20, left:right] = 20
            left = right + 12
    return pixels


@pytest.fixture
def read_spread(monkeypatch):
    """Reads two pages on one scan by an engine that says the same of each: the reading, what the engine saw."""

    def read(*texts: str, score=0.97, engine="tesseract", right=None):
        playing = {name: Told(name, tuple(lines(*texts, score=score))) for name in ("tesseract", "ppocr")}
        monkeypatch.setattr(attempts, "_engine", lambda name, _settings: playing[name])
        monkeypatch.setattr(
            attempts, "pair_of", lambda name: ("tesseract", "ppocr") if name == "best" else None
        )
        halves = text_lines(), text_lines() if right is None else right
        page = PageImage(1, np.hstack(halves), 300)
        found = attempt(page, ink_mask(page.pixels), read_settings(ocr_engine=engine))
        return found, playing["tesseract"].read_pages

    return read


@pytest.mark.parametrize("engine", ["tesseract", "best"])
def test_of_two_pages_on_one_scan_the_left_one_is_read_first(read_spread, engine):
    found, seen = read_spread(*LINES, engine=engine)
    assert [page.width_px for page in seen] == pytest.approx([700, 700], abs=20)
    assert text_of(found.words) == "\n".join(LINES) + "\n\n" + "\n".join(LINES)
    assert found.words[len(found.words) // 2].left_px == 100 + seen[0].width_px
    assert found.prepared == ("parted",)
    assert found.engine == ("tesseract" if engine == "tesseract" else "tesseract+ppocr")
    assert 0 < found.cer_estimate < 0.1


def test_each_page_of_a_spread_is_laid_straight_by_itself(read_spread):
    leaning = Image.fromarray(text_lines()).rotate(-3, Image.Resampling.BILINEAR, fillcolor=250)
    found, seen = read_spread(*LINES, right=np.asarray(leaning))
    assert found.prepared == ("parted", "deskewed")
    assert seen[0].height_px == 1000 < seen[1].height_px


def test_a_spread_with_a_page_by_hand_is_for_a_person(read_spread):
    found, _ = read_spread(*LINES, score=0.2, engine="best")
    assert found.by_hand


def test_a_page_alone_is_not_parted(read_spread):
    assert read_spread(*LINES, right=text_lines()[:, :0])[0].prepared == ()


# --- one reading of two ---


def test_the_words_of_both_make_one_reading(told):
    found, _ = told(lines(LINES[0].replace("conseil", "eonseil"), *LINES[1:]), lines(LINES[0], *LINES[1:]))
    assert text_of(found.words) == "\n".join(LINES)
    assert found.engine_version == "1 + 1"
    assert 0 <= found.cer_estimate <= 1


def test_lines_that_the_second_engine_is_unsure_of_are_set_aside(told):
    found, _ = told(lines(*LINES), [*lines(*LINES), ("PREFECTVRE DV", 0.1)])
    assert text_of(found.words) == "\n".join(LINES)
    assert text_of(found.aside) == "PREFECTVRE DV"


def test_the_line_of_a_digital_library_is_set_aside(told):
    for engine in ("tesseract", "best"):
        found, _ = told(lines(*LINES, CREDIT), lines(*LINES, CREDIT), engine=engine)
        assert text_of(found.words) == "\n".join(LINES)
        assert text_of(found.aside) == CREDIT


def test_of_a_page_by_hand_every_line_is_kept(told):
    found, _ = told(lines(*LINES, score=0.2), lines(*LINES, score=0.2))
    assert found.by_hand
    assert text_of(found.words) == "\n".join(LINES)


def test_what_the_first_engine_read_stays_when_the_second_fails(told):
    found, asked = told(lines(*LINES), lines(*LINES), fails=True)
    assert asked == 1
    assert (found.engine, text_of(found.words)) == ("tesseract", "\n".join(LINES))


def test_what_only_the_first_engine_sees_stays(told):
    assert text_of(told(lines(*LINES), [])[0].words) == "\n".join(LINES)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="the program tesseract is not installed")
def test_two_real_engines_read_a_typed_page():
    pytest.importorskip("rapidocr", reason="extra ppocr is not installed")
    image = Image.new("L", (1500, 700), 245)
    face = ImageFont.truetype(Path(archiveia.__file__).parent / "demo" / "fonts" / "CourierPrime.otf", 46)
    ImageDraw.Draw(image).multiline_text((90, 120), "\n".join(LINES), fill=30, font=face, spacing=24)
    page = PageImage(1, np.asarray(image), 300)
    found = attempt(page, ink_mask(page.pixels), read_settings(ocr_engine="best"))
    assert text_of(found.words) == "\n".join(LINES)
    assert found.engine == "tesseract+ppocr"
    assert found.cer_estimate < 0.05
    assert not found.by_hand
