"""What people put online and take off the web, from a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.parser.arguments import who
from archiveia.edges import database
from archiveia.edges.database import units
from archiveia.pipeline import publishing
from archiveia.pipeline.online import publication_states
from archiveia.settings import read_settings
from archiveia.values import TakedownReason, ThirdPartyRights

if TYPE_CHECKING:
    import argparse

    from archiveia.pipeline import Edges


def publish(args: argparse.Namespace) -> int:
    """Let the public see a unit once it is communicable."""
    rights = ThirdPartyRights(args.rights)
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        pieces = publishing.publish(
            args.unit, rights=rights, data_class=args.data, actor=who(args), edges=edges
        )
        online, whys = _standing(pieces, edges)
    print(f"{args.unit}: published by {who(args)} ({len(pieces)} records, {online} with a day online)")
    for why in whys:
        print(f"  {why}")
    return 0


def withdraw(args: argparse.Namespace) -> int:
    """Take a unit off the web, at once."""
    reason = TakedownReason(args.reason)
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        pieces = publishing.take_down(args.unit, reason=reason, note=args.note, actor=who(args), edges=edges)
    print(f"{args.unit}: withdrawn by {who(args)} ({len(pieces)} records)")
    return 0


def _standing(pieces: list[str], edges: Edges) -> tuple[int, list[str]]:
    """How many of the pieces have a day from which they are online, and why the others have none."""
    with database.reading(edges.database) as connection:
        records = units.load_records(connection, pieces, edges.entity)
        states = publication_states(connection, records, practice=edges.settings.online_practice)
    closed = [state.why[0] for state in states.values() if state.online_on is None]
    return len(pieces) - len(closed), list(dict.fromkeys(closed))
