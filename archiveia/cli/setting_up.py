"""``init``, ``serve``, ``doctor``, ``reindex``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.accounts import add_account
from archiveia.cli.output import print_json, print_table
from archiveia.edges import database
from archiveia.edges.database import people
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse


def init(args: argparse.Namespace) -> int:
    """Make the workspace and the database; with ``--user``, a first account."""
    settings = read_settings()
    with pipeline.open_edges(settings) as edges:
        print(f"workspace: {settings.home_dir}")
        print(f"database:  {edges.database.url.render_as_string(hide_password=True)}")
        print(f"entity:    {settings.entity} ({settings.entity_name})")
        with database.reading(edges.database) as connection:
            names = people.user_names(connection, edges.entity)
    if args.user:
        return add_account(args.user)
    if not names:
        print("no account yet: make one with `archiveia user add NAME`")
    return 0


def serve(args: argparse.Namespace) -> int:
    """The portal and the staff desk."""
    import uvicorn

    with pipeline.open_edges(read_settings()) as edges, database.reading(edges.database) as connection:
        names = people.user_names(connection, edges.entity)
    print(f"public portal: http://{args.host}:{args.port}/")
    print(f"staff desk:    http://{args.host}:{args.port}/bureau")
    if not names:
        print("no account yet: in another terminal, `archiveia user add NAME`")
    uvicorn.run("search_ui.app:create_app", factory=True, host=args.host, port=args.port, log_level="warning")
    return 0


def reindex(args: argparse.Namespace) -> int:
    """Build the index again, beside the live one."""
    del args
    with pipeline.open_edges(read_settings()) as edges:
        print(f"{pipeline.reindex(edges)} pages in the index")
    return 0


def doctor(args: argparse.Namespace) -> int:
    """What works here; 0 when what ``archiveia run`` needs does."""
    from archiveia.cli.checks import run_checks

    checks = run_checks(read_settings())
    if args.json:
        print_json([c.as_json() for c in checks])
    else:
        print_table(
            ("", "what", "found", "what to do"),
            [
                (("ok" if c.works else "MISSING" if c.needed else "-"), c.what, c.found, c.remedy)
                for c in checks
            ],
        )
    return 0 if all(c.works for c in checks if c.needed) else 1
