"""Whether reading a record asks for a reason: what it holds of a person's health, private life or affairs in court."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from archiveia.steps.confirmed import confirmed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archiveia.values import DocumentClass, Record, RetentionRule


@dataclass(frozen=True, slots=True)
class Sensitive:
    """What is sensitive: levels of personal data, categories of access with their nature; reasons to read it."""

    personal_data: frozenset[str]
    natures: Mapping[str, str]
    reasons: Mapping[str, str]


def why_sensitive(
    record: Record,
    classes: Mapping[str, DocumentClass],
    schedule: Mapping[str, RetentionRule],
    sensitive: Sensitive,
    *,
    today: date,
) -> str | None:
    """In French, why reading this record asks for a reason; ``None`` when it does not.

    Proposals of a machine count: it may close. What the law lets anyone read asks for none. A class counts when a
    row of the schedule that it may fall under holds sensitive data, or when every category of access that it may
    have is a sensitive one: a class that is mostly open is not, until its record has such a category.
    """
    if _is_open(record, today):
        return None
    chosen = confirmed(record, "access_category")
    if chosen is not None and chosen.value in sensitive.natures:
        return f"catégorie {chosen.value} ({sensitive.natures[chosen.value]})"
    known = classes.get(record.value("class") or "")
    rule = record.value("retention_rule")
    codes = (rule,) if rule else known.retention_codes if known else ()
    if any(code in schedule and schedule[code].personal_data in sensitive.personal_data for code in codes):
        return "données sensibles au sens du RGPD (art. 9 et 10), selon le tableau de gestion"
    ids = known.access_categories if known else ()
    if chosen is None and ids and all(i in sensitive.natures for i in ids):
        return f"catégories {', '.join(ids)} ({', '.join(dict.fromkeys(sensitive.natures[i] for i in ids))})"
    return None


def _is_open(record: Record, today: date) -> bool:
    """The law lets anyone read it, from dates that persons confirmed."""
    opens_on = (record.value("access") or {}).get("opens_on")
    return opens_on is not None and date.fromisoformat(opens_on) <= today
