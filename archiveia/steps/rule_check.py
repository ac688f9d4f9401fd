"""What is wrong, or left open, in the logic of a retention schedule whose rows have the right shape."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from archiveia.steps.retain_rows import HEARSAY, UNMAPPED, UNSOURCED
from archiveia.values import Bound, SortFinal, TriggerKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archiveia.values import DocumentClass, RetentionRule


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a schedule; an error keeps it from being used. ``line`` is that of its file."""

    is_error: bool
    line: int | None
    says: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.says}" if self.line else self.says


def check_rules(
    rows: Sequence[tuple[int, RetentionRule]],
    wordings: Mapping[str, str],
    classes: Sequence[DocumentClass] = (),
) -> list[Finding]:
    """Every error and remark about these rows, in the order of the file; then those about the classes."""
    found = [finding for line, rule in rows for finding in _about(line, rule, wordings)]
    by_code: dict[str, list[tuple[int, RetentionRule]]] = defaultdict(list)
    for line, rule in rows:
        by_code[rule.code].append((line, rule))
    for same in by_code.values():
        found += _periods(sorted(same, key=lambda row: row[1].valid_from or date.min))
    return [*sorted(found, key=lambda f: f.line or 0), *_about_classes(classes, by_code)]


def _about(line: int, rule: RetentionRule, wordings: Mapping[str, str]) -> Iterator[Finding]:
    kind, mapped = rule.event.kind, wordings.get(rule.trigger)
    errors = {
        f"the trigger {rule.trigger!r} is {mapped} in schemas/triggers.json, not {rule.event.code}": (
            mapped is not None and mapped != rule.event.code
        ),
        f"{rule.code} is valid until a day before it begins": (
            (rule.valid_from or date.min) > (rule.valid_until or date.max)
        ),
        f"{rule.code} has a longest duration without a number of months": (
            rule.bound is Bound.MAXIMUM and rule.dua_months is None
        ),
        f"{rule.code} counts months from a trigger that never comes": (
            kind is TriggerKind.NEVER and rule.dua_months is not None
        ),
        f"{rule.code} eliminates what its trigger keeps for ever": (
            kind is TriggerKind.NEVER and rule.sort_final is SortFinal.ELIMINATE
        ),
        f"{rule.code} is sure of what its source ({HEARSAY}...) does not say": (
            rule.source.startswith(HEARSAY)
            and {rule.duration_confidence, rule.fate_confidence} != {UNSOURCED}
        ),
        f"{rule.code} is active without a source": (
            rule.active and rule.duration_confidence == rule.fate_confidence == UNSOURCED
        ),
    }
    remarks = {
        f"{rule.code}: {rule.trigger!r} is not one event ({UNMAPPED}), its day will stay unknown": (
            rule.active and kind is TriggerKind.UNMAPPED
        ),
        f"{rule.code}: no source for its elimination, which will not be proposed": (
            rule.active and rule.sort_final is SortFinal.ELIMINATE and rule.fate_confidence == UNSOURCED
        ),
    }
    yield from (Finding(is_error=True, line=line, says=s) for s, is_true in errors.items() if is_true)
    yield from (Finding(is_error=False, line=line, says=s) for s, is_true in remarks.items() if is_true)


def _periods(same: Sequence[tuple[int, RetentionRule]]) -> Iterator[Finding]:
    """Rows of one code follow one another: twice on one day is an error, a day without one is told."""
    for (first_line, first), (line, rule) in pairwise(same):
        until, begins = first.valid_until or date.max, rule.valid_from or date.min
        if begins <= until:
            yield Finding(
                is_error=True, line=line, says=f"{rule.code} is also on line {first_line} for the same days"
            )
        elif until + timedelta(days=1) < begins:
            says = f"{rule.code} has no rule between {until} and {begins}"
            yield Finding(is_error=False, line=line, says=says)


def _about_classes(
    classes: Sequence[DocumentClass], by_code: Mapping[str, Sequence[tuple[int, RetentionRule]]]
) -> Iterator[Finding]:
    for known in classes:
        for code in known.retention_codes:
            if code not in by_code:
                says = f"class {known.code} names the rule {code}, which does not exist"
                yield Finding(is_error=True, line=None, says=says)
        usable = [c for c in known.retention_codes if any(r.active for _, r in by_code.get(c, ()))]
        if not usable:
            yield Finding(is_error=False, line=None, says=f"class {known.code} has no active rule")
    if classes:
        ruled = {code for known in classes for code in known.retention_codes}
        idle = [code for code in by_code if code not in ruled]
        if idle:
            says = f"{len(idle)} rules belong to no class and are chosen by hand: {', '.join(idle)}"
            yield Finding(is_error=False, line=None, says=says)
