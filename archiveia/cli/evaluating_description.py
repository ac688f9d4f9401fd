"""``evaluate dates``: how many written forms of dates the rules read right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.cli.output import print_json, print_table
from archiveia.cli.working import FINE
from archiveia.pipeline.evaluating_dates import evaluate_dates

if TYPE_CHECKING:
    import argparse

    from archiveia.values import Json


def dates(args: argparse.Namespace) -> int:
    """Read the forms, compare them with what they mean; the shares on stdout."""
    found = evaluate_dates(args.file).as_json()
    if args.json:
        print_json({"file": str(args.file), **found})
        return FINE
    kinds = [(kind or "(none)", *_row(share)) for kind, share in found["kinds"].items()]
    wholes = [("all but OCR", *_row(found["exact"])), ("OCR", *_row(found["ocr"]))]
    print_table(("kind", "forms", "right", "share", "95 %"), [*kinds, *wholes])
    print_table(
        ("line", "text", "expected", "found"),
        [(f["line"], f["text"], f["expected"], f["found"]) for f in found["wrong"]],
    )
    return FINE


def _row(share: Json) -> tuple[object, ...]:
    if share["share"] is None:
        return 0, 0, "", ""
    return (
        share["forms"],
        share["right"],
        f"{share['share']:.1%}",
        f"{share['low']:.1%} to {share['high']:.1%}",
    )
