"""What is wrong, or looks so, in a description: each finding with its place, its reason in French and its mend."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Fault(StrEnum):
    """What is wrong with a description."""

    IMPOSSIBLE_DATE = "impossible_date"
    DUPLICATE_COTE = "duplicate_cote"
    DUPLICATE_NUMBER = "duplicate_number"
    UNKNOWN_COMMUNE = "unknown_commune"
    CLASS_AGAINST_TEXT = "class_against_text"
    EMPTY_COTE = "empty_cote"
    EMPTY_TITLE = "empty_title"
    COTE_GAP = "cote_gap"
    DATE_GAP = "date_gap"
    NAME_VARIANT = "name_variant"


LABELS: dict[str, str] = {
    Fault.IMPOSSIBLE_DATE: "Date impossible",
    Fault.DUPLICATE_COTE: "Cote en double",
    Fault.DUPLICATE_NUMBER: "Numéro en double",
    Fault.UNKNOWN_COMMUNE: "Commune inconnue",
    Fault.CLASS_AGAINST_TEXT: "Type contredit par le texte",
    Fault.EMPTY_COTE: "Cote vide",
    Fault.EMPTY_TITLE: "Intitulé vide",
    Fault.COTE_GAP: "Cotes manquantes",
    Fault.DATE_GAP: "Lacune de dates",
    Fault.NAME_VARIANT: "Variantes d’un nom",
}
"""As archivists read them, the gravest first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that looks wrong.

    ``where``: the places concerned (identifier of a record; line or path of an inventory), the first one first.
    ``field`` is the field of a record or the heading of the column, ``value`` what stands there. ``mend`` is what
    is proposed instead; ``None`` where nothing can be proposed without guessing.
    """

    fault: Fault
    where: tuple[str, ...]
    field: str
    value: str
    why: str
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """One line of a table, or one component of a finding aid, as it is written.

    ``where`` says it to a person (``ligne 12``). ``names`` are the (field, value) of places and organisations.
    ``above`` is the place in the list of the component that this one is a part of, ``None`` at the top or in a table.
    """

    where: str
    cote: str = ""
    title: str = ""
    dates: str = ""
    begin: str = ""
    end: str = ""
    names: tuple[tuple[str, str], ...] = ()
    normal_dates: str = ""
    """The dates as a machine reads them (attribute ``normal`` of EAD)."""
    above: int | None = None
    is_leaf: bool = True


@dataclass(frozen=True, slots=True)
class Inventory:
    """The rows of a file in their order, and how the file calls each field that it has."""

    rows: tuple[InventoryRow, ...]
    headings: Mapping[str, str] = field(default_factory=dict)

    def heading(self, name: str) -> str:
        """The heading of a field in the file."""
        return self.headings.get(name, name)
