"""Makes ``models/names-fr/words.txt.gz`` from a hunspell dictionary that marks its proper names.

First names (``first``), family names (``family``) and other proper names (``proper``), folded.

    python tools/names.py /usr/share/hunspell/fr.dic models/names-fr/words.txt.gz
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from pathlib import Path

from archiveia.steps.folding import fold

KINDS = {"prn": "first", "patr": "family", "npr": "proper"}


def main() -> None:
    """Write the sorted list, a kind and a word a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("target", type=Path)
    asked = parser.parse_args()
    found: set[tuple[str, str]] = set()
    for line in asked.dictionary.read_text(encoding="utf-8").splitlines()[1:]:
        word = re.split(r"[/\s]", line, maxsplit=1)[0]
        if re.fullmatch(r"[^\W\d_]{2,}", word):
            found |= {(KINDS[kind], fold(word)) for kind in re.findall(r"po:(\S+)", line) if kind in KINDS}
    text = "".join(f"{kind}\t{word}\n" for kind, word in sorted(found))
    with asked.target.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())
    sys.stdout.write(f"{len(found)} words, {asked.target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
