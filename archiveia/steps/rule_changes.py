"""What one version of a retention schedule changes of another, rule by rule and cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.retain_rows import row_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiveia.values import RetentionProposal, RetentionRule


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell of a rule, before and after."""

    code: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """The codes that are new and those that are gone, and every cell that differs in the rest."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    cells: tuple[CellChange, ...]

    @property
    def codes(self) -> set[str]:
        """Every rule that is touched."""
        return {*self.added, *self.removed, *(cell.code for cell in self.cells)}


def rule_changes(before: Iterable[RetentionRule], after: Iterable[RetentionRule]) -> RuleChanges:
    """What ``after`` changes of ``before``. Rows of one code are told apart by the day they begin."""
    old = {(rule.code, rule.valid_from): row_of(rule) for rule in before}
    new = {(rule.code, rule.valid_from): row_of(rule) for rule in after}
    cells = tuple(
        CellChange(key[0], column, old[key][column], value)
        for key, row in new.items()
        if key in old
        for column, value in row.items()
        if old[key][column] != value
    )
    return RuleChanges(
        added=tuple(dict.fromkeys(code for code, day in new if (code, day) not in old)),
        removed=tuple(dict.fromkeys(code for code, day in old if (code, day) not in new)),
        cells=cells,
    )


def differs(one: RetentionProposal, other: RetentionProposal) -> bool:
    """Whether two proposals for a record say something else: the rule, the end, the fate."""

    def said(proposal: RetentionProposal) -> tuple[object, ...]:
        code = proposal.rule.code if proposal.rule else None
        return code, proposal.candidates, proposal.due_on, proposal.fate, proposal.to_review

    return said(one) != said(other)
