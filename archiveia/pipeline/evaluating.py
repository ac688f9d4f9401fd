"""Readings beside transcriptions: ``archiveia evaluate ocr`` measures an engine on an archive's own pages."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges import scans
from archiveia.edges.folders import read_head
from archiveia.edges.transcriptions import find_corpus
from archiveia.edges.workers import Workers
from archiveia.engines.ocr import opened_engine
from archiveia.errors import ArchiveiaError, UnreadableScanError
from archiveia.pipeline.evaluating_quality import judged
from archiveia.pipeline.probing import ProbeTask, probe_file
from archiveia.pipeline.reading import PageTask, failed, read_page
from archiveia.pipeline.together import read_each
from archiveia.pipeline.workplace import no_progress
from archiveia.steps import measure
from archiveia.steps.intake import kind_of
from archiveia.steps.layout import text_of
from archiveia.steps.ocr import mean_score
from archiveia.values import FileKind, Json, PageReading, PageState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from archiveia.edges.transcriptions import Corpus
    from archiveia.pipeline.evaluating_quality import Judgement
    from archiveia.pipeline.workplace import Progress
    from archiveia.settings import Settings
    from archiveia.steps.measure import Errors
    from archiveia.values import Probe

_SEED = 1
"""Of the intervals: the same pages always give the same ones."""


# --- reading ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeasuredTask:
    """One page to read against the clock; ``raw``: by the engine alone."""

    page: PageTask
    raw: bool


def read_timed(task: MeasuredTask) -> tuple[PageReading, float]:
    """The page's reading and the seconds that it took (the first page of a process: with its engine's start)."""
    started_s = time.perf_counter()
    reading = read_raw(task.page) if task.raw else read_page(task.page).reading
    return reading, time.perf_counter() - started_s


def read_raw(task: PageTask) -> PageReading:
    """What the engine makes of the page as it is: nothing prepared, turned, judged or taken from a PDF."""
    settings = task.settings
    page = scans.render(task.path, task.kind, task.number, dpi=settings.ocr_dpi, limits=settings.limits)
    text = opened_engine(settings.ocr_engine, settings).read([page])[0]
    return PageReading(
        state=PageState.TEXT,
        text=text_of(text.words),
        words=text.words,
        width_px=page.width_px,
        height_px=page.height_px,
        engine=text.engine,
        engine_version=text.engine_version,
        score=mean_score(text.words),
    )


# --- what came out ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    """A page's errors. ``seconds`` is ``None`` for a page that failed: it counts as read empty.

    ``unordered`` are the errors in letters whatever the order of the lines.
    """

    path: Path
    number: int
    reading: PageReading
    letters: Errors
    unordered: Errors
    words: Errors
    seconds: float | None

    def as_json(self) -> Json:
        """The page as JSON, without its text."""
        return {
            "file": str(self.path),
            "page": self.number,
            "state": self.reading.state.value,
            "engine": self.reading.engine,
            "engine_version": self.reading.engine_version,
            "score": self.reading.score,
            "cer_estimate": self.reading.cer_estimate,
            "cer": self.letters.rate,
            "cer_in_any_order": self.unordered.rate,
            "wer": self.words.rate,
            "letters": self.letters.units,
            "letter_edits": self.letters.edits,
            "letter_edits_in_any_order": self.unordered.edits,
            "words": self.words.units,
            "word_edits": self.words.edits,
            "seconds": self.seconds,
            "reason": self.reading.reason,
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an engine made of a corpus. ``seconds`` is the time from the first page's start to the last's end.

    ``good_cer`` is the estimated CER up to which a page is called good.
    """

    name: str
    pages: tuple[MeasuredPage, ...]
    marks: tuple[str, ...]
    left_out: dict[Path, str]
    seconds: float
    good_cer: float

    @property
    def letters(self) -> Errors:
        """The errors of all pages in letters; their rate is the pooled CER."""
        return measure.pooled([page.letters for page in self.pages])

    @property
    def words(self) -> Errors:
        """The same in words; their rate is the pooled WER."""
        return measure.pooled([page.words for page in self.pages])

    @property
    def judgement(self) -> Judgement:
        """What the estimated error rates are worth."""
        return judged(self.pages, good_cer=self.good_cer)

    @property
    def reads_nothing(self) -> bool:
        """Whether so little agrees with the transcription that the engine cannot be said to read."""
        rate = self.letters.rate
        return rate is not None and rate > measure.NOTHING_READ

    @property
    def failed_pages(self) -> int:
        """How many pages could not be read at all."""
        return sum(page.reading.state is PageState.FAILED for page in self.pages)

    @property
    def pages_per_minute(self) -> float:
        """By the clock, all workers together, their start included."""
        return 60 * len(self.pages) / self.seconds if self.seconds else 0.0

    def as_json(self) -> Json:
        """The evaluation as JSON."""
        return {
            "name": self.name,
            "marks_removed": list(self.marks),
            "cer": _rates([page.letters for page in self.pages]),
            "cer_in_any_order": _rates([page.unordered for page in self.pages]),
            "wer": _rates([page.words for page in self.pages]),
            "seconds": self.seconds,
            "pages_per_minute": self.pages_per_minute,
            "failed_pages": self.failed_pages,
            "reading_quality": self.judgement.as_json(),
            "left_out": [{"file": str(path), "reason": reason} for path, reason in self.left_out.items()],
            "pages": [page.as_json() for page in self.pages],
        }


def _rates(pages: Sequence[Errors]) -> Json:
    low, high = measure.rate_interval(pages, seed=_SEED) or (None, None)
    whole = measure.pooled(pages)
    return {
        "pooled": whole.rate,
        "low": low,
        "high": high,
        "median": measure.median_rate(pages),
        "edits": whole.edits,
        "units": whole.units,
    }


# --- the whole ----------------------------------------------------------------------------------


def evaluate_ocr(
    folders: Sequence[Path], settings: Settings, *, raw: bool = False, progress: Progress = no_progress
) -> list[Evaluation]:
    """Each folder's evaluation, its pages read as a run reads them (or ``raw``: by the engine alone).

    Raises:
        BadRequestError: a folder holds no transcribed page; nothing is read then.
    """
    corpora = [find_corpus(folder) for folder in folders]
    with Workers(
        count=settings.worker_count,
        memory_mb=settings.worker_memory_mb,
        tasks_per_worker=settings.worker_pages,
        timeout_s=settings.page_timeout_s,
    ) as workers:
        laid_out = [_pages_of(corpus, settings, workers) for corpus in corpora]
        total, done = sum(len(pages) for pages, _ in laid_out), 0
        evaluations = []
        for corpus, (truths, refused) in zip(corpora, laid_out, strict=True):
            started_s = time.perf_counter()
            pages = {}
            for page in _measured(truths, workers, settings, raw=raw):
                done += 1
                progress("pages", done, total)
                pages[page.path, page.number] = page
            seconds = time.perf_counter() - started_s
            in_order = tuple(pages[task.path, task.number] for task in truths)
            left_out = corpus.left_out | refused
            evaluations.append(
                Evaluation(corpus.name, in_order, corpus.marks, left_out, seconds, settings.ocr_good_cer)
            )
    return evaluations


def together(parts: Sequence[Evaluation]) -> Evaluation:
    """All corpora as one."""
    return Evaluation(
        "all",
        tuple(page for part in parts for page in part.pages),
        (),
        {},
        sum(part.seconds for part in parts),
        parts[0].good_cer,
    )


def _pages_of(
    corpus: Corpus, settings: Settings, workers: Workers
) -> tuple[dict[PageTask, list[str]], dict[Path, str]]:
    """Each page to read with the lines of its transcription, and the files left out with the reason."""
    probes, refused = _probed(corpus.texts, settings, workers)
    pages: dict[PageTask, list[str]] = {}
    for path, (kind, count) in probes.items():
        texts = corpus.texts[path]
        if len(texts) != count:
            refused[path] = f"{count} pages, {len(texts)} in the transcription (a form feed parts two)"
            continue
        for number, text in enumerate(texts, start=1):
            pages[PageTask(path, kind, number, settings)] = measure.transcribed_lines(text, corpus.marks)
    return pages, refused


def _probed(
    paths: Iterable[Path], settings: Settings, workers: Workers
) -> tuple[dict[Path, tuple[FileKind, int]], dict[Path, str]]:
    """The kind and the number of pages of each scan; the reason for each that cannot be read."""
    found: dict[Path, tuple[FileKind, int]] = {}
    refused: dict[Path, str] = {}
    for path in paths:
        try:
            found[path] = kind_of(read_head(path)), 1
        except UnreadableScanError as error:
            refused[path] = str(error)
    several = [path for path, (kind, _) in found.items() if kind in {FileKind.PDF, FileKind.TIFF}]
    probe: Probe | ArchiveiaError
    for look, probe in workers.run(
        probe_file, (ProbeTask(path, settings.limits, settings.ocr_dpi, for_sheets=False) for path in several)
    ):
        if isinstance(probe, ArchiveiaError):
            del found[look.path]
            refused[look.path] = str(probe)
        else:
            found[look.path] = probe.kind, len(probe.pages)
    return found, refused


def _measured(
    truths: dict[PageTask, list[str]], workers: Workers, settings: Settings, *, raw: bool
) -> Iterator[MeasuredPage]:
    tasks = [MeasuredTask(task, raw) for task in truths]
    for task, result in read_each(workers, read_timed, tasks, settings):
        page, seconds = task.page, None
        if isinstance(result, ArchiveiaError):
            reading = failed(result, settings)
        else:
            reading, seconds = result
        found, truth = measure.lines(reading.text), truths[page]
        letters = measure.letter_errors(" ".join(found), " ".join(truth))
        # the lines of the reading may be cut in other places: then their order costs less than their cuts
        best = min(letters.edits, measure.letter_errors_in_any_order(found, truth).edits)
        words = measure.word_errors(" ".join(found), " ".join(truth))
        unordered = measure.Errors(best, letters.units)
        yield MeasuredPage(page.path, page.number, reading, letters, unordered, words, seconds)
