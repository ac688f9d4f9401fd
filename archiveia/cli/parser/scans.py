"""What the commands take that work through scans, and find and check what came of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.cli.parser.arguments import ENGINES, actor, as_json, command_of, count

if TYPE_CHECKING:
    import argparse

    from archiveia.cli.parser.arguments import Commands


def add_work(commands: Commands) -> None:
    """From files to records."""
    run = command_of(
        commands, "run", "working:run", "take files in: read, classify, describe, check, index them"
    )
    run.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a folder of scans, or a file")
    run.add_argument("--batch", metavar="NAME", help="name of the batch (default: the folder's name)")
    run.add_argument("--producer", metavar="ORG", help="the service that produced these documents")
    run.add_argument("--workers", type=count, metavar="N", help="worker processes (default: one per core)")
    run.add_argument("--engine", choices=ENGINES, metavar="NAME", help=", ".join(ENGINES))
    run.add_argument("--describe", type=Path, metavar="FILE.csv", help="descriptions that exist already")
    run.add_argument("--retry", action="store_true", help="try again the files that failed before")
    as_json(run)
    ocr = command_of(
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
    ocr.add_argument("--workers", type=count, metavar="N", help="worker processes (default: one per core)")
    status = command_of(
        commands, "status", "working:status", "count what is done, waiting and failed, with the sums"
    )
    as_json(status)
    night = command_of(commands, "nightly", "working:nightly", "do the night's work, without Airflow")
    as_json(night)
    separators = command_of(
        commands, "separators", "working:separators", "print separator sheets for a scanner"
    )
    separators.add_argument("--kind", choices=("piece", "dossier"), default="piece")
    separators.add_argument("--count", type=count, default=10, metavar="N")
    separators.add_argument("--out", type=Path, default=Path("separators.pdf"), metavar="FILE.pdf")


def add_finding(commands: Commands) -> None:
    """Pages and records found, and one shown."""
    search = command_of(commands, "search", "finding:search", "find pages by their words")
    search.add_argument("query", metavar="QUERY", help='words; "a phrase"; -without')
    search.add_argument("--year", metavar="1910-1930", help="a year, or a range of years")
    search.add_argument("--class", dest="classes", action="append", default=[], metavar="CODE")
    search.add_argument("--public", action="store_true", help="only what the public may see today")
    search.add_argument("--limit", type=count, default=20, metavar="N")
    as_json(search)
    clusters = command_of(
        commands, "clusters", "finding:clusters", "pages that resemble one another, together"
    )
    as_json(clusters)
    show = command_of(commands, "show", "finding:show", "everything known of one record, with its origins")
    show.add_argument("record", metavar="RECORD")
    show.add_argument("--text", action="store_true", help="only the text of its pages")
    show.add_argument("--pdf", type=Path, metavar="FILE.pdf", help="write its pages as a searchable PDF")
    as_json(show)


def add_imports(commands: Commands) -> None:
    """``import …``: what other programs or people made of the scans."""
    imports = commands.add_parser("import", help="what other programs or people made of the scans")
    what = imports.add_subparsers(metavar="WHAT", required=True)
    text = command_of(
        what, "text", "importing:text", "give pages the text of ALTO or PAGE files made elsewhere"
    )
    text.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="XML files, or folders of them")
    text.add_argument(
        "--record",
        metavar="RECORD",
        help="the record whose pages these are, in order (default: the scan of the same name)",
    )
    actor(text)
    drop = command_of(what, "drop", "importing:drop", "drop the imported text of a record: it is read again")
    drop.add_argument("record", metavar="RECORD")
    actor(drop)


def add_thesauri(commands: Commands) -> None:
    """``thesaurus …``: where subjects come from."""
    thesaurus = commands.add_parser("thesaurus", help="the thesauri from which subjects are proposed")
    what = thesaurus.add_subparsers(metavar="WHAT", required=True)
    imports = command_of(
        what, "import", "thesaurus:import_file", "take in a thesaurus, or its newer version, from a SKOS file"
    )
    imports.add_argument("file", type=Path, metavar="FILE.rdf", help="SKOS in RDF/XML")
    actor(imports)
    as_json(imports)
    listing = command_of(what, "list", "thesaurus:listing", "the thesauri that were taken in")
    as_json(listing)


def add_checks(commands: Commands) -> None:
    """``check …``: what looks wrong."""
    check = commands.add_parser("check", help="what looks wrong in descriptions, with the proposed mends")
    what = check.add_subparsers(metavar="WHAT", required=True)
    descriptions = command_of(
        what, "descriptions", "cleaning:descriptions", "check the descriptions of the archive's records"
    )
    _report(descriptions)
    inventory = command_of(
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
    as_json(command)
