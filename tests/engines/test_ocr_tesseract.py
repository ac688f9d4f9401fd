from __future__ import annotations

import shutil

import numpy as np
import pytesseract
import pytest

from archiveia.engines.ocr import open_engine
from archiveia.errors import MissingToolError, PageTimeoutError
from archiveia.settings import read_settings
from archiveia.steps.layout import text_of
from archiveia.values import PageImage

from .pages import printed

installed = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="the program tesseract is not installed"
)


@installed
def test_a_printed_page_is_read_with_boxes_scores_and_lines():
    page = printed("Le conseil municipal approuve\nle budget de l'année 1954.")
    (text,) = open_engine("auto", read_settings()).read([page])
    assert text_of(text.words) == "Le conseil municipal approuve\nle budget de l'année 1954."
    assert text.engine == "tesseract"
    assert text.engine_version.endswith(" fra")
    first, last = text.words[0], text.words[-1]
    assert (first.block, first.line, last.line) == (1, 1, 2)
    assert abs(first.left_px - 80) < 8
    assert last.top_px > first.top_px + 40
    assert all(0.5 < word.score <= 1 for word in text.words)


@installed
def test_several_pages_are_read_in_their_order():
    engine = open_engine("tesseract", read_settings())
    texts = engine.read([printed("première page"), printed("seconde page")])
    assert [text_of(text.words) for text in texts] == ["première page", "seconde page"]


@installed
def test_an_empty_page_has_no_words():
    page = PageImage(1, np.full((800, 600), 255, np.uint8))
    assert open_engine("tesseract", read_settings()).read([page])[0].words == ()


@installed
def test_a_missing_language_is_named_with_its_package():
    with pytest.raises(
        MissingToolError, match=r"no language xyz; apt-get install tesseract-ocr tesseract-ocr-xyz$"
    ):
        open_engine("tesseract", read_settings(ocr_language="fra+xyz"))


@installed
def test_a_page_over_the_time_limit_says_so():
    engine = open_engine("tesseract", read_settings(page_timeout_s=0.001))
    with pytest.raises(
        PageTimeoutError, match=r"took more than 0\.001 s on page 1; raise ARCHIVEIA_PAGE_TIMEOUT_S"
    ):
        engine.read([printed("lent")])


def test_a_missing_program_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-program")
    with pytest.raises(
        MissingToolError, match="tesseract is not installed; apt-get install tesseract-ocr tesseract-ocr-fra"
    ):
        open_engine("tesseract", read_settings())
