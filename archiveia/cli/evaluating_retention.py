"""``evaluate retention``: how good predicted rules are, and how often elimination is wrongly proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.cli.output import print_json, print_table, progress
from archiveia.cli.working import FINE
from archiveia.pipeline.evaluating_retention import evaluate_retention
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse

    from archiveia.values import Json


def retention(args: argparse.Namespace) -> int:
    """Predict the rule of each document, compare it with the one that people gave; the figures on stdout."""
    with progress() as tell:
        found = evaluate_retention(args.folder, read_settings(), progress=tell)
    if args.json:
        print_json(found)
        return FINE
    both = (found, found["by_class"])
    print_table(
        ("elimination", "predicted rule", "class alone"),
        [
            (label, *(_elimination(figures["elimination"], name) for figures in both))
            for label, name in _ELIMINATION
        ],
    )
    if found["rules"]:
        print()
        print_table(
            ("rule", "predicted rule", "class alone"),
            [(label, *(_share(figures["rules"][name]) for figures in both)) for label, name in _RULES],
        )
    if found["elimination"]["wrong"]:
        print()
        rows = [(w["id"], w["rule"] or "", w["said"]) for w in found["elimination"]["wrong"]]
        print_table(("wrongly proposed for E", "is", "taken for"), rows)
    return FINE


_ELIMINATION = (
    ("proposed for E", "proposed"),
    ("wrongly, of these", "wrong_among_proposed"),
    ("at most (95 %)", "wrong_among_proposed_upper"),
    ("true C and T", "kept"),
    ("wrongly proposed, of these", "wrong_among_kept"),
    ("at most (95 %)", "wrong_among_kept_upper"),
    ("true E", "may_go"),
    ("proposed, of these", "recall"),
)
_RULES = (
    ("right rule first", "accuracy"),
    ("right rule among three", "among_first_three"),
    ("calibration error", "ece"),
    ("decided at 95 % precision", "coverage_at_precision_95"),
)


def _elimination(figures: Json, name: str) -> str:
    value = figures[name]
    return str(value) if isinstance(value, int) else _share(value)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2%}"
