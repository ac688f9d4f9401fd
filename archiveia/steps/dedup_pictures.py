"""Which pages are the same picture: perceptual hashes that a new scan, a turn or a JPEG leaves nearly as they are.

The usual 64 bits take two pages of one printed register for one another; 576 bits do not (ADR 9).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from archiveia.steps.dedup_index import MAX_LOOKALIKES
from archiveia.values import Relation, SimilarPair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

GRID_PX = 96
"""Pages are looked at this small, on both sides."""
_WAVES = 24
"""Waves across and down that are kept of a page: 576 bits."""
SAME_SHARE = 0.20
"""Share of bits that may differ in one picture; the nearest of 9,120 pairs of other pages differ in 0.24."""
ALIKE_SHARE = 0.24
"""Up to here a person looks."""


def picture_hash(grid: NDArray[np.uint8]) -> bytes:
    """Which of the slow waves of a page are above their median: 72 bytes. ``grid`` is ``GRID_PX`` on both sides."""
    from scipy.fft import dctn

    waves = np.asarray(dctn(grid.astype(np.float64), norm="ortho"))[:_WAVES, :_WAVES].ravel()
    return np.packbits(waves > np.median(waves[1:])).tobytes()


def turned_hashes(grid: NDArray[np.uint8]) -> tuple[bytes, ...]:
    """The hashes of the page as it lies and turned by 90, 180 and 270 degrees."""
    return tuple(picture_hash(np.rot90(grid, turns)) for turns in range(4))


def shares_apart(turned: Iterable[bytes], known: NDArray[np.uint64]) -> NDArray[np.float64]:
    """For each known picture, the share of bits that differ, in the turn in which it is nearest."""
    apart = [np.bitwise_count(known ^ np.frombuffer(h, dtype=np.uint64)).sum(axis=1) for h in turned]
    return np.asarray(np.min(apart, axis=0) / _WAVES**2)


def as_rows(hashes: Iterable[bytes]) -> NDArray[np.uint64]:
    """Hashes as rows of numbers, to be compared all at once."""
    return np.frombuffer(b"".join(hashes), dtype=np.uint64).reshape(-1, _WAVES**2 // 64)


def picture_pairs(
    new: Mapping[str, tuple[bytes, ...]], known: Mapping[str, bytes], pages: int = MAX_LOOKALIKES
) -> list[SimilarPair]:
    """The pairs of one picture, at least one of them new; for pages that have no text to compare.

    Args:
        new: the hashes of each new page in its four turns.
        known: the hash of each page placed before, as it lies.
        pages: at most so many for each new page, the nearest.

    """
    names = [*(p for p in known if p not in new), *new]
    rows = as_rows([*(h for p, h in known.items() if p not in new), *(turned[0] for turned in new.values())])
    found: dict[tuple[str, str], SimilarPair] = {}
    for page, turned in new.items():
        apart = shares_apart(turned, rows)
        near = np.flatnonzero(apart <= ALIKE_SHARE)
        for place in near[np.argsort(apart[near], kind="stable")][: pages + 1]:
            other, share = names[place], float(apart[place])
            if other != page:
                a, b = sorted((page, other))
                said = Relation.SAME_IMAGE if share <= SAME_SHARE else Relation.DOUBTFUL
                found[a, b] = SimilarPair(a, b, 1 - share, said)
    return [found[pair] for pair in sorted(found)]


def with_pictures(pairs: Iterable[SimilarPair], hashes: Mapping[str, bytes]) -> list[SimilarPair]:
    """The pairs again: of one text those that are one picture, too, are called so."""

    def told(pair: SimilarPair) -> SimilarPair:
        pictures = [hashes[page] for page in (pair.page_a, pair.page_b) if page in hashes]
        if pair.relation is not Relation.SAME_TEXT or len(pictures) < 2:
            return pair
        apart = shares_apart(pictures[:1], as_rows(pictures[1:]))[0]
        return replace(pair, relation=Relation.SAME_IMAGE) if apart <= SAME_SHARE else pair

    return [told(pair) for pair in pairs]
