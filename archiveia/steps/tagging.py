"""What a tagger of names sees of each word of a text, and the names that its labels come to.

A text is cut into tokens and into sequences that a tagger labels one by one: ``B-person`` begins a
name, ``I-person`` goes on with it, ``O`` is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.folding import fold
from archiveia.values import NameSpan

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_LONGEST = 150
"""Tokens of a sequence at most."""
_END = frozenset(".!?;")
_ABBREVIATED = 4
"""A point after so short a word may be that of an abbreviation: it ends no sentence."""
_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign, and where it stands."""

    text: str
    start: int
    end: int
    starts_line: bool


class Vocabularies:
    """Words that a tagger knows more of than their letters: French forms, names of communes, first names."""

    def __init__(self, forms: Container[str], **lists: Container[str]) -> None:
        """Takes the forms as the lexicon writes them, the lists folded."""
        self._forms = forms
        self._lists = lists

    def of(self, word: str) -> Iterator[str]:
        """What is known of the word."""
        low = word.lower()
        yield "known" if low in self._forms else "unknown"
        folded = fold(word)
        yield from (name for name, words in self._lists.items() if folded in words)


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text in order."""
    found, at = [], 0
    for match in _TOKEN.finditer(text):
        gap = text[at : match.start()]
        found.append(Token(match[0], *match.span(), starts_line=not at or "\n" in gap))
        at = match.end()
    return found


def sequences_of(tokens: Sequence[Token]) -> list[list[Token]]:
    """The tokens in runs that a tagger labels one by one: sentences, or parts of very long ones."""
    runs: list[list[Token]] = []
    run: list[Token] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        long_enough = before is not None and len(run) > 1 and len(run[-2].text) > _ABBREVIATED
        ended = before is not None and before.text in _END and token.text[:1].isupper() and long_enough
        if run and (ended or len(run) >= _LONGEST):
            runs.append(run)
            run = []
        run.append(token)
    return [*runs, run] if run else runs


def features_of(
    run: Sequence[Token], known: Vocabularies, hints: Sequence[NameSpan] | None = None
) -> list[list[str]]:
    """The features of each token of a run: its letters, its shape, what is known of it, its neighbours.

    ``hints``: the names that another model found, where one was asked.
    """
    own = [_own(token, known) for token in run]
    if hints is not None:
        for features, label in zip(own, labels_of(run, hints), strict=True):
            features.append(f"h={label}")
    found = []
    for at, token in enumerate(run):
        features = ["bias", *own[at], *_affixes(fold(token.text))]
        for step in _NEIGHBOURS:
            near = at + step
            if 0 <= near < len(run):
                limit = 4 if abs(step) > 1 else len(own[near])
                features += [f"{step}{feature}" for feature in own[near][:limit]]
            elif near in (-1, len(run)):
                features.append(f"{step}end")
        if at:
            features.append(f"-1|0{own[at - 1][0]}{own[at][0]}")
            features.append(f"-1|0{own[at - 1][1]}{own[at][1]}")
        if at + 1 < len(run):
            features.append(f"0|1{own[at][0]}{own[at + 1][0]}")
            features.append(f"0|1{own[at][1]}{own[at + 1][1]}")
        if 0 < at < len(run) - 1:
            features.append(f"-1|1{own[at - 1][0]}{own[at + 1][0]}")
            features.append(f"-101{own[at - 1][1]}{own[at][1]}{own[at + 1][1]}")
        found.append(features)
    return found


def _own(token: Token, known: Vocabularies) -> list[str]:
    folded = fold(token.text)
    features = [f"w={folded}", f"s={shape(token.text)}"]
    features += [f"k={k}" for k in known.of(token.text)]
    if token.starts_line:
        features.append("line")
    return features


def _affixes(folded: str) -> Iterator[str]:
    if folded.isalpha():
        for length in range(1, min(5, len(folded)) + 1):
            yield f"p={folded[:length]}"
            yield f"e={folded[-length:]}"
        yield f"n={min(len(folded), 12)}"


def shape(word: str) -> str:
    """``Xx`` for *Dinan*, ``X`` for *A*, ``XX`` for *DINAN*, ``x`` for *rue*, ``0000`` for *1914*; signs stay."""
    if word.isdigit():
        return "0" * min(len(word), 5)
    if not word.isalpha():
        return word
    if word.isupper():
        return "X" if len(word) == 1 else "XX"
    if word[0].isupper():
        return "Xx" if word[1:].islower() else "XxX"
    return "x" if word.islower() else "xX"


def labels_of(run: Sequence[Token], names: Sequence[NameSpan]) -> list[str]:
    """The label of each token, by the names that people marked."""
    labels = []
    for token in run:
        span = next((n for n in names if n.start < token.end and token.start < n.end), None)
        begins = span is not None and token.start <= span.start
        labels.append("O" if span is None else f"{'B' if begins else 'I'}-{span.field}")
    return labels


def names_of(run: Sequence[Token], labels: Sequence[str]) -> list[NameSpan]:
    """The names that the labels of a run come to."""
    found: list[NameSpan] = []
    open_field = ""
    for token, label in zip(run, labels, strict=True):
        kind, _, field = label.partition("-")
        if field and kind == "I" and field == open_field:
            found[-1] = NameSpan(field, found[-1].start, token.end)
        elif field:
            found.append(NameSpan(field, token.start, token.end))
        open_field = field
    return found
