"""Engines that go wrong in every way: each page is read or says why not, the others are read, nothing is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from drawn_scans import DELIBERATION, draw_page
from PIL import Image, ImageDraw

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database.tables import pages, readings, sources
from archiveia.edges.workers import Workers
from archiveia.errors import PageFailedError
from archiveia.pipeline.reading import PageTask, ReadPage, read_page
from archiveia.settings import Settings
from archiveia.values import FileKind

HERE = Path(__file__).parent
GOOD = 700
TESSERACT = [
    (GOOD, "text", None),
    (701, "text", None),
    (702, "illegible", "lecture peu sûre"),
    (703, "failed", "the worker process died (SIGKILL)"),
    (704, "failed", "the worker process died (SIGSEGV)"),
    (705, "failed", "took longer than 8 s"),
    (706, "failed", "ran out of memory"),
    (707, "failed", "a word that cannot be (-200 x 30 at 230, 40 px"),
    (708, "failed", "score nan"),
    (709, "failed", "200 x 30 at 99999, 40 px"),
    (710, "text", None),
    (711, "failed", "Tesseract failed on page 12: reading \ufffd\ufffd failed"),
    (712, "failed", "Tesseract failed on page 13: SIGABRT"),
    (713, "failed", "Tesseract gave no table of words on page 14"),
    (714, "failed", "Tesseract gave no table of words on page 15"),
    (715, "failed", "Tesseract gave no table of words on page 16"),
    (GOOD, "text", None),
]
"""The width of each page, what becomes of it, and why."""
RAPIDOCR = {
    801: "the worker process died (SIGSEGV)",
    802: "SystemExit: no licence for this page",
    803: "ran out of memory",
    804: "UnprintableError: <exception str() failed>",
    805: "the worker process died (SIGKILL)",
    806: "score nan",
    807: "ValueError: cannot convert float NaN to integer",
    808: "at 90000, 10 px",
    809: None,
    GOOD: None,
}


def draw(width_px: int) -> Image.Image:
    page = Image.new("L", (width_px, 300), 250)
    ImageDraw.Draw(page).text((30, 40), "Extrait du registre des deliberations " * 3, fill=10)
    return page


def write_tiff(path: Path, widths: list[int]) -> Path:
    first, *others = [draw(width) for width in widths]
    first.save(path, save_all=True, append_images=others)
    return path


@pytest.fixture
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The failing tesseract is the one that is found; where it writes which worker called it for which page."""
    programs = tmp_path / "programs"
    programs.mkdir()
    shutil.copy(HERE / "failing_tesseract.sh", programs / "tesseract")
    (programs / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    monkeypatch.setenv("READERS", str(tmp_path / "readers"))
    return tmp_path / "readers"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this test alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def running_with(mark: str) -> list[str]:
    """The programs still running that have this text in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.name != str(os.getpid()) and mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
    return [command for command in found if "resource_tracker" not in command]  # Python's, one a process


def settings(home: Path, **more: object) -> Settings:
    return Settings(home=home, classifier="lexical", ner="off", **more)


def test_a_run_with_a_failing_tesseract_accounts_for_every_page_and_leaves_nothing(
    tmp_path: Path, readers: Path, temporary: Path
):
    scans = tmp_path / "scans"
    scans.mkdir()
    write_tiff(scans / "carton.tif", [width for width, _, _ in TESSERACT])
    draw(GOOD).save(scans / "seule.png")
    limits = {"ocr_engine": "tesseract", "workers": 2, "worker_memory_mb": 768, "page_timeout_s": 8}
    with pipeline.open_edges(settings(tmp_path / "home", **limits)) as edges:
        account = pipeline.run([scans], edges)
        read = sa.select(pages.c.source_page, readings.c.state, readings.c.reason)
        with database.reading(edges.database) as connection:
            rows = connection.execute(
                read.join_from(pages, readings).where(
                    pages.c.source_id
                    == connection.scalar(sa.select(sources.c.id).where(sources.c.page_count > 1))
                )
            )
            became = {page: (state, reason) for page, state, reason in rows}
    assert not account.mistakes
    assert len(account.files) == sum(account.outcomes.values()) == 2
    assert account.pages == {"text": 5, "illegible": 1, "handwritten": 0, "failed": 12, "blank": 0}
    assert len(became) == len(TESSERACT)
    for page, (width, state, reason) in enumerate(TESSERACT, start=1):
        assert became[page][0] == state, (width, became[page])
        assert (reason or "") in (became[page][1] or ""), width
    assert running_with(str(readers)) == []
    assert list(temporary.iterdir()) == []


def test_workers_are_replaced_after_their_share_of_pages(tmp_path: Path, readers: Path):
    write_tiff(tmp_path / "registre.tif", [GOOD] * 5)
    with pipeline.open_edges(settings(tmp_path / "home", workers=1, worker_pages=2)) as edges:
        account = pipeline.run([tmp_path / "registre.tif"], edges)
    assert account.pages["text"] == 5
    workers = Counter(line.split()[1] for line in readers.read_text().splitlines())
    assert max(workers.values()) <= 2
    assert sum(workers.values()) == 5
    assert running_with(str(readers)) == []


def test_a_failing_library_costs_its_pages_and_says_why(tmp_path: Path, temporary: Path):
    library = tmp_path / "library"
    (library / "rapidocr-0.dist-info").mkdir(parents=True)
    (library / "rapidocr-0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: rapidocr\nVersion: 0\n"
    )
    shutil.copy(HERE / "failing_rapidocr.py", library / "rapidocr.py")
    scan = write_tiff(tmp_path / "carton.tif", list(RAPIDOCR))
    command = [sys.executable, "-m", "archiveia", "ocr", scan, "--engine", "ppocr", "--out", tmp_path / "out"]
    done = subprocess.run(
        [*command, "--workers", "2"],
        env=os.environ | {"PYTHONPATH": str(library), "ARCHIVEIA_WORKER_MEMORY_MB": "1024"},
        capture_output=True,
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "replace")
    head, line = out.splitlines()
    assert head.startswith("file\t")
    for page, reason in enumerate(RAPIDOCR.values(), start=1):
        assert (f"page {page}: " in line) == bool(reason), page
        assert reason is None or reason in line
    assert "loading models" in err
    assert "found a page \ufffd" in err
    texts = (tmp_path / "out" / "carton.txt").read_text("utf-8").split("\f")
    assert [bool(text.strip()) for text in texts] == [reason is None for reason in RAPIDOCR.values()]
    assert running_with(str(library)) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="the program tesseract is not installed")
@pytest.mark.parametrize(
    ("width_px", "state"),
    [
        pytest.param(20_000, "text", id="20,000 px"),
        pytest.param(40_000, "failed", id="over Tesseract's limit"),
    ],
)
def test_a_very_wide_page_is_read_or_says_why(tmp_path: Path, width_px: int, state: str):
    page = Image.new("L", (width_px, 1000), 250)
    page.paste(draw_page(DELIBERATION), (2000, 50))
    page.save(tmp_path / "plan.png")
    task = PageTask(tmp_path / "plan.png", FileKind.PNG, 1, settings(tmp_path))
    with Workers(count=1, memory_mb=4096, tasks_per_worker=1, timeout_s=60) as workers:
        [(_, result)] = workers.run(read_page, [task])
    if state == "text":
        assert isinstance(result, ReadPage), result
        assert "Saint-Aubin" in result.reading.text
        assert result.reading.width_px == width_px
    else:
        assert isinstance(result, PageFailedError)
        assert "Tesseract failed on page 1" in result.message
