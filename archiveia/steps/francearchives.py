"""A record as a line of the CSV table that FranceArchives takes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.steps.cleaning_report import harmless
from archiveia.values import OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import Record, SearchDocument

COLUMNS = (
    *("identifiant_cote", "identifiant_URI", "titre", "origine", "date1", "date2", "description", "type"),
    *("format", "index_matiere", "index_lieu", "index_personne", "index_collectivite"),
    *("conditions_utilisation", "conditions_acces", "langue", "source_complementaire", "source_image"),
)
"""In the order of FranceArchives; a column of which nothing is known stays empty."""
_BETWEEN_VALUES = " ; "
_ACCESS = "Communicable"


def line(record: Record, found: SearchDocument) -> tuple[str, ...]:
    """The cells of a record that the public may read; none is taken for a formula.

    Nobody is indexed as a person or an organisation: a name of a living person must not become an entry, and the
    text does not say who lives (steps.living). The class stands there where a person or an inventory gave it.

    Args:
        record: the record.
        found: what the search says of it: its places and accepted descriptors.

    """
    first, last = _ends(record.value("date"))
    said = record.assertion("class")
    is_given = said is not None and said.origin.kind in {OriginKind.PERSON, OriginKind.IMPORT}
    cells = {
        "identifiant_cote": found.cote,
        "titre": found.title,
        "origine": found.producer,
        "date1": first,
        "date2": last,
        "description": _joined(found.references),
        "type": found.class_label if is_given else None,
        "format": record.value("support"),
        "index_matiere": _joined(found.subjects),
        "index_lieu": _joined(found.places),
        "conditions_acces": _ACCESS,
        "langue": record.value("language"),
    }
    return tuple(harmless(" ".join(str(cells.get(column) or "").split())) for column in COLUMNS)


def _joined(values: Sequence[str]) -> str:
    """The values of one cell; none of them holds what parts them."""
    return _BETWEEN_VALUES.join(value.replace(";", ",") for value in values)


def _ends(date: object) -> tuple[str, str]:
    """The first and the last date; the same twice for a single one, nothing where it is not known."""
    if not isinstance(date, str):
        return "", ""
    first, _, last = date.partition("/")
    return first, last or first
