"""Names of persons, places and organisations by spaCy's French model."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from archiveia.errors import MissingToolError

if TYPE_CHECKING:
    from collections.abc import Sequence

MODEL = "fr_core_news_md"
_NEEDLESS = ["parser", "lemmatizer", "morphologizer", "attribute_ruler"]
_FIELDS = {"PER": "person", "LOC": "place", "ORG": "organisation"}


def is_installed() -> bool:
    """Whether the library and its French model are there."""
    return find_spec("spacy") is not None and find_spec(MODEL) is not None


@lru_cache(maxsize=1)
def _model() -> Any:
    if not is_installed():
        raise MissingToolError(
            f"spaCy or its model {MODEL} is not installed",
            "pip install 'archiveia[ner]', or set ARCHIVEIA_NER=off",
        )
    import spacy

    return spacy.load(MODEL, exclude=_NEEDLESS)


def names_version() -> str:
    """The version of the model, for the origin of the assertions."""
    return str(_model().meta["version"])


def find_names(texts: Sequence[str]) -> list[list[tuple[str, int, int, str]]]:
    """For each text, its names as (field, start, end, text): ``person``, ``place`` or ``organisation``.

    Raises:
        MissingToolError: the extra ``ner`` is not installed.
    """
    return [
        [(_FIELDS[e.label_], e.start_char, e.end_char, e.text) for e in document.ents if e.label_ in _FIELDS]
        for document in _model().pipe(texts)
    ]
