"""Which rule of the schedule applies to a record: the one a person chose, else the only one of its class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.confirmed import best, by_person, confirmed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from archiveia.values import DocumentClass, RankedRule, Record, RetentionRule

_SPOKEN_FOR = 3
"""Of the rules that a text speaks for, those that are offered."""
_MOST_SAID = 0.99
"""What is computed is never called certain."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule that applies, or the candidates among which a person chooses."""

    rule: RetentionRule | None = None
    candidates: tuple[str, ...] = ()
    to_review: bool = True
    why: tuple[str, ...] = ()


def choose_rule(
    record: Record,
    classes: Mapping[str, DocumentClass],
    schedule: Mapping[str, RetentionRule],
    *,
    today: date,
    ranked: Sequence[RankedRule] = (),
) -> Choice:
    """The rule a person chose; else the only usable rule of the class, or the one of several that the text speaks for.

    ``ranked`` are the rules that the text speaks for, best first.
    """
    chosen = confirmed(record, "retention_rule")
    if chosen is not None:
        return _chosen(str(chosen.value), schedule, today)
    assertion = best(record, "class")
    if assertion is None:
        unknown = "Classe inconnue : une personne doit classer la pièce."
        return Choice(candidates=_ordered((), ranked, schedule), why=(unknown,))
    known = classes.get(str(assertion.value))
    if known is None:
        return Choice(why=(f"La classe « {assertion.value} » n’existe pas dans le plan de classement.",))
    who = "confirmée par une personne" if by_person(assertion) else "proposée par calcul"
    says = f"Classe « {known.label} » {who}."
    if record.value("class_to_review") is True and not by_person(assertion):
        why = (says, "Le classement est incertain : une personne doit le confirmer avant toute règle.")
        return Choice(candidates=_ordered(known.retention_codes, ranked, schedule), why=why)
    return _of_class(known, schedule, says, today, ranked)


def _chosen(code: str, schedule: Mapping[str, RetentionRule], today: date) -> Choice:
    rule = schedule.get(code)
    if rule is None:
        return Choice(why=(f"La règle choisie « {code} » n’existe pas dans le tableau de gestion.",))
    usable = rule.is_usable(today)
    note = "" if usable else ", mais non validée ou périmée (règle désactivée du tableau)"
    return Choice(rule, to_review=not usable, why=(f"Règle choisie par une personne{note}.",))


def _ordered(
    codes: Sequence[str], ranked: Sequence[RankedRule], schedule: Mapping[str, RetentionRule]
) -> tuple[str, ...]:
    """Candidates, those that the text speaks for first."""
    spoken = [r.code for r in ranked[:_SPOKEN_FOR] if r.code in schedule]
    return tuple(dict.fromkeys((*spoken, *codes)))


def _of_class(
    known: DocumentClass,
    schedule: Mapping[str, RetentionRule],
    says: str,
    today: date,
    ranked: Sequence[RankedRule],
) -> Choice:
    usable = [schedule[c] for c in known.retention_codes if c in schedule and schedule[c].is_usable(today)]
    idle = tuple(c for c in known.retention_codes if c not in schedule or not schedule[c].is_usable(today))
    if not known.retention_codes:
        why = (says, "Aucune règle du tableau de gestion n’est liée à cette classe.")
        return Choice(candidates=_ordered((), ranked, schedule), why=why)
    if not usable:
        said = f"Aucune règle validée ({', '.join(idle)} à valider) : une personne décide."
        return Choice(candidates=known.retention_codes, why=(says, said))
    if len(usable) > 1:
        codes = tuple(rule.code for rule in usable)
        several = f"Plusieurs règles sont possibles ({', '.join(codes)}) : une personne choisit."
        best_of = next((r for r in ranked if r.code in codes), None)
        if best_of is not None and best_of.is_sure:
            chance = min(best_of.probability, _MOST_SAID)
            likely = f"Le texte parle pour {best_of.code} (probabilité {chance:.2f})."
            return Choice(schedule[best_of.code], why=(says, several, likely))
        among = [r for r in ranked if r.code in codes]
        return Choice(candidates=_ordered(codes, among, schedule), why=(says, several))
    others = (f"Autres règles possibles, non validées : {', '.join(idle)}.",) if idle else ()
    return Choice(usable[0], to_review=bool(idle), why=(says, *others))
