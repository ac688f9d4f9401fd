"""What the retention schedule proposes for one record; a person decides, and a visa destroys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.steps.confirmed import best, confirmed
from archiveia.steps.legal_dates import add_months, in_french
from archiveia.steps.quality import doubts_about
from archiveia.steps.retain_choice import choose_rule
from archiveia.steps.retain_rows import UNSOURCED
from archiveia.steps.retain_trigger import UNKNOWN_TRIGGER, find_trigger
from archiveia.steps.retention_reading import read_rules
from archiveia.values import Bound, RetentionProposal, SortFinal, TriggerKind, TriggerState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from archiveia.steps.retain_trigger import TriggerFound
    from archiveia.steps.retention_reading import RulesRead
    from archiveia.values import DocumentClass, Record, RetentionRule

VISA = "Aucune élimination sans visa des archives départementales (C. patr. L212-2, R212-14, R212-51)."
UNSURE = ("low", UNSOURCED)
_CONFIDENCES = {"high": "vérifiée", "medium": "à confirmer", "low": "fragile", UNSOURCED: "aucune"}
_FATES = {
    SortFinal.KEEP: "conservation définitive",
    SortFinal.SELECT: "tri : une personne sélectionne ce qui est gardé",
    SortFinal.ELIMINATE: "élimination, après visa seulement",
}


def duration_in_french(rule: RetentionRule) -> str:
    """The DUA of a rule: ``10 ans``, ``4 mois``, ``1 mois au plus``, ``jusqu’à : fin de validité``."""
    months = rule.dua_months
    if months is None:
        return rule.trigger if rule.event.kind is TriggerKind.NEVER else f"jusqu’à : {rule.trigger}"
    if months == 0:
        return "aucune au-delà de l’utilité"
    years = "1 an" if months == 12 else f"{months // 12} ans"
    return (f"{months} mois" if months % 12 else years) + (" au plus" if rule.bound is Bound.MAXIMUM else "")


def propose(
    record: Record,
    classes: Mapping[str, DocumentClass],
    schedule: Mapping[str, RetentionRule],
    *,
    today: date,
    good_cer: float,
) -> RetentionProposal:
    """What the schedule proposes for one record. In doubt a person decides: never elimination on a guess.

    A text with more than ``good_cer`` of its letters probably wrong is a doubt. A hold suspends whatever else.
    The rules that the text speaks for (``retention_reading``) propose one of several; where no person said what the
    document is, elimination is proposed only if the text speaks for that.
    """
    read = read_rules(record)
    choice = choose_rule(record, classes, schedule, today=today, ranked=read.ranked if read else ())
    is_chosen = confirmed(record, "retention_rule") is not None
    said = (*choice.why, *(read.learned if read and not is_chosen else ()))
    rule, holds = choice.rule, tuple(str(hold) for hold in record.values("hold"))
    by_class = None if is_chosen else best(record, "class")
    doubts = doubts_about(record, by_class, good_cer=good_cer)
    frozen = tuple(f"Gel en cours ({hold}) : tout est suspendu jusqu’à sa levée." for hold in holds)
    if rule is None:
        version = next((known.rule_set for known in schedule.values()), "")
        why = (*frozen, *said, *doubts, VISA)
        return RetentionProposal(
            None, choice.candidates, None, None, to_review=True, why=why, holds=holds, rule_set=version
        )
    trigger = find_trigger(record, rule, today=today)
    due_on = _due_on(rule, trigger.on)
    doubts += doubts_about(record, trigger.said, good_cer=good_cer)
    doubts += _unsure_terms(rule, trigger)
    undecided = (*why_no_fate(rule, today=today), *_unspoken(record, rule, read))
    alert = passed_maximum(rule, due_on, holds, today=today)
    why = (
        *frozen,
        *said,
        *_rule_in_french(rule),
        *trigger.why,
        *([f"Fin de la DUA : {in_french(due_on)}."] if due_on else []),
        *doubts,
        *undecided,
        *([alert] if alert else []),
        VISA,
    )
    return RetentionProposal(
        rule,
        (),
        trigger.on,
        due_on,
        to_review=choice.to_review
        or bool(doubts or undecided or holds)
        or _needs_person(record, rule, trigger),
        why=why,
        evidence=trigger.said.evidence if trigger.said else None,
        trigger_state=trigger.state,
        fate=None if holds or undecided else rule.sort_final,
        holds=holds,
        alert=alert,
        rule_set=rule.rule_set,
    )


def _unspoken(record: Record, rule: RetentionRule, read: RulesRead | None) -> tuple[str, ...]:
    """Why a machine's word alone does not propose this elimination, in French; empty when it may."""
    said_by_person = confirmed(record, "retention_rule") or confirmed(record, "class")
    if rule.sort_final is not SortFinal.ELIMINATE or said_by_person or read is None:
        return ()
    if read.to_eliminate == rule.code:
        return ()
    why = read.why or (f"Le texte ne parle pas assez pour la règle {rule.code}.",)
    return ("L’élimination n’est pas proposée sans qu’une personne dise ce qu’est le document.", *why)


def _rule_in_french(rule: RetentionRule) -> tuple[str, ...]:
    signed = rule.signature
    duration, fate = _CONFIDENCES[rule.duration_confidence], _CONFIDENCES[rule.fate_confidence]
    return (
        f"Règle {rule.code} « {rule.label} » : DUA {duration_in_french(rule)}.",
        f"Sort final {rule.sort_final.value} : {_FATES[rule.sort_final]}.",
        f"Source : {rule.source} (pour la durée : {duration} ; pour le sort final : {fate}).",
        *([f"Ligne signée par {signed.signed_by} le {in_french(signed.signed_on)}."] if signed else []),
        *([f"Tableau de gestion : version {rule.rule_set}."] if rule.rule_set else []),
    )


def why_no_fate(rule: RetentionRule, *, today: date) -> tuple[str, ...]:
    """Why a rule's *sort final* is not proposed, in French; empty when it may be.

    A text that fixes a duration fixes no fate (C. patr. R212-13 has both agreed with the State's archives), and
    an elimination needs a row that the collectivité signed with the opinion of the departmental archives.
    """
    reasons = {
        f"La règle {rule.code} n’est pas validée, ou n’est pas en vigueur.": not rule.is_usable(today),
        "Aucune source ne fixe le sort final : il est à valider.": rule.fate_confidence == UNSOURCED,
        f"La collectivité n’a pas signé la ligne {rule.code} du tableau de gestion : l’élimination "
        "n’est pas proposée.": rule.sort_final is SortFinal.ELIMINATE and rule.signature is None,
    }
    return tuple(reason for reason, is_true in reasons.items() if is_true)


def passed_maximum(
    rule: RetentionRule, due_on: date | None, holds: Sequence[str], *, today: date
) -> str | None:
    """The alert, in French, for the service and the DPO that a longest duration is passed; ``None`` without one.

    Under a hold nothing may go, so there is none.
    """
    if rule.bound is not Bound.MAXIMUM or holds or due_on is None or due_on >= today:
        return None
    return (
        f"Durée maximale dépassée depuis le {in_french(due_on)} (règle {rule.code}, {duration_in_french(rule)}) : "
        "alertez le service producteur et le délégué à la protection des données (DPO)."
    )


def _unsure_terms(rule: RetentionRule, trigger: TriggerFound) -> tuple[str, ...]:
    """What the row itself leaves to a person about the duration."""
    has_term = rule.dua_months is not None or rule.event.kind is TriggerKind.NEVER
    doubts = {
        "La durée n’est pas sûre : sa source manque, se contredit ou n’est qu’un repère.": (
            rule.duration_confidence in UNSURE
        ),
        "La source ne fixe aucun terme : une personne fixe l’échéance.": not has_term
        and trigger.on is not None,
    }
    return tuple(doubt for doubt, is_true in doubts.items() if is_true)


def _needs_person(record: Record, rule: RetentionRule, trigger: TriggerFound) -> bool:
    is_settled = trigger.by_person and (trigger.on is not None or trigger.state is TriggerState.OPEN)
    is_machine_elimination = rule.sort_final is SortFinal.ELIMINATE and confirmed(record, "class") is None
    return rule.sort_final is SortFinal.SELECT or is_machine_elimination or not is_settled


def _due_on(rule: RetentionRule, trigger_on: date | None) -> date | None:
    """The last day of the DUA; ``None`` without a trigger's day, or where the source fixes no term."""
    if trigger_on is None or rule.dua_months is None:
        return None
    return add_months(trigger_on, rule.dua_months)


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
        *(
            f"Gel en cours : {hold}."
            for hold in dict.fromkeys([*holds, *proposal.holds, *record.values("hold")])
        ),
        *(sentence for sentence, is_true in doubts.items() if is_true),
        *_rule_obstacles(record, proposal, today=today),
    ]


def _rule_obstacles(record: Record, proposal: RetentionProposal, *, today: date) -> list[str]:
    rule = proposal.rule
    if rule is None:
        return ["Aucune règle de conservation n’est arrêtée."]
    # the trigger is read again: the proposal may be older than what persons said since
    trigger = find_trigger(record, rule, today=today)
    due_on = _due_on(rule, trigger.on)
    doubts = {
        f"Le sort final n’est pas l’élimination : {_FATES[rule.sort_final]}.": (
            rule.sort_final is not SortFinal.ELIMINATE
        ),
        f"La fin de la DUA ne peut pas être calculée : {UNKNOWN_TRIGGER}.": due_on is None,
        "La date de l’élément déclencheur n’est pas confirmée par une personne.": not trigger.by_person,
        "La proposition n’est plus à jour : relancez le calcul de conservation.": proposal.due_on != due_on,
    }
    over = [f"La DUA court jusqu’au {in_french(due_on)} inclus."] if due_on and due_on >= today else []
    missing = (sentence for sentence, is_true in doubts.items() if is_true)
    return [*why_no_fate(rule, today=today), *missing, *over]
