"""Names that people marked beside those that machines find: ``archiveia evaluate entities``."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from archiveia.edges.entity_corpora import by_reading, load_corpus
from archiveia.edges.name_models import FOLDER, WEIGHTS, digest, seen_texts, vocabularies, weights_in
from archiveia.engines import names_crf, names_spacy
from archiveia.steps.describe.names import find_names
from archiveia.steps.scores import Hits, f1_interval
from archiveia.steps.spans import common_names, overlapping_names
from archiveia.values import NameSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archiveia.edges.entity_corpora import MarkedCorpus, MarkedText
    from archiveia.pipeline.workplace import Progress
    from archiveia.values import Json

Found = list[list[NameSpan]]
_SEED = 1
_LEARNED, _SPACY, _RULES = "learned", "spacy", "rules"


@dataclass(frozen=True, slots=True)
class System:
    """What one system found in each text, and how long it took. ``name`` of the weights where it has any."""

    name: str
    found: Found
    seconds: float
    weights: str = ""


@dataclass(frozen=True, slots=True)
class EntitiesEvaluation:
    """What the systems made of one reading of a corpus."""

    corpus: str
    reading: str
    fields: tuple[str, ...]
    texts: tuple[MarkedText, ...]
    systems: tuple[System, ...]
    seen: int
    """Texts that the weights learned from: their scores are no measure. 0 for folds."""

    def as_json(self) -> Json:
        """The evaluation as JSON: F1 with its 95 % interval, strict (same bounds) and fuzzy (bounds overlap)."""
        return {
            "corpus": self.corpus,
            "reading": self.reading,
            "texts": len(self.texts),
            "seen_texts": self.seen,
            "names": {
                field: sum(n.field == field for t in self.texts for n in t.names) for field in self.fields
            },
            "systems": {system.name: self._scores(system) for system in self.systems},
        }

    def _scores(self, system: System) -> Json:
        counted = {"strict": common_names, "fuzzy": overlapping_names}
        return {
            "seconds": system.seconds,
            "weights": system.weights,
            **{kind: self._of_kind(system, count) for kind, count in counted.items()},
        }

    def _of_kind(
        self, system: System, count: Callable[[Sequence[NameSpan], Sequence[NameSpan]], int]
    ) -> Json:
        groups: dict[str, dict[str, Hits]] = {}
        for text, found in zip(self.texts, system.found, strict=True):
            hits = groups.setdefault(text.group, dict.fromkeys(self.fields, Hits()))
            for field in self.fields:
                true = [n for n in text.names if n.field == field]
                said = [n for n in found if n.field == field]
                hits[field] += Hits(count(true, said), len(said), len(true))
        whole = [sum(hits.values(), Hits()) for hits in groups.values()]
        return {
            "all": _score(whole),
            **{field: _score([hits[field] for hits in groups.values()]) for field in self.fields},
        }


def _score(groups: Sequence[Hits]) -> Json:
    hits = sum(groups, Hits())
    low, high = f1_interval(groups, seed=_SEED) or (None, None)
    return {
        "f1": hits.f1,
        "low": low,
        "high": high,
        "precision": hits.precision,
        "recall": hits.recall,
        "true": hits.true,
    }


def evaluate_entities(
    folder: Path, progress: Progress, *, folds: int = 0, models: Path = FOLDER
) -> list[EntitiesEvaluation]:
    """The evaluation of each reading of the folder's corpus: learned weights, spaCy as it comes, rules alone.

    Args:
        folder: HIPE tables, ``token tag`` lines, or entries with inline tags.
        progress: told how far it is.
        folds: 0 for the weights in ``models``; else the weights of each text are learned from the other
            groups of the corpus (cross-validation), so that no text is measured that was learned from.
        models: where weights are.

    Raises:
        BadRequestError: the folder holds no marked text.
        MissingToolError: python-crfsuite is not installed.
    """
    corpus = load_corpus(folder)
    names_crf.check_installed()
    learned: dict[tuple[str, str], list[NameSpan]] = {}
    spent: dict[str, float] = {}
    if folds:
        for text, names, seconds in _by_folds(corpus, folds, progress):
            learned[text.name, text.reading] = names
            spent[text.reading] = spent.get(text.reading, 0.0) + seconds
    known = frozenset() if folds else seen_texts(models)
    evaluations = []
    for reading, texts in by_reading(corpus.texts).items():
        if folds:
            own = System(
                _LEARNED, [learned[t.name, t.reading] for t in texts], spent[reading], f"{folds} folds"
            )
        else:
            own = _with_weights(texts, models)
        others = [_timed(_RULES, _by_rules, texts)]
        if names_spacy.is_installed():
            others.insert(0, _timed(_SPACY, _by_spacy, texts))
        seen = sum(digest(t.text) in known for t in texts)
        evaluations.append(
            EntitiesEvaluation(corpus.name, reading, corpus.fields, tuple(texts), (own, *others), seen)
        )
    return evaluations


def _by_folds(
    corpus: MarkedCorpus, folds: int, progress: Progress
) -> Iterator[tuple[MarkedText, list[NameSpan], float]]:
    groups = sorted({t.group for t in corpus.texts}, key=lambda g: hashlib.sha256(g.encode()).hexdigest())
    fold = {group: at % folds for at, group in enumerate(groups)}
    for held_out in range(folds):
        with TemporaryDirectory() as scratch:
            weights = Path(scratch) / f"fold{WEIGHTS}"
            others = ((t.text, t.names) for t in corpus.texts if fold[t.group] != held_out)
            names_crf.train(others, vocabularies(), weights)
            tagger = names_crf.CrfNames(weights, vocabularies())
            for text in corpus.texts:
                if fold[text.group] == held_out:
                    started_s = time.perf_counter()
                    names, _sure = tagger.find(text.text)
                    yield text, names, time.perf_counter() - started_s
        progress("folds", held_out + 1, folds)


def _with_weights(texts: Sequence[MarkedText], models: Path) -> System:
    """What the weights find that are surest of these texts as a whole."""
    started_s = time.perf_counter()
    best: Found = [[] for _ in texts]
    best_sure, chosen = float("-inf"), ""
    for name, weights in weights_in(models).items():
        tagger = names_crf.CrfNames(weights, vocabularies())
        found = [tagger.find(text.text) for text in texts]
        sure = sum(s for _names, s in found) / max(1, len(found))
        if sure > best_sure:
            best, best_sure, chosen = [names for names, _s in found], sure, name
    return System(_LEARNED, best, time.perf_counter() - started_s, chosen)


def _timed(name: str, find: Callable[[Sequence[str]], Found], texts: Sequence[MarkedText]) -> System:
    started_s = time.perf_counter()
    found = find([text.text for text in texts])
    return System(name, found, time.perf_counter() - started_s)


def _by_spacy(texts: Sequence[str]) -> Found:
    return [[NameSpan(f, s, e) for f, s, e, _text in names] for names in names_spacy.find_names(texts)]


def _by_rules(texts: Sequence[str]) -> Found:
    found = [[(a.field, a.evidence) for a in find_names([(1, text)])] for text in texts]
    return [[NameSpan(f, e.start, e.end) for f, e in names if e is not None] for names in found]
