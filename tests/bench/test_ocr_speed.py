"""The benchmarks of speed and memory run, measure what they say, and can be tried on two pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from drawn_scans import DELIBERATION, ORDER, draw_page

pikepdf = pytest.importorskip("pikepdf", reason="extra pdf is not installed")

BENCH = Path(__file__).resolve().parents[2] / "bench"
FAKE = f"""#!{sys.executable}
import shutil, sys
if "--version" in sys.argv:
    print("0.0, a fake of OCRmyPDF for the tests")
else:
    assert sys.argv[1:-2] == ["--jobs", "2", "-l", "fra", "--output-type", "pdf"], sys.argv
    shutil.copy(*sys.argv[-2:])
"""


@pytest.fixture
def corpus(tmp_path):
    """Two transcribed pages."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in (("a.jpg", DELIBERATION), ("b.png", ORDER)):
        draw_page(text).convert("RGBA" if name == "b.png" else "L").save(folder / name)
        (folder / name).with_suffix(".gt.txt").write_text(text, "utf-8")
    return folder


def ran(script, *arguments: object, path=""):
    """What a script of the benchmark prints."""
    light = {"ARCHIVEIA_CLASSIFIER": "lexical", "ARCHIVEIA_NER": "off"}
    env = {**os.environ, **light, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"}
    line = [sys.executable, str(BENCH / script), *map(str, arguments)]
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_both_sides_are_measured_in_turns_on_the_same_pages(corpus, tmp_path):
    fake = tmp_path / "bin" / "ocrmypdf"
    fake.parent.mkdir()
    fake.write_text(FAKE)
    fake.chmod(0o755)
    out = tmp_path / "speed.json"
    how = ["--engines", "tesseract", "--pages", 2, "--rounds", 2, "--out", out]
    table = ran("ocr_speed.py", corpus, *how, path=fake.parent)
    document = json.loads(out.read_text("utf-8"))
    assert document["versions"]["ocrmypdf"] == "0.0, a fake of OCRmyPDF for the tests"
    assert document["images"] == ["a.jpg", "b.png"]
    assert [run["side"] for run in document["runs"]] == ["ocrmypdf", "tesseract", "tesseract", "ocrmypdf"]
    ours, fakes = document["summary"]["tesseract"], document["summary"]["ocrmypdf"]
    assert fakes["cer"] == 1
    assert ours["cer"] < 0.02
    assert ours["cpu_seconds"] > fakes["cpu_seconds"] > 0
    assert ours["peak_pss_mb"] > 20
    assert fakes["ratio"] == 1
    assert ours["ratio"] == pytest.approx(ours["pages_per_minute"] / fakes["pages_per_minute"], rel=0.5)
    assert "| tesseract |" in table


def test_a_side_that_fails_ends_the_benchmark(corpus, tmp_path):
    fake = tmp_path / "ocrmypdf"
    fake.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('no language fra')")
    fake.chmod(0o755)
    line = [sys.executable, str(BENCH / "ocr_speed.py"), str(corpus), "--ocrmypdf", str(fake), "--pages", "1"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 1
    assert "no language fra" in done.stderr


@pytest.mark.parametrize("command", ["ocr", "run"])
def test_memory_is_told_over_time(corpus, tmp_path, command):
    out = tmp_path / "memory.json"
    how = ["--pages", 3, "--engine", "null", "--command", command, "--out", out]
    printed = ran("ocr_memory.py", corpus, *how)
    document = json.loads(out.read_text("utf-8"))
    assert (document["pages"], document["command"], len(document["over_time"])) == (3, command, 10)
    assert (
        20 < document["peak_pss_mb"] == pytest.approx(max(s["most_mb"] for s in document["over_time"]), abs=1)
    )
    assert f"at most {document['peak_pss_mb']} MB" in printed
