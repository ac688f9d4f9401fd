"""Texts whose class people gave: ``train.jsonl`` and ``test.jsonl`` of a folder, with descriptions of the classes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges.contracts import SCHEMAS
from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.values import Json

THEMES = SCHEMAS / "themes.json"
"""Descriptions of usual themes, for folders that describe none."""


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text as a classifier reads it (its title, when it has one, is the first line), and its class."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class LabelledFolder:
    """The texts to learn from, those to measure on (``None``: none were set apart), and what the classes are."""

    name: str
    train: tuple[LabelledText, ...]
    test: tuple[LabelledText, ...] | None
    descriptions: dict[str, str]
    describes: bool
    """Whether the folder itself says what the classes are (``labels.json``)."""

    @property
    def undescribed(self) -> tuple[str, ...]:
        """The classes that nothing but their name describes."""
        labels = {t.label for t in (*self.train, *(self.test or ()))}
        return tuple(sorted(label for label in labels if not self.descriptions.get(label)))


def read_labelled(folder: Path) -> LabelledFolder:
    """The labelled texts of a folder.

    Raises:
        BadRequestError: there is no ``train.jsonl``, it holds fewer than two classes, or a line cannot be used.
    """
    train, test = folder / "train.jsonl", folder / "test.jsonl"
    if not train.is_file():
        raise BadRequestError(
            f"no train.jsonl in {folder}",
            "write one JSON object a line, with the keys label and text (and title)",
        )
    texts = _read(train)
    if len({t.label for t in texts}) < 2:
        raise BadRequestError(f"{train} holds fewer than two classes", "add texts of other classes")
    held = _read(test) if test.is_file() else None
    labels = {t.label for t in (*texts, *(held or ()))}
    own = (folder / "labels.json").is_file()
    return LabelledFolder(folder.resolve().name, texts, held or None, _descriptions(folder, labels), own)


def _read(path: Path) -> tuple[LabelledText, ...]:
    found = []
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                found.append(_checked(line, f"{path}, line {number}"))
    return tuple(found)


def _checked(line: str, where: str) -> LabelledText:
    remedy = 'write {"label": "...", "text": "..."} on the line'
    try:
        row = json.loads(line)
    except ValueError as error:
        raise BadRequestError(f"{where} is not JSON ({error})", remedy) from error
    if not isinstance(row, dict) or not all(isinstance(row.get(k), str) for k in ("label", "text")):
        raise BadRequestError(f"{where} lacks a label or a text", remedy)
    title = row.get("title")
    heading = f"{title}\n" if isinstance(title, str) and title.strip() else ""
    return LabelledText(row["label"], heading + row["text"])


def _descriptions(folder: Path, labels: set[str]) -> dict[str, str]:
    """What each class is: from ``labels.json`` of the folder, else from the usual themes that fit most of them."""
    own = folder / "labels.json"
    path = own if own.is_file() else THEMES
    try:
        found: Json = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadRequestError(
            f"{path} is not JSON ({error})", 'write {"label": "description", ...}'
        ) from error
    if path is THEMES:
        found = max((s["descriptions"] for s in found["sets"]), key=lambda one: len(labels & set(one)))
    return {label: str(found[label]) for label in sorted(labels & set(found))}
