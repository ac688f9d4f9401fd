"""The measurement of docTR against our way of running it works; what it measures is no test's matter."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SCRIPT = Path(__file__).resolve().parent.parent / "bench" / "ocr_gpu.py"

pytest.importorskip("torch", reason="extra doctr is not installed")
# Libraries that others maintain may warn of what will change in them.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"
)


@pytest.fixture
def bench(monkeypatch):
    from archiveia.engines.torchvision_compat import ensure_torchvision

    ensure_torchvision()
    pytest.importorskip("doctr", reason="extra doctr is not installed")

    def run(*arguments: object):
        monkeypatch.setattr(sys, "argv", ["ocr_gpu.py", *map(str, arguments)])
        runpy.run_path(str(SCRIPT), run_name="__main__")

    return run


def test_both_read_the_same_and_the_figures_are_kept(bench, tmp_path, capsys):
    bench("--tiny", "--out", tmp_path / "figures.json")
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert json.loads(capsys.readouterr().out) == figures
    assert list(figures["systems"]) == ["docTR", "docTR, batches", "archiveia"]
    assert figures["weights"] == "chance"
    for system in figures["systems"].values():
        assert system["letters"] > 10
        assert system["pages_per_s"] > 0
        assert system.get("letters_apart", 0) == 0
        assert system.get("pages_of_equal_text", 2) == 2


def test_the_pages_may_be_scans_of_a_folder(bench, tmp_path, capsys):
    Image.fromarray(np.full((90, 60), 200, np.uint8)).save(tmp_path / "page.png")
    (tmp_path / "notes.txt").write_text("no scan", encoding="utf-8")
    bench(tmp_path, "--tiny")
    figures = json.loads(capsys.readouterr().out)
    assert (figures["pages"], figures["page_px"]) == (1, [60, 90])


def test_no_page_and_no_weights_are_said(bench, tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match="no page to read in"):
        bench(tmp_path, "--tiny")
    Image.fromarray(np.full((90, 60), 200, np.uint8)).save(tmp_path / "page.png")
    monkeypatch.setenv("DOCTR_CACHE_DIR", str(tmp_path))
    with pytest.raises(SystemExit, match=r"weights 'none\.pt' are not there; .*; or measure with --chance"):
        bench(tmp_path, "--detector", "none.pt")
