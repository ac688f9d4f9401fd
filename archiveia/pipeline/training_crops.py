"""The crops that a recogniser learns from, and those that it is measured on.

The crops of a step depend on the seed and on the number of the step alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from archiveia.edges.line_images import cut_pages
from archiveia.edges.rendered_text import fitted, plain_crop, real_crop
from archiveia.edges.training_texts import MOST_LETTERS
from archiveia.pipeline.training_data import FRENCH
from archiveia.steps.measure import letter_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from archiveia.edges.line_images import LineImage, TruePage
    from archiveia.pipeline.training_data import Material
    from archiveia.steps.measure import Errors
    from archiveia.values import GrayPixels

_REAL_SHARE = 0.35
"""Of the crops that are cut out of transcribed pages; the others are rendered."""
_EASY_UNTIL = 0.04
"""Up to this part of the run only short words are shown: CTC learns where letters are much sooner so."""
_EASY_LETTERS = 6
_RENDERED = 800
"""Rendered words of a validation."""


@dataclass(frozen=True, slots=True)
class WordSet:
    """Crops and their texts to measure a recogniser on; ``name`` says where they are from."""

    name: str
    crops: NDArray[np.uint8]
    texts: tuple[str, ...]


class CropSource:
    """The crops of a training."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._renderer, self._unseen = material.renderers()
        self.lines = _lines(material.learned_pages)
        counts = np.array([len(line.words) for line in self.lines], dtype=float)
        self._shares = counts / counts.sum() if len(counts) else counts

    def batch(self, step: int, share: float, size: int) -> tuple[NDArray[np.uint8], list[str]]:
        """The crops of one step and their texts; ``share`` is the part of the run that is done."""
        rng = np.random.default_rng((self._material.seed, step))
        pairs = [self._crop(rng, easy=share < _EASY_UNTIL) for _ in range(size)]
        return np.stack([fitted(crop) for crop, _ in pairs]), [text for _, text in pairs]

    def _crop(self, rng: Generator, *, easy: bool) -> tuple[GrayPixels, str]:
        if self.lines and not easy and rng.random() < _REAL_SHARE:
            return real_crop(self.lines[int(rng.choice(len(self.lines), p=self._shares))], rng)
        while True:
            text = self._material.words.draw(rng, phrases=0.0 if easy else 0.15)
            if easy and len(text) > _EASY_LETTERS:
                continue
            crop = self._renderer.crop(text, rng)
            if crop is not None:
                return crop, text

    def validation(self) -> list[WordSet]:
        """Words never trained on, rendered in fonts held out; and the words of the pages held out."""
        rng = np.random.default_rng((self._material.seed, 2**31))
        rendered: list[tuple[GrayPixels, str]] = []
        while len(rendered) < _RENDERED:
            text = self._material.words.unseen(rng)
            crop = self._unseen.crop(text, rng)
            if crop is not None:
                rendered.append((crop, text))
        sets = [_word_set("rendered", rendered)]
        for pattern, pages in self._material.held_out_pages().items():
            words = [(plain_crop(line, word), word.text) for line in _lines(pages) for word in line.words]
            if words:
                sets.append(_word_set(pattern, words))
        return sets


def _lines(pages: Sequence[TruePage]) -> list[LineImage]:
    """The lines of which every word can be written with the characters that are learned, and fits a crop."""
    letters = frozenset(FRENCH)
    return [
        line
        for line in cut_pages(pages)
        if all(letters.issuperset(word.text) and len(word.text) <= MOST_LETTERS for word in line.words)
    ]


def _word_set(name: str, pairs: Sequence[tuple[GrayPixels, str]]) -> WordSet:
    return WordSet(name, np.stack([fitted(crop) for crop, _ in pairs]), tuple(text for _, text in pairs))


@dataclass(frozen=True, slots=True)
class WordScore:
    """How a recogniser reads a set: the words read to the letter, and the errors of each word."""

    name: str
    exact: int
    errors: tuple[Errors, ...]

    @property
    def rate(self) -> float:
        """The letters that are wrong, of all letters."""
        return sum(e.edits for e in self.errors) / max(1, sum(e.units for e in self.errors))


def score(read: Callable[[NDArray[np.uint8]], list[str]], words: WordSet) -> WordScore:
    """How well ``read`` reads a set; every sign counts as it stands."""
    pairs = list(zip(read(words.crops), words.texts, strict=True))
    return WordScore(
        words.name, sum(found == text for found, text in pairs), tuple(letter_errors(*pair) for pair in pairs)
    )
