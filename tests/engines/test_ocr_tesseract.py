from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
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
    assert re.fullmatch(r"\d\S* fra (fast|best_int|sha256:\w{12})", text.engine_version)
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
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        MissingToolError, match="tesseract is not installed; apt-get install tesseract-ocr tesseract-ocr-fra"
    ):
        open_engine("tesseract", read_settings())


# --- data of one's own ----------------------------------------------------------------------------


@pytest.fixture
def tessdata(tmp_path):
    """A folder with nothing but a copy of the system's French data."""
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout
    shutil.copy(Path(re.search(r'"(.+)"', listed)[1], "fra.traineddata"), tmp_path)
    return tmp_path


@installed
def test_data_of_another_folder_is_read_with_and_named(tessdata):
    with (tessdata / "fra.traineddata").open("ab") as file:
        file.write(b"0")  # other data by its hash, the same network
    engine = open_engine("tesseract", read_settings(ocr_tessdata=str(tessdata)))
    assert re.fullmatch(r"\d\S* fra sha256:\w{12}", engine.version)
    assert text_of(engine.read([printed("le budget communal")])[0].words) == "le budget communal"


@installed
def test_a_folder_without_the_language_is_named(tmp_path):
    with pytest.raises(MissingToolError, match=rf"no language fra in {tmp_path}; put fra.traineddata there"):
        open_engine("tesseract", read_settings(ocr_tessdata=str(tmp_path)))


def _fake(folder, script):
    (folder / "tesseract").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "tesseract").chmod(0o755)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        pytest.param("echo hello", "does not tell its version", id="prints nonsense"),
        pytest.param("printf '\\377\\376'", "does not tell its version", id="prints no UTF-8"),
        pytest.param("kill -9 $$", "does not tell its version", id="dies"),
    ],
)
def test_a_program_of_that_name_that_is_not_tesseract_is_found_out(monkeypatch, tmp_path, script, says):
    _fake(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(MissingToolError, match=says):
        open_engine("tesseract", read_settings())


def test_a_program_that_cannot_be_started_is_found_out(monkeypatch, tmp_path):
    (tmp_path / "tesseract").write_bytes(b"\x7fELF\0")
    (tmp_path / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match=r"does not start: .*Exec format error"):
        open_engine("tesseract", read_settings())
