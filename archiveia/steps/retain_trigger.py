"""The day that a DUA runs from: known, estimated, not come yet, or unknown with what to look for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from archiveia.steps.confirmed import best, by_person, confirmed
from archiveia.steps.legal_dates import in_french, is_partial, last_day
from archiveia.steps.retention_reading import read_trigger
from archiveia.values import TriggerKind, TriggerState

if TYPE_CHECKING:
    from archiveia.values import Assertion, Record, RetentionRule

OPEN = "open"
"""What a person says of ``trigger_on`` when the event has not come."""
UNKNOWN_TRIGGER = "élément déclencheur inconnu"


@dataclass(frozen=True, slots=True)
class TriggerFound:
    """What is known of a trigger, and who ``said`` it; ``by_person``: nobody has to confirm it any more."""

    state: TriggerState
    on: date | None
    by_person: bool
    why: tuple[str, ...]
    said: Assertion | None = None


def find_trigger(record: Record, rule: RetentionRule, *, today: date) -> TriggerFound:
    """The trigger of a rule for one record. What the words do not name as one event is never counted from."""
    event = rule.event
    if event.kind is TriggerKind.NEVER:
        return TriggerFound(TriggerState.OPEN, None, by_person=True, why=(f"Durée : {rule.trigger}.",))
    if event.kind is TriggerKind.UNMAPPED:
        return _unknown(f"« {rule.trigger} » : {UNKNOWN_TRIGGER} ; {event.look_for}.")
    given = confirmed(record, "trigger_on")
    if given is not None:
        return _given(given, rule, today=today)
    said = [best(record, field) for field in (event.field, "trigger_on") if field]
    dated = next((one for one in (*said, read_trigger(record, event.code)) if one is not None), None)
    if dated is not None:
        return _dated(dated, f"Élément déclencheur « {rule.trigger} »", today=today)
    near = best(record, event.estimated_by) if event.estimated_by else None
    if near is not None:
        return _estimated(near, rule, today=today)
    return _unknown(f"« {rule.trigger} » : {UNKNOWN_TRIGGER} ; {event.look_for}.")


def _unknown(*why: str) -> TriggerFound:
    return TriggerFound(TriggerState.UNKNOWN, None, by_person=False, why=why)


def _given(given: Assertion, rule: RetentionRule, *, today: date) -> TriggerFound:
    """What a person said of the day itself: open, awaited on a day to come, or come."""
    what = f"Élément déclencheur « {rule.trigger} »"
    if given.value == OPEN:
        why = f"{what} : pas encore venu, dit une personne ; la durée n’a pas commencé."
        return TriggerFound(TriggerState.OPEN, None, by_person=True, why=(why,), said=given)
    awaited = last_day(given.value, today=date.max)
    if awaited and rule.event.kind is TriggerKind.EVENT and last_day(given.value, today=today) is None:
        why = f"{what} : attendu le {in_french(awaited)} ; la durée n’a pas commencé."
        return TriggerFound(TriggerState.OPEN, None, by_person=True, why=(why,), said=given)
    return _dated(given, what, today=today)


def _dated(said: Assertion, what: str, *, today: date) -> TriggerFound:
    on = last_day(said.value, today=today)
    if on is None:
        why = f"{what} : la date « {said.value} » est inutilisable (illisible, future ou trop ancienne)."
        return _unknown(why, f"Donc {UNKNOWN_TRIGGER}.")
    sure, partial = by_person(said), is_partial(said.value)
    who = "confirmée par une personne" if sure else "lue par calcul, à confirmer : échéance provisoire"
    says = [f"{what} : {in_french(on)} ({who})."]
    if partial:
        says.append(f"Date partielle « {said.value} » : le délai est compté du {in_french(on)}.")
    state = TriggerState.KNOWN if sure and not partial else TriggerState.ESTIMATED
    return TriggerFound(state, on, sure, tuple(says), said)


def _estimated(near: Assertion, rule: RetentionRule, *, today: date) -> TriggerFound:
    """The document's own date, for want of the event's: near it, and never enough without a person."""
    on = last_day(near.value, today=today)
    if on is None:
        return _unknown(f"« {rule.trigger} » : {UNKNOWN_TRIGGER} ; {rule.event.look_for}.")
    why = (
        f"Élément déclencheur « {rule.trigger} » : estimé au {in_french(on)}, date du document ; "
        f"échéance provisoire, une personne donne la date de l’événement ({rule.event.look_for})."
    )
    return TriggerFound(TriggerState.ESTIMATED, on, by_person=False, why=(why,), said=near)
