"""What people decide from a terminal: values, publication, arrangement, elimination."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import print_json, print_table
from archiveia.cli.parser.arguments import who
from archiveia.edges import database
from archiveia.edges.database import decisions
from archiveia.errors import BadRequestError
from archiveia.pipeline import arranging
from archiveia.pipeline import deciding as decide
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse


def _numbers(text: str, option: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise BadRequestError(f"{option} {text!r}", "write page numbers with commas, as in 3,5") from error


def confirm(args: argparse.Namespace) -> int:
    """Decide values of a record."""
    values = {}
    for pair in args.values:
        name, sign, value = pair.partition("=")
        if not sign:
            raise BadRequestError(f"{pair!r} is not FIELD=VALUE", "write for instance class=DELIB")
        values[name] = value
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        decide.confirm(args.record, values, actor=who(args), edges=edges)
    print(f"{args.record}: {', '.join(values)} decided by {who(args)}")
    return 0


def split(args: argparse.Namespace) -> int:
    """Cut a record into several."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        ids = arranging.split(args.record, _numbers(args.at, "--at"), actor=who(args), edges=edges)
    print("\n".join(ids))
    return 0


def merge(args: argparse.Namespace) -> int:
    """Put the pages of several records into the first."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        print(arranging.merge(args.records, actor=who(args), edges=edges))
    return 0


def reorder(args: argparse.Namespace) -> int:
    """Put the pages of a record in another order."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        arranging.reorder(args.record, _numbers(args.pages, "--pages"), actor=who(args), edges=edges)
    print(args.record)
    return 0


def undo(args: argparse.Namespace) -> int:
    """Undo an arrangement."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        print("\n".join(arranging.undo(args.entry, actor=who(args), edges=edges)))
    return 0


def journal(args: argparse.Namespace) -> int:
    """What people decided."""
    with (
        pipeline.open_edges(read_settings(), must_exist=True) as edges,
        database.reading(edges.database) as connection,
    ):
        rows = decisions.journal_list(connection, edges.entity, args.limit)
    if args.json:
        print_json([asdict(row) for row in rows])
        return 0
    print_table(
        ("entry", "when", "who", "what", "on", "became", "undone by"),
        [
            (
                r.id,
                r.at.isoformat(timespec="seconds"),
                r.actor,
                r.action,
                r.subject,
                json.dumps(r.after, ensure_ascii=False),
                r.undone_by,
            )
            for r in rows
        ],
    )
    return 0
