"""What may name a person stands beside the journal: an entry holds a salted hash of it, and the value can be purged.

In doubt a value stands beside: only what is surely a code, an identifier, a number or a date stays in the chain.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from archiveia.steps.journal_chain import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archiveia.values import Json

REFERENCE = "@value"
"""``{"@value": hash}`` stands for a value that is kept beside."""
PURGED = "[valeur purgée]"
"""What is shown of a value that was purged."""
CODES = frozenset(
    {
        "access_category",
        "action",
        "category",
        "class",
        "class_by",
        "code",
        "data_class",
        "engine",
        "engine_version",
        "fault",
        "field",
        "format",
        "kind",
        "language",
        "level",
        "outcome",
        "relation",
        "retention_rule",
        "rights",
        "role",
        "rule",
        "rule_set",
        "sort",
        "state",
        "step",
        "takedown",
        "trigger",
        "uri",
        "verdict",
        "version",
    }
)
"""Keys of ``before`` and ``after`` whose values are codes of the program, never words that a person typed."""
LIFE_DATES = frozenset({"birth_on", "death_on"})
"""Dates that tell a person."""
_ID = re.compile(r"[0-9a-f]{20}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")
_KEY = re.compile(r"[\w.:/@-]{1,80}", re.ASCII)


def value_hash(salt: str, text: str) -> str:
    """The hash that refers to a value: of its salt and its canonical JSON."""
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


def conceal(document: Json, refer: Callable[[Json], str]) -> Json:
    """The document with what may name a person replaced by references; ``refer`` keeps a value and gives its hash."""
    return _concealed("", document, refer)


def _concealed(key: str, value: Json, refer: Callable[[Json], str]) -> Json:
    if isinstance(value, dict) and REFERENCE not in value and all(map(_KEY.fullmatch, value)):
        return {name: _concealed(name, inner, refer) for name, inner in value.items()}
    return value if _is_clear(key, value) else {REFERENCE: refer(value)}


def _is_clear(key: str, value: Json) -> bool:
    """The value names nobody."""
    if isinstance(value, list | tuple):
        return all(_is_clear(key, one) for one in value)
    if isinstance(value, dict):
        return REFERENCE not in value and all(
            _KEY.fullmatch(name) and _is_clear(name, inner) for name, inner in value.items()
        )
    if not isinstance(value, str):
        return True
    if key in CODES or not value or _ID.fullmatch(value):
        return True
    return key not in LIFE_DATES and _DATE.fullmatch(value) is not None


def references(document: Json) -> Iterator[str]:
    """The hashes of the values that the document refers to."""
    if isinstance(document, dict):
        if REFERENCE in document:
            yield document[REFERENCE]
        else:
            for inner in document.values():
                yield from references(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from references(inner)


def reveal(document: Json, values: Mapping[str, Json]) -> Json:
    """The document with the values in their places; ``PURGED`` where one is gone."""
    if isinstance(document, dict):
        if REFERENCE in document:
            return values.get(document[REFERENCE], PURGED)
        return {key: reveal(inner, values) for key, inner in document.items()}
    if isinstance(document, list):
        return [reveal(inner, values) for inner in document]
    return document


def text_of(value: Json) -> str:
    """The value as it is kept and hashed."""
    return canonical(value)
