"""One page read, from the file to its words: what a worker process does; and ``archiveia ocr``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, count
from typing import TYPE_CHECKING

from archiveia.edges import scans
from archiveia.edges.searchable_pdf import OWN_TEXT, ScannedPage, require_pikepdf, write_pdf
from archiveia.edges.storage import write_atomically
from archiveia.edges.workers import Workers
from archiveia.engines.ocr import OcrEngine, open_engine
from archiveia.errors import ArchiveiaError, PageFailedError, UnreadableScanError
from archiveia.pipeline.probing import ProbeTask, probe_file
from archiveia.pipeline.workplace import no_progress
from archiveia.steps import ocr
from archiveia.steps.alto import alto
from archiveia.steps.hocr import hocr
from archiveia.steps.layout import by_lines, in_reading_order, scaled, text_of
from archiveia.steps.prepare import Prepared, ink_mask, is_noisy, prepare, sample, turned
from archiveia.values import FileKind, PageImage, PageReading, PageState, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from archiveia.pipeline.workplace import Progress
    from archiveia.settings import Settings
    from archiveia.values import Probe

_NO_INK = 1e-5
"""Below this share a page is not even shown to the engine."""


# --- one page -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PageTask:
    """One page to read; travels to a worker process. The engine is ``settings.ocr_engine``."""

    path: Path
    kind: FileKind
    number: int
    settings: Settings


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page's reading and its upright image for display (JPEG bytes)."""

    reading: PageReading
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading of a page: the words in pixels of the page turned by ``turned_degrees``."""

    words: tuple[Word, ...]
    engine: str
    engine_version: str
    turned_degrees: int = 0
    prepared: tuple[str, ...] = ()


_engine = lru_cache(maxsize=2)(open_engine)
"""An engine is opened once in each process."""


def read_page(task: PageTask) -> ReadPage:
    """The page rendered, read and judged; a PDF's own text is taken where it is that of the whole page.

    Raises:
        PageFailedError: the page cannot be decoded, or the engine failed.
        UnreadableScanError: the file cannot be opened.
    """
    settings = task.settings
    page = scans.render(task.path, task.kind, task.number, dpi=settings.ocr_dpi, limits=settings.limits)
    ink = ink_mask(page.pixels)
    attempt = _best_attempt(task, page, ink)
    state, reason = ocr.state_of(
        attempt.words,
        float(ink.mean()),
        min_score=settings.ocr_min_score,
        blank_ink_share=settings.blank_ink_share,
    )
    upright = turned(page, attempt.turned_degrees)
    reading = PageReading(
        state=state,
        text=text_of(attempt.words),
        words=attempt.words,
        width_px=upright.width_px,
        height_px=upright.height_px,
        engine=attempt.engine,
        engine_version=attempt.engine_version,
        score=ocr.mean_score(attempt.words),
        turned_degrees=attempt.turned_degrees,
        prepared=attempt.prepared,
        reason=reason,
    )
    return ReadPage(reading, scans.display_jpeg(upright))


def _best_attempt(task: PageTask, page: PageImage, ink: NDArray[np.bool_]) -> Attempt:
    layer = _layer(task)
    if ocr.plausible_layer(layer, ink, width_px=page.width_px, height_px=page.height_px):
        return Attempt(layer, OWN_TEXT, "")
    engine = _engine(task.settings.ocr_engine, task.settings)
    if ink.mean() < _NO_INK:
        return Attempt((), engine.name, engine.version)
    return read_image(engine, page, ink, blank_ink_share=task.settings.blank_ink_share)


def _layer(task: PageTask) -> tuple[Word, ...]:
    """The words that a PDF brings along, in reading order: a PDF may draw its footer first."""
    if task.kind is not FileKind.PDF:
        return ()
    settings = task.settings
    words = scans.text_layer(task.path, task.number, settings.ocr_dpi, limits=settings.limits)
    return in_reading_order(by_lines(words))


def read_image(
    engine: OcrEngine, page: PageImage, ink: NDArray[np.bool_], *, blank_ink_share: float
) -> Attempt:
    """The best reading of a page image whose ink mask is ``ink``.

    The page is read as it is. Only where that leaves ink unread or is poor, it is prepared and turned:
    an ordinary page costs one reading.
    """
    best = _read(engine, page, prepared=False)
    if not best.words and ink.mean() < blank_ink_share:
        return best
    noisy = is_noisy(page)
    if noisy or not best.words:
        covered = ocr.covered_share(best.words, ink, width_px=page.width_px, height_px=page.height_px)
        if covered < ocr.LEAST_COVERED:
            second = _read(engine, page, prepared=True)
            best = max(best, second, key=lambda a: ocr.confident_letters(a.words))
    if not ocr.is_poor(best.words):
        return best
    part = sample(prepare(page).image if noisy else page)
    turns = {degrees: engine.read([turned(part, degrees)])[0].words for degrees in (90, 180, 270)}
    degrees = ocr.best_turn(best.words, turns)
    if not degrees:
        return best
    return replace(_read(engine, turned(page, degrees), prepared=noisy), turned_degrees=degrees)


def _read(engine: OcrEngine, page: PageImage, *, prepared: bool) -> Attempt:
    ready = prepare(page) if prepared else Prepared(page)
    text = engine.read([ready.image])[0]
    words = text.words if ready.scale == 1 else scaled(text.words, 1 / ready.scale)
    words = ocr.on_the_page(words, width_px=page.width_px, height_px=page.height_px)
    return Attempt(words, text.engine, text.engine_version, prepared=ready.done)


# --- files, outside of any workspace ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileReading:
    """What became of one file: its pages, what was written, and what went wrong (``None``: nothing).

    ``why_plain`` says why its PDF is not PDF/A (``None``: it is, or none was asked for).
    """

    path: Path
    pages: int
    written: tuple[Path, ...]
    error: str | None = None
    why_plain: str | None = None


def _as_text(readings: Sequence[PageReading], _file_name: str) -> str:
    """The pages' texts, a form feed between two pages."""
    return "\f".join(reading.text + "\n" for reading in readings)


_CONTENTS: dict[str, Callable[[Sequence[PageReading], str], str]] = {
    "text": _as_text,
    "alto": alto,
    "hocr": hocr,
}
FORMATS = {"text": ".txt", "alto": ".alto.xml", "hocr": ".hocr", "pdf": ".ocr.pdf"}
"""The formats of ``archiveia ocr``, with the ending of the file that each writes."""


def read_files(
    paths: Sequence[Path],
    settings: Settings,
    *,
    engine: str,
    formats: Iterable[str],
    out_dir: Path,
    progress: Progress = no_progress,
) -> list[FileReading]:
    """Each file read to ``<stem>`` with the endings of ``FORMATS``; a bad file does not stop the others."""
    settings = settings.model_copy(update={"ocr_engine": engine})
    names = _names(paths)
    formats = list(formats)
    if "pdf" in formats:
        require_pikepdf()
    results: dict[Path, FileReading] = {}
    with Workers(
        count=settings.worker_count,
        memory_mb=settings.worker_memory_mb,
        tasks_per_worker=settings.worker_pages,
        timeout_s=settings.page_timeout_s,
    ) as workers:
        probes: dict[Path, Probe] = {}
        looks = [ProbeTask(path, settings.limits, settings.ocr_dpi) for path in names]
        for look, probe in workers.run(probe_file, looks):
            if isinstance(probe, ArchiveiaError):
                results[look.path] = FileReading(look.path, 0, (), str(probe))
            else:
                probes[look.path] = probe
        for path, readings in _whole_files(probes, settings, workers, progress):
            targets = {name: out_dir / (names[path] + FORMATS[name]) for name in formats}
            results[path] = _written(path, probes[path].kind, readings, targets, settings)
    return [results[path] for path in names]


def _written(
    path: Path, kind: FileKind, readings: Sequence[PageReading], targets: dict[str, Path], settings: Settings
) -> FileReading:
    """What became of a file, its results written."""
    error, why_plain = _what_failed(readings), None
    written = []
    for name, target in targets.items():
        try:
            if name == "pdf":
                pages = [ScannedPage(path, kind, number, r) for number, r in enumerate(readings, start=1)]
                why_plain = write_pdf(target, pages, title=path.stem, limits=settings.limits)
            else:
                _write(target, _CONTENTS[name](readings, path.name))
            written.append(target)
        except (PageFailedError, UnreadableScanError) as failure:
            error = error or str(failure)
    return FileReading(path, len(readings), tuple(written), error, why_plain)


def _names(paths: Iterable[Path]) -> dict[Path, str]:
    """The name of each file's outputs: its stem, or, where that is taken, its whole name."""
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for path in dict.fromkeys(paths):
        candidates = chain((path.stem, path.name), (f"{path.name}-{number}" for number in count(2)))
        names[path] = next(name for name in candidates if name.casefold() not in taken)
        taken.add(names[path].casefold())
    return names


def _whole_files(
    probes: dict[Path, Probe], settings: Settings, workers: Workers, progress: Progress
) -> Iterator[tuple[Path, list[PageReading]]]:
    """Each file with its readings in page order, as soon as its last page is read."""
    tasks = [
        PageTask(path, probe.kind, page.number, settings)
        for path, probe in probes.items()
        for page in probe.pages
    ]
    done: defaultdict[Path, dict[int, PageReading]] = defaultdict(dict)
    for number, (task, result) in enumerate(workers.run(_reading_of, tasks), start=1):
        progress("pages", number, len(tasks))
        reading = failed(result, settings) if isinstance(result, ArchiveiaError) else result
        done[task.path][task.number] = reading
        if len(done[task.path]) == len(probes[task.path].pages):
            pages = done.pop(task.path)
            yield task.path, [pages[page] for page in sorted(pages)]


def _reading_of(task: PageTask) -> PageReading:
    return read_page(task).reading


def failed(error: ArchiveiaError, settings: Settings) -> PageReading:
    """The reading of a page that could not be read."""
    return PageReading(
        state=PageState.FAILED,
        text="",
        words=(),
        width_px=0,
        height_px=0,
        engine=settings.ocr_engine,
        engine_version="",
        reason=error.message,
    )


def _what_failed(readings: Sequence[PageReading]) -> str | None:
    reasons = [
        f"page {number}: {reading.reason}"
        for number, reading in enumerate(readings, start=1)
        if reading.state is PageState.FAILED
    ]
    return "; ".join(reasons) or None


def _write(path: Path, text: str) -> None:
    write_atomically(path, lambda target: target.write(text.encode()))
