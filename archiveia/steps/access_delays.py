"""When one rule of the communicability table opens one piece, and the words that say it.

The delays are in ``schemas/access_delays.csv`` (C. patr. L213-1, L213-2); here is how they are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from archiveia.steps.confirmed import by_person, confirmed
from archiveia.steps.legal_dates import add_months, in_french, last_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from archiveia.values import AccessRule, Record


class StartEvent(StrEnum):
    """What a delay runs from: the words of the columns ``start_event`` and ``alt_start_event``."""

    DOCUMENT = "date du document"
    DOSSIER = "date du document le plus récent inclus dans le dossier"
    CLOSING = "clôture du registre"
    LIST = "arrêt de la liste"
    DECISION = "décision"
    DEATH = "décès de l’intéressé"
    BIRTH = "naissance de l’intéressé"
    END_OF_USE = "fin de l’affectation à cet usage"
    PERSON = "décision d’une personne"
    NEVER = "jamais"


EVENT_FIELDS: dict[str, str] = {
    StartEvent.CLOSING: "closed_on",
    StartEvent.LIST: "closed_on",
    StartEvent.DECISION: "decided_on",
    StartEvent.DEATH: "death_on",
    StartEvent.BIRTH: "birth_on",
    StartEvent.END_OF_USE: "use_ended_on",
}
"""The field in which a person gives the day of an event that the document does not date."""


def latest(days: Iterable[date | None]) -> date | None:
    """The last of the days; ``None`` when there is none, or as soon as one is not known."""
    last: date | None = None
    for day in days:
        if day is None:
            return None
        last = day if last is None else max(last, day)
    return last


def confirmed_day(record: Record, name: str, *, today: date) -> date | None:
    """The last day that persons give for a field; ``None`` when one of their values cannot be used."""
    said = [a for a in record.assertions if a.field == name and by_person(a)]
    return latest(last_day(a.value, today=today) for a in said)


@dataclass(frozen=True, slots=True)
class Opening:
    """The day a rule opens a piece, and the delay that it is the end of."""

    on: date
    years: int
    event: str
    start_on: date


def opening(
    rule: AccessRule, record: Record, own_on: date | None, dossier_on: date | None, *, today: date
) -> Opening | None:
    """When a rule opens a piece; ``None`` when it never does, or when the start is not known.

    ``own_on`` is the last day of the piece, ``dossier_on`` that of its dossier; any other start is a day
    given by a person. Nothing opens before the last document. The death of a person shortens a delay (L213-2
    I 4° and 5°), or starts one (2°), where a person states that the document concerns that person alone: in
    a register the death of one proves nothing of the others.
    """
    if rule.never or rule.delay_years is None or own_on is None or dossier_on is None:
        return None
    starts = {StartEvent.DOCUMENT.value: own_on, StartEvent.DOSSIER.value: dossier_on}

    def after(event: str | None, years: int | None) -> Opening | None:
        if event is None or years is None:
            return None
        field = EVENT_FIELDS.get(event)
        start = confirmed_day(record, field, today=today) if field else starts.get(event)
        if start is None:
            return None
        # "À l'expiration d'un délai": it expires on the anniversary at midnight (CPC 641 and 642).
        end = add_months(start, 12 * years) + timedelta(days=1 if years else 0)
        return Opening(max(end, dossier_on), years, event, start)

    main = after(rule.start_event, rule.delay_years)
    other = after(rule.alt_start_event, rule.alt_delay_years)
    alone = concerns_one_person(record, rule)
    if rule.start_event == StartEvent.DEATH:
        return _medical(main, other, record, alone=alone)
    if main is None or other is None or not alone:
        return main
    return min(main, other, key=lambda o: o.on)


def _medical(death: Opening | None, birth: Opening | None, record: Record, *, alone: bool) -> Opening | None:
    """25 years after a known death, else 120 after the birth (L213-2 I 2°).

    Where several persons are concerned the birth is that of the youngest, and the known death of one of them
    can only close longer. A death that a person gave and that cannot be used closes.
    """
    given = any(a.field == EVENT_FIELDS[StartEvent.DEATH] and by_person(a) for a in record.assertions)
    if not given:
        return birth
    if death is None or alone:
        return death
    return max(death, birth, key=lambda o: o.on) if birth else None


def concerns_one_person(record: Record, rule: AccessRule) -> bool:
    """Whether a person states that the document concerns one person; a register never does."""
    answer = confirmed(record, "about_one_person")
    return rule.start_event != StartEvent.CLOSING and answer is not None and answer.value is True


def is_cleared(rule: AccessRule, record: Record, end: date) -> bool:
    """Whether a rule that the law may prolong (loi 2021-998, art. 25) was lifted for this record.

    By a person, and after the delay: what was true before it may no more be so at its end.
    """
    if not rule.may_be_prolonged:
        return True
    answer = confirmed(record, "not_prolonged")
    said_at = answer.made_at if answer is not None and answer.value is True else None
    return said_at is not None and said_at.date() >= end


def in_words(rule: AccessRule, opened: Opening | None = None) -> str:
    """The category, its delay and its article in one sentence; the delay that counted when it is known which."""
    delay = _delay(rule)
    if opened is not None and opened.years:
        delay = f"{opened.years} ans à compter de : {opened.event} ({in_french(opened.start_on)})"
    return f"Catégorie {rule.id} « {rule.category} » : {delay} ({rule.legal_source})."


def _delay(rule: AccessRule) -> str:
    if rule.never:
        return "jamais communicable"
    if rule.delay_years is None:
        return "délai décidé par une personne"
    if rule.delay_years == 0:
        return f"communicable immédiatement (à partir de : {rule.start_event})"
    text = f"{rule.delay_years} ans à compter de : {rule.start_event}"
    if rule.alt_delay_years is None or rule.start_event == StartEvent.CLOSING:
        return text
    is_medical = rule.start_event == StartEvent.DEATH
    link = "si cette date est inconnue" if is_medical else "si ce délai est plus court"
    text = f"{text} ; {link}, {rule.alt_delay_years} ans à compter de : {rule.alt_start_event}"
    return text if is_medical else f"{text}, pour un document qui ne concerne que cette personne"


def what_is_missing(rule: AccessRule) -> str:
    """Why a rule gives no date, in French."""
    if rule.never:
        return "Ces documents ne sont jamais communicables."
    if rule.delay_years is None:
        return (
            f"La catégorie {rule.id} se décide pièce par pièce : une personne choisit celle qui s’applique."
        )
    events = " ou ".join(e for e in (rule.start_event, rule.alt_start_event) if e in EVENT_FIELDS)
    return f"Date inconnue : {events or rule.start_event} ; une personne doit la donner."


def what_clears(rule: AccessRule, end: date) -> str:
    """What a person has to do about a rule that the law may prolong, in French."""
    return (
        f"La catégorie {rule.id} ne s’ouvre jamais d’elle-même, la loi 2021-998 (art. 25) en prolonge une partie : "
        f"à partir du {in_french(end)}, une personne vérifie que ce document n’est pas prolongé."
    )
