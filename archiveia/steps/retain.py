"""What the retention schedule proposes for one record; a person decides, and a visa destroys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archiveia.steps.confirmed import best, by_person, confirmed
from archiveia.steps.legal_dates import add_months, day_range, in_french, is_partial, last_day, months_of
from archiveia.steps.quality import doubts_about
from archiveia.values import RetentionProposal, SortFinal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from archiveia.values import Assertion, DocumentClass, Record, RetentionRule

DOCUMENT_DATE = "date du document"
"""Triggers of the schedule that start so are the date of the document itself."""
FOR_EVER = ("conservation permanente", "usage permanent")
"""Triggers of the schedule that never come."""

VISA = "Aucune élimination sans visa des archives départementales (C. patr. L212-2, R212-14, R212-51)."
UNKNOWN_TRIGGER = "élément déclencheur inconnu"
_FATES = {
    SortFinal.KEEP: "conservation définitive",
    SortFinal.SELECT: "tri : une personne sélectionne ce qui est gardé",
    SortFinal.ELIMINATE: "élimination, après visa seulement",
}


@dataclass(frozen=True, slots=True)
class _Trigger:
    """The day that the DUA counts from, and who ``said`` it; ``by_person``: nobody has to confirm it any more."""

    on: date | None
    by_person: bool
    why: tuple[str, ...]
    said: Assertion | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    """The rule that applies, or the candidates among which a person chooses."""

    rule: RetentionRule | None = None
    candidates: tuple[str, ...] = ()
    to_review: bool = True
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EliminationRow:
    """A line of the elimination list (*bordereau*); texts are in French, as printed."""

    number: int
    label: str
    extreme_dates: str
    dua: str
    legal_basis: str
    quantity: str
    observations: str
    record_ids: tuple[str, ...] = field(default=())


def duration_in_french(rule: RetentionRule) -> str:
    """The DUA of a rule: ``10 ans``, ``4 mois``, ``jusqu’à : fin de validité``."""
    if rule.dua_years is None:
        return rule.trigger if rule.trigger in FOR_EVER else f"jusqu’à : {rule.trigger}"
    months = months_of(rule.dua_years)
    if months == 0:
        return "aucune au-delà de l’utilité"
    if months % 12:
        return f"{months} mois"
    return "1 an" if months == 12 else f"{months // 12} ans"


def propose(
    record: Record,
    classes: Mapping[str, DocumentClass],
    schedule: Mapping[str, RetentionRule],
    *,
    today: date,
    good_cer: float,
) -> RetentionProposal:
    """What the schedule proposes for one record. In doubt a person decides: never elimination on a guess.

    A text with more than ``good_cer`` of its letters probably wrong is a doubt.
    """
    choice = _choose_rule(record, classes, schedule)
    rule = choice.rule
    by_class = best(record, "class") if confirmed(record, "retention_rule") is None else None
    doubts = doubts_about(record, by_class, good_cer=good_cer)
    if rule is None:
        why = (*choice.why, *doubts, VISA)
        return RetentionProposal(None, choice.candidates, None, None, to_review=True, why=why)
    trigger = _trigger(record, rule, today=today)
    doubts += doubts_about(record, trigger.said, good_cer=good_cer)
    due_on = _due_on(rule, trigger.on)
    needs_person = (
        choice.to_review
        or bool(doubts)
        or rule.sort_final is SortFinal.SELECT
        or (rule.sort_final is SortFinal.ELIMINATE and confirmed(record, "class") is None)
        or (rule.trigger not in FOR_EVER and not (trigger.on and trigger.by_person))
    )
    why = (
        *choice.why,
        f"Règle {rule.code} « {rule.label} » : DUA {duration_in_french(rule)}.",
        f"Sort final {rule.sort_final.value} : {_FATES[rule.sort_final]}.",
        f"Source : {rule.source} (confiance : {rule.confidence}).",
        *trigger.why,
        *([f"Fin de la DUA : {in_french(due_on)}."] if due_on else []),
        *doubts,
        VISA,
    )
    evidence = trigger.said.evidence if trigger.said else None
    return RetentionProposal(rule, (), trigger.on, due_on, needs_person, why, evidence)


def _choose_rule(
    record: Record, classes: Mapping[str, DocumentClass], schedule: Mapping[str, RetentionRule]
) -> _Choice:
    """The rule a person chose; else the only active rule of the class in force."""
    chosen = confirmed(record, "retention_rule")
    if chosen is not None:
        rule = schedule.get(str(chosen.value))
        if rule is None:
            return _Choice(
                why=(f"La règle choisie « {chosen.value} » n’existe pas dans le tableau de gestion.",)
            )
        return _Choice(
            rule, to_review=not rule.active, why=(f"Règle choisie par une personne{_inactive(rule)}.",)
        )
    assertion = best(record, "class")
    if assertion is None:
        return _Choice(why=("Classe inconnue : une personne doit classer la pièce.",))
    known = classes.get(str(assertion.value))
    if known is None:
        return _Choice(why=(f"La classe « {assertion.value} » n’existe pas dans le plan de classement.",))
    who = "confirmée par une personne" if by_person(assertion) else "proposée par calcul"
    says = f"Classe « {known.label} » {who}."
    if record.value("class_to_review") is True and not by_person(assertion):
        why = (says, "Le classement est incertain : une personne doit le confirmer avant toute règle.")
        return _Choice(candidates=known.retention_codes, why=why)
    return _only_active(known, schedule, says)


def _inactive(rule: RetentionRule) -> str:
    return "" if rule.active else ", mais non validée (règle désactivée du tableau)"


def _only_active(known: DocumentClass, schedule: Mapping[str, RetentionRule], says: str) -> _Choice:
    active = [schedule[c] for c in known.retention_codes if c in schedule and schedule[c].active]
    idle = tuple(c for c in known.retention_codes if c not in schedule or not schedule[c].active)
    if not known.retention_codes:
        return _Choice(why=(says, "Aucune règle du tableau de gestion n’est liée à cette classe."))
    if not active:
        why = f"Aucune règle validée ({', '.join(idle)} à valider) : une personne décide."
        return _Choice(candidates=known.retention_codes, why=(says, why))
    if len(active) > 1:
        codes = ", ".join(rule.code for rule in active)
        why = f"Plusieurs règles sont possibles ({codes}) : une personne choisit."
        return _Choice(candidates=tuple(rule.code for rule in active), why=(says, why))
    others = (f"Autres règles possibles, non validées : {', '.join(idle)}.",) if idle else ()
    return _Choice(active[0], to_review=bool(idle), why=(says, *others))


def _trigger(record: Record, rule: RetentionRule, *, today: date) -> _Trigger:
    """The day the trigger came: a person's ``trigger_on``, or the document's date where the rule says so."""
    given = confirmed(record, "trigger_on")
    if given is not None:
        return _dated(given, f"Élément déclencheur « {rule.trigger} »", today=today)
    if rule.trigger in FOR_EVER:
        return _Trigger(None, by_person=False, why=(f"Durée : {rule.trigger}.",))
    if not rule.trigger.startswith(DOCUMENT_DATE):
        why = f"« {rule.trigger} » : {UNKNOWN_TRIGGER}, une personne doit en donner la date."
        return _Trigger(None, by_person=False, why=(why,))
    dated = best(record, "date")
    if dated is None:
        why = f"La date du document est inconnue : {UNKNOWN_TRIGGER}."
        return _Trigger(None, by_person=False, why=(why,))
    return _dated(dated, f"Élément déclencheur « {rule.trigger} »", today=today)


def _dated(assertion: Assertion, what: str, *, today: date) -> _Trigger:
    on = last_day(assertion.value, today=today)
    if on is None:
        why = f"{what} : la date « {assertion.value} » est inutilisable (illisible, future ou trop ancienne)."
        return _Trigger(None, by_person=False, why=(why, f"Donc {UNKNOWN_TRIGGER}."))
    sure = by_person(assertion)
    who = "confirmée par une personne" if sure else "lue par calcul, à confirmer : échéance provisoire"
    says = [f"{what} : {in_french(on)} ({who})."]
    if is_partial(assertion.value):
        says.append(f"Date partielle « {assertion.value} » : le délai est compté du {in_french(on)}.")
    return _Trigger(on, sure, tuple(says), assertion)


def _due_on(rule: RetentionRule, trigger_on: date | None) -> date | None:
    if trigger_on is None or rule.trigger in FOR_EVER:
        return None
    return add_months(trigger_on, months_of(rule.dua_years or 0))


def elimination_obstacles(
    record: Record,
    proposal: RetentionProposal,
    *,
    visa: str | None,
    holds: Sequence[str],
    today: date,
) -> list[str]:
    """Why this record may not be destroyed, in French.

    Empty only when persons confirmed everything and the visa exists (C. patr. L212-2, R212-14).
    Pass a proposal made now (``propose``): one kept from before may rest on a class since corrected.
    """
    doubts = {
        VISA: not (visa or "").strip(),
        "La classe n’est pas confirmée par une personne.": confirmed(record, "class") is None,
        "La proposition reste à revoir par une personne.": proposal.to_review,
    }
    return [
        *(f"Gel en cours : {hold}." for hold in holds),
        *(sentence for sentence, is_true in doubts.items() if is_true),
        *_rule_obstacles(record, proposal, today=today),
    ]


def _rule_obstacles(record: Record, proposal: RetentionProposal, *, today: date) -> list[str]:
    rule = proposal.rule
    if rule is None:
        return ["Aucune règle de conservation n’est arrêtée."]
    # the trigger is read again: the proposal may be older than what persons said since
    trigger = _trigger(record, rule, today=today)
    due_on = _due_on(rule, trigger.on)
    doubts = {
        f"La règle {rule.code} n’est pas validée.": not rule.active,
        f"Le sort final n’est pas l’élimination : {_FATES[rule.sort_final]}.": (
            rule.sort_final is not SortFinal.ELIMINATE
        ),
        f"La fin de la DUA ne peut pas être calculée : {UNKNOWN_TRIGGER}.": due_on is None,
        "La date de l’élément déclencheur n’est pas confirmée par une personne.": not trigger.by_person,
        "La proposition n’est plus à jour : relancez le calcul de conservation.": proposal.due_on != due_on,
    }
    over = [f"La DUA court jusqu’au {in_french(due_on)} inclus."] if due_on and due_on >= today else []
    return [*(sentence for sentence, is_true in doubts.items() if is_true), *over]


def elimination_list_row(
    number: int,
    records: Sequence[Record],
    rule: RetentionRule,
    *,
    today: date,
    metres: float | None = None,
    boxes: int | None = None,
    observations: str = "",
) -> EliminationRow:
    """A line of the elimination list for records of one rule (C. patr. R212-14; guides of the departments).

    ``metres`` are linear metres: mandatory on the list, so an unknown length is printed as such.
    """
    dates = [best(record, "date") for record in records]
    ranges = [days for a in dates if a is not None and (days := day_range(a.value, today=today))]
    first, last = min((r[0].year for r in ranges), default=0), max((r[1].year for r in ranges), default=0)
    undated = len(dates) - len(ranges)
    notes = [observations.strip()] if observations.strip() else []
    if undated:
        notes.append(f"{undated} pièce{'s' if undated > 1 else ''} sans date connue")
    length = "métrage à mesurer" if metres is None else f"{metres:.2f} ml".replace(".", ",")
    shelves = [] if boxes is None else [f"{boxes} boîte{'s' if boxes > 1 else ''}"]
    return EliminationRow(
        number=number,
        label=rule.label,
        extreme_dates=f"{first}-{last}" if ranges else "inconnues",
        dua=f"{duration_in_french(rule)} ({rule.trigger})" if rule.dua_years else duration_in_french(rule),
        legal_basis=rule.source,
        quantity=", ".join((length, *shelves, f"{len(records)} pièce{'s' if len(records) > 1 else ''}")),
        observations=" ; ".join(notes),
        record_ids=tuple(record.id for record in records),
    )
