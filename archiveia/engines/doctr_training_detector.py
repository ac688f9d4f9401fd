"""Trains docTR's detectors of words, measures them, and writes their weights for docTR and for OnnxTR."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from doctr.models import detection

from archiveia.engines.doctr_training import Training, normal
from archiveia.engines.doctr_training_files import begin_with, write_weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Boxes = NDArray[np.float32]
    Batch = tuple[NDArray[np.uint8], list[Boxes]]

DETECTORS = ("db_mobilenet_v3_large", "db_resnet34", "db_resnet50")
"""The architectures that can be trained. The first is the smallest."""
SIDE_PX = 1024
"""docTR shows its detectors pages of this size."""
DEFAULT_THRESHOLD = 0.3
"""docTR's and OnnxTR's ``bin_thresh``."""


def new_detector(arch: str, *, seed: int, start_from: Path | None = None) -> Training:
    """A detector to train on batches of square grey images and the boxes of their words.

    Boxes are left, top, right, bottom in shares of the image, 0-1.
    """
    torch.manual_seed(seed)
    model = _model(arch)
    if start_from is not None:
        begin_with(model, start_from)
    return Training(model, arch, "", _loss, momentum=0.1)


def _model(arch: str, **options: Any) -> Any:
    return getattr(detection, arch)(pretrained=False, pretrained_backbone=False, **options)


def _loss(model: Any, batch: Batch) -> Any:
    images, boxes = batch
    target = [{model.class_names[0]: page.copy()} for page in boxes]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model(normal(model, torch.from_numpy(images)), target)["loss"]


def text_maps(model: Any, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
    """For each square page: how likely each of its pixels is text, 0-1."""
    model.eval()
    with torch.inference_mode():
        return [
            model(normal(model, torch.from_numpy(image[None].copy())), return_model_output=True)["out_map"][
                0, 0
            ]
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
    write_weights(training, _model(training.arch, exportable=True), stem, (3, SIDE_PX, SIDE_PX))
