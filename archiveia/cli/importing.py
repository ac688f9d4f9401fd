"""``import text`` and ``import drop``: transcriptions from elsewhere, from a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import print_table
from archiveia.cli.parser.arguments import who
from archiveia.pipeline import importing
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse

FINE, NOT_ALL_TAKEN = 0, 3


def drop(args: argparse.Namespace) -> int:
    """The machine's reading in the place of an imported text."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        pages = importing.drop_text(args.record, actor=who(args), edges=edges)
    print(f"{args.record}: {pages} pages read again, decided by {who(args)}")
    return FINE


def text(args: argparse.Namespace) -> int:
    """Each XML file, with the records whose pages have its text now."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        results = importing.import_text(args.paths, record_id=args.record, actor=who(args), edges=edges)
    rows = [
        (
            r.path.name,
            "not taken" if r.error else "taken" if r.pages else "no text",
            r.pages,
            r.error or ", ".join(r.records),
        )
        for r in results
    ]
    print_table(("file", "outcome", "pages", "records"), rows)
    return FINE if all(r.error is None for r in results) else NOT_ALL_TAKEN
