"""``evaluate ocr``: how many letters and words an engine gets wrong on transcribed pages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from archiveia.cli.output import print_json, print_table, progress
from archiveia.cli.working import FINE, NOT_ALL_TAKEN, check_engine, settings_of
from archiveia.errors import ArchiveiaError
from archiveia.pipeline.evaluating import evaluate_ocr, together

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from archiveia.pipeline.evaluating import Evaluation
    from archiveia.pipeline.evaluating_quality import Judgement
    from archiveia.values import Json


def ocr(args: argparse.Namespace) -> int:
    """Read the pages, compare them with their transcriptions; the errors on stdout.

    Raises:
        ArchiveiaError: the engine reads nothing of a corpus (after the errors were printed).
    """
    settings = settings_of(args)
    check_engine(settings)
    with progress() as tell:
        evaluations = evaluate_ocr(args.folders, settings, raw=args.raw, progress=tell)
    if args.json:
        print_json(_document(evaluations, settings.ocr_engine, settings.worker_count, raw=args.raw))
    else:
        _print(evaluations)
    unread = next((e for e in evaluations if e.reads_nothing), None)
    if unread is not None:
        raise ArchiveiaError(
            f"engine {settings.ocr_engine} reads nothing of {unread.name}: CER {_percent(unread.letters.rate)}",
            "look at its text with `archiveia ocr`, and at its language and weights with `archiveia doctor`",
        )
    complete = not any(e.left_out or e.failed_pages for e in evaluations)
    return FINE if complete else NOT_ALL_TAKEN


def _document(evaluations: Sequence[Evaluation], engine: str, workers: int, *, raw: bool) -> Json:
    whole = together(evaluations).as_json()
    parts = (
        "cer",
        "cer_in_any_order",
        "wer",
        "seconds",
        "pages_per_minute",
        "failed_pages",
        "reading_quality",
    )
    return {
        "engine": engine,
        "raw": raw,
        "workers": workers,
        "corpora": [evaluation.as_json() for evaluation in evaluations],
        "all": {name: whole[name] for name in parts},
    }


def _print(evaluations: Sequence[Evaluation]) -> None:
    pages = [
        (
            evaluation.name,
            page.path.name,
            page.number,
            page.reading.state,
            _percent(page.letters.rate),
            _percent(page.unordered.rate),
            _percent(page.reading.cer_estimate),
            _percent(page.words.rate),
            "" if page.reading.score is None else f"{page.reading.score:.2f}",
            "" if page.seconds is None else f"{page.seconds:.1f}",
            page.reading.engine,
        )
        for evaluation in evaluations
        for page in evaluation.pages
    ]
    headers: tuple[str, ...] = ("corpus", "file", "page", "state", "CER", "any order", "estimated", "WER")
    print_table((*headers, "confidence", "seconds", "engine"), pages)
    print()
    rows = [*evaluations, together(evaluations)] if len(evaluations) > 1 else evaluations
    headers = ("corpus", "pages", "CER", "95 %", "median", "any order", "WER", "95 %", "median")
    headers += ("seconds", "pages/minute")
    print_table(headers, [_row(evaluation) for evaluation in rows])
    print(_quality(rows[-1].judgement))
    for evaluation in evaluations:
        if evaluation.marks:
            print(f"{evaluation.name}: removed from its transcriptions: {' '.join(evaluation.marks)}")
        for path, reason in evaluation.left_out.items():
            print(f"{path}: left out: {reason}", file=sys.stderr)


def _row(evaluation: Evaluation) -> tuple[object, ...]:
    found = evaluation.as_json()
    cer, wer = (
        (
            _percent(found[kind]["pooled"]),
            _between(found[kind]["low"], found[kind]["high"]),
            _percent(found[kind]["median"]),
        )
        for kind in ("cer", "wer")
    )
    unordered = _percent(found["cer_in_any_order"]["pooled"])
    speed = (f"{evaluation.seconds:.1f}", f"{evaluation.pages_per_minute:.1f}")
    return evaluation.name, len(evaluation.pages), *cer, unordered, *wer, *speed


def _quality(found: Judgement) -> str:
    """What the estimates are worth, in one line."""
    flagged = f"flagged: {found.handwritten} handwritten, {found.illegible} illegible"
    if not found.estimated:
        return f"no page has an estimated CER; {flagged}"
    ranks = (
        "" if found.correlation is None else f", rank correlation with the true CER {found.correlation:.2f}"
    )
    return (
        f"estimated CER: {found.estimated} pages{ranks}; called good: {found.called_good}, of which "
        f"{found.rightly_good} have at most {found.good_cer:.0%} wrong letters ({found.truly_good} pages have); "
        f"{flagged}"
    )


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.2%}"


def _between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.2%} to {high:.2%}"
