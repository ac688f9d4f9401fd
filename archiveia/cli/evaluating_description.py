"""``evaluate dates`` and ``evaluate entities``: how much of what people read in texts the machine reads."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from archiveia.cli.output import print_json, print_table, progress
from archiveia.cli.working import FINE
from archiveia.pipeline.evaluating_dates import evaluate_dates
from archiveia.pipeline.evaluating_entities import evaluate_entities
from archiveia.pipeline.training_entities import train_entities

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


def entities(args: argparse.Namespace) -> int:
    """Find the names of the texts, compare them with the marked ones; F1 on stdout."""
    with progress() as tell:
        found = evaluate_entities(args.folder, tell, folds=args.folds)
    readings = [evaluation.as_json() for evaluation in found]
    if args.json:
        print_json({"corpus": readings[0]["corpus"], "folds": args.folds, "readings": readings})
        return FINE
    rows = [
        (
            reading["reading"] or reading["corpus"],
            system,
            field,
            scores["strict"][field]["true"],
            *(_f1(scores[kind][field]) for kind in ("strict", "fuzzy")),
            f"{scores['seconds']:.1f}" if field == "all" else "",
        )
        for reading in readings
        for system, scores in reading["systems"].items()
        for field in ("all", *reading["names"])
    ]
    print_table(
        ("reading", "system", "field", "names", "strict F1 (95 %)", "fuzzy F1 (95 %)", "seconds"), rows
    )
    for reading in readings:
        if reading["seen_texts"]:
            print(
                f"{reading['seen_texts']} of {reading['texts']} texts were learned from: "
                "their score is no measure, use --folds",
                file=sys.stderr,
            )
    return FINE


def _f1(score: Json) -> str:
    if score["f1"] is None:
        return ""
    between = "" if score["low"] is None else f" ({score['low']:.3f} to {score['high']:.3f})"
    return f"{score['f1']:.3f}{between}"


def train(args: argparse.Namespace) -> int:
    """Learn from the marked texts of each folder; the weights that were written on stdout."""
    made = [train_entities(folder, args.out) for folder in args.folders]
    rows = [(m.weights.name, m.texts, m.names, m.bytes, f"{m.seconds:.0f}") for m in made]
    print_table(("weights", "texts", "names", "bytes", "seconds"), rows)
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
