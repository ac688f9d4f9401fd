"""Trains docTR's detectors of words, measures them, and writes their weights for docTR and for OnnxTR."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from doctr.models import detection
from torch.nn import functional

from archiveia.engines.doctr_small_detector import db_small
from archiveia.engines.doctr_training import Training, normal
from archiveia.engines.doctr_training_files import begin_with, write_weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Boxes = NDArray[np.float32]
    Batch = tuple[NDArray[np.uint8], list[Boxes]]

DETECTORS = ("db_small", "db_mobilenet_v3_large", "db_resnet34", "db_resnet50")
"""The architectures that can be trained. The first is the smallest."""
DEFAULT_THRESHOLD = 0.3
"""docTR's and OnnxTR's ``bin_thresh``."""
_GROWTH = 1.5
"""Their ``unclip_ratio``."""
_LEAST_CORE_PX = 3
"""They drop what is smaller."""
_CROSS_ENTROPY = 3.0
"""What cross entropy counts for in the loss, beside dice."""


def new_detector(arch: str, *, seed: int, start_from: Path | None = None) -> Training:
    """A detector to train on batches of square grey images and the boxes of their words.

    Boxes are left, top, right, bottom in shares of the image, 0-1.
    """
    torch.manual_seed(seed)
    model = _model(arch)
    if start_from is not None:
        begin_with(model, start_from)
    return Training(model, arch, "", _loss, momentum=0.1)


def _model(arch: str) -> Any:
    make = db_small if arch == "db_small" else getattr(detection, arch)
    return make(pretrained=False, pretrained_backbone=False, exportable=True)


def side_px(model: Any) -> int:
    """The size at which a detector is shown whole pages."""
    return int(model.cfg["input_shape"][-1])


def _loss(model: Any, batch: Batch) -> Any:
    """Cross entropy, and dice: how far the found cores of words and the true ones are from being the same."""
    images, boxes = batch
    logits = model(normal(model, torch.from_numpy(images)))["logits"].float()
    truth = torch.from_numpy(cores(boxes, images.shape[-1])).to(logits.device)
    found = torch.sigmoid(logits)
    dice = (2 * (found * truth).sum() + 1) / (found.sum() + truth.sum() + 1)
    return _CROSS_ENTROPY * functional.binary_cross_entropy_with_logits(logits, truth) + 1 - dice


def cores(pages: Sequence[Boxes], side_px: int) -> NDArray[np.float32]:
    """The maps to be learned: 1 in the core of each word, which docTR's rule makes the box again."""
    maps = np.zeros((len(pages), 1, side_px, side_px), dtype=np.float32)
    for page, boxes in zip(maps[:, 0], pages, strict=True):
        left, top, right, bottom = boxes.T * side_px
        inset = _inset(right - left, bottom - top)
        corners = (
            np.stack([left + inset, top + inset, right - inset, bottom - inset], axis=1).round().astype(int)
        )
        for x, y, end, foot in corners.clip(0).tolist():
            page[y : max(foot, y + _LEAST_CORE_PX), x : max(end, x + _LEAST_CORE_PX)] = 1
    return maps


def _inset(width: Boxes, height: Boxes) -> Boxes:
    """How far cores lie inside their boxes: as far as docTR's rule (growth x area / length) lets them grow."""
    square, linear = 4 * _GROWTH + 8, (2 * _GROWTH + 2) * (width + height)
    return (linear - np.sqrt(linear**2 - 4 * square * _GROWTH * width * height)) / (2 * square)


def text_maps(model: Any, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
    """For each square page: how likely each of its pixels is text, 0-1."""
    model.eval()
    with torch.inference_mode():
        return [
            torch.sigmoid(model(normal(model, torch.from_numpy(image[None].copy())))["logits"])[0, 0]
            .float()
            .cpu()
            .numpy()
            for image in images
        ]


def boxes_at(model: Any, text_map: NDArray[np.float32], threshold: float) -> Boxes:
    """The boxes that docTR makes of a map at a threshold."""
    model.postprocessor.bin_thresh = threshold
    found = model.postprocessor(text_map[None, :, :, None])[0][0]
    return np.asarray(found[:, :4], dtype=np.float32)


def found_of(truth: Boxes, found: Boxes, least_overlap: float = 0.5) -> int:
    """How many true boxes have a found box of their own that overlaps them so (intersection over union)."""
    if not len(truth) or not len(found):
        return 0
    low = np.maximum(truth[:, None, :2], found[None, :, :2])
    high = np.minimum(truth[:, None, 2:], found[None, :, 2:])
    shared = (high - low).clip(0).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (truth, found)]
    overlap = shared / (areas[0][:, None] + areas[1][None, :] - shared)
    taken: set[int] = set()
    for row in overlap:
        best = max(
            (at for at in np.flatnonzero(row >= least_overlap) if at not in taken),
            key=row.__getitem__,
            default=None,
        )
        if best is not None:
            taken.add(int(best))
    return len(taken)


@dataclass(frozen=True, slots=True)
class Found:
    """Words on pages: how many there are, how many boxes were found, and how many words with a box of their own."""

    words: int
    boxes: int
    hits: int

    @property
    def f1(self) -> float:
        """The harmonic mean of recall and precision."""
        return 2 * self.hits / max(1, self.words + self.boxes)


def measure(
    model: Any, pages: Sequence[tuple[NDArray[np.uint8], Boxes]], threshold: float = DEFAULT_THRESHOLD
) -> Found:
    """What a detector finds on whole pages."""
    return _found(
        model,
        list(zip(text_maps(model, [p for p, _ in pages]), [b for _, b in pages], strict=True)),
        threshold,
    )


def best_threshold(
    model: Any, pages: Sequence[tuple[NDArray[np.uint8], Boxes]], thresholds: Sequence[float]
) -> tuple[float, float]:
    """The threshold that gives the best F1 on these pages, and that F1."""
    maps = list(zip(text_maps(model, [p for p, _ in pages]), [b for _, b in pages], strict=True))
    return max(((t, _found(model, maps, t).f1) for t in thresholds), key=lambda pair: pair[1])


def _found(model: Any, maps: Sequence[tuple[NDArray[np.float32], Boxes]], threshold: float) -> Found:
    counts = [
        (len(truth), len(boxes), found_of(truth, boxes))
        for text_map, truth in maps
        for boxes in [boxes_at(model, text_map, threshold)]
    ]
    return Found(*(sum(column) for column in zip(*counts, strict=True)))


def shift_threshold(model: Any, threshold: float) -> None:
    """Moves the model's own scale, so that docTR's default threshold does what ``threshold`` did."""
    with torch.no_grad():
        model.prob_head[-1].bias += _logit(DEFAULT_THRESHOLD) - _logit(threshold)


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def write_detector(training: Training, stem: Path) -> None:
    """Writes the weights as ``stem.pt`` and ``stem.onnx``."""
    twin = _model(training.arch)
    write_weights(training, twin, stem, tuple(twin.cfg["input_shape"]))
