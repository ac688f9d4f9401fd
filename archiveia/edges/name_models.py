"""The taggers of names that the program brings along: their weights, their words, the texts that they saw."""

from __future__ import annotations

import gzip
import hashlib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import archiveia
from archiveia.edges.communes import load_communes
from archiveia.edges.shipped import lexicon
from archiveia.errors import SettingsError
from archiveia.steps.tagging import Vocabularies

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(archiveia.__file__).parent.parent / "models" / "names-fr"
WEIGHTS, SEEN = ".crf", ".seen.gz"
_WORDS = "words.txt.gz"


@cache
def vocabularies() -> Vocabularies:
    """The words that taggers know: French forms, communes, first names, family names, other proper names.

    Raises:
        SettingsError: the list of names is missing or damaged.
    """
    kinds: dict[str, set[str]] = defaultdict(set)
    try:
        lines = gzip.decompress((FOLDER / _WORDS).read_bytes()).decode("utf-8").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        msg = f"models/names-fr/{_WORDS} cannot be read: {error}"
        raise SettingsError(
            msg, "install the program again, or restore the folder from its source"
        ) from error
    for kind, word in (line.split("\t") for line in lines):
        kinds[kind].add(word)
    return Vocabularies(lexicon(), commune=load_communes().words(), **kinds)


def weights_in(folder: Path = FOLDER) -> dict[str, Path]:
    """The weights of the taggers of a folder by their name."""
    return {path.stem: path for path in sorted(folder.glob(f"*{WEIGHTS}"))}


def digest(text: str) -> str:
    """By which a text that was learned from is known again: white space does not count."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]


def save_seen(path: Path, texts: Iterable[str]) -> None:
    """Nothing; the digests of the texts are in the file."""
    lines = "".join(f"{d}\n" for d in sorted({digest(text) for text in texts}))
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(lines.encode())


def seen_texts(folder: Path = FOLDER) -> frozenset[str]:
    """The digests of all texts that the taggers of a folder learned from."""
    found: set[str] = set()
    for path in folder.glob(f"*{SEEN}"):
        found.update(gzip.decompress(path.read_bytes()).decode().split())
    return frozenset(found)
