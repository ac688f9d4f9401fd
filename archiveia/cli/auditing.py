"""``audit``: the journal's chain verified, its head, its export as PREMIS, its personal values purged."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from archiveia import pipeline
from archiveia.cli.output import print_json
from archiveia.cli.parser.arguments import who
from archiveia.edges import database
from archiveia.edges.database import journal
from archiveia.errors import BadRequestError
from archiveia.pipeline import auditing
from archiveia.settings import read_settings
from archiveia.steps.journal_chain import FlawKind, Head
from archiveia.steps.journal_head import heads_in

if TYPE_CHECKING:
    import argparse

    from archiveia.steps.journal_chain import Flaw, Verification

SOUND, NOT_SOUND = 0, 1
MEANINGS = {
    FlawKind.ALTERED: "is not what was written",
    FlawKind.MISSING: "is missing",
    FlawKind.REORDERED: "stands out of its order, or twice",
    FlawKind.REPLACED: "was changed and sealed anew: the next one does not follow from it",
    FlawKind.CUT: "was cut off: a head kept elsewhere knows it",
    FlawKind.REWRITTEN: "does not agree with a head kept elsewhere: it, or one before it, was rewritten",
    FlawKind.VALUE_ALTERED: "refers to a name or value that is not what was written",
    FlawKind.VALUE_MISSING: "refers to a name or value that is gone, and no purge tells of it",
    FlawKind.PURGE_MISCOUNTED: "tells a purge of another number of values than are gone in its name",
}


def verify(args: argparse.Namespace) -> int:
    """Whether anything in the journal was altered, removed, reordered, cut or rewritten."""
    heads = [head for given in args.head for head in _heads(given)]
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        found = auditing.verify_journal(edges, heads)
    if args.json:
        print_json({"sound": found.sound, **asdict(found)})
    else:
        _print(found)
    return SOUND if found.sound else NOT_SOUND


def _heads(given: str) -> list[Head]:
    """The head that was typed, or those that a file names."""
    found = heads_in(given)
    if not found:
        path = Path(given)
        found = heads_in(path.read_text("utf-8", "replace")) if path.is_file() else []
    if not found:
        raise BadRequestError(
            f"{given!r} is no head of a journal", "give NUMBER:HASH, or a file that `nightly` wrote"
        )
    return found


def _print(found: Verification) -> None:
    state = "sound" if found.sound else "NOT SOUND"
    print(f"journal: {found.entries} entries, {state}; head {found.head or 'none'}")
    if found.heads:
        print(f"checked against {found.heads} head(s) kept outside the database")
    else:
        print("no head kept elsewhere was given: a cut tail, or a chain sealed anew, cannot be seen (--head)")
    for flaw in found.flaws:
        print(f"  {_range(flaw)} {MEANINGS[flaw.kind]}")
    for number in found.set_back:
        print(f"  entry {number} is dated before the one before it: the clock was set back")
    if found.chained_later:
        print(
            f"  entries 1-{found.chained_later} were chained by entry {found.chained_later + 1}, "
            "not when they were made"
        )
    if found.purged:
        print(f"  {found.purged} personal values were purged; the chain holds without them")


def _range(flaw: Flaw) -> str:
    return f"entry {flaw.first}" if flaw.first == flaw.last else f"entries {flaw.first}-{flaw.last}: each"


def head(args: argparse.Namespace) -> int:
    """The number and hash of the last entry."""
    with (
        pipeline.open_edges(read_settings(), must_exist=True) as edges,
        database.reading(edges.database) as connection,
    ):
        found = journal.head(connection, edges.entity)
    if args.json:
        print_json(found and asdict(found))
    else:
        print(found or "the journal is empty")
    return SOUND


def export(args: argparse.Namespace) -> int:
    """The journal as PREMIS events."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        count = auditing.export_premis(args.file, actor=who(args), edges=edges, with_values=args.values)
    print(f"{args.file}: {count} events{' with names and values' if args.values else ''}")
    return SOUND


def purge(args: argparse.Namespace) -> int:
    """Names and personal values out of the journal; its chain stays."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        zone = ZoneInfo(edges.settings.timezone)
        before = datetime.combine(args.before, time.min, zone) if args.before else None
        count = auditing.purge_values(
            actor=who(args),
            edges=edges,
            record=args.record,
            before=before,
            is_dry_run=not args.yes,
        )
    print(f"{count} values {'purged' if args.yes else 'would be purged; add --yes to do it'}")
    return SOUND
