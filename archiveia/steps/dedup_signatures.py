"""What is kept of a page's text to find its look-alikes: MinHash signatures, anchors, and a digest.

A text is cut into runs of letters (``Scheme.shingle_letters``); a misread letter spoils as many of them as a
run is long, where it would spoil two or three runs of whole words. Short texts are cut into shorter runs and
more bands, or a few slips would hide them. Anchors are long runs drawn by their hash, the same in every text:
they find a text that stands inside a longer one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from archiveia.steps.dedup_letters import codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERMUTATIONS = 128
"""Length of a signature: the similarity is estimated within 0.09 (two standard errors at 0.5)."""
MIN_LETTERS = 12
"""A text with fewer letters says nothing of the page."""
MAX_LETTERS = 400_000
"""A text is looked at up to here: two hundred pages on one, already no page any more."""
_ANCHOR_LETTERS = 12
_ANCHOR_SHARE = 64
"""One run in so many is an anchor."""
_MAX_ANCHORS = 6_000
VERSION = b"d1"
"""Begins every kept signature: one made otherwise is computed again."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How texts of a length (in letters) are cut and compared. Chosen on a recall curve: ADR 9."""

    name: bytes
    shingle_letters: int
    bands: int
    rows: int
    from_letters: int
    below_letters: float
    least_estimate: float
    """A candidate whose estimated similarity is lower is not read again."""


SCHEMES = (
    Scheme(b"S", 3, 42, 3, MIN_LETTERS, 400, 0.15),
    Scheme(b"L", 5, 25, 5, 150, float("inf"), 0.2),
)
"""Lengths overlap, for a text may have lost letters that its copy has."""


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """What is kept of one text, comparable with every other signature."""

    digest: bytes
    """Of all its letters: equal in equal texts only."""
    hashes: dict[bytes, NDArray[np.uint32]]
    """For each scheme of its length, ``PERMUTATIONS`` numbers."""
    anchors: NDArray[np.uint32]

    def estimate(self, other: Signature) -> float:
        """The similarity of the two texts' runs as the signatures tell it, 0-1; 0 without a common scheme."""
        return max(
            (float(np.mean(self.hashes[n] == other.hashes[n])) for n in self.hashes.keys() & other.hashes),
            default=0.0,
        )

    def to_bytes(self) -> bytes:
        """What is kept in the database."""
        parts = [n + values.astype("<u4").tobytes() for n, values in sorted(self.hashes.items())]
        return b"".join(
            [VERSION, self.digest, bytes([len(parts)]), *parts, self.anchors.astype("<u4").tobytes()]
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Signature | None:
        """The signature that was kept; ``None`` when another version of this module made it."""
        if not data.startswith(VERSION) or len(data) < len(VERSION) + 9:
            return None
        digest, count, at = data[2:10], data[10], 11
        hashes = {}
        for _ in range(count):
            values = np.frombuffer(data, dtype="<u4", count=PERMUTATIONS, offset=at + 1)
            hashes[data[at : at + 1]] = values.astype(np.uint32)
            at += 1 + 4 * PERMUTATIONS
        return cls(digest, hashes, np.frombuffer(data, dtype="<u4", offset=at).astype(np.uint32))


def signature(text: str) -> Signature | None:
    """The signature of a text; ``None`` when it is too short to be compared."""
    whole = codes(text)
    if len(whole) < MIN_LETTERS:
        return None
    digest = hashlib.blake2b(whole.tobytes(), digest_size=8).digest()
    wide = whole[:MAX_LETTERS].astype(np.uint64)
    hashes = {
        scheme.name: _minima(_hashed(_runs(wide, scheme.shingle_letters)))
        for scheme in SCHEMES
        if scheme.from_letters <= len(wide) < scheme.below_letters
    }
    return Signature(digest, hashes, _anchors(wide))


def similarity(text_a: str, text_b: str, shingle_letters: int = SCHEMES[-1].shingle_letters) -> float:
    """The Jaccard similarity of the runs of letters of two texts, 0-1."""
    a, b = (_hashed(_runs(codes(t).astype(np.uint64), shingle_letters)) for t in (text_a, text_b))
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / (len(a) + len(b) - shared) if shared else 0.0


_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def _hashed(runs: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The distinct hashes of runs, in order."""
    hashes = scattered((runs * _FACTOR >> np.uint64(32)).astype(np.uint32))
    hashes.sort()
    is_new = np.ones(len(hashes), dtype=np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=is_new[1:])
    distinct: NDArray[np.uint32] = hashes[is_new]
    return distinct


def _runs(wide: NDArray[np.uint64], count: int) -> NDArray[np.uint64]:
    """Each run of letters as a polynomial of its letters."""
    runs = np.zeros(max(len(wide) - count + 1, 0), dtype=np.uint64)
    for k in range(count if len(runs) else 0):
        runs *= _FACTOR
        runs += wide[k : len(wide) - count + 1 + k]
    return runs


def _anchors(wide: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Long runs whose hash is small, in order."""
    hashes = _hashed(_runs(wide, _ANCHOR_LETTERS))
    return hashes[: np.searchsorted(hashes, 2**32 // _ANCHOR_SHARE)][:_MAX_ANCHORS]


def _minima(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The MinHash of distinct hashes, some at a time so that all stays in the cache."""
    multipliers, offsets = _permutations()
    least = np.full(PERMUTATIONS, 2**32 - 1, dtype=np.uint32)
    for start in range(0, len(hashes), 1024):
        part = multipliers[:, None] * hashes[start : start + 1024]
        part += offsets[:, None]
        np.minimum(least, part.min(axis=1), out=least)
    return least


def scattered(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The numbers well scattered over 32 bits (finalizer of MurmurHash3, a bijection)."""
    mixed = (numbers ^ (numbers >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return mixed ^ (mixed >> np.uint32(16))


@lru_cache(maxsize=1)
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The affine permutations modulo 2^32 (odd multiplier, offset): fixed here, as signatures are kept."""
    numbers = scattered(np.arange(1, 2 * PERMUTATIONS + 1, dtype=np.uint32))
    return numbers[:PERMUTATIONS] | np.uint32(1), numbers[PERMUTATIONS:]
