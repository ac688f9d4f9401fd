"""Names by conditional random fields (CRFsuite) that this project trains on texts in which people marked them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from archiveia.errors import MissingToolError
from archiveia.steps.tagging import features_of, labels_of, names_of, sequences_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from archiveia.steps.tagging import Vocabularies
    from archiveia.values import NameSpan

_TRAINING = {
    "c1": 0.1,
    "c2": 0.01,
    "max_iterations": 80,
    "feature.minfreq": 2,
    "feature.possible_transitions": True,
}
"""L1 keeps the weights small, L2 steadies them; chosen on one fold, and no better value was sought."""


def is_installed() -> bool:
    """Whether the library is there."""
    return find_spec("pycrfsuite") is not None


def check_installed() -> None:
    """Nothing, when the library is there.

    Raises:
        MissingToolError: it is not.
    """
    if not is_installed():
        raise MissingToolError("python-crfsuite is not installed", "pip install 'archiveia[ner]'")


class CrfNames:
    """A trained tagger of names."""

    def __init__(self, weights: Path, known: Vocabularies) -> None:
        """Takes the weights that ``train`` wrote, and the words that they were trained with."""
        check_installed()
        import pycrfsuite

        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(weights))
        self._known = known

    def find(self, text: str) -> tuple[list[NameSpan], float]:
        """The names in the text, and the mean logarithm of the probability of a token's label."""
        from math import log

        found: list[NameSpan] = []
        sure, tokens = 0.0, 0
        for run in sequences_of(tokens_of(text)):
            labels = self._tagger.tag(features_of(run, self._known))
            sure += log(max(self._tagger.probability(labels), 1e-300))
            tokens += len(run)
            found += names_of(run, labels)
        return found, sure / tokens if tokens else 0.0


def train(texts: Iterable[tuple[str, Sequence[NameSpan]]], known: Vocabularies, weights: Path) -> None:
    """Nothing; the weights of a tagger that learned from the texts and their names are in the file."""
    check_installed()
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(_TRAINING)
    for text, names in texts:
        for run in sequences_of(tokens_of(text)):
            trainer.append(features_of(run, known), labels_of(run, names))
    trainer.train(str(weights))
