"""How far the lines of a page lean, the page laid straight, and the way back for what was read there."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, cos, radians, sin, tan
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from archiveia.values import GrayPixels, Word

_MOST_DEGREES = 5.5
"""A sheet that leans more was laid down like that; beyond it other things than lines give the best angle."""
_STEP_DEGREES, _FINE_DEGREES = 0.25, 0.05
_LEAST_POINTS, _MOST_POINTS = 200, 20_000
_LEAST_PEAK = 1.5
"""How much more the best angle must gather the lines than angles do on average: print has 1.8 and more."""


def skew_degrees(ink: NDArray[np.bool_]) -> float | None:
    """By how many degrees the page's lines sink to the right; ``None`` where no lines are seen.

    The feet of the letters are counted along parallel lines: at the right angle they gather on few of them
    (the sum of squares is greatest; W. Postl, 1986). Good to 0.1 degrees on a mask of 1000 points.
    """
    down, across = np.nonzero(ink[:-1] & ~ink[1:])
    if len(down) < _LEAST_POINTS:
        return None
    every = ceil(len(down) / _MOST_POINTS)
    down, across = down[::every], across[::every] - ink.shape[1] / 2
    margin = ceil(ink.shape[1] * tan(radians(_MOST_DEGREES)))

    def gathered(degrees: float) -> float:
        rows = np.rint(down - across * tan(radians(degrees))).astype(int) + margin
        return float((np.bincount(rows).astype(float) ** 2).sum())

    coarse = np.arange(-_MOST_DEGREES, _MOST_DEGREES + 0.01, _STEP_DEGREES)
    sums = np.array([gathered(degrees) for degrees in coarse])
    about = float(coarse[sums.argmax()])
    if sums.max() < _LEAST_PEAK * float(np.median(sums)) or abs(about) == _MOST_DEGREES:
        return None
    fine = np.arange(about - _STEP_DEGREES, about + _STEP_DEGREES + 0.01, _FINE_DEGREES)
    sums = np.array([gathered(degrees) for degrees in fine])
    return float(fine[sums == sums.max()].mean())  # on a coarse grid several angles gather alike


def straight(pixels: GrayPixels, degrees: float) -> GrayPixels:
    """The page turned back by the degrees that its lines lean, on a sheet large enough for its corners."""
    height, width = pixels.shape
    sine, cosine = abs(sin(radians(degrees))), cos(radians(degrees))
    sheet = ceil(height * cosine + width * sine), ceil(width * cosine + height * sine)
    turn = _turn(degrees)
    start = _middle(pixels.shape) - turn @ _middle(sheet)
    paper = float(np.percentile(pixels[::8, ::8], 75))
    return np.asarray(
        ndimage.affine_transform(pixels, turn, start, output_shape=sheet, order=1, cval=paper), dtype=np.uint8
    )


def leaning(
    words: Sequence[Word], degrees: float, *, sheet: tuple[int, int], page: tuple[int, int]
) -> tuple[Word, ...]:
    """The words of a page laid straight, boxed on the page as it leans; those beside its paper are none.

    Args:
        words: boxes on the straight sheet.
        degrees: what ``straight`` was given.
        sheet: height and width of the straight sheet.
        page: height and width of the page.
    """
    back = []
    for word in words:
        corners = [
            (top, left)
            for top in (word.top_px, word.top_px + word.height_px)
            for left in (word.left_px, word.left_px + word.width_px)
        ]
        on_page = (np.array(corners) - _middle(sheet)) @ _turn(degrees).T + _middle(page)
        (top, left), (bottom, right) = np.rint(on_page.min(axis=0)), np.rint(on_page.max(axis=0))
        if bottom <= 0 or right <= 0 or top >= page[0] or left >= page[1]:
            continue
        width_px, height_px = int(right - left), int(bottom - top)
        back.append(replace(word, left_px=int(left), top_px=int(top), width_px=width_px, height_px=height_px))
    return tuple(back)


def _turn(degrees: float) -> NDArray[np.float64]:
    """From (row, column) on the straight sheet to those on the page, both from the middle."""
    sine, cosine = sin(radians(degrees)), cos(radians(degrees))
    return np.array([[cosine, sine], [-sine, cosine]])


def _middle(shape: tuple[int, ...]) -> NDArray[np.float64]:
    return (np.array(shape) - 1) / 2
