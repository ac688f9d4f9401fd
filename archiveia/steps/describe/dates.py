"""The date of a document, chosen among the dates that it names; never guessed.

A date of session or of signature beats the date of its own title, which beats a date alone in the
heading. Dates of the texts that the document cites (*Vu la loi du...*), of birth, of effect or of
publication never win, nor does a date of the body that nothing presents as the document's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from archiveia.steps.describe.date_forms import DateMention, find_dates
from archiveia.steps.folding import fold
from archiveia.values import Assertion, Evidence, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ORIGIN = Origin(OriginKind.RULE, "describe.dates", "2")

_HEADING_CHARS = 300
_TITLE_CHARS = 1500


class Role(IntEnum):
    """What a date is to the document that names it, weakest first."""

    CITED = 0
    STAMP = 1
    """Received, sent, posted, registered: something happened to the document on that day."""
    PLAIN = 2
    HEADING = 3
    TITLE = 4
    SIGNATURE = 5
    SESSION = 6


_SCORES = {Role.HEADING: 0.6, Role.TITLE: 0.85, Role.SIGNATURE: 0.95, Role.SESSION: 0.95}

_ON = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)[\s,]+)?"
_ACT = (
    r"(?:lois?|decrets?|ordonnances?|codes?|directives?|reglements?|circulaires?|instructions?|p?arretes?|"
    r"deliberations?|lettres?|courriers?|conventions?|contrats?|avis|rapports?|jugements?|arrets?|decisions?|"
    r"demandes?|actes?|bail|baux|marches?|permis|certificats?|traites?|statuts?|saisines?|recepisses?|bulletins?)"
)
_CITING = re.compile(rf"(?<![a-z]){_ACT}\b[^.;\n]{{0,80}}(?:\n[^.;\n]{{0,40}})?$")
_VU = re.compile(r"(?:^|\n)[\s\-–*]*(?:vu(?:\b|i)|considerant|attendu\s+que)")
_VU_END = re.compile(r"[;:]\s*\n|\n\s*\n|(?:^|\n)\s*(?:arrete|decide|article|delibere|sur\s+proposition)\b")
_OTHER = re.compile(
    r"(?:\bnee?s?\b|naissance|decede|marie|divorce|depuis|a compter|a partir|jusqu|avant|apres|au plus tard|echeance|"
    r"valable|expir|convo(?:que|cation)|publie|affich|recu|transmi|notifi|depose|enregistre|effet|applicable|"
    r"vigueur|prevue?|aura lieu|auront lieu|report|livraison|prochaine?|limite|susvise|precedente?|"
    r"\b(?:du|entre le|des)\s[^.;\n]{1,30}\b(?:au|et le|et)\b)[^.;\n]{0,45}$"
)
_STAMPED = re.compile(
    r"\b(?:recue?s?|recu le|arrivee?|(?:tele)?transmi[st]e?s?|(?:tele)?transmission|reception|deposee?|depot|"
    r"affichee?s?|affichage|publiee?s?|publication|notifiee?s?|notification|enregistree?s?|vise pour timbre)\b"
    rf"(?:[^.;\n]{{0,60}}|[^.;\n]{{0,30}}\n\s*(?:le\s*:?\s*)?){_ON}$"
)
_TO_COME = re.compile(r"\b(?:avant|au plus tard|jusqu|d'ici|a compter|a partir|report)[^.;]{0,30}$")
_SESSION = re.compile(
    rf"(?:(?:seance|reunion|audience|session|assemblee)\b[^.;]{{0,50}}|scrutin\s)\b(?:du|le)\s*:?\s*{_ON}$"
)
_OTHER_SESSION = re.compile(
    r"(?:derniere|precedente|prochaine|lecture|adopt|approuv|approbation|aura lieu|se tiendra|convoq|convocation|"
    r"convie|invite)[^.;\n]{0,80}$"
)
_NOT_OWN_AFTER = re.compile(
    r"\s*(?:au|jusqu'au|inclus|susvisee?|(?:est|a ete|ayant ete) (?:lu|adopte|approuve))\b"
)
"""A range that goes on, or the minutes of an earlier session."""
_FORMAL = re.compile(r"(?:^|\n|[.:]\s)\s*(?:l'?\s*)?an(?:nee)?\s*(?:de\s+grace\s*)?$")
_OPENING = re.compile(
    rf"(?:^|\n|[.:\d]\s+)\s*(?:aujourd'?\s*hui|ce\s*jour(?:d'?\s*hui)?|du|le)?[\s,]*(?:le\s+)?{_ON}$"
)
_SIGNED = re.compile(
    r"(?:fait|donne|delivree?s?|dressee?|signee?|arretee?|etablie?|close?|redigee?|delibere|passee?|decidee?|"
    rf"certifiee?)\b[^.;]{{0,80}}\b(?:le|ce)\s*:?\s*{_ON}$"
)
_PLACE_LE = re.compile(
    rf"(?:^|\n|\s{{3,}}|[.;]\s)\s*(?:a\s+)?[a-z][a-z' \-]{{1,40}},\s*(?:ce|le|du)?\s*:?\s*{_ON}$"
)
_A_PLACE_LE = re.compile(
    rf"(?<![a-z])a\s+[a-z][a-z'\-]{{1,30}}(?:[ '\-][a-z'\-]+){{0,3}},?\s+le\s*:?\s*{_ON}$"
)
_LABEL = re.compile(
    r"(?:^|\n|\s{2,}|[.;|]\s)\s*(?:en\s+)?dates?\s*(?:d[eu]\s+(?:la\s+|l')?(?:presente\s+)?(?:facture|commande|"
    r"document|acte|emission|reunion|seance|edition)|d'(?:emission|edition))?\s*(?:du|le)?\s*:?\s*$"
)
_OWN_TITLE = re.compile(
    r"(?:^|\n)[ \t]*(?:projet d'|extrait d[eu]s?\s|registre d[eu]s?\s)?(?:arretes?|deliberations?|decisions?|"
    r"circulaire|rapport|proces[- ]verbal|compte[- ]rendu|factures?|memoire|bordereau|convention|note|jugement|"
    r"bon de commande|certificat|pv|cr|telegramme|marche|acte)\b(?:[^\n;.]|\.(?!\s+l)){0,90}$"
)
_HANGING = re.compile(
    r"(?:l'|\b(?:un|une|cet|cette|de|du|des|par|le|la|les|et|a|au|aux|tout|present|d'|dit))[ \t]*$"
)
_YEAR = re.compile(
    r"\b(?:exercices?|annees?|budgets?(?:\s+(?:primitif|supplementaire|annexe|communal))?|comptes?\s+(?:administratif|"
    r"de\s+gestion)|rapport\s+annuel|campagne|recensement(?:\s+de\s+la\s+population)?)"
    r"(?:\s+(?:de|du|pour|l'|l'annee|l'exercice|d'|la)){0,3}\s*:?[ \t]*\n?[ \t]*((?:1[5-9]|20)[0-9]{2})(?![\w/.-])"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    mention: DateMention
    role: Role
    page: int
    text: str


def _is_in_citation(before: str) -> bool:
    """Whether a *Vu* or *Considérant* is still running at the end of ``before``."""
    starts = list(_VU.finditer(before))
    return bool(starts) and _VU_END.search(before, starts[-1].end()) is None


def _is_own_title(before: str) -> bool:
    title = _OWN_TITLE.search(before)
    return title is not None and _HANGING.search(before[: title.start()].rstrip("\n")) is None


def _is_of_session(near: str) -> bool:
    session = _SESSION.search(near)
    return (
        session is not None and not _OTHER_SESSION.search(near) and not _SIGNED.search(near, session.start())
    )


def role_of(folded: str, mention: DateMention, *, on_first_page: bool) -> Role:
    """What the words before a date make of it."""
    before = folded[max(0, mention.start - 700) : mention.start]
    near = before[-160:]
    is_early = on_first_page and mention.start < _TITLE_CHARS
    tests = (
        (Role.CITED, lambda: _is_in_citation(before) or _NOT_OWN_AFTER.match(folded, mention.end)),
        (Role.SESSION, lambda: _FORMAL.search(near)),
        (Role.STAMP, lambda: _STAMPED.search(near) and not _TO_COME.search(near)),
        (Role.SESSION, lambda: _is_of_session(near)),
        (Role.SIGNATURE, lambda: _SIGNED.search(near) or _PLACE_LE.search(near) or _A_PLACE_LE.search(near)),
        (Role.SIGNATURE, lambda: mention.spelled and is_early and _OPENING.search(near)),
        (Role.TITLE, lambda: is_early and _is_own_title(before)),
        (Role.TITLE, lambda: _LABEL.search(near)),
        (Role.CITED, lambda: _CITING.search(near) or _OTHER.search(near)),
        (Role.HEADING, lambda: on_first_page and mention.start < _HEADING_CHARS),
    )
    return next((role for role, holds in tests if holds()), Role.PLAIN)


FIELDS = {Role.SESSION: "session_on", Role.SIGNATURE: "signed_on", Role.STAMP: "stamped_on"}
"""The fields of the dates that a document tells apart; ``date`` is the one that dates it."""


def find_dated_events(pages: Sequence[tuple[int, str]]) -> list[Assertion]:
    """The days of the session, of the signature and of the stamps, each date once a field, in reading order."""
    found: dict[tuple[str, str], Assertion] = {}
    for candidate in _candidates(pages):
        field = FIELDS.get(candidate.role)
        if field is not None and candidate.mention.is_full:
            found.setdefault((field, candidate.mention.value), _assert(candidate, 0.9, field))
    return list(found.values())


def _candidates(pages: Sequence[tuple[int, str]]) -> Iterator[_Candidate]:
    for index, (number, text) in enumerate(pages):
        folded = fold(text)
        for mention in find_dates(text):
            yield _Candidate(mention, role_of(folded, mention, on_first_page=index == 0), number, text)


def _assert(candidate: _Candidate, score: float, field: str = "date") -> Assertion:
    mention = candidate.mention
    span = candidate.text[mention.start : mention.end]
    evidence = Evidence(candidate.page, mention.start, mention.end, span)
    return Assertion(field, mention.value, ORIGIN, evidence, score)


def _year_of_heading(pages: Sequence[tuple[int, str]]) -> Assertion | None:
    """The one year that the heading gives to the budget, the exercise, the campaign..."""
    number, text = pages[0]
    found = list(_YEAR.finditer(fold(text[: 2 * _HEADING_CHARS])))
    if len({m[1] for m in found}) != 1:
        return None
    start, end = found[0].span(1)
    return Assertion("date", found[0][1], ORIGIN, Evidence(number, start, end, text[start:end]), 0.5)


def find_date(pages: Sequence[tuple[int, str]]) -> Assertion | None:
    """The date of the document (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``), with the text it was read from.

    ``None`` when the document names no date of its own, or several that nothing tells apart.
    """
    if not pages:
        return None
    usable = [c for c in _candidates(pages) if c.role > Role.STAMP]
    for wanted, is_full in ((Role.TITLE, True), (Role.HEADING, True), (Role.HEADING, False)):
        among = [c for c in usable if c.role >= wanted and c.mention.is_full is is_full]
        if among:
            best = max(c.role for c in among)
            tier = [c for c in among if c.role is best]
            values = {c.mention.value for c in tier}
            if best is Role.HEADING and len(values) > 1:
                return None
            return _assert(tier[0], _SCORES[best] * (1.0 if len(values) == 1 else 0.8))
    return _year_of_heading(pages)
