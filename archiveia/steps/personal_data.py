"""Personal data that a text holds: of what kind and where, never the value; and the access category it speaks for.

Kinds, words and categories are in ``schemas/personal_data.json``, with their sources. A proposal may only close.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from archiveia.steps.describe.date_ranges import written_dates
from archiveia.steps.describe.references import find_ibans
from archiveia.steps.folding import fold
from archiveia.values import Assertion, Evidence, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PERSONAL_DATA = Origin(OriginKind.RULE, "personal_data", "1")
FIELD = "personal_data"

_NIR = re.compile(
    r"(?<!\d)([1278])[ .]?(\d\d)[ .]?(\d\d)[ .]?(\d\d|2[ab])[ .]?(\d{3})[ .]?(\d{3})[ .]?(\d\d)(?!\d)"
)
_PHONE = re.compile(r"(?<![\d.])(?:(?:\+|00)33[ .]?(?:\(0\))?[ .]?|0)[1-9](?:[ .-]?\d\d){4}(?![\d.]\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}(?![\w-])")
_BORN = re.compile(r"(?:\bnee?(?:\(e\))?|date de naissance)\s*(?::|le|en|,|\s)*$")
_HOME = re.compile(
    r"\b(?:demeurant|domiciliee?s?(?:\(e\))?|habitant|adresse personnelle\s*:?)(?:\s+(?:a|au|chez))?\s+([^\n;]{6,60})"
)
_BORN_REACH = 40


class Kind(StrEnum):
    """Kinds that figures and turns of phrase betray; others (``PersonalKind.words``) are told by their words."""

    NIR = "nir"
    BIRTH_DATE = "birth_date"
    HOME_ADDRESS = "home_address"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"


@dataclass(frozen=True, slots=True)
class PersonalKind:
    """One kind: its French ``label``, the ``category`` of access it proposes (``None``: none), the words of it."""

    kind: str
    label: str
    category: str | None
    source: str
    words: tuple[str, ...] = ()


def find_personal_data(
    pages: Sequence[tuple[int, str]], kinds: Mapping[str, PersonalKind]
) -> list[Assertion]:
    """Where personal data stand, in reading order, and the access categories that they speak for.

    The value is nowhere in what is returned: a span, whose text the page has.
    """
    found = []
    proposed: dict[str, str] = {}
    for number, text in pages:
        for kind, start, end in sorted(_spans(text, kinds), key=lambda span: (span[1], span[0])):
            if kind in kinds:
                found.append(Assertion(FIELD, kind, PERSONAL_DATA, Evidence(number, start, end, "")))
                category = kinds[kind].category
                if category:
                    proposed.setdefault(category, kind)
    return [*found, *(Assertion("access_category", category, PERSONAL_DATA) for category in sorted(proposed))]


def _spans(text: str, kinds: Mapping[str, PersonalKind]) -> Iterator[tuple[str, int, int]]:
    folded = fold(text)
    yield from _formed(folded)
    for mention in written_dates(text):
        if _BORN.search(folded[max(0, mention.start - _BORN_REACH) : mention.start]):
            yield Kind.BIRTH_DATE, mention.start, mention.end
    for one in kinds.values():
        for words in one.words:
            for match in re.finditer(rf"(?<![a-z0-9]){re.escape(fold(words))}(?![a-z0-9])", folded):
                yield one.kind, *match.span()


def _formed(folded: str) -> Iterator[tuple[str, int, int]]:
    """What its form betrays."""
    for match in _NIR.finditer(folded):
        if is_nir("".join(match.groups())):
            yield Kind.NIR, *match.span()
    for kind, pattern in ((Kind.PHONE, _PHONE), (Kind.EMAIL, _EMAIL)):
        for match in pattern.finditer(folded):
            yield kind, *match.span()
    for match in _HOME.finditer(folded):
        yield Kind.HOME_ADDRESS, *match.span(1)
    for start, end, _number in find_ibans(folded):
        yield Kind.IBAN, start, end


def is_nir(compact: str) -> bool:
    """Whether the 15 characters are a NIR with its key (97 less the remainder; Corsica counts as 19 and 18)."""
    number, key = compact[:13], compact[13:]
    corsica = {"2a": "19", "2b": "18"}.get(number[5:7].lower())
    digits = number[:5] + corsica + number[7:] if corsica else number
    month = digits[3:5]
    is_month = month.isdigit() and ("01" <= month <= "12" or "20" <= month <= "42" or month >= "50")
    is_number = is_month and digits.isdigit() and key.isdigit()
    return is_number and 97 - int(digits) % 97 == int(key)
