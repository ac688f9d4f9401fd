"""Texts in which people marked the names: HIPE's tables, ``token tag`` lines, entries with inline tags."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from typing import TYPE_CHECKING

from archiveia.errors import BadRequestError
from archiveia.values import NameSpan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

FIELDS = {"per": "person", "pers": "person", "loc": "place", "org": "organisation"}
"""The fields of the tags; other tags (work, product, activity...) mark no name of ours."""
_READINGS = {"ner_xml": "text", "ner_pero": "ocr_pero", "ner_tess": "ocr_tess", "ner_krak": "ocr_krak"}
"""Of one entry: the transcription, and what three OCR engines read there."""
_INLINE = re.compile(r"<(/?)([A-Z]+)>")
_GROUPS_OF_A_STREAM = 10
"""A file without document boundaries is parted so, for folds that do not share an article."""
_BLOCK_TOKENS = 500
_NO_SPACE_BEFORE = frozenset(",.;:)'’!?-")


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text and the names that people marked in it.

    ``group``: texts of one group (a document, a book) are never parted between learning and measuring.
    ``reading``: who read it, where a corpus has several readings of one text.
    """

    name: str
    group: str
    text: str
    names: tuple[NameSpan, ...]
    reading: str = ""


@dataclass(frozen=True, slots=True)
class MarkedCorpus:
    """The marked texts of a folder, and which fields its people marked."""

    name: str
    texts: tuple[MarkedText, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that occur, in the order of ``FIELDS``."""
        known = {span.field for text in self.texts for span in text.names}
        return tuple(field for field in dict.fromkeys(FIELDS.values()) if field in known)


def load_corpus(folder: Path) -> MarkedCorpus:
    """The marked texts of a folder, at any depth.

    Raises:
        BadRequestError: there is none, or a file is not what its name says.
    """
    found: list[MarkedText] = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _READERS):
        try:
            found += _READERS[path.suffix](path)
        except (OSError, UnicodeDecodeError, ValueError, KeyError) as error:
            raise BadRequestError(
                f"{path} cannot be read: {error}", "look at that file, or take it out"
            ) from error
    if not any(text.names for text in found):
        msg = f"no text with marked names in {folder}"
        raise BadRequestError(msg, "give HIPE tables (.tsv), token and tag lines (.bio), or entries (.jsonl)")
    return MarkedCorpus(folder.resolve().name, tuple(found))


# --- tables of tokens ---------------------------------------------------------------------------


def _hipe(path: Path) -> Iterator[MarkedText]:
    lines = path.read_text("utf-8").splitlines()
    columns = lines[0].split("\t") if lines else []
    if "TOKEN" not in columns or "NE-COARSE-LIT" not in columns:
        return
    tag_at, notes_at = columns.index("NE-COARSE-LIT"), columns.index("MISC")
    name = ""
    rows: list[tuple[str, str, str]] = []
    for line in [*lines[1:], "# hipe2022:document_id = "]:
        if line.startswith("# hipe2022:document_id"):
            if rows:
                yield _of_tokens(name, name, rows)
            name, rows = line.partition("=")[2].strip(), []
        elif line and not line.startswith("#"):
            cells = line.split("\t")
            notes = cells[notes_at].split("|") if len(cells) > notes_at else []
            after = "\n" if "EndOfLine" in notes else "" if "NoSpaceAfter" in notes else " "
            rows.append((cells[0], cells[tag_at], after))


def _stream(path: Path) -> Iterator[MarkedText]:
    """Lines of a token and its tag; an empty line ends a text, else blocks of tokens are texts."""
    rows = [tuple(line.rsplit(" ", 1)) for line in path.read_text("utf-8").splitlines()]
    tokens = [row for row in rows if len(row) == 2 and row[0]]
    part = max(1, -(-len(tokens) // _GROUPS_OF_A_STREAM))
    for start in range(0, len(tokens), _BLOCK_TOKENS):
        block = tokens[start : start + _BLOCK_TOKENS]
        following = [token for token, _ in tokens[start + 1 : start + len(block) + 1]] + [""]
        spaced = [
            (token, tag, "" if after[:1] in _NO_SPACE_BEFORE or token in {"'", "’", "("} else " ")
            for (token, tag), after in zip(block, following, strict=False)
        ]
        yield _of_tokens(f"{path.stem} {start + 1}", f"{path.stem} part {start // part + 1}", spaced)


def _of_tokens(name: str, group: str, rows: Sequence[tuple[str, str, str]]) -> MarkedText:
    """The text that the tokens make, with its names; a tag without ``B-`` goes on with the name before it."""
    text = ""
    runs: list[list[tuple[str, int, int]]] = []
    before = "O"
    for token, tag, after in rows:
        start = len(text)
        text += token + after
        kind, _, label = tag.partition("-")
        field = FIELDS.get(label.lower(), "")
        if field:
            if kind == "B" or before.partition("-")[2] != label:
                runs.append([])
            runs[-1].append((field, start, start + len(token)))
        before = tag
    names = tuple(NameSpan(run[0][0], run[0][1], run[-1][2]) for run in runs)
    return MarkedText(name, group, text, names)


# --- entries with inline tags -------------------------------------------------------------------


def _entries(path: Path) -> Iterator[MarkedText]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            for column, reading in _READINGS.items():
                if entry.get(column):
                    text, names = _untagged(entry[column])
                    yield MarkedText(entry["id"], entry["book"], text, names, reading)


def _untagged(tagged: str) -> tuple[str, tuple[NameSpan, ...]]:
    text, at = "", 0
    names: list[NameSpan] = []
    started: dict[str, int] = {}
    for match in _INLINE.finditer(tagged):
        text += unescape(tagged[at : match.start()])
        at = match.end()
        tag = match[2].lower()
        if not match[1]:
            started[tag] = len(text)
        elif tag in started:
            start = started.pop(tag)
            if tag in FIELDS and text[start:].strip():
                names.append(NameSpan(FIELDS[tag], start, len(text)))
    return text + unescape(tagged[at:]), tuple(names)


_READERS = {".tsv": _hipe, ".bio": _stream, ".jsonl": _entries}


def by_reading(texts: Iterable[MarkedText]) -> dict[str, list[MarkedText]]:
    """The texts by who read them, in the order of their first one."""
    kept = list(texts)
    order = dict.fromkeys(text.reading for text in kept)
    groups = {
        key: list(found) for key, found in groupby(sorted(kept, key=lambda t: t.reading), lambda t: t.reading)
    }
    return {reading: groups[reading] for reading in order}
