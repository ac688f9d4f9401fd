"""Eliminations from a terminal: dry runs, drafts, where they stand. Nothing is destroyed here: that takes the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import print_json, print_table
from archiveia.cli.parser.arguments import who
from archiveia.edges import database
from archiveia.edges.database import eliminations
from archiveia.pipeline import eliminating
from archiveia.settings import read_settings
from archiveia.steps.eliminate_lines import as_json, quantity
from archiveia.steps.eliminate_standing import LABELS, STAGES, next_acts
from archiveia.values.eliminations import Hand, Support
from archiveia.values.people import person_key

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from archiveia.values.eliminations import Line

_HEADS = ("line", "title", "rule", "dates", "DUA", "legal basis", "quantity")


def listing(args: argparse.Namespace) -> int:
    """The elimination lists, newest first, and where they stand."""
    with (
        pipeline.open_edges(read_settings(), must_exist=True) as edges,
        database.reading(edges.database) as connection,
    ):
        found = eliminations.listing(connection, edges.entity)
    rows = [(e.number, e.service, STAGES[e.stage], e.created_at.isoformat(timespec="seconds")) for e in found]
    heads = ("number", "service", "stage", "drafted at")
    if args.json:
        print_json([dict(zip(heads, row, strict=True)) for row in rows])
    else:
        print_table(heads, rows)
    return 0


def dry_run(args: argparse.Namespace) -> int:
    """What of these records could be put on a list today, and what stands against the others."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        found = eliminating.dry_run(args.records, Support(args.support), edges)
        lacks = eliminating.lacks(found, edges)
    if args.json:
        told = [{"title": one.title, "records": [r.id for r in one.records]} for one in found.lines]
        print_json({"lines": told, "stays": found.stays, "lacks": lacks})
        return 0
    print_table(_HEADS, _rows(found.lines))
    for record, reasons in found.stays.items():
        print("\n".join(f"{record}: {reason}" for reason in reasons))
    print("\n".join(lacks))
    return 0


def draft(args: argparse.Namespace) -> int:
    """Draft a list; the desk issues it."""
    name = who(args)
    hand = Hand(None, person_key(name), name)
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        made = eliminating.draft(
            args.records, support=Support(args.support), service=args.service, by=hand, edges=edges
        )
        known, _here = eliminating.load(made, edges)
    print(f"{known.number}: drafted; complete and issue it on the desk (/bureau/eliminations/{known.id})")
    return 0


def status(args: argparse.Namespace) -> int:
    """Where a list stands: its lines, what was done, what comes next, what stands against it."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        found = eliminating.status(args.number, edges)
    here, list_ = found.standing, found.standing.bordereau
    if args.json:
        print_json(
            {
                "number": found.elimination.number,
                "stage": here.stage,
                "sha256": here.seal,
                "next": next_acts(here),
                "against": found.against,
                "list": as_json(list_) if list_ else None,
                "events": [{"act": e.act, "at": e.at, "by": e.by.name} for e in found.elimination.events],
            }
        )
        return 0
    print(f"{found.elimination.number}, {found.elimination.service}: {STAGES[here.stage]}")
    print_table(_HEADS, _rows(list_.lines if list_ else ()))
    print_table(
        ("when", "who", "what"),
        [(e.at.isoformat(timespec="seconds"), e.by.name, LABELS[e.act]) for e in found.elimination.events],
    )
    print("next: " + (", ".join(LABELS[act] for act in next_acts(here)) or "nothing"))
    for record, reasons in found.against.items():
        print("\n".join(f"{record}: {reason}" for reason in reasons))
    return 0


def _rows(lines: Sequence[Line]) -> list[tuple[object, ...]]:
    return [
        (one.number, one.title, one.rule, one.extreme_dates, one.dua, one.legal_basis, quantity(one))
        for one in lines
    ]
