"""The components of a finding aid in EAD 2002, each with its line and its path.

The document type that EAD files declare is never fetched; entities that a file defines itself are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.entities import name2codepoint
from typing import TYPE_CHECKING
from xml.parsers import expat

from archiveia.errors import BadRequestError
from archiveia.steps.cleaning import Inventory, InventoryRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_DEPTH = 100
MOST_TEXT = 2_000
"""Letters of one title, cote or name; the rest is left out."""
_REMEDY = "export it again as EAD 2002 XML"
_ROOTS = ("ead", "OAI-PMH")
"""A finding aid, or several as a portal harvests them."""
_COMPONENTS = frozenset({"archdesc", "c", *(f"c{number:02}" for number in range(1, 13))})
_FIELDS = {
    "unitid": "cote",
    "unittitle": "title",
    "unitdate": "dates",
    "geogname": "place",
    "corpname": "organisation",
}
_NOT_OURS = frozenset({"eadheader", "control", "front", "dao", "daogrp", "relatedmaterial", "bibliography"})
"""Parts in which names and titles are not those of what is described."""
_FORMER = ("ancien", "former", "old", "provisoire")


def read_ead(path: Path, *, most_rows: int) -> Inventory:
    """The components in the order of the file, the highest level first.

    Raises:
        BadRequestError: it cannot be read, is no EAD, or is built to do harm.
    """
    reader = _Reader(path.name, most_rows)
    try:
        with path.open("rb") as file:
            reader.parser.ParseFile(file)
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror or error}"
        raise BadRequestError(msg, "check the file and its permissions") from error
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an encoding that is unknown
        raise BadRequestError(f"{path.name} is not XML: {error}", _REMEDY) from error
    if not reader.parts:
        raise BadRequestError(f"{path.name} describes nothing: it has no archdesc", _REMEDY)
    headings = {name: element for element, name in _FIELDS.items()}
    return Inventory(tuple(part.row() for part in reader.parts), headings)


@dataclass
class _Part:
    """A component while it is read."""

    where: str
    above: int | None
    texts: dict[str, list[str]] = field(default_factory=dict)
    normal: list[str] = field(default_factory=list)
    children: dict[str, int] = field(default_factory=dict)

    def row(self) -> InventoryRow:
        names = [(name, text) for name in ("place", "organisation") for text in self.texts.get(name, ())]
        return InventoryRow(
            where=self.where,
            cote=next(iter(self.texts.get("cote", ())), ""),
            title=next(iter(self.texts.get("title", ())), ""),
            dates=", ".join(self.texts.get("dates", ())),
            normal_dates=", ".join(self.normal),
            names=tuple(names),
            above=self.above,
            is_leaf=not self.children,
        )


class _Reader:
    """A parser, and the components that it has met."""

    def __init__(self, name: str, most_rows: int) -> None:
        self.name = name
        self.most_rows = most_rows
        self.parts: list[_Part] = []
        self._open: list[int] = []
        self._elements: list[str] = []
        self._taking: list[tuple[str, list[str]]] = []
        self._skipped_from: int | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.EntityDeclHandler = self._refuse_entity
        self.parser.SkippedEntityHandler = self._skipped_entity
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _refuse_entity(self, *_: object) -> None:
        raise BadRequestError(f"{self.name} defines entities of its own, which may do harm", _REMEDY)

    def _skipped_entity(self, name: str, is_parameter: bool) -> None:
        """``&eacute;`` of a document type that was not fetched."""
        if not is_parameter and name in name2codepoint:
            self._text(chr(name2codepoint[name]))

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if not self._elements and name not in _ROOTS:
            raise BadRequestError(f"{self.name} is not EAD (its root is {name})", _REMEDY)
        self._elements.append(name)
        if len(self._elements) > MOST_DEPTH:
            raise BadRequestError(f"{self.name} has more than {MOST_DEPTH} levels", _REMEDY)
        if self._skipped_from is None and name in _NOT_OURS:
            self._skipped_from = len(self._elements)
        if self._skipped_from is None and name in _COMPONENTS:
            self._begin(name)
        elif self._skipped_from is None and self._open and self._is_ours(name, attributes):
            self._taking.append((name, []))
            if name == "unitdate" and attributes.get("normal"):
                self.parts[self._open[-1]].normal.append(attributes["normal"])

    def _begin(self, name: str) -> None:
        above = self._open[-1] if self._open else None
        path, number = "", 1
        if above is not None:
            whole = self.parts[above]
            number = whole.children[name] = whole.children.get(name, 0) + 1
            path = whole.where.partition(" : ")[2] + "/"
        if len(self.parts) >= self.most_rows:
            raise BadRequestError(
                f"{self.name} has more than {self.most_rows} components", "split it in parts"
            )
        step = name if name == "archdesc" else f"{name}[{number}]"
        self._open.append(len(self.parts))
        self.parts.append(_Part(f"ligne {self.parser.CurrentLineNumber} : {path}{step}", above))

    def _is_ours(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Whether the element says something of the component that is open, and is to be read."""
        if name not in _FIELDS or (
            name == "unitid" and attributes.get("type", "").lower().startswith(_FORMER)
        ):
            return False
        if name in ("geogname", "corpname"):
            return not self._taking
        return name == "unitdate" or self._elements[-2] == "did"

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if self._taking and self._taking[-1][0] == name:
            text = " ".join("".join(self._taking.pop()[1]).split())[:MOST_TEXT]
            if text:
                self.parts[self._open[-1]].texts.setdefault(_FIELDS[name], []).append(text)
        if self._skipped_from == len(self._elements):
            self._skipped_from = None
        elif self._skipped_from is None and name in _COMPONENTS:
            self._open.pop()
        self._elements.pop()

    def _text(self, text: str) -> None:
        for _name, texts in self._taking:
            texts.append(text)
