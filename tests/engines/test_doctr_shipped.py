"""The weights of ``models/ocr`` read a page, with nothing set and nothing downloaded."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from archiveia.engines.doctr_family import words_of
from archiveia.engines.doctr_weights import SHIPPED
from archiveia.engines.ocr import open_engine
from archiveia.engines.torchvision_compat import ensure_torchvision
from archiveia.settings import read_settings
from archiveia.steps.measure import letter_errors

from .pages import printed

if TYPE_CHECKING:
    from pathlib import Path

# Libraries that others maintain may warn of what will change in them.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"
)
LINES = (
    "Le conseil municipal de la",
    "commune, dans sa séance du",
    "12 mars 1923, vote la somme",
    "de 4 500 francs pour les",
    "travaux du chemin vicinal.",
)
MOST_ERRORS = 0.2
"""Of the letters of this clean page: far from good reading, and farther from none."""


@pytest.fixture
def _no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("DOCTR_CACHE_DIR", "ONNXTR_CACHE_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("ARCHIVEIA_DOCTR_DETECTOR", "ARCHIVEIA_DOCTR_RECOGNISER"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_no_cache")
@pytest.mark.parametrize(("engine", "library"), [("doctr", "doctr"), ("onnxtr", "onnxtr")])
def test_the_shipped_weights_read_a_page(engine: str, library: str):
    if engine == "doctr":
        pytest.importorskip("torch", reason="extra doctr is not installed")
        ensure_torchvision()
    pytest.importorskip(library, reason="the engine's extra is not installed")
    (read,) = open_engine(engine, read_settings()).read([printed("\n".join(LINES), size=(1200, 1600))])
    wanted = " ".join(LINES)
    found = " ".join(word.text for word in read.words)
    errors = letter_errors(found, wanted)
    assert errors.edits <= MOST_ERRORS * errors.units, found
    assert "db_small-archiveia crnn_mobilenet_v3_small-archiveia" in read.engine_version


def test_the_sums_beside_the_shipped_weights_are_theirs():
    sums = dict(
        reversed(line.split("  ")) for line in (SHIPPED / "SHA256SUMS").read_text("ascii").splitlines()
    )
    weights = {file.name for suffix in (".pt", ".onnx", ".vocab") for file in SHIPPED.glob(f"*{suffix}")}
    assert weights == set(sums)
    for name, promised in sums.items():
        assert hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() == promised, name
        assert (SHIPPED / name).stat().st_size < 10_000_000


def test_a_space_that_the_recogniser_reads_parts_a_box_into_words():
    page = printed("")
    (le, maire) = words_of([[("le maire", 0.9, 0.1, 0.1, 0.5, 0.2), (" ", 0.9, 0.6, 0.1, 0.7, 0.2)]], page)
    assert (le.text, maire.text) == ("le", "maire")
    assert (le.left_px, le.width_px) == (120, 120)
    assert (maire.left_px, maire.width_px) == (300, 300)
