"""What a document says of itself: title, date, references, names; each with the text it was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.steps.describe.amounts import find_amounts, find_parcels
from archiveia.steps.describe.communes import link_places
from archiveia.steps.describe.dates import find_date, find_dated_events
from archiveia.steps.describe.names import find_names, from_model, merge_names
from archiveia.steps.describe.places import bounded, column_ends
from archiveia.steps.describe.references import find_references
from archiveia.steps.describe.titles import find_title
from archiveia.values import Assertion, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archiveia.steps.describe.communes import Communes

__all__ = [
    "column_ends",
    "describe",
    "find_amounts",
    "find_date",
    "find_dated_events",
    "find_names",
    "find_parcels",
    "find_references",
    "find_title",
    "from_model",
    "link_places",
    "merge_names",
]


def describe(
    pages: Sequence[tuple[int, str]],
    *,
    mentions: Mapping[int, Sequence[tuple[str, int, int, str]]] | None = None,
    mentions_origin: Origin | None = None,
    language: tuple[str, float] | None = None,
    language_origin: Origin | None = None,
    communes: Communes | None = None,
    ends: Mapping[int, Sequence[int]] | None = None,
) -> list[Assertion]:
    """The assertions that the text of a record supports; a field that is not sure is not there.

    Args:
        pages: (page number, text) in order, without the pages that hold no text.
        mentions: names found by a model, by page number: (field, start, end, text).
        mentions_origin: the model that found them.
        language: the language of the text and its score.
        language_origin: the library that told it.
        communes: the official list, which places are linked to.
        ends: where columns end in the text, by page number (``column_ends``).

    """
    read = [(number, text) for number, text in pages if text.strip()]
    by_model = from_model(read, mentions, mentions_origin) if mentions and mentions_origin else []
    found = [find_title(read), find_date(read)]
    if language and language_origin:
        found.append(Assertion("language", language[0], language_origin, None, language[1]))
    by_rule, by_model = (bounded(names, read, ends or {}, communes) for names in (find_names(read), by_model))
    names = merge_names(by_rule, by_model)
    places = [a for a in names if a.field == "place"]
    return [
        *(a for a in found if a is not None),
        *find_dated_events(read),
        *find_references(read),
        *find_amounts(read),
        *find_parcels(read),
        *names,
        *(link_places(places, read, communes) if communes else ()),
    ]
