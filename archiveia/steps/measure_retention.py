"""How good predicted rules are, and the one error that matters: an elimination that is wrongly proposed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.stats import beta

from archiveia.steps.measure_classes import Answer, measure, proportion_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import Json

CONFIDENCE = 0.95
_SEED = 1
_TOP = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """One document: what it is, and what was said of it.

    ``rule`` is ``None`` where only the fate is known. ``may_go``: its true rule allows elimination (sort final E,
    with a source, of a row that may be signed); ``is_kept``: its true fate is C or T.
    """

    id: str
    rule: str | None
    may_go: bool
    is_kept: bool
    ranked: tuple[tuple[str, float], ...]
    proposed_for_e: bool


def upper_bound(wrong: int, of: int, confidence: float = CONFIDENCE) -> float | None:
    """The one-sided upper bound of a share (Clopper and Pearson, 1934); ``None`` of nothing."""
    if not of:
        return None
    return 1.0 if wrong >= of else float(beta.ppf(confidence, wrong + 1, of - wrong))


def measure_retention(judged: Sequence[Judged]) -> Json:
    """Every figure, as JSON; of rules only where the documents' rule is known."""
    known = [j for j in judged if j.rule is not None]
    return {
        "documents": len(judged),
        "rules": _rules(known) if known else None,
        "elimination": _elimination(judged),
    }


def _rules(known: Sequence[Judged]) -> Json:
    answers = [
        Answer(str(j.rule), j.ranked[0][0], j.ranked[0][1], decided=True)
        if j.ranked
        else Answer(str(j.rule), None, 0.0, decided=False)
        for j in known
    ]
    figures = measure(answers, seed=_SEED)
    among = sum(j.rule in [code for code, _ in j.ranked[:_TOP]] for j in known)
    return {
        **{name: figures[name] for name in ("accuracy", "accuracy_interval", "ece", "reliability")},
        "coverage_at_precision_95": figures["coverage_at_precision_95"],
        "among_first_three": among / len(known),
        "silent": sum(not j.ranked for j in known),
    }


def _elimination(judged: Sequence[Judged]) -> Json:
    proposed = [j for j in judged if j.proposed_for_e]
    wrong = [j for j in proposed if not j.may_go]
    kept = [j for j in judged if j.is_kept]
    wrongly = [j for j in wrong if j.is_kept]
    may_go = [j for j in judged if j.may_go]
    right = sum(j.proposed_for_e for j in may_go)
    return {
        "proposed": len(proposed),
        "wrong_among_proposed": len(wrong),
        "wrong_among_proposed_upper": upper_bound(len(wrong), len(proposed)),
        "kept": len(kept),
        "wrong_among_kept": len(wrongly),
        "wrong_among_kept_upper": upper_bound(len(wrongly), len(kept)),
        "may_go": len(may_go),
        "recall": right / len(may_go) if may_go else None,
        "recall_interval": proportion_interval(right, len(may_go)) if may_go else None,
        "wrong": [{"id": j.id, "rule": j.rule, "said": j.ranked[0][0]} for j in wrong],
    }
