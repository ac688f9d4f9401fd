"""The day of the event that a retention rule runs from, where a text tells it: an estimate for a person to confirm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiveia.steps.describe.date_ranges import written_dates
from archiveia.steps.folding import fold
from archiveia.values import Assertion, Evidence, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TRIGGER_READ = Origin(OriginKind.RULE, "trigger_dates", "1")

_REACH = 45
"""Letters before a date in which its event is named."""

_SAID_BEFORE = {
    "birth_of_agent": r"\bnee?(?:\(e\))?|date de naissance|naissance",
    "birth_of_child": r"\bnee?(?:\(e\))?|date de naissance|naissance",
    "register_closed": r"clos(?:\s+et\s+arrete)?|cloture du registre|cloture",
    "file_closed": r"dossier (?:clos|cloture|classe)|cloture du dossier",
    "request_closed": r"demande (?:close|cloturee)|reponse (?:envoyee|adressee|notifiee)|cloture de la demande",
    "claim_closed": r"sinistre (?:clos|cloture|regle)|cloture du sinistre|quittance",
    "contract_end": r"jusqu'au|prend(?:ra)? fin|expire(?:ra)?|a echeance|derniere echeance|resilie|au plus tard|"
    r"termine|date de fin",
    "award_notified": r"notifiee?(?: au titulaire)?|notification",
    "tender_failed": r"infructueu(?:x|se)|sans suite|infructuosite",
    "works_accepted": r"reception(?:nee?s?)?(?: des travaux)?(?: prononcee)?|date d'effet",
    "execution_end": r"solde|decompte general(?: definitif)?|acheve(?:ment|e|es)?|fin d'execution",
    "balance_paid": r"solde|versement du solde",
    "decision": r"decision|decide|notifiee?|refusee?|accordee?|\barrete",
    "validity_end": r"valable jusqu'au|expire(?:ra)?|fin de validite|jusqu'au|\bau\b",
    "authorisation_end": r"jusqu'au|expire(?:ra)?|\bau\b|retrait",
    "mandate_end": r"fin d[eu] mandat|mandat acheve",
    "ballot": r"scrutin|elections?|tour",
    "duties_ended": r"cess(?:e|ation)[^.]{0,20}fonctions|radiee? des cadres|retraite|depart",
    "agent_left": r"depart|radiee? des cadres|quitte|retraite|mutation",
    "leave_ended": r"jusqu'au|\bau\b|reprise",
    "internship_ended": r"jusqu'au|\bau\b|fin du stage",
    "child_left": r"sortie|depart|quitte",
    "aid_ended": r"jusqu'au|fin de l'aide|\bau\b|cess",
    "removed": r"radiee?|radiation|attribue",
    "last_contact": r"dernier (?:contact|entretien)|dernier rendez-vous",
    "wedding": r"celebre|celebration|mariage",
    "dissolution": r"dissous|dissolution",
    "next_revision": r"revis(?:e|ion)",
    "session": r"seance|reunion|reuni",
    "approval": r"approuve|approbation",
    "publication": r"parution|depot legal",
    "inspection": r"visite|controle|verification",
    "appeals_exhausted": r"definitif|non-recours|non-appel",
}
"""By trigger (``schemas/triggers.json``): folded words that announce its day; one without an entry is not read."""

_YEARS = {
    "fiscal_year_end": re.compile(
        r"\bexercices?(?: budgetaire| comptable)?(?: de l'annee)?\s*:?\s*((?:19|20)\d\d)\b"
    ),
    "school_year_end": re.compile(r"\bannee scolaire\s*:?\s*(?:19|20)\d\d\s*[-/ a]+\s*((?:19|20)\d\d)\b"),
}
"""Periods that end with the year that they name last."""
_SENTENCE_END = re.compile(r"[.;]\s|\n\s*\n")


def find_trigger_day(trigger: str, pages: Sequence[tuple[int, str]]) -> Assertion | None:
    """The day of the event where the text names it, the last one of several: a delay must not begin too early.

    Args:
        trigger: a code of ``schemas/triggers.json``.
        pages: (page number, text) in order.

    """
    found = sorted(_days(trigger, pages), key=lambda day: (day[0][:4], day[0]))
    if not found:
        return None
    value, evidence = found[-1]
    return Assertion("trigger_read", value, TRIGGER_READ, evidence)


def _days(trigger: str, pages: Sequence[tuple[int, str]]) -> Iterator[tuple[str, Evidence]]:
    said, years = _SAID_BEFORE.get(trigger), _YEARS.get(trigger)
    for number, text in pages:
        folded = fold(text)
        if said is not None:
            for start, end, value in _announced(re.compile(said), text, folded):
                yield value, Evidence(number, start, end, text[start:end])
        for match in years.finditer(folded) if years else ():
            start, end = match.span(1)
            yield match.group(1), Evidence(number, start, end, text[start:end])


def _announced(said: re.Pattern[str], text: str, folded: str) -> Iterator[tuple[int, int, str]]:
    """The dates that these words announce in the same sentence, nothing but words between."""
    past = 0
    for mention in written_dates(text):
        before = folded[max(past, mention.start - _REACH) : mention.start]
        if said.search(_SENTENCE_END.split(before)[-1]):
            yield mention.start, mention.end, mention.value
        past = mention.end
