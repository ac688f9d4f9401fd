"""What each command takes. ``command`` is the function that does it, as ``module:function`` of this package."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from archiveia import VERSION
from archiveia.steps.compliance import PAPERS
from archiveia.steps.respond import REQUESTS
from archiveia.values import Role, TakedownReason, ThirdPartyRights

EPILOG = """exit codes: 0 all fine; 1 could not go on; 2 usage; 3 some files rejected or failed (the rest is safe).
Settings are environment variables (ARCHIVEIA_HOME, ARCHIVEIA_DATABASE_URL...): see the README."""

ENGINES = ("auto", "best", "tesseract", "ppocr", "doctr", "onnxtr", "null")
"""The engines of ``engines.ocr`` (a test holds the two together: that module is not loaded for ``--help``)."""


def _count(text: str) -> int:
    """A whole number from 1."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _port(text: str) -> int:
    """A port of this machine."""
    number = int(text)
    if not 0 < number < 65536:
        raise ValueError(text)
    return number


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="archiveia",
        description="From scanned archives to described, retention-checked, searchable records.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"archiveia {VERSION}")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what happens, on stderr")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _work(commands)
    _find(commands)
    _import(commands)
    _thesaurus(commands)
    _check(commands)
    _rules(commands)
    _decide(commands)
    _eliminate(commands)
    _respond(commands)
    _audit(commands)
    _export(commands)
    _evaluate(commands)
    _train(commands)
    _set_up(commands)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, does: str, says: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
    command.set_defaults(command=does)
    return command


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _actor(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", metavar="NAME", help="who decides (default: the login name)")


def _work(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = _command(
        commands, "run", "working:run", "take files in: read, classify, describe, check, index them"
    )
    run.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a folder of scans, or a file")
    run.add_argument("--batch", metavar="NAME", help="name of the batch (default: the folder's name)")
    run.add_argument("--producer", metavar="ORG", help="the service that produced these documents")
    run.add_argument("--workers", type=_count, metavar="N", help="worker processes (default: one per core)")
    run.add_argument("--engine", choices=ENGINES, metavar="NAME", help=", ".join(ENGINES))
    run.add_argument("--describe", type=Path, metavar="FILE.csv", help="descriptions that exist already")
    run.add_argument("--retry", action="store_true", help="try again the files that failed before")
    _json(run)
    ocr = _command(
        commands,
        "ocr",
        "working:ocr",
        "read files to text, ALTO, hOCR or searchable PDF, without taking them in",
    )
    ocr.add_argument("files", nargs="+", type=Path, metavar="FILE", help="PDF, TIFF, JPEG, PNG or JPEG 2000")
    ocr.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="where <stem>.txt, <stem>.alto.xml... go"
    )
    ocr.add_argument("--engine", choices=ENGINES, metavar="NAME", help=", ".join(ENGINES))
    ocr.add_argument(
        "--format", default="text,alto", metavar="LIST", help="text,alto,hocr,pdf (default: text,alto)"
    )
    ocr.add_argument("--workers", type=_count, metavar="N", help="worker processes (default: one per core)")
    status = _command(
        commands, "status", "working:status", "count what is done, waiting and failed, with the sums"
    )
    _json(status)
    night = _command(commands, "nightly", "working:nightly", "do the night's work, without Airflow")
    _json(night)
    separators = _command(
        commands, "separators", "working:separators", "print separator sheets for a scanner"
    )
    separators.add_argument("--kind", choices=("piece", "dossier"), default="piece")
    separators.add_argument("--count", type=_count, default=10, metavar="N")
    separators.add_argument("--out", type=Path, default=Path("separators.pdf"), metavar="FILE.pdf")


def _find(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    search = _command(commands, "search", "finding:search", "find pages by their words")
    search.add_argument("query", metavar="QUERY", help='words; "a phrase"; -without')
    search.add_argument("--year", metavar="1910-1930", help="a year, or a range of years")
    search.add_argument("--class", dest="classes", action="append", default=[], metavar="CODE")
    search.add_argument("--public", action="store_true", help="only what the public may see today")
    search.add_argument("--limit", type=_count, default=20, metavar="N")
    _json(search)
    clusters = _command(commands, "clusters", "finding:clusters", "pages that resemble one another, together")
    _json(clusters)
    show = _command(commands, "show", "finding:show", "everything known of one record, with its origins")
    show.add_argument("record", metavar="RECORD")
    show.add_argument("--text", action="store_true", help="only the text of its pages")
    show.add_argument("--pdf", type=Path, metavar="FILE.pdf", help="write its pages as a searchable PDF")
    _json(show)


def _import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    imports = commands.add_parser("import", help="what other programs or people made of the scans")
    what = imports.add_subparsers(metavar="WHAT", required=True)
    text = _command(
        what, "text", "importing:text", "give pages the text of ALTO or PAGE files made elsewhere"
    )
    text.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="XML files, or folders of them")
    text.add_argument(
        "--record",
        metavar="RECORD",
        help="the record whose pages these are, in order (default: the scan of the same name)",
    )
    _actor(text)
    drop = _command(what, "drop", "importing:drop", "drop the imported text of a record: it is read again")
    drop.add_argument("record", metavar="RECORD")
    _actor(drop)


def _thesaurus(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    thesaurus = commands.add_parser("thesaurus", help="the thesauri from which subjects are proposed")
    what = thesaurus.add_subparsers(metavar="WHAT", required=True)
    imports = _command(
        what, "import", "thesaurus:import_file", "take in a thesaurus, or its newer version, from a SKOS file"
    )
    imports.add_argument("file", type=Path, metavar="FILE.rdf", help="SKOS in RDF/XML")
    _actor(imports)
    _json(imports)
    listing = _command(what, "list", "thesaurus:listing", "the thesauri that were taken in")
    _json(listing)


def _rules(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rules = commands.add_parser("rules", help="the retention schedule: checked, versioned, signed")
    what = rules.add_subparsers(metavar="WHAT", required=True)
    check = _command(what, "check", "rules:check", "say what is wrong or left open in a retention schedule")
    check.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="CSV or ODS (default: that of the program)"
    )
    _json(check)
    _json(_command(what, "list", "rules:listing", "the rules in force, who signed them, and every version"))
    imports = _command(what, "import", "rules:import_file", "take in a version, and say what it would change")
    imports.add_argument("file", type=Path, metavar="FILE", help="CSV or ODS")
    _actor(imports)
    _json(imports)
    diff = _command(what, "diff", "rules:diff", "what a version would change, rules and proposals")
    diff.add_argument("version", type=int, metavar="N", help="its number; 0: that of the program")
    _json(diff)
    adopt = _command(what, "adopt", "rules:adopt", "say what a version changes; with --yes, put it in force")
    adopt.add_argument("version", type=int, metavar="N", help="its number; 0: that of the program")
    adopt.add_argument("--yes", action="store_true", help="put it in force")
    _actor(adopt)
    sign = _command(what, "sign", "rules:sign", "sign rows of the schedule, or withdraw their signature")
    sign.add_argument("codes", nargs="+", metavar="CODE", help="for instance FIN-004")
    sign.add_argument(
        "--signed-by", metavar="NAME", help="who signed for the collectivité, and in what function"
    )
    sign.add_argument("--on", type=date.fromisoformat, metavar="2026-01-31", help="when (default: today)")
    sign.add_argument(
        "--opinion", metavar="TEXT", help="the opinion of the departmental archives, its reference"
    )
    sign.add_argument("--withdraw", action="store_true", help="the signature does not stand any more")
    _actor(sign)
    export = _command(what, "export", "rules:export", "write the schedule as CSV or ODS")
    export.add_argument("file", type=Path, metavar="FILE.csv|.ods", help="where it goes")
    export.add_argument("--version", type=int, metavar="N", help="which (default: the one in force)")
    _actor(export)
    _json(_command(what, "alerts", "rules:alerts", "the records kept longer than the law allows (video)"))
    sample = _command(
        what, "sample", "rules:sample", "draw which dossiers a selection (tri) keeps, by population"
    )
    sample.add_argument("code", metavar="CODE", help="a rule of schemas/sampling.json")
    sample.add_argument("--seed", required=True, metavar="TEXT", help="the same seed draws the same again")
    _actor(sample)
    _json(sample)


def _check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser("check", help="what looks wrong in descriptions, with the proposed mends")
    what = check.add_subparsers(metavar="WHAT", required=True)
    descriptions = _command(
        what, "descriptions", "cleaning:descriptions", "check the descriptions of the archive's records"
    )
    _report(descriptions)
    inventory = _command(
        what, "inventory", "cleaning:inventory", "check an inventory made by other tools, without changing it"
    )
    inventory.add_argument("file", type=Path, metavar="FILE", help="CSV, XLSX, or EAD 2002 XML")
    inventory.add_argument(
        "--columns",
        nargs="+",
        default=[],
        metavar="FIELD=HEADING",
        help="for instance cote=Numéro title=Contenu (cote, title, dates, begin, end, place, organisation)",
    )
    _report(inventory)


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--out", action="append", default=[], type=Path, metavar="FILE", help=".csv or .html, for people"
    )
    _json(command)


def _publish(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    publish = _command(
        commands, "publish", "publishing:publish", "let the public see a unit once it is communicable"
    )
    withdraw = _command(commands, "withdraw", "publishing:withdraw", "take a unit off the web, at once")
    for command in (publish, withdraw):
        command.add_argument("unit", metavar="UNIT", help="a record, a dossier or a series")
        _actor(command)
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


def _decide(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    confirm = _command(
        commands, "confirm", "deciding:confirm", "decide values of a record; they outrank the machine's"
    )
    confirm.add_argument("record", metavar="RECORD")
    confirm.add_argument(
        "values", nargs="+", metavar="FIELD=VALUE", help="for instance class=DELIB date=1923-04-06"
    )
    _actor(confirm)
    _publish(commands)
    split = _command(commands, "split", "deciding:split", "cut a record into several")
    split.add_argument("record", metavar="RECORD")
    split.add_argument("--at", required=True, metavar="3,5", help="the pages that begin a new record")
    _actor(split)
    merge = _command(commands, "merge", "deciding:merge", "put the pages of several records into the first")
    merge.add_argument("records", nargs="+", metavar="RECORD")
    _actor(merge)
    reorder = _command(commands, "reorder", "deciding:reorder", "put the pages of a record in another order")
    reorder.add_argument("record", metavar="RECORD")
    reorder.add_argument(
        "--pages", required=True, metavar="2,1,3", help="their present numbers, in the new order"
    )
    _actor(reorder)
    undo = _command(commands, "undo", "deciding:undo", "undo a split, a merge or a reordering")
    undo.add_argument("entry", type=int, metavar="N", help="the number of the journal's entry")
    _actor(undo)
    journal = _command(commands, "journal", "deciding:journal", "what people decided, newest first")
    journal.add_argument("--limit", type=_count, default=50, metavar="N")
    _json(journal)


def _eliminate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    eliminate = commands.add_parser(
        "eliminate", help="elimination lists; nothing is destroyed from a terminal"
    )
    what = eliminate.add_subparsers(metavar="WHAT", required=True)
    for name, says in (
        ("dry-run", "say what could be put on an elimination list, and what stands against the rest"),
        ("draft", "draft an elimination list, to be completed and issued on the desk"),
    ):
        command = _command(what, name, f"eliminating:{name.replace('-', '_')}", says)
        command.add_argument("records", nargs="+", metavar="RECORD")
        command.add_argument(
            "--support", choices=("digital", "paper", "both"), default="digital", help="what is eliminated"
        )
        if name == "draft":
            command.add_argument("--service", required=True, help="the service that produced the records")
            _actor(command)
        else:
            _json(command)
    listing = _command(what, "list", "eliminating:listing", "the elimination lists, and where they stand")
    _json(listing)
    status = _command(
        what, "status", "eliminating:status", "one list: what was done, what is next, what stops it"
    )
    status.add_argument("number", metavar="NUMBER")
    _json(status)


def _respond(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    request = commands.add_parser("request", help="requests for access, and their legal dates")
    what = request.add_subparsers(metavar="WHAT", required=True)
    add = _command(what, "add", "responding:add", "register a request and print its acknowledgement")
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
    listing = _command(what, "list", "responding:listing", "the requests, the most urgent first")
    _json(listing)
    for name, says in (
        ("answer", "answer a request"),
        ("refuse", "refuse a request, with reasons"),
        ("close", "close a request"),
    ):
        command = _command(what, name, f"responding:{name}", says)
        command.add_argument("number", metavar="NUMBER")
        command.add_argument("--text", default=None, help="the answer, or the reasons of the refusal")
        _actor(command)


def _audit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = commands.add_parser("audit", help="whether the journal was changed, and what leaves the machine")
    what = audit.add_subparsers(metavar="WHAT", required=True)
    verify = _command(
        what, "verify", "auditing:verify", "find any altered, missing or reordered entry of the journal"
    )
    verify.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="FILE|N:HASH",
        help="a head kept elsewhere, or a file that names some: finds a cut tail and a rewritten chain",
    )
    _json(verify)
    _json(_command(what, "head", "auditing:head", "the number and hash of the last entry, to keep elsewhere"))
    export = _command(what, "export", "auditing:export", "write the journal as PREMIS 3.0 events")
    export.add_argument("file", type=Path, metavar="FILE.xml", help="where it goes")
    export.add_argument("--values", action="store_true", help="with names and personal values in clear")
    _actor(export)
    purge = _command(
        what, "purge", "auditing:purge", "take personal values out of the journal, not its chain"
    )
    which = purge.add_mutually_exclusive_group(required=True)
    which.add_argument("--record", metavar="RECORD", help="those of the entries about a record")
    which.add_argument(
        "--before", type=date.fromisoformat, metavar="2026-01-31", help="those of entries before this day"
    )
    purge.add_argument("--yes", action="store_true", help="do it (otherwise they are counted)")
    _actor(purge)


def _export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser("export", help="what the public may read, for other programs")
    what = export.add_subparsers(metavar="WHAT", required=True)
    table = _command(
        what,
        "descriptions",
        "exporting:descriptions",
        "write the descriptions of the open records as the CSV of FranceArchives",
    )
    table.add_argument("file", type=Path, metavar="FILE.csv", help="where it goes")


def _evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    evaluate = commands.add_parser("evaluate", help="measure the machine on pages that people transcribed")
    what = evaluate.add_subparsers(metavar="WHAT", required=True)
    ocr = _command(
        what, "ocr", "evaluating:ocr", "measure the errors of reading on pages that people transcribed"
    )
    ocr.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="scans beside their transcriptions (page.jpg, page.gt.txt), or listed in manifest.tsv",
    )
    ocr.add_argument("--engine", choices=ENGINES, metavar="NAME", help=", ".join(ENGINES))
    ocr.add_argument(
        "--raw", action="store_true", help="the engine alone: no page is prepared, turned or read twice"
    )
    ocr.add_argument("--workers", type=_count, metavar="N", help="worker processes (default: one per core)")
    _json(ocr)
    classify = _command(
        what,
        "classify",
        "evaluating_classes:classify",
        "measure a classifier on texts whose class people gave, the rules alone beside it",
    )
    classify.add_argument(
        "folder", type=Path, metavar="DIR", help="train.jsonl (label, text), test.jsonl, labels.json"
    )
    few = classify.add_mutually_exclusive_group()
    few.add_argument("--zero-shot", action="store_true", help="no label is learned from, only descriptions")
    few.add_argument("--labels-per-class", type=_count, metavar="N", help="learn from N texts of each class")
    _json(classify)
    agreement = _command(
        what,
        "agreement",
        "evaluating_classes:agreement",
        "measure the proposed classes on what reviewers decided here",
    )
    _json(agreement)
    dedup = _command(
        what,
        "dedup",
        "evaluating_dedup:dedup",
        "measure how pages that are alike are found and told apart, equal letters alone beside it",
    )
    dedup.add_argument(
        "folder",
        type=Path,
        metavar="DIR",
        help="pairs.jsonl (a, b, relation), or entries.jsonl (text, ocr_*)",
    )
    _json(dedup)
    retention = _command(
        what,
        "retention",
        "evaluating_retention:retention",
        "measure predicted retention rules, and how often elimination is wrongly proposed",
    )
    retention.add_argument(
        "folder", type=Path, metavar="DIR", help=".jsonl files (text, and rule or sort_final)"
    )
    _json(retention)
    dates = _command(
        what,
        "dates",
        "evaluating_description:dates",
        "measure the reading of dates on a list of written forms",
    )
    dates.add_argument("file", type=Path, metavar="FILE.tsv", help="columns text, and dates or date")
    _json(dates)
    entities = _command(
        what,
        "entities",
        "evaluating_description:entities",
        "measure the finding of names on texts in which people marked them, spaCy and the rules alone beside it",
    )
    entities.add_argument(
        "folder", type=Path, metavar="DIR", help="HIPE .tsv, token and tag .bio, entries .jsonl"
    )
    entities.add_argument(
        "--folds",
        type=_count,
        default=0,
        metavar="N",
        help="learn from the other parts of DIR what measures each of its N parts (default: the shipped weights)",
    )
    _json(entities)


def _train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    train = commands.add_parser("train", help="make the machine learn from pages that people transcribed")
    what = train.add_subparsers(metavar="WHAT", required=True)
    ocr = _command(
        what, "ocr", "training:ocr", "train a docTR model on transcribed pages and on rendered French"
    )
    ocr.add_argument(
        "folders", nargs="*", type=Path, metavar="DIR", help="ALTO or PAGE beside images (page.xml, page.jpg)"
    )
    ocr.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="where the weights and the card go"
    )
    ocr.add_argument(
        "--texts",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="French text to render (.txt, or .jsonl with a text each); may be repeated",
    )
    ocr.add_argument(
        "--from-workspace", action="store_true", help="learn from the pages whose text was imported, too"
    )
    ocr.add_argument(
        "--hold-out",
        action="append",
        default=[],
        metavar="PATTERN",
        help="pages (folder/name) or font families to measure on, * for any characters; may be repeated",
    )
    kind = ocr.add_mutually_exclusive_group()
    kind.add_argument("--recogniser", metavar="ARCH", help="default: crnn_mobilenet_v3_small")
    kind.add_argument(
        "--detector",
        nargs="?",
        const="db_small",
        metavar="ARCH",
        help="train a detector of words instead (default: db_small)",
    )
    ocr.add_argument("--start-from", type=Path, metavar="FILE.pt", help="weights to train further")
    ocr.add_argument("--minutes", type=float, metavar="N", help="how long to train (default: 60)")
    ocr.add_argument("--steps", type=_count, metavar="N", help="how many steps to train, at most")
    ocr.add_argument("--batch", type=_count, metavar="N", help="crops or pages of a step")
    ocr.add_argument("--seed", type=int, default=1, metavar="N")
    ocr.add_argument(
        "--bfloat16", action="store_true", help="compute in half precision (a gain on processors with AMX)"
    )
    entities = _command(
        what,
        "entities",
        "evaluating_description:train",
        "train a finder of names on texts in which people marked them",
    )
    entities.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="as of `evaluate entities`")
    entities.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the weights go")


def _accounts(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    user = commands.add_parser("user", help="accounts of the staff")
    what = user.add_subparsers(metavar="WHAT", required=True)
    add = _command(what, "add", "accounts:add", "make an account, or change its password")
    change = _command(what, "change", "accounts:change", "change an account's role, services or person")
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
        _command(what, name, f"accounts:{name}", told).add_argument("name", metavar="NAME")
    _command(what, "list", "accounts:list_all", "the accounts, their roles and services")


def _set_up(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    paper = _command(
        commands,
        "paper",
        "papers:draft",
        "draft a paper of data protection from the configuration (Markdown)",
    )
    paper.add_argument("name", choices=PAPERS, metavar="NAME", help=", ".join(PAPERS))
    init = _command(
        commands, "init", "setting_up:init", "make the workspace, the database and a first account"
    )
    init.add_argument("--user", metavar="NAME", help="the first account of the staff")
    _accounts(commands)
    serve = _command(
        commands, "serve", "setting_up:serve", "the public portal and the staff desk, in a browser"
    )
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    doctor = _command(
        commands, "doctor", "setting_up:doctor", "what is installed, what answers, what to do about the rest"
    )
    _json(doctor)
    _command(commands, "reindex", "setting_up:reindex", "build the search index again from the database")
    demo = _command(
        commands, "demo", "showing:demo", "run the main job on sample scans and show seven proofs"
    )
    demo.add_argument("--scans", type=Path, metavar="PATH", help="your own folder instead of the samples")
    demo.add_argument(
        "--home", type=Path, default=Path("demo-data"), metavar="DIR", help="workspace of the demonstration"
    )
