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
        SettingsError, match="no OCR engine is named 'gutenberg'; choose one of: auto, best, tesseract, ppocr"
    ):
        open_engine("gutenberg", read_settings())


def test_the_null_engine_finds_no_word_on_any_page():
    pages = open_engine("null", read_settings()).read([printed("un"), printed("deux")])
    assert pages == [PageText((), "null", "1"), PageText((), "null", "1")]


def take_away(monkeypatch, libraries):
    """As if these libraries were not installed and their engines (values) not yet opened."""
    for library, engine in libraries.items():
        monkeypatch.setitem(sys.modules, library, None)
        monkeypatch.delitem(sys.modules, f"archiveia.engines.{engine}", raising=False)


def test_a_missing_library_is_named_with_the_extra_that_brings_it(monkeypatch):
    take_away(monkeypatch, {"rapidocr": "ocr_ppocr"})
    with pytest.raises(
        MissingToolError, match=r"'rapidocr' cannot be imported .* pip install 'archiveia\[ppocr\]'"
    ):
        open_engine("ppocr", read_settings())


def test_a_library_that_cannot_be_imported_is_no_traceback(monkeypatch):
    settings = read_settings()
    for error, told, remedy in [
        (
            ImportError("libGL.so.1: cannot open shared object file: No such file or directory"),
            r"libraries of the engine 'onnxtr' do not work \(libGL\.so\.1: cannot open",
            "apt-get install libgl1",
        ),
        (
            OSError("libcudart.so.12: cannot open shared object file"),
            r"libcudart",
            "apt-get install the package that has libcudart.so.12",
        ),
        (
            RuntimeError("operator torchvision::roi_align does not exist\nmore"),
            r"do not work \(operator torchvision::roi_align does not exist\)",
            "pip install --force-reinstall -c constraints.txt 'archiveia[onnx]'",
        ),
        (ValueError(), r"do not work \(ValueError\)", "pip install --force-reinstall"),
    ]:

        def broken(_settings, error=error):
            raise error

        monkeypatch.setitem(OCR_ENGINES, "onnxtr", broken)
        with pytest.raises(MissingToolError, match=told) as caught:
            open_engine("onnxtr", settings)
        assert caught.value.remedy.startswith(remedy)
        assert caught.value.__cause__ is error
        (state,) = [state for state in available(settings) if state.name == "onnxtr"]
        assert not state.usable
        assert state.remedy == caught.value.remedy


def test_the_state_of_every_engine_is_told_with_its_remedy(monkeypatch):
    take_away(monkeypatch, {"rapidocr": "ocr_ppocr", "torch": "ocr_doctr", "onnxtr": "ocr_onnxtr"})
    states = {state.name: state for state in available(read_settings())}
    assert list(states) == list(OCR_ENGINES)
    assert states["null"].usable
    assert not states["doctr"].usable
    assert states["doctr"].remedy == "pip install 'archiveia[doctr]'"
