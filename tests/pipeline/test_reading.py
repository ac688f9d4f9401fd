from __future__ import annotations

import pickle
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import archiveia
from archiveia.pipeline import attempts
from archiveia.pipeline.attempts import read_image
from archiveia.pipeline.reading import PageTask, read_files, read_page
from archiveia.settings import read_settings
from archiveia.steps.alto import reading_from_json, words_json
from archiveia.steps.prepare import ink_mask
from archiveia.values import FileKind, PageImage, PageState, PageText, Word

FONT = Path(archiveia.__file__).parent / "demo" / "fonts" / "LiberationSerif.ttf"
LETTER = (
    "Le conseil municipal de la commune, réuni le 12 mars 1954\n"
    "sous la présidence du maire, après en avoir délibéré,\n"
    "approuve le budget et autorise la vente des bois."
)
SETTINGS = read_settings(ocr_engine="tesseract", ocr_min_score=0.4, workers=1)
tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="the program tesseract is not installed"
)


def page_of(text=LETTER, turn=0):
    image = Image.new("L", (1500, 900), 250)
    ImageDraw.Draw(image).multiline_text(
        (90, 120), text, fill=15, font=ImageFont.truetype(FONT, 46), spacing=24
    )
    return image.rotate(-turn, expand=True)


def task_of(path, image, kind=FileKind.PNG):
    image.save(path, quality=35, dpi=(300, 300))
    return PageTask(path, kind, 1, SETTINGS)


# --- one page ---


def test_a_task_travels_to_a_worker_and_is_a_key():
    task = PageTask(Path("scan.pdf"), FileKind.PDF, 3, SETTINGS)
    assert pickle.loads(pickle.dumps(task)) == task  # noqa: S301 (our own bytes)
    assert {task: 1}[PageTask(Path("scan.pdf"), FileKind.PDF, 3, SETTINGS)] == 1


@tesseract
def test_a_printed_page_is_text_with_an_image_to_show(tmp_path):
    page = read_page(task_of(tmp_path / "letter.png", page_of()))
    reading = page.reading
    assert reading.state is PageState.TEXT
    assert reading.text == LETTER
    assert (reading.width_px, reading.height_px, reading.turned_degrees) == (1500, 900, 0)
    assert reading.prepared == ()
    assert reading.score > 0.8
    assert page.jpeg.startswith(b"\xff\xd8")
    assert reading_from_json(words_json(reading)) == reading


@tesseract
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_upright(tmp_path, turn):
    page = read_page(task_of(tmp_path / "turned.png", page_of(turn=turn)))
    assert page.reading.text == LETTER
    assert page.reading.turned_degrees == 360 - turn
    assert (page.reading.width_px, page.reading.height_px) == (1500, 900)
    assert max(word.left_px + word.width_px for word in page.reading.words) <= 1500


def no_network(_page):
    raise AssertionError("a model was used")


@tesseract
@pytest.mark.parametrize("ai", ["on", "off"])
def test_a_noisy_page_in_uneven_light_is_read_all_the_same(tmp_path, monkeypatch, ai):
    if ai == "off":
        monkeypatch.setattr(attempts, "cleaned", no_network)
    small = np.asarray(page_of(LETTER + "\n" + LETTER).resize((550, 330), Image.Resampling.LANCZOS), float)
    shaded = (128 + (small - 128) * 0.65) * np.linspace(1, 0.8, 550)
    grainy = np.clip(shaded + np.random.default_rng(1).normal(0, 20, shaded.shape), 0, 255).astype(np.uint8)
    task = task_of(tmp_path / "bad.jpg", Image.fromarray(grainy), FileKind.JPEG)
    page = read_page(replace(task, settings=SETTINGS.model_copy(update={"ai": ai})))
    assert page.reading.state is PageState.TEXT
    assert page.reading.prepared == ("denoised", "background", "enlarged")
    assert "conseil municipal" in page.reading.text
    assert (page.reading.width_px, page.reading.height_px) == (550, 330)
    assert max(word.left_px + word.width_px for word in page.reading.words) <= 550


@tesseract
@pytest.mark.parametrize(
    ("ink", "state"),
    [pytest.param(False, PageState.BLANK, id="white"), pytest.param(True, PageState.ILLEGIBLE, id="drawing")],
)
def test_a_page_without_words_is_blank_or_illegible(tmp_path, ink, state):
    image = Image.new("L", (1000, 1400), 245)
    if ink:
        ImageDraw.Draw(image).ellipse((200, 300, 800, 1100), outline=20, width=25)
    reading = read_page(task_of(tmp_path / "page.png", image)).reading
    assert (reading.state, reading.text) == (state, "")
    assert reading.reason == ("aucun texte trouvé" if ink else None)


@dataclass
class CountingEngine:
    """Reads whatever it was told to, and counts."""

    words: tuple[Word, ...]
    name: str = "counting"
    version: str = "1"
    sizes: list[tuple[int, int]] = field(default_factory=list)

    def read(self, images):
        self.sizes += [(image.width_px, image.height_px) for image in images]
        return [PageText(self.words, self.name, self.version) for _ in images]


def test_an_ordinary_page_costs_one_reading():
    page = PageImage(1, np.asarray(page_of()))
    words = tuple(Word("commune", 90, 120 + 70 * row, 1200, 60, 0.9) for row in range(8))
    engine = CountingEngine(words)
    assert read_image(engine, page, ink_mask(page.pixels), blank_ink_share=0.002).words == words
    assert engine.sizes == [(1500, 900)]


def test_a_page_that_nothing_improves_is_left_as_it_was():
    page = PageImage(1, np.asarray(page_of()))
    engine = CountingEngine((Word("xq", 0, 0, 10, 10, 0.1),))
    attempt = read_image(engine, page, ink_mask(page.pixels), blank_ink_share=0.002)
    assert (attempt.turned_degrees, attempt.prepared) == (0, ())
    assert len(engine.sizes) == 4


# --- a PDF's own text ---


def test_the_own_text_of_a_digital_pdf_is_used(corpora):
    path = corpora / "modern-arretes-prefectoraux" / "arrete_nomination.pdf"
    settings = SETTINGS.model_copy(update={"ocr_engine": "null"})
    reading = read_page(PageTask(path, FileKind.PDF, 1, settings)).reading
    assert (reading.state, reading.engine) == (PageState.TEXT, "pdf-text")
    assert reading.text.startswith("ARRÊTÉ du 15 mai 2025")
    assert reading.text.count("\n\n") > 3


def test_a_scanned_pdf_is_shown_to_the_engine(corpora):
    path = corpora / "modern-arretes-prefectoraux" / "arrete_circulation.pdf"
    settings = SETTINGS.model_copy(update={"ocr_engine": "null"})
    assert read_page(PageTask(path, FileKind.PDF, 1, settings)).reading.engine == "null"


@tesseract
@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("htr-cremma19/poemes-louise-trudelle__01R_P1S8P1_011.jpg", PageState.HANDWRITTEN),
        ("ocr-print-kovalewsky1893/MK_1893_2_72.jpeg", PageState.TEXT),
    ],
)
def test_manuscripts_are_told_from_print(corpora, name, state):
    assert read_page(PageTask(corpora / name, FileKind.JPEG, 1, SETTINGS)).reading.state is state


# --- archiveia ocr ---


@tesseract
def test_files_are_read_to_text_and_alto_and_a_bad_one_does_not_stop_the_others(tmp_path):
    pages = [page_of("première page"), page_of("seconde page")]
    pages[0].save(tmp_path / "scan.pdf", save_all=True, append_images=pages[1:], resolution=200)
    page_of("autre fichier").save(tmp_path / "scan.png")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.4 cut off")
    told = []
    results = read_files(
        [tmp_path / name for name in ("scan.pdf", "notes.pdf", "scan.png", "absent.pdf")],
        SETTINGS,
        engine="tesseract",
        formats=("text", "alto"),
        out_dir=tmp_path / "out",
        progress=lambda what, done, total: told.append((what, done, total)),
    )
    assert [(r.path.name, r.pages, r.error is None) for r in results] == [
        ("scan.pdf", 2, True),
        ("notes.pdf", 0, False),
        ("scan.png", 1, True),
        ("absent.pdf", 0, False),
    ]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "scan.alto.xml",
        "scan.png.alto.xml",
        "scan.png.txt",
        "scan.txt",
    ]
    assert (tmp_path / "out" / "scan.txt").read_text(encoding="utf-8") == "première page\n\fseconde page\n"
    assert (tmp_path / "out" / "scan.alto.xml").read_text(encoding="utf-8").count("<Page ") == 2
    assert "file cannot be read: No such file" in results[3].error
    assert told[-1] == ("pages", 3, 3)


def test_reading_again_replaces_the_outputs(tmp_path):
    page_of().save(tmp_path / "scan.png")
    for _ in range(2):
        results = read_files(
            [tmp_path / "scan.png"], SETTINGS, engine="null", formats=("text",), out_dir=tmp_path / "out"
        )
    assert [p.name for p in results[0].written] == ["scan.txt"]
    assert (tmp_path / "out" / "scan.txt").read_text(encoding="utf-8") == "\n"
