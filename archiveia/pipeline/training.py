"""``train ocr``: recognisers and detectors for docTR and OnnxTR, with a card that says what they are worth."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from archiveia.edges.storage import write_atomically
from archiveia.engines.torchvision_compat import ensure_torchvision
from archiveia.errors import MissingToolError, SettingsError
from archiveia.pipeline.training_card import detector_card, recogniser_card
from archiveia.pipeline.training_data import FRENCH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archiveia.engines.doctr_training import Progress
    from archiveia.pipeline.training_data import Material

    Tell = Callable[[Progress, float], None]

NAME = "archiveia"
"""After the architecture in the names of weights files (docTR and OnnxTR take it from there)."""
_THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
_DETECTOR_RATE = 3e-3
_RECOGNISER_RATE = 1.5e-3


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained, and for how long (``steps``, or ``minutes``, whichever comes first).

    ``batch`` is the number of crops or pages of a step (0: what suits the machine); ``command`` is kept in the card.
    """

    arch: str
    out: Path
    command: str
    folders: tuple[Path, ...] = ()
    steps: int | None = None
    minutes: float | None = None
    batch: int = 0
    seed: int = 1
    start_from: Path | None = None
    bfloat16: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The files that a training wrote, and what its validation says, a line for each kind of page."""

    files: tuple[Path, ...]
    scores: tuple[str, ...]


def check_torch() -> None:
    """Nothing starts where docTR cannot be trained.

    Raises:
        MissingToolError: docTR is not installed.
    """
    ensure_torchvision()
    try:
        import doctr.models  # noqa: F401 (the import is the test)
    except ImportError as error:
        raise MissingToolError(
            "docTR is not installed, and training needs it", "install archiveia[doctr]"
        ) from error


def train_recogniser(order: Order, material: Material, tell: Tell) -> Made:
    """A recogniser of words, trained to the end of its plan; the run in ``order.out`` is taken up.

    Raises:
        SettingsError: no such recogniser, or the folder holds the run of another.
    """
    from doctr.models import recognition

    from archiveia.engines.doctr_training import Plan
    from archiveia.engines.doctr_training_recogniser import (
        RECOGNISERS,
        new_recogniser,
        read_crops,
        write_recogniser,
    )
    from archiveia.pipeline.training_crops import CropSource, score

    if order.arch not in RECOGNISERS or not hasattr(recognition, order.arch):
        raise SettingsError(
            f"recogniser {order.arch!r} cannot be trained here", f"choose among {', '.join(RECOGNISERS)}"
        )
    source = CropSource(material)
    sets = source.validation()
    training = new_recogniser(order.arch, FRENCH, seed=order.seed, start_from=order.start_from)
    order = replace(order, batch=order.batch or (64 if training.device.type == "cpu" else 256))
    read = partial(read_crops, training.model)
    plan = Plan(order.steps, order.minutes, _RECOGNISER_RATE, bfloat16=order.bfloat16)
    training.fit(
        lambda step, share: source.batch(step, share, order.batch),
        plan,
        order.out / "run",
        errors_of=lambda: sum(score(read, words).rate for words in sets) / len(sets),
        tell=tell,
    )
    stem = order.out / f"{order.arch}-{NAME}"
    write_recogniser(training, stem)
    scores = [score(read, words) for words in sets]
    card, lines = recogniser_card(
        order, material, training, sum(len(line.words) for line in source.lines), scores
    )
    return _finish(stem, (".pt", ".onnx", ".vocab"), card, lines)


def train_detector(order: Order, material: Material, tell: Tell) -> Made:
    """A detector of words, trained to the end of its plan; the run in ``order.out`` is taken up.

    Raises:
        SettingsError: no such detector, or the folder holds the run of another.
    """
    from archiveia.engines.doctr_training import Plan
    from archiveia.engines.doctr_training_detector import (
        DETECTORS,
        best_threshold,
        measure,
        new_detector,
        shift_threshold,
        side_px,
        write_detector,
    )
    from archiveia.pipeline.training_pages import PageSource

    if order.arch not in DETECTORS:
        raise SettingsError(
            f"detector {order.arch!r} cannot be trained here", f"choose among {', '.join(DETECTORS)}"
        )
    training = new_detector(order.arch, seed=order.seed, start_from=order.start_from)
    source = PageSource(material, side_px(training.model))
    chosen = source.choosing()
    order = replace(order, batch=order.batch or (4 if training.device.type == "cpu" else 8))
    plan = Plan(
        order.steps,
        order.minutes,
        _DETECTOR_RATE,
        validate_every=250,
        save_every=100,
        bfloat16=order.bfloat16,
    )
    training.fit(
        lambda step, share: source.batch(step, share, order.batch),
        plan,
        order.out / "run-detector",
        errors_of=lambda: 1 - best_threshold(training.model, chosen, _THRESHOLDS)[1],
        tell=tell,
    )
    threshold, _ = best_threshold(training.model, chosen, _THRESHOLDS)
    shift_threshold(training.model, threshold)
    stem = order.out / f"{order.arch}-{NAME}"
    write_detector(training, stem)
    scores = {name: measure(training.model, pages) for name, pages in source.validation().items()}
    card, lines = detector_card(order, material, training, threshold, scores)
    return _finish(stem, (".pt", ".onnx"), card, lines)


def _finish(stem: Path, suffixes: tuple[str, ...], card: str, lines: tuple[str, ...]) -> Made:
    """The card and the sums are written beside the weights."""
    files = [stem.with_suffix(suffix) for suffix in suffixes]
    file = stem.with_suffix(".md")
    write_atomically(file, lambda target: target.write(card.encode()))
    sums = stem.parent / "SHA256SUMS"
    kept = sums.read_text("ascii").splitlines() if sums.is_file() else []
    known = {name: digest for digest, _, name in (line.partition("  ") for line in kept)}
    known |= {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(known.items()))
    write_atomically(sums, lambda target: target.write(text.encode()))
    return Made((*files, file, sums), lines)
