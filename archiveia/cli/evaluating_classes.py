"""``evaluate classify`` and ``evaluate agreement``: what is proposed, beside what people gave."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import print_json, print_table, progress
from archiveia.cli.working import FINE
from archiveia.pipeline.agreeing import class_agreement
from archiveia.pipeline.evaluating_classes import evaluate_classify
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse

    from archiveia.values import Json

_FIGURES = ("accuracy", "macro_f1", "ece", "coverage_at_precision_95")


def classify(args: argparse.Namespace) -> int:
    """Classify the texts, compare with the classes that people gave; the figures on stdout."""
    with progress() as tell:
        found = evaluate_classify(
            args.folder,
            read_settings(),
            without_labels=args.zero_shot,
            labels_per_class=args.labels_per_class,
            progress=tell,
        )
    if args.json:
        print_json(found)
    else:
        _print(found)
    return FINE


def agreement(args: argparse.Namespace) -> int:
    """The proposed classes and retention rules beside those that reviewers gave here; the figures on stdout."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        found = class_agreement(edges).as_json()
    if args.json:
        print_json(found)
        return FINE
    _print_agreement("class", "classes given", found)
    print()
    _print_agreement("rule", "rules given", found["rules"])
    print()
    share = f"{found['blind_share']:.0%} of the records"
    print(
        f"shown without a proposal: {share}, {found['waiting']} waiting for a class; as many others without a rule"
    )
    return FINE


def _print_agreement(what: str, given: str, found: Json) -> None:
    """How good the proposals of one kind are, and what became of those that were seen."""
    blind = found["blind"]
    print_table(
        (given, "records", "right", "95 %", "decided alone", "of these right", "calibration error"),
        [
            (
                "without the proposal",
                blind["texts"],
                _percent(blind["accuracy"]),
                _between(blind["accuracy_interval"]),
                _percent(blind["abstention"]["coverage"]),
                _percent(blind["abstention"]["precision"]),
                _percent(blind["ece"]),
            )
        ]
        if blind
        else [],
    )
    if blind:
        print()
        _print_classes(blind, what)
    print(
        f"proposals seen: {found['accepted']} confirmed, {found['corrected']} corrected "
        "(no measure: who confirms leans towards the machine)"
    )


def _print(found: Json) -> None:
    print_table(("figure", found["classifier"], "95 %", "rules alone", "95 %"), _figures(found))
    print()
    _print_classes(found)
    if found["undescribed"]:
        print(
            f"only their names describe: {', '.join(found['undescribed'])} (write labels.json)",
            file=sys.stderr,
        )


def _print_classes(found: Json, what: str = "class") -> None:
    """Class by class (or rule by rule), then what was claimed beside what was right."""
    print_table(
        (what, "texts", "precision", "95 %", "recall", "95 %"),
        [
            (
                row["class"],
                row["texts"],
                _percent(row["precision"]),
                _between(row["precision_interval"]),
                _percent(row["recall"]),
                _between(row["recall_interval"]),
            )
            for row in found["per_class"]
        ],
    )
    print()
    print_table(
        ("probability", "texts", "claimed", "right"),
        [
            (f"{b['from']:.1f} to {b['to']:.1f}", b["texts"], _percent(b["claimed"]), _percent(b["right"]))
            for b in found["reliability"]
        ],
    )


def _figures(found: Json) -> list[tuple[object, ...]]:
    rules = found["rules"]
    rows: list[tuple[object, ...]] = [
        (
            name,
            _percent(found[name]),
            _between(found["intervals"][name]),
            _percent(rules[name]),
            _between(rules["intervals"][name]),
        )
        for name in _FIGURES
    ]
    alone = [
        (
            f"decided alone: {name}",
            _percent(found["abstention"][name]),
            _between(found["abstention"].get(f"{name}_interval")),
            _percent(rules["abstention"][name]),
            _between(rules["abstention"].get(f"{name}_interval")),
        )
        for name in ("coverage", "precision", "right")
    ]
    costs = [
        (name, _cost(found["cost"], name), "", _cost(rules["cost"], name), "")
        for name in ("seconds", "cpu_seconds", "energy_joules")
    ]
    return [*rows, *alone, *costs]


def _cost(cost: Json, name: str) -> str:
    """Learning and answering together; empty where the machine does not count it."""
    parts = [cost[step][name] for step in ("learning", "answering")]
    return "" if None in parts else f"{sum(parts):.1f}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _between(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{interval[0]:.1%} to {interval[1]:.1%}"
