"""When one rule of the communicability table opens one piece, and the words that say it.

The delays are in ``schemas/access_delays.csv`` (C. patr. L213-1, L213-2); here is how they are counted.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from archiveia.steps.confirmed import by_person
from archiveia.steps.legal_dates import add_months, last_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from archiveia.values import AccessRule, Record


class StartEvent(StrEnum):
    """What a delay runs from: the words of the columns ``start_event`` and ``alt_start_event``."""

    DOCUMENT = "date du document"
    DOSSIER = "date du document le plus récent inclus dans le dossier"
    CLOSING = "clôture du registre"
    DECISION = "décision"
    DEATH = "décès de l’intéressé"
    BIRTH = "naissance de l’intéressé"
    END_OF_USE = "fin de l’affectation à cet usage"
    PERSON = "décision d’une personne"
    NEVER = "jamais"


EVENT_FIELDS: dict[str, str] = {
    StartEvent.CLOSING: "closed_on",
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


def opening(
    rule: AccessRule, record: Record, own_on: date | None, dossier_on: date | None, *, today: date
) -> date | None:
    """The day a rule opens a piece; ``None`` when it never does, or when the start is not known.

    ``own_on`` is the last day of the piece, ``dossier_on`` that of its dossier. The alternative delay
    needs a day given by a person: it replaces a delay that runs from a death when the death is not known
    (L213-2 I 2°), and shortens any other (L213-2 I 4° and 5°). Nothing opens before the last document.
    """
    if rule.never or rule.delay_years is None or own_on is None or dossier_on is None:
        return None
    starts = {StartEvent.DOCUMENT.value: own_on, StartEvent.DOSSIER.value: dossier_on}

    def after(event: str | None, years: int | None) -> date | None:
        if event is None or years is None:
            return None
        field = EVENT_FIELDS.get(event)
        start = confirmed_day(record, field, today=today) if field else starts.get(event)
        if start is None:
            return None
        # "À l'expiration d'un délai": it expires on the anniversary at midnight (CPC 641 and 642).
        return add_months(start, 12 * years) + timedelta(days=1 if years else 0)

    main = after(rule.start_event, rule.delay_years)
    other = after(rule.alt_start_event, rule.alt_delay_years)
    if rule.start_event == StartEvent.DEATH:
        main = main or other
    elif main is not None and other is not None:
        main = min(main, other)
    return max(main, dossier_on) if main else None


def in_words(rule: AccessRule) -> str:
    """The category, its delay and its source, in French."""
    return f"Catégorie {rule.id} « {rule.category} » : {_delay(rule)} ({rule.legal_source})."


def _delay(rule: AccessRule) -> str:
    if rule.never:
        return "jamais communicable"
    if rule.delay_years is None:
        return "délai décidé par une personne"
    if rule.delay_years == 0:
        return f"communicable immédiatement (à partir de : {rule.start_event})"
    text = f"{rule.delay_years} ans à compter de : {rule.start_event}"
    if rule.alt_delay_years is None:
        return text
    link = (
        "si cette date est inconnue" if rule.start_event == StartEvent.DEATH else "si ce délai est plus court"
    )
    return f"{text} ; {link}, {rule.alt_delay_years} ans à compter de : {rule.alt_start_event}"


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
