"""One page read, from the file to its words: what a worker process does; and ``archiveia ocr``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING

from archiveia.edges import scans
from archiveia.edges.searchable_pdf import OWN_TEXT, ScannedPage, require_pikepdf, write_pdf
from archiveia.edges.storage import write_atomically
from archiveia.edges.workers import Workers
from archiveia.errors import ArchiveiaError, PageFailedError, UnreadableScanError
from archiveia.pipeline.attempts import Attempt, attempt
from archiveia.pipeline.probing import ProbeTask, probe_file
from archiveia.pipeline.together import read_each
from archiveia.steps import ocr
from archiveia.steps.alto import alto
from archiveia.steps.hocr import hocr
from archiveia.steps.layout import by_lines, in_reading_order, text_of
from archiveia.steps.prepare import ink_mask, turned
from archiveia.values import FileKind, PageImage, PageReading, PageState, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from archiveia.pipeline.workplace import Progress
    from archiveia.settings import Settings
    from archiveia.values import Probe

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


def read_page(task: PageTask) -> ReadPage:
    """The page rendered, read and judged; a PDF's own text is taken where it is that of the whole page.

    Raises:
        PageFailedError: the page cannot be decoded, or the engine failed.
        UnreadableScanError: the file cannot be opened.
    """
    reading, page = _judged(task)
    return ReadPage(reading, scans.display_jpeg(page))


def _judged(task: PageTask) -> tuple[PageReading, PageImage]:
    """The page's reading, and the page upright."""
    settings = task.settings
    page = scans.render(task.path, task.kind, task.number, dpi=settings.ocr_dpi, limits=settings.limits)
    ink = ink_mask(page.pixels)
    read = _best_attempt(task, page, ink)
    state, reason = ocr.state_of(
        ocr.Seen(read.words, read.cer_estimate, read.by_hand, is_grainy="denoised" in read.prepared),
        float(ink.mean()),
        min_score=settings.ocr_min_score,
        max_cer=settings.ocr_max_cer,
        blank_ink_share=settings.blank_ink_share,
    )
    upright = turned(page, read.turned_degrees)
    reading = PageReading(
        state=state,
        text=text_of(read.words),
        words=read.words,
        width_px=upright.width_px,
        height_px=upright.height_px,
        engine=read.engine,
        engine_version=read.engine_version,
        score=ocr.mean_score(read.words),
        turned_degrees=read.turned_degrees,
        prepared=read.prepared,
        reason=reason,
        cer_estimate=read.cer_estimate,
        aside=read.aside,
    )
    return reading, upright


def _best_attempt(task: PageTask, page: PageImage, ink: NDArray[np.bool_]) -> Attempt:
    layer = _layer(task)
    if ocr.plausible_layer(layer, ink, width_px=page.width_px, height_px=page.height_px):
        return Attempt(layer, OWN_TEXT, "")
    return attempt(page, ink, task.settings)


def _layer(task: PageTask) -> tuple[Word, ...]:
    """The words that a PDF brings along, in reading order: a PDF may draw its footer first."""
    if task.kind is not FileKind.PDF:
        return ()
    settings = task.settings
    words = scans.text_layer(task.path, task.number, settings.ocr_dpi, limits=settings.limits)
    return in_reading_order(by_lines(words))


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
    progress: Progress | None = None,
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
        looks = [ProbeTask(path, settings.limits, settings.ocr_dpi, for_sheets=False) for path in names]
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
    probes: dict[Path, Probe], settings: Settings, workers: Workers, progress: Progress | None
) -> Iterator[tuple[Path, list[PageReading]]]:
    """Each file with its readings in page order, as soon as its last page is read."""
    tasks = [
        PageTask(path, probe.kind, page.number, settings)
        for path, probe in probes.items()
        for page in probe.pages
    ]
    done: defaultdict[Path, dict[int, PageReading]] = defaultdict(dict)
    for number, (task, result) in enumerate(read_each(workers, _reading_of, tasks, settings), start=1):
        if progress:
            progress("pages", number, len(tasks))
        reading = failed(result, settings) if isinstance(result, ArchiveiaError) else result
        done[task.path][task.number] = reading
        if len(done[task.path]) == len(probes[task.path].pages):
            pages = done.pop(task.path)
            yield task.path, [pages[page] for page in sorted(pages)]


def _reading_of(task: PageTask) -> PageReading:
    return _judged(task)[0]


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
