from __future__ import annotations

import subprocess
import sys

import pytest

from archiveia.engines.ocr import OCR_ENGINES, available, open_engine
from archiveia.errors import MissingToolError, SettingsError
from archiveia.settings import read_settings
from archiveia.values import PageText

from .pages import printed


def test_naming_the_engines_imports_none_of_their_libraries():
    heavy = "{'pytesseract', 'rapidocr', 'doctr', 'onnxtr', 'torch', 'onnxruntime', 'cv2'}"
    code = f"import sys, archiveia.engines.ocr; print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_an_unknown_engine_is_refused_with_the_names_that_exist():
    with pytest.raises(
        SettingsError, match="no OCR engine is named 'gutenberg'; choose one of: auto, tesseract, ppocr"
    ):
        open_engine("gutenberg", read_settings())


def test_the_null_engine_finds_no_word_on_any_page():
    pages = open_engine("null", read_settings()).read([printed("un"), printed("deux")])
    assert pages == [PageText((), "null", "1"), PageText((), "null", "1")]


def test_a_missing_library_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(
        MissingToolError, match=r"'rapidocr' cannot be imported .* pip install 'archiveia\[ppocr\]'"
    ):
        open_engine("ppocr", read_settings())


def test_the_state_of_every_engine_is_told_with_its_remedy(monkeypatch):
    for library in ("rapidocr", "torch", "onnxtr"):
        monkeypatch.setitem(sys.modules, library, None)
    states = {state.name: state for state in available(read_settings())}
    assert list(states) == list(OCR_ENGINES)
    assert states["null"].usable
    assert not states["doctr"].usable
    assert states["doctr"].remedy == "pip install 'archiveia[doctr]'"
