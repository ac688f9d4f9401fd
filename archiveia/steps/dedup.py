"""Which pages are alike, and what each pair is: candidates by their signatures, verified by alignment.

Nothing is merged or deleted. Copies make clusters, in which a record copy can be proposed; acts that share a
template never stand in one cluster, whatever copies may chain them.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from archiveia.steps.dedup_index import MAX_LOOKALIKES, LookalikeIndex
from archiveia.steps.dedup_relations import relation_of
from archiveia.steps.dedup_signatures import signature
from archiveia.steps.dedup_words import Tokens
from archiveia.values import COPIES, Relation, SimilarPair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from archiveia.steps.dedup_signatures import Signature

_APART = frozenset({Relation.TEMPLATE, Relation.DOUBTFUL})
GROUPING = COPIES | _APART
"""The relations that ``clusters`` looks at."""


def signatures_of(texts: Mapping[str, str]) -> dict[str, Signature]:
    """The signatures of the texts that are long enough to have one."""
    made = ((page, signature(text)) for page, text in texts.items())
    return {page: found for page, found in made if found is not None}


def similar_pairs(
    new: Mapping[str, Signature],
    index: LookalikeIndex,
    text_of: Callable[[str], str],
    *,
    threshold: float,
) -> list[SimilarPair]:
    """The pairs with at least one new page that are alike, in order of page; the new pages are then in the index.

    Args:
        new: the signatures of the pages to place.
        index: the pages placed before.
        text_of: gives the text of a page, asked for candidates only.
        threshold: the least share of letters that agree, 0-1.

    However the pages are cut in batches the same pairs are found, short of crowds: pages with the same letters
    are each paired with the first of them only, and no page with more than ``MAX_LOOKALIKES`` others.

    """
    index.add(new)
    pairs: dict[tuple[str, str], tuple[Relation, float]] = {}
    firsts = {page: index.same(made) or page for page, made in new.items()}
    asking: list[str] = []
    for page, first in firsts.items():
        twins = index.with_twins(first)
        if len(twins) > MAX_LOOKALIKES:
            twins = [first]
        pairs.update((_ordered(page, twin), (Relation.SAME_TEXT, 1.0)) for twin in twins if twin != page)
        if page in twins:
            asking.append(page)
    tokens = lru_cache(maxsize=4 * MAX_LOOKALIKES)(lambda page: Tokens.of(text_of(page)))
    for page, candidates in zip(asking, index.near([new[p] for p in asking]), strict=True):
        for other in [c.page for c in candidates if c.page != firsts[page]][:MAX_LOOKALIKES]:
            pair = _ordered(page, other)
            found = pairs.get(pair) or relation_of(*map(tokens, pair), threshold=threshold)
            if found:
                twins = index.with_twins(other)
                twins = [other] if len(twins) > MAX_LOOKALIKES else twins
                pairs.update((_ordered(page, twin), found) for twin in twins)
    return [SimilarPair(a, b, score, said) for (a, b), (said, score) in sorted(pairs.items())]


def _ordered(page: str, other: str) -> tuple[str, str]:
    return (page, other) if page < other else (other, page)


def clusters(pairs: Iterable[SimilarPair]) -> list[tuple[str, ...]]:
    """The pages that are copies of one another; each cluster is sorted and its first page names it.

    Two pages that were found to be other acts are never in one cluster: a chain of copies that would join
    them is cut at its weakest pair.
    """
    known = list(pairs)
    groups: dict[str, set[str]] = {}
    apart: dict[str, set[str]] = defaultdict(set)
    for pair in known:
        if pair.relation in _APART:
            apart[pair.page_a].add(pair.page_b)
            apart[pair.page_b].add(pair.page_a)
    for pair in sorted(known, key=lambda p: (-p.score, p.page_a, p.page_b)):
        if pair.relation not in COPIES:
            continue
        small, large = sorted((groups.setdefault(p, {p}) for p in (pair.page_a, pair.page_b)), key=len)
        if small is large or any(not apart[page].isdisjoint(large) for page in small if page in apart):
            continue
        large |= small
        groups.update(dict.fromkeys(small, large))
    distinct = {id(group): group for group in groups.values() if len(group) > 1}
    return sorted(tuple(sorted(group)) for group in distinct.values())
