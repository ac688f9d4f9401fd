"""Makes the French forms of ``models/lexicon-fr`` from a hunspell dictionary: every stem with its endings.

Elided articles and pronouns (l', qu', jusqu'...) are left out: readers of the list part words at apostrophes.

    python tools/lexicon.py /usr/share/hunspell/fr models/lexicon-fr/forms.txt.gz
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple


class Ending(NamedTuple):
    """One rule of the affix file: cut ``strip``, add ``add``, where the stem ends as ``condition`` says."""

    strip: str
    add: str
    condition: re.Pattern[str]
    more: tuple[str, ...]


def read_endings(affixes: Path) -> dict[str, list[Ending]]:
    """The suffixes of the affix file by their two-letter flag."""
    endings: dict[str, list[Ending]] = defaultdict(list)
    for line in affixes.read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if len(parts) < 5 or parts[0] != "SFX":
            continue
        _, flag, strip, added, condition = parts[:5]
        added, _, more = added.partition("/")
        rule = Ending(
            "" if strip == "0" else strip,
            "" if added == "0" else added,
            re.compile(f"{'' if condition == '.' else condition}$"),
            flags_of(more),
        )
        endings[flag].append(rule)
    return endings


def flags_of(text: str) -> tuple[str, ...]:
    """The two-letter flags written one after the other (FLAG long)."""
    return tuple(text[at : at + 2] for at in range(0, len(text), 2))


def forms_of(stem: str, flags: tuple[str, ...], endings: dict[str, list[Ending]]) -> set[str]:
    """The stem and every form that its flags give."""
    found = {stem}
    for flag in flags:
        for rule in endings.get(flag, ()):
            if stem.endswith(rule.strip) and rule.condition.search(stem):
                form = stem[: len(stem) - len(rule.strip)] + rule.add
                found |= forms_of(form, rule.more, endings) if rule.more else {form}
    return found


def main() -> None:
    """Write the sorted list, lower case, one form a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("dictionary", help="path without ending: PATH.dic and PATH.aff are read")
    parser.add_argument("target", type=Path)
    asked = parser.parse_args()
    endings = read_endings(Path(asked.dictionary + ".aff"))
    found: set[str] = set()
    for line in Path(asked.dictionary + ".dic").read_text(encoding="utf-8").splitlines()[1:]:
        stem, _, flags = line.split(" ")[0].split("\t")[0].partition("/")
        if re.fullmatch(r"[^\W\d_]+(?:-[^\W\d_]+)*", stem):
            found |= {form.lower() for form in forms_of(stem, flags_of(flags), endings)}
    text = "\n".join(sorted(found)) + "\n"
    with (
        asked.target.open("wb") as file,
        gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed,
    ):
        packed.write(text.encode())
    sys.stdout.write(f"{len(found)} forms, {asked.target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
