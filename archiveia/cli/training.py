"""``train ocr``: weights for docTR and OnnxTR, from a terminal."""

from __future__ import annotations

import re
import shlex
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.demo import texts as demo_texts
from archiveia.errors import BadRequestError
from archiveia.pipeline import training
from archiveia.pipeline.training_data import gather, workspace_pages
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from archiveia.edges.line_images import TruePage
    from archiveia.engines.doctr_training import Progress

_MINUTES = 60.0
_STEPS_BETWEEN_LINES = 50


def ocr(args: argparse.Namespace) -> int:
    """Train, write the weights and their card, say how well they do.

    Raises:
        BadRequestError: no length, or no such model.
    """
    if args.minutes is not None and not args.minutes > 0:
        raise BadRequestError(f"{args.minutes} minutes is no time to train", "give more than 0")
    training.check_torch()
    order = training.Order(
        arch=args.detector or args.recogniser or "crnn_mobilenet_v3_small",
        out=args.out,
        command=shlex.join(["archiveia", *sys.argv[1:]]),
        folders=tuple(args.folders),
        steps=args.steps,
        minutes=args.minutes or (None if args.steps else _MINUTES),
        batch=args.batch or 0,
        seed=args.seed,
        start_from=args.start_from,
        bfloat16=args.bfloat16,
    )
    pages = _of_workspace() if args.from_workspace else ()
    print("gathering pages, words and fonts", file=sys.stderr)
    material = gather(
        args.folders,
        args.texts,
        samples=_sample_texts(),
        more_pages=pages,
        held_out=args.hold_out,
        seed=args.seed,
    )
    with _progress() as tell:
        made = (training.train_detector if args.detector else training.train_recogniser)(
            order, material, tell
        )
    print("\n".join((*made.scores, *(f"written: {file}" for file in made.files))))
    return 0


def _of_workspace() -> tuple[TruePage, ...]:
    """The transcribed pages of the workspace; it stays open, for their images are read later."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        return tuple(workspace_pages(edges))


def _sample_texts() -> str:
    """The texts of the demonstration, without their marks of layout."""
    pages = [
        page
        for name, value in vars(demo_texts).items()
        if name.isupper() and isinstance(value, tuple)
        for page in value
        if isinstance(page, str)
    ]
    lines = "\n".join(pages).replace(demo_texts.WORN, "").splitlines()
    return "\n".join(re.sub(r"^(\^\*?|>|\|) ", "", line) for line in lines)


@contextmanager
def _progress() -> Iterator[training.Tell]:
    """The function that the training tells how far it is: a bar on a terminal, lines when piped."""
    if not sys.stderr.isatty():
        yield _line
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("training", total=1.0)

        def tell(at: Progress, share: float) -> None:
            bars.update(task, completed=share, description=_said(at))

        yield tell


def _line(at: Progress, share: float) -> None:
    if at.step % _STEPS_BETWEEN_LINES == 0 or share >= 1:
        left_s = at.seconds / share * (1 - share) if share else 0
        print(f"{_said(at)}, {share:.0%}, {left_s / 60:.0f} minutes left", file=sys.stderr, flush=True)


def _said(at: Progress) -> str:
    best = "" if at.best_step == 0 else f", best error {at.best_errors:.3f} at step {at.best_step}"
    return f"step {at.step}, loss {at.loss:.3f}{best}"
