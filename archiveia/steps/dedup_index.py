"""Which pages may be alike: an index of signatures that new pages are put into and looked up in.

Sorted arrays, a few for each band: what was added last lies apart and is sorted into the rest as that grows,
so that a page costs nearly the same in the first batch and in the hundredth. Of the pages with one key (of a
band, or an anchor) ``MAX_LOOKALIKES`` are kept, the first that came: a crowd costs no more than a pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from archiveia.steps.dedup_signatures import PERMUTATIONS, SCHEMES, Scheme, Signature, scattered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)

MAX_LOOKALIKES = 20
"""Pages with one key that are kept; and look-alikes beyond which a page is linked to a few only."""
LEAST_ANCHORS = 2
"""Anchors in common from which a text may stand inside another."""
_ANCHORS_INSIDE = 0.2
"""Share of the shorter text's anchors that must be in common: slips of reading spoil long runs."""
_BLOCK = 2_000
"""Pages looked up together: more would only take more memory."""
_KEY_SHIFT = np.uint64(32)
_ONE_KEY = np.uint64(2**32)
"""A pair is its key times this, and its page: pairs that differ in less than this have one key."""


class _Run:
    """Pairs (key, page) in order of key, and where in them the keys of one beginning stand.

    Keys are scattered evenly: a few pairs have one beginning, and all keys are looked up at once without the
    dependent steps of a binary search, which wait for memory longer as the archive grows.
    """

    def __init__(self, pairs: NDArray[np.uint64]) -> None:
        crowded = (pairs[MAX_LOOKALIKES:] ^ pairs[:-MAX_LOOKALIKES]) < _ONE_KEY
        if crowded.any():
            pairs = np.delete(pairs, np.flatnonzero(crowded) + MAX_LOOKALIKES)
        bits = max(len(pairs).bit_length() - 2, 1)  # two to four pairs for each beginning
        self.pairs = pairs
        self.shift = np.uint64(64 - bits)
        self.starts = np.zeros(2**bits + 1, dtype=np.uint32)
        beginnings = (pairs >> self.shift).astype(np.int64)
        np.cumsum(np.bincount(beginnings, minlength=2**bits), out=self.starts[1:])

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """For each hit, the place of the key and the pair."""
        beginnings = keys >> self.shift
        starts = self.starts[beginnings].astype(np.int64)
        counts = self.starts[beginnings + np.uint64(1)] - starts
        asked = np.repeat(np.arange(len(keys)), counts)
        pairs = self.pairs[np.arange(len(asked)) + (starts - np.cumsum(counts) + counts)[asked]]
        is_hit = (pairs ^ keys[asked]) < _ONE_KEY
        return asked[is_hit], pairs[is_hit]


class _Sorted:
    """Pairs (key, page) in order of key, in a few runs of growing length."""

    def __init__(self) -> None:
        self.runs: list[_Run] = []

    def add(self, keys: NDArray[np.uint32], pages: NDArray[np.uint32]) -> None:
        fresh = (keys.astype(np.uint64) << _KEY_SHIFT) | pages
        fresh.sort()
        while self.runs and len(self.runs[-1].pairs) < 2 * len(fresh):
            fresh = np.concatenate([self.runs.pop().pairs, fresh])
            fresh.sort(kind="stable")  # two runs in order: merged, not sorted anew
        self.runs.append(_Run(fresh))

    def find(self, keys: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each hit, the place of the key and the page; of a crowd the first only."""
        order = np.argsort(keys)  # looked up in order, for then the same part of memory is read again
        wanted = keys[order].astype(np.uint64) << _KEY_SHIFT
        asked, found = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
        for run in self.runs:
            places, pairs = run.find(wanted)
            asked.append(order[places])
            found.append(pairs)
            is_open = np.bincount(places, minlength=len(wanted)) < MAX_LOOKALIKES
            order, wanted = order[is_open], wanted[is_open]
        return np.concatenate(asked), np.concatenate(found).astype(np.uint32).astype(np.int64)


class _Bands:
    """The pages of one scheme: their bands, and of each number of their signatures one byte."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.bands = [_Sorted() for _ in range(scheme.bands)]
        self.bytes = np.zeros((0, PERMUTATIONS), dtype=np.uint8)
        self.pages = np.zeros(0, dtype=np.int64)
        self.count = 0

    def add(self, pages: NDArray[np.int64], hashes: NDArray[np.uint32]) -> None:
        rows = np.arange(self.count, self.count + len(pages), dtype=np.uint32)
        for band, keys in zip(self.bands, self._keys(hashes), strict=True):
            band.add(keys, rows)
        needed = self.count + len(pages)
        if needed > len(self.pages):
            room = max(needed, len(self.pages) * 5 // 4)
            self.bytes = _grown(self.bytes, room)
            self.pages = _grown(self.pages, room)
        self.bytes[self.count : needed] = hashes.astype(np.uint8)
        self.pages[self.count : needed] = pages
        self.count = needed

    def near(
        self, hashes: NDArray[np.uint32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """For each candidate: the asker's place, the page, the estimated similarity of their runs."""
        hits = [band.find(keys) for band, keys in zip(self.bands, self._keys(hashes), strict=True)]
        both = np.unique(np.concatenate([asked << 32 | row for asked, row in hits]))
        asked, rows = both >> 32, both & (2**32 - 1)
        mine = hashes.astype(np.uint8)
        score = np.empty(len(both))
        for start in range(0, len(both), 65_536):
            part = slice(start, start + 65_536)
            score[part] = (mine[asked[part]] == self.bytes[rows[part]]).mean(axis=1)
        good = score >= self.scheme.least_estimate
        return asked[good], self.pages[rows[good]], score[good]

    def _keys(self, hashes: NDArray[np.uint32]) -> list[NDArray[np.uint32]]:
        keys = []
        for band in range(self.scheme.bands):
            key = np.full(len(hashes), band, dtype=np.uint32)
            for row in range(band * self.scheme.rows, (band + 1) * self.scheme.rows):
                key = scattered(key * np.uint32(31) + hashes[:, row])
            keys.append(key)
        return keys


def _grown(array: NDArray[Number], rows: int) -> NDArray[Number]:
    larger = np.zeros((rows, *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page that may resemble the one that was asked for; ``estimate`` orders them, 0-1."""

    page: str
    estimate: float


class LookalikeIndex:
    """The distinct texts of an archive by their signatures. A text that several pages have is in it once."""

    def __init__(self) -> None:
        self._pages: list[str] = []
        self._known: set[str] = set()
        self._first: dict[bytes, int] = {}
        self._twins: dict[str, list[str]] = {}
        self._bands = tuple(_Bands(scheme) for scheme in SCHEMES)
        self._anchors = _Sorted()
        self._anchor_counts = np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, page: str) -> bool:
        return page in self._known

    def add(self, signatures: Mapping[str, Signature]) -> None:
        """The pages can be found. A page is added once: begin another index when its text has changed."""
        fresh: list[tuple[int, Signature]] = []
        for page, made in signatures.items():
            if made.digest not in self._first:
                place = len(self._pages)
                self._first[made.digest] = place
                self._pages.append(page)
                fresh.append((place, made))
                continue
            twins = self._twins.setdefault(self._pages[self._first[made.digest]], [])
            if len(twins) <= MAX_LOOKALIKES:
                twins.append(page)
        self._known.update(signatures)
        if not fresh:
            return
        for bands in self._bands:
            name = bands.scheme.name
            mine = [(place, made.hashes[name]) for place, made in fresh if name in made.hashes]
            if mine:
                bands.add(np.array([p for p, _ in mine]), np.stack([h for _, h in mine]))
        counts = np.array([len(made.anchors) for _, made in fresh])
        places = np.array([place for place, _ in fresh], dtype=np.uint32)
        self._anchors.add(_anchors_of([made for _, made in fresh]), np.repeat(places, counts))
        if len(self._pages) > len(self._anchor_counts):
            self._anchor_counts = _grown(self._anchor_counts, len(self._pages) * 5 // 4)
        self._anchor_counts[places] = counts

    def same(self, signature: Signature) -> str | None:
        """The first page with exactly these letters; ``None`` when there is none."""
        first = self._first.get(signature.digest)
        return None if first is None else self._pages[first]

    def with_twins(self, page: str) -> list[str]:
        """A page and those with exactly its letters; of a crowd, some."""
        return [page, *self._twins.get(page, ())]

    def near(self, signatures: Sequence[Signature]) -> list[list[Candidate]]:
        """For each signature the pages that may resemble it, the likeliest first; itself too, if it was added."""
        found: list[list[Candidate]] = []
        for start in range(0, len(signatures), _BLOCK):
            found.extend(self._near_block(signatures[start : start + _BLOCK]))
        return found

    def _near_block(self, block: Sequence[Signature]) -> list[list[Candidate]]:
        best: list[dict[int, float]] = [{} for _ in block]
        for n, page, share in self._around(block):
            best[n][page] = share
        for bands in self._bands:
            mine = [n for n, made in enumerate(block) if bands.scheme.name in made.hashes]
            if not mine or not bands.count:
                continue
            asked, pages, scores = bands.near(np.stack([block[n].hashes[bands.scheme.name] for n in mine]))
            for n, page, score in zip(asked.tolist(), pages.tolist(), scores.tolist(), strict=True):
                known = best[mine[n]]
                known[page] = max(score, known.get(page, 0.0))
        return [
            sorted(
                (Candidate(self._pages[place], score) for place, score in known.items()),
                key=lambda candidate: (-candidate.estimate, candidate.page),
            )
            for known in best
        ]

    def _around(self, block: Sequence[Signature]) -> Iterator[tuple[int, int, float]]:
        """The pages that share anchors: (place in the block, page, share of the shorter text's anchors)."""
        counts = np.array([len(made.anchors) for made in block])
        asked, pages = self._anchors.find(_anchors_of(block))
        both = np.sort(np.repeat(np.arange(len(block)), counts)[asked] << 32 | pages)
        again = both[1:][both[1:] == both[:-1]]  # most share one anchor, and go no further
        both, shared = np.unique(again, return_counts=True)
        shared += 1
        owners, pages = both >> 32, both & (2**32 - 1)
        shares = shared / np.minimum(counts[owners], self._anchor_counts[pages])
        good = (shared >= LEAST_ANCHORS) & (shares >= _ANCHORS_INSIDE)
        yield from zip(owners[good].tolist(), pages[good].tolist(), shares[good].tolist(), strict=True)


def _anchors_of(signatures: Sequence[Signature]) -> NDArray[np.uint32]:
    """All their anchors, scattered: as they were drawn they are small numbers."""
    return scattered(np.concatenate([made.anchors for made in signatures]))
