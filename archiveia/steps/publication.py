"""From when a record is online: communicable is not published, and only a person's decision publishes.

Which class of data goes with which category, and after how many years, is in ``schemas/publication.json``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from archiveia.steps.legal_dates import add_months, in_french
from archiveia.values import PublicationState, TakedownReason, ThirdPartyRights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from archiveia.values import AccessRule, AccessState, DataClass, PublicationDecision

TAKEDOWN_REASONS = {
    TakedownReason.PRIVACY: "vie privée ou droit d’opposition",
    TakedownReason.RIGHTS: "droits de tiers",
    TakedownReason.ORDER: "décision de justice ou d’une autorité",
    TakedownReason.MISTAKE: "publié par erreur",
    TakedownReason.CHANGED: "ses pages ou son texte ont changé depuis : à publier de nouveau",
}
"""Why a unit was taken off the web, in French."""

NOT_DECIDED = "Aucune décision de mise en ligne : être communicable n’est pas être publié (CRPA L312-1-2)."
RIGHTS_UNSTATED = (
    "Droits de tiers non indiqués : rien n’est mis en ligne sans qu’une personne les dise (CRPA L311-4)."
)
RIGHTS_BLOCKED = "Des droits de tiers s’opposent à la mise en ligne (CRPA L311-4)."
DATA_UNSTATED = "Classe de données non indiquée : une personne dit quelles données personnelles s’y trouvent."


def publication_of(
    access: AccessState,
    rule: AccessRule | None,
    decisions: Sequence[PublicationDecision],
    data_classes: Mapping[str, DataClass],
    *,
    practice: str = "",
) -> PublicationState:
    """From when a record is online, and why.

    Args:
        access: when it is communicable.
        rule: the row of its category; ``None`` when it is not known.
        decisions: the newest one on the piece and on each unit above it, the nearest first. The nearest
            governs; a takedown, or rights that stand against it, on any level closes.
        data_classes: the closed list, by code.
        practice: the practice that this installation follows beside the law (``au-029``), or none.
    """
    taken_down = next((d for d in decisions if not d.published), None)
    decision = taken_down or next(iter(decisions), None)
    refusal = _refusal(decision, decisions) or _why_not(decision, rule, data_classes, practice)
    if refusal is not None or decision is None or rule is None:
        return PublicationState(None, decision, (refusal or NOT_DECIDED,))
    data_class = data_classes[str(decision.data_class)]
    if access.opens_on is None:
        return PublicationState(None, decision, ("Pas encore communicable : rien n’est mis en ligne.",))
    died_on = access.died_on if rule.online in data_class.years_after_death else None
    years = (data_class.years_after_death if died_on else data_class.years_after)[rule.online]
    start_on = died_on or access.last_on
    if years and start_on is None:
        undated = "La date du dossier n’est pas confirmée : le délai de mise en ligne ne peut être compté."
        return PublicationState(None, decision, (undated,))
    online_on = access.opens_on
    if start_on and (years or died_on):
        online_on = max(online_on, add_months(start_on, 12 * years) + timedelta(days=1))
    why = _why(decision, data_class, _waited(years, died_on), online_on)
    return PublicationState(online_on, decision, why)


def _refusal(decision: PublicationDecision | None, decisions: Sequence[PublicationDecision]) -> str | None:
    """What stands against publication whatever the category of the record."""
    if decision is None:
        return NOT_DECIDED
    if not decision.published:
        reason = TAKEDOWN_REASONS[decision.reason] if decision.reason else "motif non indiqué"
        return f"Retiré par {decision.decided_by} : {reason}."
    if any(d.rights is ThirdPartyRights.BLOCKED for d in decisions):
        return RIGHTS_BLOCKED
    if decision.rights is None:
        return RIGHTS_UNSTATED
    return None


def _why_not(
    decision: PublicationDecision | None,
    rule: AccessRule | None,
    data_classes: Mapping[str, DataClass],
    practice: str,
) -> str | None:
    """Why the category of the record does not go online with the class of data that the decision names."""
    if rule is None:
        return "Catégorie de communicabilité inconnue : rien n’est mis en ligne."
    if rule.online == "never":
        return f"Catégorie {rule.id} « {rule.category} » : jamais en ligne ({rule.online_words})."
    data_class = data_classes.get(decision.data_class) if decision and decision.data_class else None
    if data_class is None:
        return DATA_UNSTATED
    if data_class.practice not in (None, practice):
        return f"« {data_class.label} » : cette pratique n’est pas suivie ici."
    if rule.online not in data_class.years_after:
        return (
            f"Catégorie {rule.id} « {rule.category} » : « {data_class.label} » ne suffit pas "
            f"({rule.online_words})."
        )
    return None


def _waited(years: int, died_on: date | None) -> str:
    if died_on:
        after = f"le décès de la seule personne concernée, donné par une personne ({in_french(died_on)})"
        return f", {years} ans après {after}" if years else f", après {after}"
    return f", {years} ans après le dernier document du dossier" if years else ""


def _why(
    decision: PublicationDecision, data_class: DataClass, waited: str, online_on: date
) -> tuple[str, ...]:
    law = "pratique, et non règle de droit" if data_class.practice else data_class.source
    rights = (
        "droits de tiers levés" if decision.rights is ThirdPartyRights.CLEARED else "sans droits de tiers"
    )
    return (
        f"Publication décidée par {decision.decided_by} : {data_class.label}, {rights}.",
        f"En ligne à partir du {in_french(online_on)}{waited} ({law}).",
    )
