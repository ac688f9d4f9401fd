"""Names that a model finds in a record beside the rules: spaCy, or weights learned from marked texts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archiveia.edges.name_models import vocabularies, weights_in
from archiveia.engines import names_spacy
from archiveia.engines.names_crf import CrfNames
from archiveia.errors import MissingToolError
from archiveia.values import Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archiveia.settings import Settings

Mention = tuple[str, int, int, str]
Found = tuple[dict[int, list[Mention]], Origin]
"""The names by page number, and the model that found them."""


def open_namer(settings: Settings) -> Callable[[Sequence[tuple[int, str]]], Found] | None:
    """What finds names in the pages of a record; ``None`` where the rules are left alone.

    Raises:
        MissingToolError: the model that the settings ask for is not installed.
    """
    if not settings.may_use_models("describe") or settings.ner == "off":
        return None
    if settings.ner == "learned":
        return _by_weights
    return _by_spacy if settings.ner == "spacy" or names_spacy.is_installed() else None


def _by_spacy(pages: Sequence[tuple[int, str]]) -> Found:
    found = names_spacy.find_names([text for _number, text in pages])
    origin = Origin(OriginKind.MODEL, f"spacy {names_spacy.MODEL}", names_spacy.names_version())
    return {number: names for (number, _text), names in zip(pages, found, strict=True)}, origin


@cache
def _taggers() -> dict[str, CrfNames]:
    known = vocabularies()
    found = {name: CrfNames(weights, known) for name, weights in weights_in().items()}
    if not found:
        raise MissingToolError(
            "models/names-fr holds no weights", "install the program again, or set ARCHIVEIA_NER=auto"
        )
    return found


def _by_weights(pages: Sequence[tuple[int, str]]) -> Found:
    """The names that the weights find that are surest of the record: kinds of documents differ more than pages."""
    best: tuple[float, str, dict[int, list[Mention]]] | None = None
    for name, tagger in _taggers().items():
        sure, found = 0.0, {}
        for number, text in pages:
            spans, page_sure = tagger.find(text)
            sure += page_sure
            found[number] = [(s.field, s.start, s.end, text[s.start : s.end]) for s in spans]
        if best is None or sure > best[0]:
            best = sure, name, found
    _sure, name, mentions = best or (0.0, "", {})
    return mentions, Origin(OriginKind.MODEL, f"names-fr {name}", "1")
