"""What the commands take that measure the machine, and make it learn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.cli.parser.arguments import ENGINES, as_json, command_of, count

if TYPE_CHECKING:
    from archiveia.cli.parser.arguments import Commands


def add_evaluation(commands: Commands) -> None:
    """``evaluate …``: the machine measured."""
    evaluate = commands.add_parser("evaluate", help="measure the machine on pages that people transcribed")
    what = evaluate.add_subparsers(metavar="WHAT", required=True)
    ocr = command_of(
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
    ocr.add_argument("--workers", type=count, metavar="N", help="worker processes (default: one per core)")
    as_json(ocr)
    classify = command_of(
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
    few.add_argument("--labels-per-class", type=count, metavar="N", help="learn from N texts of each class")
    as_json(classify)
    agreement = command_of(
        what,
        "agreement",
        "evaluating_classes:agreement",
        "measure the proposed classes and rules on what reviewers decided here",
    )
    as_json(agreement)
    dedup = command_of(
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
    as_json(dedup)
    retention = command_of(
        what,
        "retention",
        "evaluating_retention:retention",
        "measure predicted retention rules, and how often elimination is wrongly proposed",
    )
    retention.add_argument(
        "folder", type=Path, metavar="DIR", help=".jsonl files (text, and rule or sort_final)"
    )
    as_json(retention)
    dates = command_of(
        what,
        "dates",
        "evaluating_description:dates",
        "measure the reading of dates on a list of written forms",
    )
    dates.add_argument("file", type=Path, metavar="FILE.tsv", help="columns text, and dates or date")
    as_json(dates)
    entities = command_of(
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
        type=count,
        default=0,
        metavar="N",
        help="learn from the other parts of DIR what measures each of its N parts (default: the shipped weights)",
    )
    as_json(entities)


def add_training(commands: Commands) -> None:
    """``train …``: the machine taught."""
    train = commands.add_parser("train", help="make the machine learn from pages that people transcribed")
    what = train.add_subparsers(metavar="WHAT", required=True)
    ocr = command_of(
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
    ocr.add_argument("--steps", type=count, metavar="N", help="how many steps to train, at most")
    ocr.add_argument("--batch", type=count, metavar="N", help="crops or pages of a step")
    ocr.add_argument("--seed", type=int, default=1, metavar="N")
    ocr.add_argument(
        "--bfloat16", action="store_true", help="compute in half precision (a gain on processors with AMX)"
    )
    entities = command_of(
        what,
        "entities",
        "evaluating_description:train",
        "train a finder of names on texts in which people marked them",
    )
    entities.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="as of `evaluate entities`")
    entities.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the weights go")
