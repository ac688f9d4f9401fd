"""The dark borders of a scan, the lid left open or the table under a book, painted over with paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from archiveia.steps.prepare import block_mean, grid_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archiveia.values import PageImage

_DARK = 0.5
"""Darker than this part of the paper is no paper in the shade."""
_SHARES = (0.05, 0.6)
"""Of the page: less disturbs nobody; more is a page that is itself dark: a photograph, a negative."""


def without_borders(page: PageImage) -> PageImage:
    """The page with the dark borders at its edges as bright as its paper; the same object where it has none."""
    step = grid_step(page.pixels)
    coarse = block_mean(page.pixels, step)
    border = _dark_from_the_edge(coarse)
    if not _SHARES[0] < border.mean() < _SHARES[1]:
        return page
    border = ndimage.binary_dilation(border, iterations=2)  # its inner edge is not sharp
    paper = np.uint8(np.percentile(coarse[~border], 75))
    rows, columns = (
        np.minimum(np.arange(side) // step, points - 1)
        for side, points in zip(page.pixels.shape, border.shape, strict=True)
    )
    pixels = np.where(border[np.ix_(rows, columns)], paper, page.pixels)
    return replace(page, pixels=pixels)


def _dark_from_the_edge(coarse: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The points that are dark, and all points between them and an edge."""
    dark = coarse < _DARK * np.percentile(coarse, 75)
    inwards = (np.logical_and.accumulate(np.rot90(dark, turn)) for turn in range(4))
    return np.asarray(np.logical_or.reduce([np.rot90(run, -turn) for turn, run in enumerate(inwards)]))
