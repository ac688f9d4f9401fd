"""``archiveia own-data ...``: what the service keeps of those who ask and work, past its row of the schedule."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import print_json, print_table
from archiveia.cli.parser.arguments import who
from archiveia.pipeline import own_data
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse


def listing(args: argparse.Namespace) -> int:
    """How many are past their row, and what keeps them from being purged."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        found = own_data.own_data(edges)
    if args.json:
        print_json([asdict(one) for one in found])
        return 0
    print_table(
        ("code", "data", "rule", "past", "why none is purged"),
        [(one.code, one.data, one.rule, one.past, " ".join(one.why_not)) for one in found],
    )
    return 0


def purge(args: argparse.Namespace) -> int:
    """They are blanked with ``--yes``, and counted without."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        if args.yes:
            count = own_data.purge(args.code, visa=args.visa or "", actor=who(args), edges=edges)
            print(f"{count} purged")
            return 0
        one = own_data.kind_of(args.code, edges)
    print(f"{one.past} would be purged; add --visa REFERENCE and --yes to do it")
    for reason in one.why_not:
        print(f"not yet: {reason}")
    return 0
