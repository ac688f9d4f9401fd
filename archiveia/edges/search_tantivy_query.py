"""A query in tantivy's terms, under the word rules of Meilisearch.

Each word is indexed with its first letter three times (``cconseil`` would be one error away from
``onseil``; ``ccconseil`` is three away): so tantivy's tolerance spares the first letter, as it must.
"""

from __future__ import annotations

import string
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from tantivy import FieldType, Occur, Query

from archiveia.steps.search_text import ParsedQuery, joined_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archiveia.values import SearchQuery

Clause = tuple[Any, Any]
"""An ``Occur`` and a ``Query``."""

MAX_JOINED = 5
"""Joined words that a query tries at most, longest first: each may double the work, and a
typed ``a b c d...`` would otherwise keep the index busy for seconds."""

YEARS = (-9999, 9999)
"""Years outside are not years; without this a hostile number would overflow the index's integers."""

_FIRST = "|".join(letter * 3 for letter in string.ascii_lowercase + string.digits)


def encoded(words: str) -> str:
    """Folded words as they are indexed."""
    return " ".join(word[0] * 2 + word for word in words.split())


def keyword(schema: Any, field: str, values: Iterable[str]) -> Any:  # a tantivy query
    """Documents with one of these values."""
    return Query.term_set_query(schema, field, list(values))


def all_of(clauses: list[Clause]) -> Any:
    """Documents that meet every clause; all of them without a clause."""
    return Query.boolean_query([(Occur.Must, Query.all_query()), *clauses])


def rights(schema: Any, query: SearchQuery) -> list[Clause]:
    """The pages that exist for whoever asks: one entity's, some services'; for the public, those that are open."""
    clauses = [(Occur.Must, keyword(schema, "entity", [query.entity_id]))]
    if query.services is not None:
        clauses.append((Occur.Must, keyword(schema, "service", sorted(query.services))))
    if query.without_records:
        clauses.append((Occur.MustNot, keyword(schema, "record", sorted(query.without_records))))
    if query.public_on is not None:
        today = query.public_on.toordinal()
        opened = Query.range_query(schema, "opens_day", FieldType.Integer, None, today)
        clauses += [(Occur.Must, keyword(schema, "published", ["yes"])), (Occur.Must, opened)]
    return clauses


def years(schema: Any, query: SearchQuery) -> list[Clause]:
    """The range of years that was asked for."""
    if query.year_from is None and query.year_to is None:
        return []
    bounds = [
        None if y is None else max(YEARS[0], min(y, YEARS[1])) for y in (query.year_from, query.year_to)
    ]
    return [(Occur.Must, Query.range_query(schema, "year", FieldType.Integer, *bounds))]


def selected(schema: Any, selections: Mapping[str, Iterable[str]], *, but: str | None = None) -> list[Clause]:
    """The values ticked in each facet, ``but`` one facet."""
    return [
        (Occur.Must, keyword(schema, facet, values))
        for facet, values in selections.items()
        if values and facet != but
    ]


class Words:
    """Writes the words of a query as tantivy queries over one state of the index."""

    def __init__(self, schema: Any, searcher: Any) -> None:
        self._schema = schema
        self._searcher = searcher

    def clauses(self, query: ParsedQuery) -> list[Clause]:
        """Every word and phrase must be on the page, no excluded one may."""
        clauses = [(Occur.Must, self._phrase(phrase)) for phrase in query.phrases]
        clauses += [(Occur.MustNot, self._phrase(words)) for words in query.excluded]
        if query.words:
            clauses.append((Occur.Must, self._sequence(query.words)))
        if len(query.words) > 1:  # pages with the words side by side come first
            clauses.append((Occur.Should, Query.boost_query(self._phrase(query.words), 2.0)))
        return clauses

    def _sequence(self, words: tuple[str, ...]) -> Any:
        """The words one after the other, each alone or joined with its neighbours."""
        joined = []
        options: dict[int, list[tuple[int, Any]]] = {}
        for first, after, word, budget in joined_words(words):
            query = self._word(word, budget, prefix=after == len(words))
            if after == first + 1:
                options[first] = [(after, query)]
            elif self._count(query):
                joined.append((-len(word), first, after, query))
        for _, first, after, query in sorted(joined, key=itemgetter(0))[:MAX_JOINED]:
            options[first].append((after, query))
        rest: dict[int, Any] = {}
        for first in reversed(range(len(words))):
            ways = [_both(query, rest.get(after)) for after, query in options[first]]
            rest[first] = _any_of(ways)
        return rest[0]

    def _word(self, word: str, budget: int, *, prefix: bool) -> Any:
        """One word with the errors it tolerates, or written as two."""
        ways = [Query.boost_query(self._phrase((word,)), 2.0)]
        if budget or prefix:
            ways.append(
                Query.fuzzy_term_query(self._schema, "words", encoded(word), distance=budget, prefix=prefix)
            )
        if budget == 2:  # an error on the first letter counts twice
            ways.append(Query.regex_query(self._schema, "words", _other_first_letter(word, prefix=prefix)))
        split = self._best_split(word)
        if split is not None:
            ways.append(split)
        return _any_of(ways)

    def _best_split(self, word: str) -> Any | None:
        """The two words into which the index most often splits this one (``munici pal``)."""
        most, best = 0, None
        for i in range(1, len(word)):
            parts = (word[:i], word[i:])
            if all(self._searcher.doc_freq("words", encoded(part)) for part in parts):
                phrase = self._phrase(parts)
                count = self._count(phrase)
                if count > most:
                    most, best = count, phrase
        return best

    def _phrase(self, words: tuple[str, ...]) -> Any:
        terms = [encoded(word) for word in words]
        if len(terms) == 1:
            return Query.term_query(self._schema, "words", terms[0])
        return Query.phrase_query(self._schema, "words", terms)

    def _count(self, query: Any) -> int:
        return int(self._searcher.search(query, limit=1).count)


def _both(query: Any, other: Any | None) -> Any:
    return query if other is None else Query.boolean_query([(Occur.Must, query), (Occur.Must, other)])


def _any_of(queries: list[Any]) -> Any:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, q) for q in queries])


def _other_first_letter(word: str, *, prefix: bool) -> str:
    """The indexed words that one error on the first letter makes: replaced, added, left out, swapped."""
    first, rest = word[0], word[1:]
    left_out, swapped = encoded(rest), encoded(rest[0] + first + rest[1:])
    return f"(?:(?:{_FIRST})(?:{first})?{rest}|{left_out}|{swapped}){'.*' if prefix else ''}"
