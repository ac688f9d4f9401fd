"""Where a page matches a query, under the rules of the search, and the excerpt that shows it.

One highlighter for both engines: theirs miss words found by tolerance or by their beginning, or
count in bytes. Spans are in characters; escaping them for HTML is the template's business.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from archiveia.steps.search_text import ParsedQuery, Token, folded, joined_words, parse, tokens
from archiveia.values import Excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EXCERPT_CHARS = 240


def errors(word: str, candidate: str, *, budget: int, prefix: bool = False) -> int | None:
    """How many errors separate a searched word from a word of the page; ``None`` over the budget.

    An error is a letter added, left out, replaced, or swapped with its neighbour; one on the first
    letter counts twice. With ``prefix`` the searched word may be the beginning of the candidate.
    """
    if candidate == word or (prefix and candidate.startswith(word)):
        return 0
    if not budget or len(candidate) < len(word) - budget:
        return None
    if not prefix and len(candidate) > len(word) + budget:
        return None
    same_first = word[0] == candidate[0]
    if not same_first and budget < 2:
        return None
    distance = _distance(word, candidate[: len(word) + budget], prefix=prefix)
    if same_first:
        return distance if distance <= budget else None
    return 2 if distance == 1 else None


def matches(text: str, query: str | ParsedQuery) -> list[tuple[int, int]]:
    """The spans of a text that match, in order, one a word: for marks and for boxes on the image."""
    asked = parse(query) if isinstance(query, str) else query
    page = list(tokens(text))
    return sorted({(page[i].start, page[i].end) for i, _ in _hits(page, asked)})


def excerpt(text: str, query: ParsedQuery, *, chars: int = EXCERPT_CHARS) -> Excerpt:
    """The piece of about ``chars`` characters that shows most of what was searched, with its marks.

    The beginning of the text when nothing matches in it (the words are in the description).
    """
    page = list(tokens(text)) if query.words or query.phrases else []
    found = sorted({(page[i].start, page[i].end, wanted) for i, wanted in _hits(page, query)})
    first, last = _best_window(found, chars)
    start, end = _around(text, (first, last), chars)
    lead = "…" if start else ""
    shift = start - len(lead)
    marks = sorted({(a - shift, b - shift) for a, b, _ in found if start <= a and b <= end})
    return Excerpt(f"{lead}{text[start:end]}{'…' if end < len(text) else ''}", tuple(marks))


def is_exact(texts: Iterable[str], query: ParsedQuery) -> bool:
    """Every searched word is in the texts as typed (or begins a word, for the last one)."""
    if not query.words:
        return True
    present = {word for text in texts for word in folded(text).split()}
    last = query.words[-1:]
    return present.issuperset(query.words[:-1]) and all(any(p.startswith(w) for p in present) for w in last)


def _hits(page: Sequence[Token], query: ParsedQuery) -> list[tuple[int, str]]:
    """The words of the page that match, as (place in the page, what they answer)."""
    found: list[tuple[int, str]] = []
    places: dict[str, list[int]] = {}
    for i, token in enumerate(page):
        places.setdefault(token.word, []).append(i)
    for _, after, word, budget in joined_words(query.words):
        prefix = after == len(query.words)
        for candidate, where in places.items():
            if errors(word, candidate, budget=budget, prefix=prefix) is not None:
                found += [(i, word) for i in where]
        found += _split(page, word)
    for phrase in query.phrases:
        for i in places.get(phrase[0], ()):
            if tuple(t.word for t in page[i : i + len(phrase)]) == phrase:
                found += [(i + k, phrase[k]) for k in range(len(phrase))]
    return found


def _split(page: Sequence[Token], word: str) -> list[tuple[int, str]]:
    """Two neighbours of the page that make the word when joined (``munici pal``)."""
    pairs = pairwise(page)
    at = [i for i, (a, b) in enumerate(pairs) if word.startswith(a.word) and a.word + b.word == word]
    return [(i + k, word) for i in at for k in (0, 1)]


def _distance(word: str, candidate: str, *, prefix: bool) -> int:
    """Edits with swaps between two words, or to the best beginning of the candidate."""
    before: list[int] = []
    row = list(range(len(word) + 1))
    best = row[-1]
    for j, letter in enumerate(candidate, start=1):
        new = [j]
        for i, wanted in enumerate(word, start=1):
            cost = min(row[i] + 1, new[i - 1] + 1, row[i - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == word[i - 2] and candidate[j - 2] == wanted:
                cost = min(cost, before[i - 2] + 1)
            new.append(cost)
        before, row = row, new
        best = min(best, row[-1])
    return best if prefix else row[-1]


def _best_window(found: Sequence[tuple[int, int, str]], chars: int) -> tuple[int, int]:
    """The stretch of at most ``chars`` that answers most different words, then most words."""
    best, span, first = (0, 0), (0, 0), 0
    counts: dict[str, int] = {}
    for last, (_, end, wanted) in enumerate(found):
        counts[wanted] = counts.get(wanted, 0) + 1
        while first < last and end - found[first][0] > chars:
            gone = found[first][2]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            first += 1
        value = (len(counts), last - first + 1)
        if value > best:
            best, span = value, (found[first][0], end)
    return span


def _around(text: str, span: tuple[int, int], chars: int) -> tuple[int, int]:
    """The window of ``chars`` with the span in its middle, cut between words where it can be."""
    first, last = span
    start = max(0, min(first - max(0, chars - (last - first)) // 2, len(text) - chars))
    end = min(len(text), max(start + chars, last))
    if start:
        gap = next((i for i in range(start, first) if text[i - 1].isspace()), None)
        start = start if gap is None else gap
    if end < len(text):
        gap = next((i for i in range(end, last, -1) if text[i].isspace()), None)
        end = end if gap is None else gap
    return start, end
