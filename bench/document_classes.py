"""Documents whose class is known, as folders for ``archiveia evaluate classify --zero-shot``.

Run ``python bench/document_classes.py DIR [--shared ../shared/corpora] [--read tesseract]``. The texts are those of
``document_classes.txt``, written for this: ``DIR/tune-*`` was looked at while the plan's formulae were chosen,
``DIR/held-*`` was not. ``*-written`` is the text as it is, ``*-spoilt`` with 6 % of letters misread, ``*-read`` what
the engine reads of it drawn as a page and aged as a scan. ``DIR/shared-read`` is the first two pages of each order
and invoice of the corpora, as a run reads them.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from template_acts import readings, spoilt

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = Path(__file__).with_name("document_classes.txt")
_HEADING = re.compile(r"^=== (\S+) (tune|held)\n", re.MULTILINE)
_SPOILT_SHARE = 0.06
_PAGES = 2
"""What a classifier reads is in the first pages."""
_LINE_CHARACTERS = 100


def written(split: str) -> list[tuple[str, str]]:
    """The texts of one half: class and text."""
    _, *parts = _HEADING.split(TEXTS.read_text(encoding="utf-8"))
    rows = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return [(code, text.strip()) for code, half, text in rows if half == split]


def shared(corpora: Path) -> Iterator[tuple[str, Path]]:
    """The PDF files of the corpora whose class is sure."""
    orders, invoices = corpora / "modern-arretes-prefectoraux", corpora / "modern-invoices"
    with (orders / "labels.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield "ARRETE-PREF", orders / row["pdf"]
    for path in sorted(invoices.glob("*.pdf")):
        yield "FACTURE", path


def read_pdf(path: Path, engine: str) -> str:
    """What a run reads on the first pages."""
    import pypdfium2

    from archiveia.pipeline.reading import PageTask, read_page
    from archiveia.settings import read_settings
    from archiveia.values import FileKind

    settings = read_settings(ocr_engine=engine, workers=1)
    pages = range(1, min(_PAGES, len(pypdfium2.PdfDocument(path))) + 1)
    return "\n".join(read_page(PageTask(path, FileKind.PDF, n, settings)).reading.text for n in pages)


def laid_out(text: str) -> str:
    """The text in lines that fit the drawn page."""
    lines = (textwrap.wrap(line, _LINE_CHARACTERS, drop_whitespace=False) for line in text.splitlines())
    return "\n".join(part for line in lines for part in line or [""])


def write(folder: Path, rows: list[tuple[str, str]]) -> None:
    """One folder of labelled texts."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "train.jsonl").open("w", encoding="utf-8") as out:
        for code, text in rows:
            out.write(json.dumps({"label": code, "text": text}, ensure_ascii=False) + "\n")
    print(f"{folder}: {len(rows)} documents", file=sys.stderr)


def main() -> None:
    """Write the folders."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shared", type=Path, help="folder of the corpora")
    parser.add_argument("--read", metavar="ENGINE", help="draw the texts as scans and read them")
    args = parser.parse_args()
    for split in ("held", "tune"):
        rows = written(split)
        codes = [code for code, _ in rows]
        write(args.folder / f"{split}-written", rows)
        worse = [spoilt(text, _SPOILT_SHARE, n) for n, (_, text) in enumerate(rows)]
        write(args.folder / f"{split}-spoilt", list(zip(codes, worse, strict=True)))
        if args.read:
            read = readings([laid_out(text) for _, text in rows], args.read)
            write(args.folder / f"{split}-read", list(zip(codes, read, strict=True)))
    if args.shared:
        found = [(code, read_pdf(path, args.read or "auto")) for code, path in shared(args.shared)]
        write(args.folder / "shared-read", found)


if __name__ == "__main__":
    main()
