"""Texts of which people know which are one text: ``pairs.jsonl``, or ``entries.jsonl`` with several readings each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from archiveia.errors import BadRequestError
from archiveia.values import Relation

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.values import Json

ALIKE = 0.8
"""Share of characters that agree from which two forms of one text count as alike, whatever people call them."""


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two texts, by their keys. ``label``: what they are (``text``, ``template``...). ``similarity``: 0-1."""

    key_a: str
    key_b: str
    label: str
    similarity: float

    @property
    def is_alike(self) -> bool:
        """Whether this pair must be found: one text, changed little or not at all."""
        return self.label == Relation.SAME_TEXT or (self.label == "text" and self.similarity >= ALIKE)

    @property
    def is_template(self) -> bool:
        """Whether these are two acts on one template."""
        return self.label == Relation.TEMPLATE


@dataclass(frozen=True, slots=True)
class PairedTexts:
    """The texts of a folder by key, and the pairs that people know. All other pairs are of unlike texts."""

    name: str
    texts: dict[str, str]
    pairs: tuple[LabelledPair, ...]


def read_pairs(folder: Path) -> PairedTexts:
    """The texts and pairs of a folder.

    Raises:
        BadRequestError: there is neither file, or a line of it cannot be used.
    """
    for name, rows_of in (("pairs.jsonl", _pair), ("entries.jsonl", _entry)):
        path = folder / name
        if not path.is_file():
            continue
        texts: dict[str, str] = {}
        labels: list[LabelledPair] = []
        for number, row in enumerate(_rows(path), start=1):
            try:
                mine, label = rows_of(row)
            except KeyError as error:
                raise BadRequestError(
                    f"{path}, line {number}: no {error.args[0]}", "see docs/evaluation.md for the format"
                ) from error
            texts.update((f"{number:07d}:{part}", text) for part, text in mine.items())
            labels += [
                LabelledPair(
                    f"{number:07d}:{a}",
                    f"{number:07d}:{b}",
                    Relation.SAME_TEXT if (a, b) == ("a", "again") else label,
                    Levenshtein.normalized_similarity(mine[a], mine[b]),
                )
                for a, b in combinations(sorted(mine), 2)
            ]
        if labels:
            return PairedTexts(folder.name, texts, tuple(labels))
    raise BadRequestError(
        f"no pairs in {folder}", "write pairs.jsonl or entries.jsonl there (docs/evaluation.md)"
    )


def _rows(path: Path) -> list[Json]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadRequestError(
            f"{path} cannot be read: {error}", "write one JSON object a line, in UTF-8"
        ) from error


def _pair(row: Json) -> tuple[dict[str, str], str]:
    first, second = ("current", "former") if "current" in row else ("a", "b")
    texts = {first: str(row[first]), second: str(row[second])}
    if first == "a" and "again" in row:
        texts["again"] = str(row["again"])
    return texts, str(row.get("relation", "text"))


def _entry(row: Json) -> tuple[dict[str, str], str]:
    readings = {name: str(text) for name, text in row.items() if name.startswith("ocr_") and text is not None}
    return {"text": str(row["text"]), **readings}, "text"
