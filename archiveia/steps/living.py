"""Whether a person named in a record may be living: then nothing links them across records.

No authority, no facet and no profile for people who may be living; unknown counts as living. The number of
years and the public roles are in ``schemas/living_persons.json``, with their source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from archiveia.steps.access_delays import confirmed_day
from archiveia.steps.folding import fold
from archiveia.steps.legal_dates import add_months

if TYPE_CHECKING:
    from datetime import date

    from archiveia.values import Assertion, Record

_REACH = 60
_TITLES = r"(?:mm?|mr|mme|mlle|monsieur|madame|mademoiselle|docteur|dr|me|maitre)\.?"
_BETWEEN = rf"(?:[ \t]*[,:\n][ \t\n]*|[ \t]+)(?:{_TITLES}[ \t]+)?"
_OF_PLACE = r"(?:[ \t]+(?:de[ \t]+la[ \t]+|de[ \t]+l'|de[ \t]+|d'|du[ \t]+|des[ \t]+)[a-z' -]{2,30}?)?"


@dataclass(frozen=True, slots=True)
class LivingRule:
    """After how many years from a document whoever it names is held to be dead, and which roles are public."""

    born_at_most_years_ago: int
    public_roles: tuple[str, ...]


def is_surely_dead(record: Record, rule: LivingRule, *, today: date) -> bool:
    """Whether everybody whom the record names is held to be dead.

    Named, they were born; its last possible day counts, confirmed by a person: a year misread by a
    machine must not make anybody dead. No such day: they may be living.
    """
    last_on = confirmed_day(record, "date", today=today)
    return last_on is not None and add_months(last_on, 12 * rule.born_at_most_years_ago) < today


def has_public_role(text: str, start: int, end: int, rule: LivingRule) -> bool:
    """Whether the text gives a public role to the name ``text[start:end]``, right beside it.

    *M. DURAND, maire*; *le préfet MARTIN*; *Le Maire,* and the name under it. A role farther away may be another's.
    """
    before, after = _patterns(rule.public_roles)
    folded = fold(text[max(0, start - _REACH) : start]), fold(text[end : end + _REACH])
    return bool(before.search(folded[0]) or after.match(folded[1]))


@cache
def _patterns(roles: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    longest_first = sorted((fold(role) for role in roles), key=len, reverse=True)
    role = "(?:" + "|".join(r"[ \t]+".join(map(re.escape, r.split())) for r in longest_first) + ")"
    before = re.compile(
        rf"(?<![a-z])(?:le|la|l'|monsieur le|madame la|madame le)[ \t]*{role}{_OF_PLACE}{_BETWEEN}$"
    )
    after = re.compile(rf"[ \t]*,[ \t\n]*(?:(?:le|la|l'|ancien|ancienne)[ \t]*)?{role}(?![a-z-])")
    return before, after


def may_be_known(record: Record, mention: Assertion, rule: LivingRule, *, today: date) -> bool:
    """Whether a person named there may be linked to other records: surely dead, or in a public role there."""
    if is_surely_dead(record, rule, today=today):
        return True
    span = mention.evidence
    page = next((p for p in record.pages if span and p.number == span.page), None)
    if span is None or page is None or page.text[span.start : span.end] != span.text:
        return False
    return has_public_role(page.text, span.start, span.end, rule)
