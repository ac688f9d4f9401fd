"""How many errors our reading makes beside Tesseract alone, on transcribed corpora.

    python bench/ocr_baseline.py ../shared/corpora/ocr-* ../shared/corpora/htr-* --engines auto

The yardstick is ``tesseract -l fra --psm 3`` on each page as it is; an engine named ``ppocr:raw`` is
measured in the same way, ``ppocr`` as the product reads with it. ``--out`` keeps every page as JSON.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.cli.output import progress
from archiveia.pipeline.evaluating import evaluate_ocr, together
from archiveia.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.pipeline.evaluating import Evaluation

YARDSTICK = "tesseract:raw"


def measured(name: str, folders: Sequence[Path], workers: int) -> list[Evaluation]:
    """Each corpus read by an engine, and all of them as one."""
    engine, _, raw = name.partition(":")
    settings = read_settings(ocr_engine=engine, workers=workers)
    with progress() as tell:
        evaluations = evaluate_ocr(folders, settings, raw=raw == "raw", progress=tell)
    return [*evaluations, together(evaluations)]


def printed(found: dict[str, list[Evaluation]]) -> None:
    """The table: CER, its interval, its ratio to the yardstick, pages a minute."""
    print("| corpus | pages | engine | CER | 95 % | median | WER | ratio | pages/minute |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for rows in zip(*found.values(), strict=True):
        least = rows[0].letters.rate
        for name, evaluation in zip(found, rows, strict=True):
            document = evaluation.as_json()
            cer, wer = document["cer"], document["wer"]
            between = "" if cer["low"] is None else f"{cer['low']:.2%} to {cer['high']:.2%}"
            ratio = f"{cer['pooled'] / least:.2f}" if least and cer["pooled"] is not None else ""
            print(
                f"| {evaluation.name} | {len(evaluation.pages)} | {name} | {cer['pooled']:.2%} | {between} "
                f"| {cer['median']:.2%} | {wer['pooled']:.2%} | {ratio} | {evaluation.pages_per_minute:.1f} |"
            )


def main() -> None:
    """Prints the table, and keeps the pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--engines", default="tesseract", help="list, such as tesseract,ppocr:raw,ppocr")
    parser.add_argument("--workers", type=int, default=0, help="worker processes (0: one per core)")
    parser.add_argument("--out", type=Path, help="where every page goes, as JSON")
    args = parser.parse_args()
    names = dict.fromkeys([YARDSTICK, *args.engines.split(",")])
    found = {name: measured(name, args.folders, args.workers) for name in names}
    printed(found)
    if args.out:
        pages = {name: [e.as_json() for e in evaluations[:-1]] for name, evaluations in found.items()}
        args.out.write_text(json.dumps(pages, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
