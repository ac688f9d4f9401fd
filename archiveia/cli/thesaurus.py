"""``thesaurus import`` and ``thesaurus list``: the words in which subjects are told."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import print_json, print_table
from archiveia.cli.parser.arguments import who
from archiveia.edges import database
from archiveia.edges.database import thesauri
from archiveia.pipeline.thesaurus import import_thesaurus
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse

    from archiveia.pipeline.thesaurus import Imported

_SHOWN = 20
"""Labels named of each kind of change; ``--json`` has all."""


def import_file(args: argparse.Namespace) -> int:
    """The thesaurus, and what its newer version changed."""
    with pipeline.open_edges(read_settings()) as edges:
        done = import_thesaurus(args.file, actor=who(args), edges=edges)
    if args.json:
        print_json(_as_json(done))
        return 0
    print(f"{done.thesaurus.title}: {len(done.thesaurus.concepts)} descriptors ({done.thesaurus.uri})")
    if done.changes is None:
        print("taken in for the first time")
    else:
        _print_changes(done)
    if done.pieces:
        print(f"proposals made again for {done.pieces} records")
    return 0


def _print_changes(done: Imported) -> None:
    changes = asdict(done.changes) if done.changes else {}
    if not any(changes.values()):
        print("the same descriptors as before")
    for kind, labels in changes.items():
        if labels:
            named = [" -> ".join(label) if kind == "renamed" else label for label in labels[:_SHOWN]]
            more = f", and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
            print(f"{kind}: {len(labels)} ({', '.join(named)}{more})")
    if done.orphans:
        print(f"{done.orphans} accepted descriptors are not in this version; they stay on their records")


def _as_json(done: Imported) -> dict[str, object]:
    return {
        "uri": done.thesaurus.uri,
        "title": done.thesaurus.title,
        "modified": done.thesaurus.modified,
        "descriptors": len(done.thesaurus.concepts),
        "changes": asdict(done.changes) if done.changes else None,
        "orphans": done.orphans,
        "records": done.pieces,
    }


def listing(args: argparse.Namespace) -> int:
    """What was taken in, with how many descriptors and how many of them records carry."""
    with (
        pipeline.open_edges(read_settings(), must_exist=True) as edges,
        database.reading(edges.database) as connection,
    ):
        known = thesauri.load(connection, edges.entity)
        heads = thesauri.imported(connection, edges.entity)
        said = [value["uri"] for _number, _unit, value in thesauri.accepted(connection, edges.entity)]
    rows = []
    for head, thesaurus in zip(heads, known, strict=True):
        uris = {c.uri for c in thesaurus.concepts}
        accepted = sum(uri in uris for uri in said)
        rows.append(
            (
                head.title,
                len(uris),
                head.modified,
                head.rights,
                f"{head.imported_at:%Y-%m-%d}",
                accepted,
                head.uri,
            )
        )
    columns = ("title", "descriptors", "version", "rights", "imported on", "accepted", "uri")
    if args.json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        print_table(columns, rows)
    else:
        print("no thesaurus yet: `archiveia thesaurus import FILE.rdf`")
    return 0
