"""What the commands take that keep the archive: its journal, what leaves it, its accounts, its service."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.cli.parser.arguments import actor, as_json, command_of, port
from archiveia.steps.compliance import PAPERS
from archiveia.values import Role

if TYPE_CHECKING:
    from archiveia.cli.parser.arguments import Commands


def add_audit(commands: Commands) -> None:
    """``audit …``: the journal."""
    audit = commands.add_parser("audit", help="whether the journal was changed, and what leaves the machine")
    what = audit.add_subparsers(metavar="WHAT", required=True)
    verify = command_of(
        what, "verify", "auditing:verify", "find any altered, missing or reordered entry of the journal"
    )
    verify.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="FILE|N:HASH",
        help="a head kept elsewhere, or a file that names some: finds a cut tail and a rewritten chain",
    )
    as_json(verify)
    as_json(
        command_of(what, "head", "auditing:head", "the number and hash of the last entry, to keep elsewhere")
    )
    export = command_of(what, "export", "auditing:export", "write the journal as PREMIS 3.0 events")
    export.add_argument("file", type=Path, metavar="FILE.xml", help="where it goes")
    export.add_argument("--values", action="store_true", help="with names and personal values in clear")
    actor(export)
    purge = command_of(
        what, "purge", "auditing:purge", "take personal values out of the journal, not its chain"
    )
    which = purge.add_mutually_exclusive_group(required=True)
    which.add_argument("--record", metavar="RECORD", help="those of the entries about a record")
    which.add_argument(
        "--before", type=date.fromisoformat, metavar="2026-01-31", help="those of entries before this day"
    )
    purge.add_argument("--yes", action="store_true", help="do it (otherwise they are counted)")
    actor(purge)


def add_own_data(commands: Commands) -> None:
    """``own-data …``: what the service keeps of those who ask and of those who work."""
    own = commands.add_parser(
        "own-data", help="requests, log-ins and accounts past their row of the schedule"
    )
    what = own.add_subparsers(metavar="WHAT", required=True)
    as_json(
        command_of(what, "list", "own_data:listing", "what the service keeps past its row of the schedule")
    )
    purge = command_of(what, "purge", "own_data:purge", "blank what is past its row, with a visa")
    purge.add_argument("code", metavar="DATA", help="what is purged, by its code in `own-data list`")
    purge.add_argument("--visa", metavar="REFERENCE", help="the visa of the departmental archives")
    purge.add_argument("--yes", action="store_true", help="do it (otherwise they are counted)")
    actor(purge)


def add_exports(commands: Commands) -> None:
    """``export …``: what the public may read."""
    export = commands.add_parser("export", help="what the public may read, for other programs")
    what = export.add_subparsers(metavar="WHAT", required=True)
    table = command_of(
        what,
        "descriptions",
        "exporting:descriptions",
        "write the descriptions of the open records as the CSV of FranceArchives",
    )
    table.add_argument("file", type=Path, metavar="FILE.csv", help="where it goes")


def _accounts(commands: Commands) -> None:
    user = commands.add_parser("user", help="accounts of the staff")
    what = user.add_subparsers(metavar="WHAT", required=True)
    add = command_of(what, "add", "accounts:add", "make an account, or change its password")
    change = command_of(what, "change", "accounts:change", "change an account's role, services or person")
    for command, services in ((add, []), (change, None)):
        command.add_argument("name", metavar="NAME")
        command.add_argument("--role", choices=[str(r) for r in Role], help="what the account may do")
        command.add_argument(
            "--service",
            action="append",
            default=services,
            metavar="SERVICE",
            help="a producing service whose files it sees, and no other (may be repeated)",
        )
        command.add_argument("--person", default="", metavar="WHO", help="whose account it is")
    change.add_argument("--identity", metavar="ID", help="its identity at the identity provider")
    for name, told in (
        ("disable", "close an account"),
        ("enable", "open a closed account again"),
        ("unlock", "let an account log in again after failed attempts"),
    ):
        command_of(what, name, f"accounts:{name}", told).add_argument("name", metavar="NAME")
    command_of(what, "list", "accounts:list_all", "the accounts, their roles and services")


def add_set_up(commands: Commands) -> None:
    """Workspace, accounts, the desk, the demonstration."""
    paper = command_of(
        commands,
        "paper",
        "papers:draft",
        "draft a paper of data protection from the configuration (Markdown)",
    )
    paper.add_argument("name", choices=PAPERS, metavar="NAME", help=", ".join(PAPERS))
    init = command_of(
        commands, "init", "setting_up:init", "make the workspace, the database and a first account"
    )
    init.add_argument("--user", metavar="NAME", help="the first account of the staff")
    _accounts(commands)
    serve = command_of(
        commands, "serve", "setting_up:serve", "the public portal and the staff desk, in a browser"
    )
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=port, default=8000)
    doctor = command_of(
        commands, "doctor", "setting_up:doctor", "what is installed, what answers, what to do about the rest"
    )
    as_json(doctor)
    command_of(commands, "reindex", "setting_up:reindex", "build the search index again from the database")
    demo = command_of(
        commands, "demo", "showing:demo", "run the main job on sample scans and show seven proofs"
    )
    demo.add_argument("--scans", type=Path, metavar="PATH", help="your own folder instead of the samples")
    demo.add_argument(
        "--home", type=Path, default=Path("demo-data"), metavar="DIR", help="workspace of the demonstration"
    )
