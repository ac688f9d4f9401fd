"""Pairs that people know beside those that the machine finds: ``archiveia evaluate dedup``."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from archiveia.edges.labelled_pairs import ALIKE, read_pairs
from archiveia.steps.dedup import signatures_of, similar_pairs
from archiveia.steps.dedup_index import LookalikeIndex
from archiveia.steps.dedup_letters import letters
from archiveia.steps.scores import share_interval
from archiveia.values import COPIES, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from archiveia.edges.labelled_pairs import LabelledPair, PairedTexts
    from archiveia.settings import Settings
    from archiveia.values import Json

_Found = dict[tuple[str, str], str]


def evaluate_dedup(folder: Path, settings: Settings) -> Json:
    """The figures of the near-duplicates on a folder's texts (at the top), and of equal letters alone (``rules``).

    All texts stand in one archive: whatever is found between two that no label joins is wrong.

    Raises:
        BadRequestError: the folder's texts cannot be used.
    """
    labelled = read_pairs(folder)
    started_s = time.perf_counter()
    made = signatures_of(labelled.texts)
    pairs = similar_pairs(
        made, LookalikeIndex(), labelled.texts.__getitem__, threshold=settings.near_duplicate_similarity
    )
    seconds = time.perf_counter() - started_s
    found: _Found = {(p.page_a, p.page_b): p.relation.value for p in pairs}
    started_s = time.perf_counter()
    equal = _by_equal_letters(labelled)
    rules_seconds = time.perf_counter() - started_s
    return {
        "name": labelled.name,
        "texts": len(labelled.texts),
        "too_short": len(labelled.texts) - len(made),
        "threshold": settings.near_duplicate_similarity,
        **_figures(labelled, found, seconds),
        "rules": _figures(labelled, equal, rules_seconds),
    }


def _by_equal_letters(labelled: PairedTexts) -> _Found:
    """What one rule finds: texts of the same letters are one text."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key, text in labelled.texts.items():
        groups[letters(text)].append(key)
    return {
        (min(pair), max(pair)): Relation.SAME_TEXT
        for group in groups.values()
        for pair in combinations(group, 2)
    }


def _figures(labelled: PairedTexts, found: _Found, seconds: float) -> Json:
    """Precision and recall of the pairs that are alike, of what is proposed as copies, and each relation."""
    labels = {(pair.key_a, pair.key_b): pair for pair in labelled.pairs}
    alike = {keys for keys, said in found.items() if said != Relation.TEMPLATE}
    copies = {keys for keys, said in found.items() if said in COPIES}
    wanted = {keys for keys, pair in labels.items() if pair.is_alike}
    one_text = {keys for keys, pair in labels.items() if not pair.is_template}
    templates = {keys for keys, pair in labels.items() if pair.is_template}
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for keys, pair in labels.items():
        table[_stratum(pair)][found.get(keys, "none")] += 1
    for keys in found.keys() - labels.keys():
        table["unlabelled"][found[keys]] += 1
    return {
        "pairs": len(wanted),
        "found": len(alike),
        **_share("precision", alike, one_text),
        **_share("recall", wanted, alike),
        **_share("recall_of_all_forms", one_text, alike),
        "copies": {"proposed": len(copies), **_share("precision", copies, one_text)},
        "templates": {"pairs": len(templates), "merged": len(templates & copies)},
        "relations": {stratum: dict(counts) for stratum, counts in sorted(table.items())},
        "seconds": seconds,
    }


def _stratum(pair: LabelledPair) -> str:
    if pair.label != "text":
        return pair.label
    return (
        f"text, {'equal' if pair.similarity == 1 else f'from {ALIKE}' if pair.is_alike else f'below {ALIKE}'}"
    )


def _share(name: str, among: set[tuple[str, str]], good: Iterable[tuple[str, str]]) -> Json:
    right = len(among.intersection(good))
    low, high = share_interval(right, len(among)) or (None, None)
    return {name: right / len(among) if among else None, f"{name}_low": low, f"{name}_high": high}
