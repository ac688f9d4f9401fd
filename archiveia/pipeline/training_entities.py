"""``archiveia train entities``: a tagger of names that learns from texts in which people marked them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges.entity_corpora import load_corpus
from archiveia.edges.name_models import SEEN, WEIGHTS, save_seen, vocabularies
from archiveia.engines import names_crf

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights that were written, and from how much they were learned."""

    weights: Path
    texts: int
    names: int
    bytes: int
    seconds: float


def train_entities(folder: Path, out: Path) -> Learned:
    """The weights learned from all marked texts of a folder, named after it; their texts' digests beside them.

    Raises:
        BadRequestError: the folder holds no marked text.
        MissingToolError: python-crfsuite is not installed.
    """
    names_crf.check_installed()
    corpus = load_corpus(folder)
    out.mkdir(parents=True, exist_ok=True)
    weights = out / f"{corpus.name}{WEIGHTS}"
    started_s = time.perf_counter()
    names_crf.train(((t.text, t.names) for t in corpus.texts), vocabularies(), weights)
    save_seen(out / f"{corpus.name}{SEEN}", (t.text for t in corpus.texts))
    return Learned(
        weights,
        len(corpus.texts),
        sum(len(t.names) for t in corpus.texts),
        weights.stat().st_size,
        time.perf_counter() - started_s,
    )
