"""Pages read together: whatever goes wrong costs a page at most, and each comes back once."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Barrier

import pytest
from PIL import Image, ImageDraw

FAILING = Path(__file__).resolve().parents[1] / "failing"
sys.path.insert(0, str(FAILING))  # the workers import it from there too

import failing_tasks as failing  # noqa: E402 - only found after the line above

from archiveia.edges.workers import Workers  # noqa: E402 - keeps the imports together
from archiveia.engines.ocr import pages_together  # noqa: E402 - same
from archiveia.errors import PageFailedError, PageTimeoutError, WorkerDiedError  # noqa: E402 - same
from archiveia.pipeline import attempts  # noqa: E402 - same
from archiveia.pipeline.reading import PageTask, read_page  # noqa: E402 - same
from archiveia.pipeline.together import Lot, read_each, read_lot  # noqa: E402 - same
from archiveia.settings import read_settings  # noqa: E402 - same
from archiveia.values import FileKind, PageText, Word  # noqa: E402 - same

TOGETHER = read_settings(ocr_engine="doctr", doctr_pages=4, doctr_processes=2)


@pytest.fixture(autouse=True)
def _torch():
    pytest.importorskip("torch", reason="extra doctr is not installed")


@pytest.fixture
def workers():
    with Workers(count=2, memory_mb=2048, tasks_per_worker=50, timeout_s=30) as pool:
        yield pool


def test_every_page_comes_back_once(workers):
    found = list(read_each(workers, failing.double, range(11), TOGETHER))
    assert sorted(found) == [(n, 2 * n) for n in range(11)]


def test_pages_are_given_to_one_process_at_the_same_time(workers):
    found = dict(read_each(workers, failing.meet, range(8), TOGETHER))
    assert set(found.values()) == {4}


def test_no_page_is_lost_to_another_that_goes_wrong(workers):
    found = dict(read_each(workers, failing.go_wrong_by_number, range(14), TOGETHER))
    assert sorted(found) == list(range(14))
    for number, result in found.items():
        if number % 4 == 3:
            assert isinstance(result, WorkerDiedError), number
            assert "exit code 1" in result.message
        elif number % 5 == 4:
            assert isinstance(result, PageFailedError), number
            assert f"bad luck {number}" in result.message
        else:
            assert result == number


def test_a_page_that_hangs_is_found_out_alone():
    with Workers(count=2, memory_mb=2048, tasks_per_worker=50, timeout_s=6) as workers:
        found = dict(read_each(workers, failing.hang_at_two, range(4), TOGETHER))
    assert isinstance(found.pop(2), PageTimeoutError)
    assert found == {0: 0, 1: 1, 3: 3}


def test_a_result_that_cannot_travel_costs_its_page(workers):
    found = dict(read_each(workers, failing.answer_two_with_a_lambda, range(4), TOGETHER))
    assert isinstance(found.pop(2), PageFailedError)
    assert found == {0: 0, 1: 1, 3: 3}


def test_processes_on_a_gpu_have_no_limit_of_memory_and_stop_with_the_others(workers):
    found = dict(read_each(workers, failing.say_memory_limit, range(4), TOGETHER))
    assert set(found.values()) == {-1}
    assert dict(workers.run(failing.say_memory_limit, [5])) == {5: 2048 * 1024**2}
    beside = workers.beside(2)
    workers.__exit__()
    assert beside._idle == workers._idle == []


@pytest.mark.parametrize("engine", ["tesseract", "auto", "ppocr", "onnxtr", "null"])
def test_other_engines_read_page_by_page(engine):
    assert pages_together(read_settings(ocr_engine=engine, doctr_pages=8)) == 1


def test_without_a_gpu_doctr_reads_page_by_page():
    from torch.cuda import is_available

    assert pages_together(read_settings(ocr_engine="doctr")) == (16 if is_available() else 1)


class WaitingEngine:
    """Reads the width of each page, once so many pages are there."""

    name, version = "doctr", "1"

    def __init__(self, pages: int) -> None:
        self.all_there = Barrier(pages, timeout=20)

    def read(self, images):
        self.all_there.wait()
        ((width, height),) = {(image.width_px, image.height_px) for image in images}
        word = Word(f"commune{width}", 50, 50, width - 100, height - 100, 0.9)
        return [PageText((word,), self.name, self.version)]


def test_the_pages_of_a_pdf_are_shown_to_the_engine_together_and_a_bad_one_is_left_out(tmp_path, monkeypatch):
    pages = []
    for width in (600, 700, 800):
        page = Image.new("L", (width, 400), 250)
        ImageDraw.Draw(page).rectangle((60, 60, width - 60, 340), outline=10, width=9)
        pages.append(page)
    pages[0].save(tmp_path / "scan.pdf", save_all=True, append_images=pages[1:], resolution=300)
    tasks = [PageTask(tmp_path / "scan.pdf", FileKind.PDF, number, TOGETHER) for number in (1, 2, 3, 4)]
    engine = WaitingEngine(3)
    monkeypatch.setattr(attempts, "_engine", lambda _name, _settings: engine)
    *read, missing = read_lot(Lot(read_page, tuple(tasks)))
    assert [one.reading.text for one in read] == ["commune600", "commune700", "commune800"]
    assert missing is None
