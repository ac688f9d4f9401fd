"""Amounts of money and cadastral parcels on a page, each as it is meant, with where it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from archiveia.steps.folding import fold
from archiveia.values import Assertion, Evidence, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ORIGIN = Origin(OriginKind.RULE, "describe.amounts", "1")
MAX_FOUND = 30
"""How many of each a record keeps, the first ones."""

_WHOLE = r"\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{1,9}"
_AMOUNT = re.compile(
    rf"(?<![\w.,/])({_WHOLE})(?:[,.](\d{{2}}))?\s?(€|euros?\b|eur\b|francs?\b|frs?\b\.?|f\b\.?(?=\s?(?:\d\d\s?c|[,;.)]|$|\s)))"
    r"(?:\s?(\d{2})(?:\s?c(?:entimes?|\.)?)?(?![\w/.,]\d|\d))?",
    re.MULTILINE,
)
"""*1 250,50 €*, *12 francs 50*, *3 400 F*: one sign for thousands, a comma or point and two digits for the rest."""
_PARCEL_CUE = re.compile(r"\b(?:parcelles?|cadastr[a-z]*|sections?|lieu-dit)\b")
_PARCEL = re.compile(
    r"(?<![A-Za-z0-9])(?:section\s+)?([A-Z]{1,2})\s?(?:,?\s*(?:n°s?|nos?|num[ée]ros?)\s*)?"
    r"(\d{1,4}(?!\d|[.,]\d|/))((?:\s?(?:,|et|-)\s?(?:n°\s?)?\d{1,4}(?!\d|[.,]\d|/))*)"
)
_REACH = 120
"""Letters between the word that announces a parcel and its section at most."""


def find_amounts(pages: Sequence[tuple[int, str]]) -> list[Assertion]:
    """The amounts of the document, ``1250.50 EUR`` or ``12.50 FRF``, each once, where it stands first.

    Francs of before 1960 are francs here: nobody converts.
    """
    return _each_once("amount", pages, _amounts)


def find_parcels(pages: Sequence[tuple[int, str]]) -> list[Assertion]:
    """The cadastral parcels, ``AB 12``, that a word of the cadastre announces, each once."""
    return _each_once("parcel", pages, _parcels)


def _each_once(
    field: str, pages: Sequence[tuple[int, str]], find: Callable[[str], Iterator[tuple[int, int, str]]]
) -> list[Assertion]:
    found: dict[str, Assertion] = {}
    for number, text in pages:
        for start, end, value in find(text):
            evidence = Evidence(number, start, end, text[start:end])
            found.setdefault(value, Assertion(field, value, ORIGIN, evidence, 0.8))
    return list(found.values())[:MAX_FOUND]


def _amounts(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _AMOUNT.finditer(fold(text)):
        currency = "EUR" if match[3][0] in "€e" else "FRF"
        whole, rest = re.sub(r"\D", "", match[1]), match[2] or match[4] or "00"
        end = match.end() if match[4] and not match[2] else match.end(3)
        yield match.start(), end, f"{int(whole)}.{rest} {currency}"


def _parcels(text: str) -> Iterator[tuple[int, int, str]]:
    cues = [cue.end() for cue in _PARCEL_CUE.finditer(fold(text))]
    for match in _PARCEL.finditer(text):
        at = bisect_right(cues, match.start(1))
        if at and match.start(1) - cues[at - 1] <= _REACH:
            for number in re.findall(r"\d+", match[2] + match[3]):
                yield match.start(1), match.end(), f"{match[1]} {int(number)}"
