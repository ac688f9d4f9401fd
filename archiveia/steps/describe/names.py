"""Persons, places and organisations that cues of the text announce, joined with those of a model."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from archiveia.steps.describe.departments import DEPARTMENTS
from archiveia.steps.folding import fold
from archiveia.values import Assertion, Evidence, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

ORIGIN = Origin(OriginKind.RULE, "describe.names", "1")
FIELDS = ("person", "place", "organisation")
MAX_MENTIONS = 30
"""How many names of each field a record keeps, the first ones."""

_UP = r"A-ZÀ-ÖØ-ÞŒ"
_LOW = r"a-zà-öø-ÿœ"
_NAME_WORD = rf"(?:[DdLl]['’])?[{_UP}][{_UP}{_LOW}'’-]{{1,30}}"
_PARTICLE = r"(?:de|du|des|d['’]|de[ \t]la|le|la|Le|La|veuve|née|dit)[ \t]*"
_SURNAME_BELOW = rf"[ \t]*\n[{_UP}-]{{3,}}(?![{_LOW}\w])"
_NAME = rf"{_NAME_WORD}(?:[ \t]+(?:{_PARTICLE})?{_NAME_WORD}){{0,3}}(?:{_SURNAME_BELOW})?"
_INITIALS = rf"(?:[{_UP}]\.[ \t]?(?:-?[{_UP}]\.[ \t]?)?)?"
_TITLE = (
    r"(?:MM?\.|M[rR]\.?|Mmes?\.?|Mlles?\.?|Me\.?|Ma[îi]tre|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|Messieurs|"
    r"Mesdames|Dr\.?|Docteur|[Ll]es?[ \t]sieurs?|[Ll]a[ \t]dame|[Ll]a[ \t]demoiselle|[Ll]e[ \t]nommé|"
    r"[Ll]a[ \t]nommée|[Ll]['’]abbé|[Vv]ve|[Vv]euve)"
)
_TITLED = re.compile(rf"(?<!\w){_TITLE}[ \t]+((?:{_TITLE}[ \t]+)?{_INITIALS}{_NAME})")
_BORN = re.compile(rf"(?<!\w)({_NAME}),?[ \t]+née?[ \t]+(?:le|à|en|vers)\b")
_LEADING_TITLE = re.compile(rf"^(?:{_TITLE}|[Ll]e|[Ll]a|[Ll]['’])[ \t]+")
_ROLE_WORDS = (
    "maire prefet directeur directrice president presidente tresorier receveur percepteur adjoint ministre "
    "secretaire sous-prefet conseiller conseillere inspecteur commissaire procureur juge ingenieur instituteur chef "
    "l'inspecteur l'adjoint recteur eveque cure controleur architecte colonel capitaine commandant "
    "general l'ingenieur senateur depute greffier notaire vice-president co"
)
_ARTICLES = frozenset({"le", "la", "les"})
_ROLES = frozenset(_ROLE_WORDS.split())
"""After *Monsieur le*, *Madame la*: a function, no name."""
_LINK = r"(?:(?:sur|sous|en|lès|les|la|le|de|du|des|aux?|et)[- ]|[dl]['’])*"
_PLACE_NAME = rf"[{_UP}][{_UP}{_LOW}'’]{{1,30}}(?:[- ]{_LINK}[{_UP}][{_UP}{_LOW}'’]{{1,30}}){{0,4}}"
_ARTICLED = rf"(?:(?:La|Le|Les)[ \t]|L['’])?{_PLACE_NAME}"
_AFTER_KIND = re.compile(
    r"(?i:\b(?:communes?|ville|mairie|maire|canton|arrondissement|village|hameau|bourg|paroisse|chef-lieu)"
    r"[ \t]+(?:de[ \t]+|d['’]|du[ \t]+|des[ \t]+))"
    rf"((?:(?:la|le|les)[ \t]|l['’])?{_ARTICLED})"
)
_PLACES = (
    (_AFTER_KIND, 0.8),
    (re.compile(rf"(?<!\w)[AÀaà][ \t]+({_ARTICLED}),?[ \t]+le[ \t]+(?:\d|[{_LOW}]+[ \t])"), 0.8),
    (re.compile(rf"(?:^|\n)[ \t]*({_ARTICLED}),[ \t]+(?:le|ce)[ \t]+[\dlI]"), 0.8),
    (re.compile(rf"\b(?:née?|domiciliée?s?|demeurant|résidant|décédée?)[ \t]+à[ \t]+({_ARTICLED})"), 0.7),
)
_DEPARTMENT = re.compile(
    r"\bdepartement[ \t]+(?:de[ \t]+la[ \t]+|de[ \t]+l'|des[ \t]+|du[ \t]+|de[ \t]+|d'|:[ \t]*)([a-z' -]{2,30})"
)
_ORGANISATION = re.compile(
    r"(?<!\w)((?:[Ss]ociété|SOCIÉTÉ|SARL|SAS|SA|SCI|EURL|[Ee]ntreprise|[ÉEé]tablissements|Ets|[Aa]ssociation|"
    r"[Ss]yndicat|[Cc]ompagnie|[Bb]anque|[Cc]aisse|[Cc]oopérative|[Ff]édération|[Cc]omité|[Ff]oyer|[Cc]ollège|"
    r"[Ll]ycée|[Cc]linique|[Hh]ôpital|[Cc]ommunauté de communes|[Cc]ommunauté d['’]agglomération)"
    rf"(?:[ \t]+(?:[{_LOW}]{{3,20}}[ \t]+){{0,2}}(?:(?:de|du|des|d['’]|de la|de l['’]|pour|le|la|les)[ \t]*){{0,2}})"
    rf"[ \t]*{_PLACE_NAME})"
)
_SHORT = 3
_INCOMPLETE = frozenset({"saint", "sainte", "notre-dame", "les", "mont"})
"""What is left of a name cut at the end of a line."""


def _titled_persons(text: str) -> Iterator[tuple[int, int, float]]:
    for pattern, score in ((_TITLED, 0.8), (_BORN, 0.8)):
        for match in pattern.finditer(text):
            start = match.start(1)
            while lead := _LEADING_TITLE.match(text[start : match.end(1)]):
                start += lead.end()
            first = fold(text[start : match.end(1)]).split()
            if (
                first
                and first[0] not in _ROLES
                and not fold(text[max(0, match.start() - 8) : match.start()]).endswith(("rue ", "place "))
            ):
                yield start, match.end(1), score


def _places(text: str) -> Iterator[tuple[int, int, float]]:
    for pattern, score in _PLACES:
        for match in pattern.finditer(text):
            if fold(match[1]).split()[0] not in _ROLES:
                yield *match.span(1), score
    folded = fold(text)
    for match in _DEPARTMENT.finditer(folded):
        for length in range(len(match[1]), 1, -1):
            ends = match.start(1) + length
            if match[1][:length] in DEPARTMENTS and not folded[ends : ends + 1].isalpha():
                yield match.start(1), ends, 0.9
                break


def _organisations(text: str) -> Iterator[tuple[int, int, float]]:
    for match in _ORGANISATION.finditer(text):
        yield *match.span(1), 0.6


_RULES = {"person": _titled_persons, "place": _places, "organisation": _organisations}


def _key(name: str) -> str:
    """Two spellings of one name share it: no case, no accents, words in any order."""
    return " ".join(sorted(re.findall(r"[a-z0-9]+", fold(name))))


def _assertion(field: str, evidence: Evidence, origin: Origin, score: float | None) -> Assertion:
    value = " ".join(evidence.text.split()).strip(" ,;.'’-")
    return Assertion(field, value, origin, evidence, score)


def find_names(pages: Sequence[tuple[int, str]]) -> list[Assertion]:
    """The persons, places and organisations that a word announces (*M.*, *commune de*, *société*)."""
    found = []
    for number, text in pages:
        for field, rule in _RULES.items():
            spans = rule(text)
            found += [
                _assertion(field, Evidence(number, s, e, text[s:e]), ORIGIN, score) for s, e, score in spans
            ]
    return [a for a in found if len(a.value) >= _SHORT]


def from_model(
    pages: Sequence[tuple[int, str]],
    mentions: Mapping[int, Sequence[tuple[str, int, int, str]]],
    origin: Origin,
) -> list[Assertion]:
    """The names that a model found, by page number, without the titles that it took along."""
    found = []
    for number, text in pages:
        for field, start, end, _ in mentions.get(number, ()):
            at = start
            while lead := _LEADING_TITLE.match(text[at:end]):
                at += lead.end()
            words = re.findall(r"[^\W\d_]{2,}", text[at:end])
            looks_like_a_name = (
                words and any(w[0].isupper() for w in words) and "\n" not in text[at:end].strip()
            )
            if field in FIELDS and looks_like_a_name and fold(words[0]) not in _ROLES:
                found.append(_assertion(field, Evidence(number, at, end, text[at:end]), origin, None))
    return [a for a in found if len(a.value) >= _SHORT]


def merge_names(by_rule: Sequence[Assertion], by_model: Sequence[Assertion]) -> list[Assertion]:
    """Each name once, in reading order; where a rule and a model overlap, the rule's field wins."""
    kept: list[Assertion] = []
    spans: list[tuple[int, int, int]] = []  # in order; none overlaps another
    for assertion in [*by_rule, *by_model]:
        evidence = assertion.evidence
        if evidence is None:
            continue
        span = evidence.page, evidence.start, evidence.end
        at = bisect_left(spans, span)
        if not any(_overlap(span, near) for near in spans[max(0, at - 1) : at + 1]):
            spans.insert(at, span)
            kept.append(assertion)
    kept.sort(key=lambda a: (a.evidence.page, a.evidence.start) if a.evidence else (0, 0))
    once: dict[tuple[str, str], Assertion] = {}
    for assertion in kept:
        once.setdefault((assertion.field, _key(assertion.value)), assertion)
    beginnings = {(a.field, words) for a in once.values() for words in _beginnings(a.value)}
    whole = [a for a in once.values() if not _is_cut(a, beginnings)]
    return [a for field in FIELDS for a in [a for a in whole if a.field == field][:MAX_MENTIONS]]


def _overlap(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _beginnings(name: str) -> list[str]:
    """The folded name without its last word, its last two...; spaces part words."""
    words = fold(name).split(" ")
    return [" ".join(words[:count]) for count in range(1, len(words))]


def _is_cut(assertion: Assertion, beginnings: Container[tuple[str, str]]) -> bool:
    """Whether the name is the beginning of a longer one of the same field (*société X*, *société X et fils*)."""
    start = fold(assertion.value)
    return start in _INCOMPLETE or (assertion.field, start) in beginnings
