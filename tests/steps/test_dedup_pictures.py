from __future__ import annotations

import numpy as np
import pytest

from archiveia.steps.dedup_pictures import (
    GRID_PX,
    picture_hash,
    picture_pairs,
    turned_hashes,
    with_pictures,
)
from archiveia.values import Relation, SimilarPair


def a_picture(seed):
    """Something with shapes on it, larger than the grid."""
    draw = np.random.default_rng(seed)
    page = np.full((GRID_PX * 4, GRID_PX * 4), 230.0)
    for _ in range(40):
        top, left = draw.integers(0, GRID_PX * 4 - 40, 2)
        page[top : top + draw.integers(8, 90), left : left + draw.integers(8, 90)] = draw.integers(0, 200)
    return page


def scanned(page, *, turns=0, shift_px=0, noise=0.0, seed=1):
    moved = np.roll(page, shift_px, axis=1) * 0.9 + 12
    moved += np.random.default_rng(seed).normal(0, noise, page.shape) if noise else 0
    small = moved.reshape(GRID_PX, 4, GRID_PX, 4).mean(axis=(1, 3))
    return np.rot90(small, turns).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("turns", range(4))
def test_a_picture_scanned_again_and_turned_is_the_same_picture(turns):
    pages = {f"p{n}": a_picture(n) for n in range(12)}
    known = {name: picture_hash(scanned(page)) for name, page in pages.items()}
    again = scanned(pages["p5"], turns=turns, shift_px=1, noise=8)
    assert [(p.page_a, p.page_b, p.relation) for p in picture_pairs({"x": turned_hashes(again)}, known)] == [
        ("p5", "x", Relation.SAME_IMAGE)
    ]


def test_two_new_pages_are_compared_with_one_another_once():
    hashes = {name: turned_hashes(scanned(a_picture(3), noise=n)) for n, name in enumerate("ba")}
    assert [(p.page_a, p.page_b) for p in picture_pairs(hashes, {})] == [("a", "b")]
    assert [(p.page_a, p.page_b) for p in picture_pairs(hashes, {"a": hashes["a"][0]})] == [("a", "b")]


def test_a_crowd_of_one_picture_costs_a_bounded_number_of_pairs():
    known = {f"p{n:04d}": picture_hash(scanned(a_picture(1))) for n in range(2000)}
    assert len(picture_pairs({"x": turned_hashes(scanned(a_picture(1)))}, known)) <= 21


def test_one_text_in_one_picture_is_the_same_image_and_another_act_stays_one():
    same = picture_hash(scanned(a_picture(1)))
    hashes = {"a": same, "b": same, "c": picture_hash(scanned(a_picture(2)))}
    pairs = [
        SimilarPair("a", "b", 1.0, Relation.SAME_TEXT),
        SimilarPair("a", "c", 1.0, Relation.SAME_TEXT),
        SimilarPair("a", "d", 1.0, Relation.SAME_TEXT),
    ]
    assert [p.relation for p in with_pictures(pairs, hashes)] == ["same_image", "same_text", "same_text"]
    acts = [SimilarPair("a", "b", 0.99, Relation.TEMPLATE)]
    assert with_pictures(acts, hashes) == acts
