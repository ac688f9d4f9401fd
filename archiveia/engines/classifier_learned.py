"""The classifier that learned from reviewers, with the zero-shot one for the classes that nobody taught it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.engines.text_evidence import gather, open_reader
from archiveia.steps.classify import is_classifiable
from archiveia.steps.terms import as_written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archiveia.engines.classifiers import Classifier
    from archiveia.engines.text_evidence import Reader
    from archiveia.settings import Settings
    from archiveia.steps.head import Head
    from archiveia.values import DocumentClass, Json


class LearnedClassifier:
    """The head's probabilities for the classes taught, the zero-shot shares for the others.

    ``threshold`` is the probability from which the head may decide alone.
    """

    name = "learned"

    def __init__(
        self,
        head: Head,
        terms: Mapping[str, Sequence[str]],
        card: Json,
        zero_shot: Classifier,
        reader: Reader | None,
    ) -> None:
        self.version = f"{card['version']} + {zero_shot.name} {zero_shot.version}"
        self.threshold = head.threshold
        self._head, self._terms, self._zero_shot, self._reader = head, terms, zero_shot, reader
        self._taught = frozenset(card["classes"])

    def scores(self, texts: Sequence[str], classes: Sequence[DocumentClass]) -> list[list[float]]:
        """The score of each class for each text."""
        rows = self._zero_shot.scores(texts, classes)
        column = {label: i for i, label in enumerate(self._head.profile.labels)}
        taught = [(at, column[c.code]) for at, c in enumerate(classes) if c.code in self._taught]
        asked = [n for n, text in enumerate(texts) if is_classifiable(text)]
        if not asked:
            return rows
        evidence = gather([texts[n] for n in asked], self._reader, self._terms)
        for row, learned in zip([rows[n] for n in asked], self._head.probabilities(evidence), strict=True):
            ours = sum(row[at] for at, _ in taught)
            known = sum(float(learned[i]) for _, i in taught)
            for at, i in taught:
                row[at] = ours * float(learned[i]) / known
        return rows

    def words(self, text: str, code: str, other: str) -> list[str]:
        """The words of the text that weighed most for a class against another; none for a class not taught."""
        if not {code, other} <= self._taught:
            return []
        found = self._head.reasons(gather([text], None, {"words": self._terms["words"]}), 0, code, other)
        return [as_written(term, text) for term in found]


def with_learned(
    head: Head, terms: Mapping[str, Sequence[str]], card: Json, zero_shot: Classifier, settings: Settings
) -> Classifier:
    """The head before the zero-shot classifier; that alone where the head's encoder is not installed."""
    reader = open_reader(settings)
    if card["encoder"] != (reader.name if reader else ""):
        return zero_shot
    return LearnedClassifier(head, terms, card, zero_shot, reader)
