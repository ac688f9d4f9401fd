"""The index of look-alikes beside what comparing every pair finds."""

from __future__ import annotations

import numpy as np
import pytest

from archiveia.steps.dedup_index import MAX_LOOKALIKES, LookalikeIndex
from archiveia.steps.dedup_signatures import PERMUTATIONS, SCHEMES, Signature

LONG = SCHEMES[-1]
NO_ANCHORS = np.zeros(0, dtype=np.uint32)


def made(numbers, anchors=NO_ANCHORS):
    """A signature of these numbers, as if of a text of its own."""
    return Signature(numbers.tobytes() + anchors.tobytes(), {LONG.name: numbers}, anchors)


def a_family(seed, count=40, changed=0.3):
    """Signatures of which each keeps most numbers of the one before."""
    draw = np.random.default_rng(seed)
    numbers = draw.integers(0, 2**32, PERMUTATIONS, dtype=np.uint32)
    signatures = {}
    for n in range(count):
        fresh = draw.integers(0, 2**32, PERMUTATIONS, dtype=np.uint32)
        numbers = np.where(draw.random(PERMUTATIONS) < changed, fresh, numbers)
        signatures[f"{seed:03d}-{n:03d}"] = made(numbers)
    return signatures


def compared(signatures):
    """For each page those with which it shares a band, and enough of the numbers."""
    found = {}
    for page, one in signatures.items():
        mine = one.hashes[LONG.name]
        found[page] = set()
        for other, its in signatures.items():
            is_same = mine == its.hashes[LONG.name]
            bands = is_same[: LONG.bands * LONG.rows].reshape(LONG.bands, LONG.rows).all(axis=1)
            if bands.any() and is_same.mean() >= LONG.least_estimate + 0.02:
                found[page].add(other)
    return found


@pytest.mark.parametrize("batch", [1, 7, 100, 1000])
def test_what_sharing_a_band_finds_is_found_in_batches_of_any_size(batch):
    signatures = {page: one for seed in range(8) for page, one in a_family(seed).items()}
    index = LookalikeIndex()
    names = list(signatures)
    for start in range(0, len(names), batch):
        index.add({page: signatures[page] for page in names[start : start + batch]})
    near = index.near(list(signatures.values()))
    found = {page: {c.page for c in some} for page, some in zip(names, near, strict=True)}
    wanted = compared(signatures)
    assert sum(map(len, wanted.values())) > 2 * len(names)
    assert all(wanted[page] <= found[page] for page in names)
    assert all(other[:3] == page[:3] for page in names for other in found[page])


@pytest.mark.parametrize("value", [0, 1, 2**31, 2**32 - 1])
def test_numbers_at_either_end_are_found_too(value):
    same = made(np.full(PERMUTATIONS, value, dtype=np.uint32), np.full(3, value, dtype=np.uint32))
    index = LookalikeIndex()
    assert index.near([same]) == [[]]
    index.add({"a": same, **a_family(1)})
    assert [c.page for c in index.near([same])[0]] == ["a"]


@pytest.mark.parametrize("batch", [1, 13, 500])
def test_of_a_crowd_the_first_pages_are_kept(batch):
    draw = np.random.default_rng(3)
    form = draw.integers(0, 2**32, PERMUTATIONS, dtype=np.uint32)
    crowd = {}
    for n in range(500):
        own = draw.integers(0, 2**32, PERMUTATIONS, dtype=np.uint32)
        own[:100] = form[:100]
        crowd[f"p{n:03d}"] = made(own)
    index, names = LookalikeIndex(), list(crowd)
    for start in range(0, len(names), batch):
        index.add({page: crowd[page] for page in names[start : start + batch]})
    for page in ("p000", "p250", "p499"):
        found = {c.page for c in index.near([crowd[page]])[0]}
        assert set(names[:MAX_LOOKALIKES]) <= found
        assert len(found) <= 2 * MAX_LOOKALIKES


def test_pages_that_share_several_anchors_are_found_and_those_that_share_one_are_not():
    draw = np.random.default_rng(5)
    numbers = draw.integers(0, 2**32, (3, PERMUTATIONS), dtype=np.uint32)
    anchors = np.arange(10, dtype=np.uint32)
    longer = made(numbers[0], np.arange(3, 60, dtype=np.uint32))
    other = made(numbers[1], np.array([9, *range(100, 109)], dtype=np.uint32))
    index = LookalikeIndex()
    index.add({"longer": longer, "other": other})
    found = index.near([made(numbers[2], anchors)])[0]
    assert [(c.page, c.estimate) for c in found] == [("longer", 0.7)]
