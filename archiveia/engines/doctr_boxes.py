"""Where the words are: docTR's rules from a detector's map to boxes and lines, on whole arrays.

docTR applies them to one word after the other; here every word of a page at once, with equal results (tested).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archiveia.values import PageImage

Boxes: TypeAlias = "NDArray[np.float64]"
"""One row a word: left, top, right, bottom, in shares of the page's width and height."""

_LINE_BREAK = 0.035
"""White in a line, as a share of the page's width, after which docTR always begins another."""


@dataclass(frozen=True, slots=True)
class BoxRule:
    """The numbers by which docTR makes boxes of a detector's map."""

    ink_from: float
    """Probability from which a point of the map is text."""
    least_score: float
    """Mean probability under which a box is dropped."""
    growth: float
    """How much a box grows: detectors learn the core of a word."""

    @classmethod
    def of(cls, detector: Any) -> BoxRule:
        """The rule that comes with a docTR detector."""
        rule = detector.postprocessor
        return cls(rule.bin_thresh, rule.box_thresh, rule.unclip_ratio)


def word_boxes(probability: NDArray[np.float32], rule: BoxRule) -> Boxes:
    """The boxes of the words on a detector's map, in shares of the map."""
    ink = (probability >= rule.ink_from).astype(np.uint8)
    opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    around = np.array([cv2.boundingRect(contour) for contour in contours], np.int64).reshape(-1, 4)
    around = around[(around[:, 2:] > 2).all(axis=1)]
    left, top, width, height = around[_scores(probability, around) >= rule.least_score].T
    grown = width * height * rule.growth / (2 * np.maximum(1, width + height))
    corners = np.stack([left - grown, top - grown, left + width + grown, top + height + grown], axis=1)
    corners = np.trunc(corners + np.copysign(0.5, corners))  # pyclipper rounds halves away from zero
    corners[:, 2:] += 1
    rows, columns = probability.shape
    shares: Boxes = np.clip(corners / [columns, rows, columns, rows], 0, 1)
    return shares


def _scores(probability: NDArray[np.float32], around: NDArray[np.int64]) -> NDArray[np.float64]:
    """The mean probability in each rectangle (left, top, width, height), one point wider as docTR takes it."""
    sums = cv2.integral(probability, sdepth=cv2.CV_64F)
    left, top = around[:, 0], around[:, 1]
    right = np.minimum(left + around[:, 2] + 1, probability.shape[1])
    bottom = np.minimum(top + around[:, 3] + 1, probability.shape[0])
    inside = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return np.asarray(inside / ((right - left) * (bottom - top)), dtype=np.float64)


def unpadded(boxes: Boxes, image: PageImage) -> Boxes:
    """The boxes in shares of the page, which stood in the middle of a square."""
    shorter, longer = sorted((image.width_px, image.height_px))
    sides = [0, 2] if image.width_px == shorter else [1, 3]
    boxes[:, sides] = ((boxes[:, sides] - 0.5) * longer / shorter + 0.5).clip(0, 1)
    return boxes


def lines_of(boxes: Boxes, image: PageImage) -> list[list[int]]:
    """The words (their places in ``boxes``) of each line, or piece of a line, from left to right."""
    if not len(boxes):
        return []
    usual = float(np.median(boxes[:, 3] - boxes[:, 1]))
    lefts, rights = boxes[:, 0].tolist(), boxes[:, 2].tolist()
    rows = [[row[n] for n in boxes[row, 0].argsort()] for row in _rows(boxes, usual)]
    gaps = [lefts[after] - rights[before] for row in rows for before, after in pairwise(row)]
    white = [gap for gap in gaps if gap > 0]
    at_most = _LINE_BREAK
    if len(white) >= max(5, 0.5 * len(gaps)):
        at_most = min(at_most, max(3 * float(np.median(white)), usual * image.height_px / image.width_px))
    elif len(gaps) >= 5:
        at_most = min(at_most, usual * image.height_px / image.width_px)
    lines = []
    for row in rows:
        starts = [n for n in range(1, len(row)) if lefts[row[n]] - rights[row[n - 1]] >= at_most]
        lines += [row[start:end] for start, end in pairwise([0, *starts, len(row)])]
    return lines


def _rows(boxes: Boxes, usual: float) -> list[list[int]]:
    """The words that stand at one height; ``usual`` is the height of most words."""
    order = (boxes[:, 0] + 2 * boxes[:, 3] / (usual or 1.0)).argsort().tolist()
    middles = ((boxes[:, 1] + boxes[:, 3]) / 2).tolist()
    rows: list[list[int]] = []
    total = 0.0
    for word in order:
        if not rows or abs(middles[word] - total / len(rows[-1])) >= usual / 2:
            rows.append([])
            total = 0.0
        rows[-1].append(word)
        total += middles[word]
    return rows
