"""``evaluate dedup``: how well pages that are alike are found, and told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.cli.output import print_json, print_table
from archiveia.cli.working import FINE
from archiveia.pipeline.evaluating_dedup import evaluate_dedup
from archiveia.settings import read_settings
from archiveia.values import Relation

if TYPE_CHECKING:
    import argparse

    from archiveia.values import Json


def dedup(args: argparse.Namespace) -> int:
    """Find the pairs of the folder's texts, compare them with the known ones; the figures on stdout."""
    found = evaluate_dedup(args.folder, read_settings())
    if args.json:
        print_json(found)
        return FINE
    rows = [
        (name, *_row(figures)) for name, figures in (("archiveia", found), ("equal letters", found["rules"]))
    ]
    print_table(("", "pairs", "precision (95 %)", "recall (95 %)", "copies", "acts merged", "seconds"), rows)
    print()
    columns = [*Relation, "none"]
    print_table(
        ("pairs", *columns),
        [(kind, *(counts.get(c, "") for c in columns)) for kind, counts in found["relations"].items()],
    )
    if found["too_short"]:
        print(f"{found['too_short']} of {found['texts']} texts are too short to be compared")
    return FINE


def _row(figures: Json) -> tuple[object, ...]:
    merged = figures["templates"]
    return (
        figures["pairs"],
        _share(figures, "precision"),
        _share(figures, "recall"),
        figures["copies"]["proposed"],
        f"{merged['merged']} of {merged['pairs']}",
        f"{figures['seconds']:.1f}",
    )


def _share(figures: Json, name: str) -> str:
    if figures[name] is None:
        return ""
    return f"{figures[name]:.3f} ({figures[f'{name}_low']:.3f} to {figures[f'{name}_high']:.3f})"
