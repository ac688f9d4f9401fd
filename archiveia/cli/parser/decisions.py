"""What the commands take by which people decide: rules, values, publications, eliminations, requests."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.cli.parser.arguments import actor, as_json, command_of, count
from archiveia.steps.respond import REQUESTS
from archiveia.values import TakedownReason, ThirdPartyRights

if TYPE_CHECKING:
    from archiveia.cli.parser.arguments import Commands


def add_rules(commands: Commands) -> None:
    """``rules …``: the retention schedule."""
    rules = commands.add_parser("rules", help="the retention schedule: checked, versioned, signed")
    what = rules.add_subparsers(metavar="WHAT", required=True)
    check = command_of(what, "check", "rules:check", "say what is wrong or left open in a retention schedule")
    check.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="CSV or ODS (default: that of the program)"
    )
    as_json(check)
    as_json(
        command_of(what, "list", "rules:listing", "the rules in force, who signed them, and every version")
    )
    imports = command_of(
        what, "import", "rules:import_file", "take in a version, and say what it would change"
    )
    imports.add_argument("file", type=Path, metavar="FILE", help="CSV or ODS")
    actor(imports)
    as_json(imports)
    diff = command_of(what, "diff", "rules:diff", "what a version would change, rules and proposals")
    diff.add_argument("version", type=int, metavar="N", help="its number; 0: that of the program")
    as_json(diff)
    adopt = command_of(
        what, "adopt", "rules:adopt", "say what a version changes; with --yes, put it in force"
    )
    adopt.add_argument("version", type=int, metavar="N", help="its number; 0: that of the program")
    adopt.add_argument("--yes", action="store_true", help="put it in force")
    actor(adopt)
    sign = command_of(what, "sign", "rules:sign", "sign rows of the schedule, or withdraw their signature")
    sign.add_argument("codes", nargs="+", metavar="CODE", help="for instance FIN-004")
    sign.add_argument(
        "--signed-by", metavar="NAME", help="who signed for the collectivité, and in what function"
    )
    sign.add_argument("--on", type=date.fromisoformat, metavar="2026-01-31", help="when (default: today)")
    sign.add_argument(
        "--opinion", metavar="TEXT", help="the opinion of the departmental archives, its reference"
    )
    sign.add_argument("--withdraw", action="store_true", help="the signature does not stand any more")
    actor(sign)
    export = command_of(what, "export", "rules:export", "write the schedule as CSV or ODS")
    export.add_argument("file", type=Path, metavar="FILE.csv|.ods", help="where it goes")
    export.add_argument("--version", type=int, metavar="N", help="which (default: the one in force)")
    actor(export)
    as_json(command_of(what, "alerts", "rules:alerts", "the records kept longer than the law allows (video)"))
    sample = command_of(
        what, "sample", "rules:sample", "draw which dossiers a selection (tri) keeps, by population"
    )
    sample.add_argument("code", metavar="CODE", help="a rule of schemas/sampling.json")
    sample.add_argument("--seed", required=True, metavar="TEXT", help="the same seed draws the same again")
    actor(sample)
    as_json(sample)


def _publish(commands: Commands) -> None:
    publish = command_of(
        commands, "publish", "publishing:publish", "let the public see a unit once it is communicable"
    )
    withdraw = command_of(commands, "withdraw", "publishing:withdraw", "take a unit off the web, at once")
    for command in (publish, withdraw):
        command.add_argument("unit", metavar="UNIT", help="a record, a dossier or a series")
        actor(command)
    publish.add_argument(
        "--rights",
        required=True,
        choices=[str(r) for r in ThirdPartyRights],
        help="rights of third parties (authors, donors): blocked ones keep it off the web",
    )
    publish.add_argument(
        "--data",
        required=True,
        metavar="CLASS",
        help="class of the personal data in it (schemas/publication.json): none, masked, deceased...",
    )
    withdraw.add_argument(
        "--reason",
        required=True,
        choices=[str(r) for r in TakedownReason if r is not TakedownReason.CHANGED],
        help="why it is taken down",
    )
    withdraw.add_argument("--note", default="", metavar="TEXT", help="in your words; stays with the decision")


def add_decisions(commands: Commands) -> None:
    """What people decide of records, and what goes online."""
    confirm = command_of(
        commands, "confirm", "deciding:confirm", "decide values of a record; they outrank the machine's"
    )
    confirm.add_argument("record", metavar="RECORD")
    confirm.add_argument(
        "values", nargs="+", metavar="FIELD=VALUE", help="for instance class=DELIB date=1923-04-06"
    )
    actor(confirm)
    _publish(commands)
    split = command_of(commands, "split", "deciding:split", "cut a record into several")
    split.add_argument("record", metavar="RECORD")
    split.add_argument("--at", required=True, metavar="3,5", help="the pages that begin a new record")
    actor(split)
    merge = command_of(commands, "merge", "deciding:merge", "put the pages of several records into the first")
    merge.add_argument("records", nargs="+", metavar="RECORD")
    actor(merge)
    reorder = command_of(
        commands, "reorder", "deciding:reorder", "put the pages of a record in another order"
    )
    reorder.add_argument("record", metavar="RECORD")
    reorder.add_argument(
        "--pages", required=True, metavar="2,1,3", help="their present numbers, in the new order"
    )
    actor(reorder)
    undo = command_of(commands, "undo", "deciding:undo", "undo a split, a merge or a reordering")
    undo.add_argument("entry", type=int, metavar="N", help="the number of the journal's entry")
    actor(undo)
    journal = command_of(commands, "journal", "deciding:journal", "what people decided, newest first")
    journal.add_argument("--limit", type=count, default=50, metavar="N")
    as_json(journal)


def add_eliminations(commands: Commands) -> None:
    """``eliminate …``: elimination lists, never a destruction."""
    eliminate = commands.add_parser(
        "eliminate", help="elimination lists; nothing is destroyed from a terminal"
    )
    what = eliminate.add_subparsers(metavar="WHAT", required=True)
    for name, says in (
        ("dry-run", "say what could be put on an elimination list, and what stands against the rest"),
        ("draft", "draft an elimination list, to be completed and issued on the desk"),
    ):
        command = command_of(what, name, f"eliminating:{name.replace('-', '_')}", says)
        command.add_argument("records", nargs="+", metavar="RECORD")
        command.add_argument(
            "--support", choices=("digital", "paper", "both"), default="digital", help="what is eliminated"
        )
        if name == "draft":
            command.add_argument("--service", required=True, help="the service that produced the records")
            actor(command)
        else:
            as_json(command)
    listing = command_of(what, "list", "eliminating:listing", "the elimination lists, and where they stand")
    as_json(listing)
    status = command_of(
        what, "status", "eliminating:status", "one list: what was done, what is next, what stops it"
    )
    status.add_argument("number", metavar="NUMBER")
    as_json(status)


def add_requests(commands: Commands) -> None:
    """``request …``: requests for access."""
    request = commands.add_parser("request", help="requests for access, and their legal dates")
    what = request.add_subparsers(metavar="WHAT", required=True)
    add = command_of(what, "add", "responding:add", "register a request and print its acknowledgement")
    add.add_argument("subject", help="what is asked for")
    add.add_argument("--email", required=True, help="where to answer")
    add.add_argument("--name", default="", help="who asks; nobody has to say")
    add.add_argument(
        "--kind", default="crpa", choices=REQUESTS, help=f"which delay runs: {', '.join(REQUESTS)}"
    )
    add.add_argument(
        "--received-on",
        type=date.fromisoformat,
        metavar="2026-01-31",
        help="the day it came (default: today)",
    )
    listing = command_of(what, "list", "responding:listing", "the requests, the most urgent first")
    as_json(listing)
    for name, says in (
        ("answer", "answer a request"),
        ("refuse", "refuse a request, with reasons"),
        ("close", "close a request"),
    ):
        command = command_of(what, name, f"responding:{name}", says)
        command.add_argument("number", metavar="NUMBER")
        command.add_argument("--text", default=None, help="the answer, or the reasons of the refusal")
        command.add_argument(
            "--computed",
            action="store_true",
            help="it rests on a proposal that nobody confirmed: the answer tells it (CRPA L311-3-1)",
        )
        actor(command)
