"""Which pages are alike: MinHash signatures, LSH candidates, then the real similarity of the texts.

Shingles are runs of 4 letters or digits without case, accents or spaces. A misread letter spoils 4 of
them, where it spoils 2 or 3 whole words: two readings with 2 % of wrong letters each keep a median
similarity of 0.73, against 0.46 with pairs of words (measured on articles of French codes).
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from archiveia.values import SimilarPair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

SHINGLE_LETTERS = 4
MIN_LETTERS = 200
"""Under this a text (a stamp, a title) resembles too many others to be compared."""
PERMUTATIONS = 128
"""Length of a signature: the similarity is estimated within 0.09 (two standard errors at 0.5)."""
CANDIDATE_RECALL = 0.99
"""The bands are cut so that a pair at the threshold becomes a candidate this often."""
ESTIMATE_MARGIN = 0.13
"""A candidate estimated this much under the threshold (three standard errors) is not read again."""
MAX_LOOKALIKES = 20
"""A page with more look-alikes than this is linked to representatives of the crowd only."""
SCHEME = b"s4p1"
"""Begins every stored signature: one made otherwise is computed again."""


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """The MinHash of one text: ``PERMUTATIONS`` numbers, comparable with every other signature."""

    hashvalues: NDArray[np.uint32]
    """The name under which datasketch reads them."""

    def __len__(self) -> int:
        return len(self.hashvalues)

    def estimate(self, other: Signature) -> float:
        """The similarity of the two texts as the signatures tell it, 0-1."""
        return float(np.mean(self.hashvalues == other.hashvalues))

    def to_bytes(self) -> bytes:
        """What is kept in the database."""
        return SCHEME + self.hashvalues.astype("<u4").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Signature | None:
        """The signature that was kept; ``None`` when another version of this module made it."""
        if not data.startswith(SCHEME) or len(data) != len(SCHEME) + 4 * PERMUTATIONS:
            return None
        return cls(np.frombuffer(data, dtype="<u4", offset=len(SCHEME)).astype(np.uint32))


def signature(text: str) -> Signature | None:
    """The signature of a text; ``None`` when it is too short to be compared."""
    if len(_letters(text)) < MIN_LETTERS:
        return None
    hashes = _mix((_shingles(text) * _FACTOR >> np.uint64(32)).astype(np.uint32))
    multipliers, offsets = _permutations()
    return Signature((hashes[:, None] * multipliers + offsets).min(axis=0))


def similarity(text_a: str, text_b: str) -> float:
    """The Jaccard similarity of the shingles of two texts, 0-1."""
    return _jaccard(_shingles(text_a), _shingles(text_b))


def _jaccard(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / (len(a) + len(b) - shared) if shared else 0.0


def similar_pairs(
    new: Mapping[str, str],
    known: Mapping[str, bytes],
    text_of: Callable[[str], str],
    *,
    threshold: float,
) -> list[SimilarPair]:
    """The pairs with at least one new page whose similarity reaches the threshold, in order of page.

    Args:
        new: the texts of the pages to place, by page.
        known: the signatures (bytes) of the pages placed before; a page that is also in ``new`` is new.
        text_of: gives the text of a page, asked for the candidates only.
        threshold: the least similarity, 0-1.

    However the pages are cut in batches the same pairs are found, as long as no page has more than
    ``MAX_LOOKALIKES`` look-alikes. Beyond, pages are linked to representatives: a million identical
    pages give one or two pairs each, and one cluster.

    """
    fresh = {page: made.to_bytes() for page, text in new.items() if (made := signature(text))}
    old = {page: data for page, data in known.items() if page not in new}
    for page in [page for page, data in old.items() if Signature.from_bytes(data) is None]:
        again = signature(text_of(page))
        if again is None:
            del old[page]
        else:
            old[page] = again.to_bytes()
    shingles = lru_cache(maxsize=1024)(lambda page: _shingles(new[page] if page in new else text_of(page)))
    pairs = sorted(candidates(fresh, old, threshold=threshold))
    scored = (SimilarPair(a, b, _jaccard(shingles(a), shingles(b))) for a, b in pairs)
    return [pair for pair in scored if pair.score >= threshold]


def candidates(
    new: Mapping[str, bytes], known: Mapping[str, bytes], *, threshold: float
) -> set[tuple[str, str]]:
    """The pairs of pages that may be alike, at least one of them new, by their signatures.

    The index holds the distinct signatures of the new pages only, and those of a crowd only until it is
    a crowd: a search costs at most ``MAX_LOOKALIKES`` a band, whatever the number of look-alikes.
    """
    new_pages, old_pages = _by_signature(new), _by_signature(known)
    near_new, near_old = _near(new_pages, old_pages, threshold=threshold)
    pairs: set[tuple[str, str]] = set()
    for data, pages in new_pages.items():
        for neighbours, source in ((near_new[data], new_pages), (near_old[data], old_pages)):
            nearest = [
                (score, page) for score, other in neighbours for page in source[other][: MAX_LOOKALIKES + 2]
            ]
            for page in pages:
                pairs.update(_linked(page, nearest, threshold))
    return pairs


def clusters(pairs: Iterable[SimilarPair]) -> list[tuple[str, ...]]:
    """The pages that a chain of pairs joins; each cluster is sorted and its first page names it."""
    parent: dict[str, str] = {}

    def root(page: str) -> str:
        parent.setdefault(page, page)
        while parent[page] != page:
            parent[page] = parent[parent[page]]
            page = parent[page]
        return page

    for pair in pairs:
        first, last = sorted((root(pair.page_a), root(pair.page_b)))
        parent[last] = first
    members: dict[str, list[str]] = defaultdict(list)
    for page in sorted(parent):
        members[root(page)].append(page)
    return sorted(tuple(pages) for pages in members.values())


# --- shingles and signatures ---------------------------------------------------------------------

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if c.isalnum())


def _shingles(text: str) -> NDArray[np.uint64]:
    """The distinct shingles of a text, each as a number of 64 bits (a polynomial of its letters)."""
    codes = np.frombuffer(_letters(text).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    runs = np.zeros(max(len(codes) - SHINGLE_LETTERS + 1, 0), dtype=np.uint64)
    for k in range(SHINGLE_LETTERS if len(runs) else 0):
        runs = runs * _FACTOR + codes[k : len(codes) - SHINGLE_LETTERS + 1 + k]
    return np.unique(runs)


def _mix(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The numbers well scattered over 32 bits (finalizer of MurmurHash3, a bijection)."""
    mixed = (numbers ^ (numbers >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return mixed ^ (mixed >> np.uint32(16))


@lru_cache(maxsize=1)
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The affine permutations modulo 2^32 (odd multiplier, offset): fixed here, as signatures are kept."""
    numbers = _mix(np.arange(1, 2 * PERMUTATIONS + 1, dtype=np.uint32))
    return numbers[:PERMUTATIONS] | np.uint32(1), numbers[PERMUTATIONS:]


# --- candidates ----------------------------------------------------------------------------------


def _by_signature(signatures: Mapping[str, bytes]) -> dict[bytes, list[str]]:
    """The pages of each distinct signature, smallest first."""
    pages: dict[bytes, list[str]] = defaultdict(list)
    for page in sorted(signatures):
        pages[signatures[page]].append(page)
    return dict(pages)


_Near = dict[bytes, list[tuple[float, bytes]]]


def _near(
    new_pages: Mapping[bytes, list[str]], old_pages: Mapping[bytes, list[str]], *, threshold: float
) -> tuple[_Near, _Near]:
    """For each new signature, the new and the old signatures that resemble it (itself included)."""
    from datasketch import MinHashLSH

    bands = _bands(threshold)
    index = MinHashLSH(num_perm=PERMUTATIONS, params=bands)
    in_index: dict[bytes, Signature] = {}

    def resembling(data: bytes) -> tuple[Signature, list[tuple[float, bytes]]]:
        mine = _read(data)
        scored = ((mine.estimate(in_index[other]), other) for other in index.query(mine))
        return mine, [(score, other) for score, other in scored if score >= threshold - ESTIMATE_MARGIN]

    near_new: _Near = defaultdict(list)
    near_old: _Near = defaultdict(list)
    for data in new_pages:
        mine, found = resembling(data)
        near_new[data].extend([(1.0, data), *found])
        for score, other in found:
            _add(near_new[other], score, data)
        if sum(score >= threshold for score, _ in found) < MAX_LOOKALIKES:
            in_index[data] = mine
            index.insert(data, mine, check_duplication=False)
    for data in old_pages:
        if data in new_pages and data not in in_index:
            near_old[data].append((1.0, data))
        for score, other in resembling(data)[1]:
            _add(near_old[other], score, data)
    return near_new, near_old


def _add(near: list[tuple[float, bytes]], score: float, data: bytes) -> None:
    """One neighbour more; of a crowd the first ones and the nearest ones stay."""
    near.append((score, data))
    if len(near) > 8 * MAX_LOOKALIKES:
        first = MAX_LOOKALIKES + 2
        near[first:] = sorted(near[first:], key=lambda n: -n[0])[: 2 * MAX_LOOKALIKES]


def _read(data: bytes) -> Signature:
    made = Signature.from_bytes(data)
    if made is None:
        raise ValueError(f"not a signature of this version: {data[:8]!r}")
    return made


def _bands(threshold: float) -> tuple[int, int]:
    """The bands and rows of the index: the most selective ones that keep ``CANDIDATE_RECALL``."""
    cuts = ((PERMUTATIONS // rows, rows) for rows in range(PERMUTATIONS, 1, -1))
    return next(
        ((bands, rows) for bands, rows in cuts if 1 - (1 - threshold**rows) ** bands >= CANDIDATE_RECALL),
        (PERMUTATIONS, 1),
    )


def _linked(page: str, nearest: list[tuple[float, str]], threshold: float) -> Iterator[tuple[str, str]]:
    """The pairs of one page with its neighbours; in a crowd, with its smallest and its nearest only."""
    others = [(score, other) for score, other in nearest if other != page]
    if len(others) > MAX_LOOKALIKES:
        smallest = min(((score < threshold, other) for score, other in others))[1]
        others = [(1.0, smallest), min(others, key=lambda o: (-o[0], o[1]))]
    for _, other in others:
        yield (page, other) if page < other else (other, page)
