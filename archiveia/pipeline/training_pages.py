"""What a detector of words learns from and is measured on: transcribed pages and rendered ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archiveia.edges.rendered_pages import beside_black, boxed_page, rendered_page, whole, window

if TYPE_CHECKING:
    from numpy.random import Generator

    from archiveia.edges.rendered_pages import Boxes
    from archiveia.pipeline.training_data import Material
    from archiveia.values import GrayPixels

    Page = tuple[GrayPixels, Boxes]

SIDE_PX = 512
"""Of the squares that a detector learns from, cut out of pages of the size at which it is shown them whole."""
_REAL_SHARE = 0.45
_BLACK_SHARE = 0.25
"""Of the squares with black on one side."""
_FEWEST_BOXES = 3
"""Squares of white paper teach little."""
_CHOSEN = (4, 6)
"""Transcribed and rendered pages of the training by which thresholds and weights are chosen."""
_RENDERED = 12
"""Rendered pages of a validation."""


class PageSource:
    """The pages of a training, for a detector that is shown them at ``whole_px``."""

    def __init__(self, material: Material, whole_px: int) -> None:
        self._material = material
        self._whole_px = whole_px
        self._renderer, self._unseen = material.renderers()
        self.pages = [page for page in map(boxed_page, material.learned_pages) if len(page.boxes)]

    def batch(self, step: int, _share: float, size: int) -> tuple[GrayPixels, list[Boxes]]:
        """The squares of one step and the boxes of their words."""
        rng = np.random.default_rng((self._material.seed, step))
        squares = [self._square(rng) for _ in range(size)]
        squares = [
            beside_black(*square, rng) if rng.random() < _BLACK_SHARE else square for square in squares
        ]
        return np.stack([pixels for pixels, _ in squares]), [boxes for _, boxes in squares]

    def _square(self, rng: Generator) -> Page:
        real = bool(self.pages) and rng.random() < _REAL_SHARE
        for _ in range(4 if real else 0):
            page = self.pages[int(rng.integers(len(self.pages)))]
            pixels, boxes = window(page, SIDE_PX, self._whole_px, rng)
            if len(boxes) >= _FEWEST_BOXES:
                return pixels, boxes
        while True:
            pixels, boxes = rendered_page(self._material.words, self._renderer, SIDE_PX, rng)
            if len(boxes) >= _FEWEST_BOXES:
                return pixels, boxes

    def choosing(self) -> list[Page]:
        """Whole pages of the training, by which weights and thresholds are chosen."""
        rng = np.random.default_rng((self._material.seed, 2**31))
        step = max(1, len(self.pages) // _CHOSEN[0])
        real = [whole(page, self._whole_px) for page in self.pages[::step][: _CHOSEN[0]]]
        return real + [
            rendered_page(self._material.words, self._renderer, self._whole_px, rng)
            for _ in range(_CHOSEN[1])
        ]

    def validation(self) -> dict[str, list[Page]]:
        """Whole pages held out, by where they are from; and rendered ones in fonts held out."""
        rng = np.random.default_rng((self._material.seed, 2**31 + 1))
        words = self._material.words
        sets = {
            "rendered": [rendered_page(words, self._unseen, self._whole_px, rng) for _ in range(_RENDERED)]
        }
        for pattern, pages in self._material.held_out_pages().items():
            found = [whole(page, self._whole_px) for page in map(boxed_page, pages) if len(page.boxes)]
            if found:
                sets[pattern] = found
        return sets
