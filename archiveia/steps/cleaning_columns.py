"""Which column of an inventory made elsewhere holds what: told by the usual French headings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiveia.errors import BadRequestError
from archiveia.steps.cleaning import Inventory, InventoryRow
from archiveia.steps.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HEADINGS: dict[str, tuple[str, ...]] = {
    "cote": (
        "cote",
        "cotes",
        "cote actuelle",
        "cote definitive",
        "cote de l article",
        "cote d archives",
        "cote article",
        "numero d article",
        "n d article",
        "no article",
        "n article",
        "n de cote",
        "reference",
        "ref",
        "identifiant",
        "unitid",
    ),
    "title": (
        "intitule",
        "titre",
        "analyse",
        "intitule analyse",
        "intitule de l article",
        "intitule du dossier",
        "objet",
        "libelle",
        "designation",
        "description",
        "contenu",
        "presentation du contenu",
        "unittitle",
    ),
    "dates": (
        "dates extremes",
        "date s extreme s",
        "dates",
        "date",
        "date s",
        "datation",
        "periode",
        "annees",
        "annee",
        "unitdate",
    ),
    "begin": (
        "date debut",
        "date de debut",
        "debut",
        "annee debut",
        "annee de debut",
        "date initiale",
        "date min",
        "date minimum",
        "date la plus ancienne",
        "date ancienne",
        "date extreme debut",
        "date extreme basse",
        "date 1",
    ),
    "end": (
        "date fin",
        "date de fin",
        "fin",
        "annee fin",
        "annee de fin",
        "date finale",
        "date max",
        "date maximum",
        "date la plus recente",
        "date recente",
        "date extreme fin",
        "date extreme haute",
        "date 2",
    ),
    "place": ("commune", "communes", "lieu", "lieux", "localite", "ville", "nom de la commune", "geogname"),
    "organisation": (
        "producteur",
        "service producteur",
        "nom du producteur",
        "service versant",
        "origine",
        "organisme",
        "organisme producteur",
        "provenance",
        "collectivite",
        "service",
        "corpname",
    ),
}
"""The usual headings of each field, folded, the most usual first."""
FIELDS = tuple(HEADINGS)
NAME_FIELDS = ("place", "organisation")
_SIGNS = re.compile(r"[^a-z0-9]+")


def heading_key(heading: str) -> str:
    """A heading without case, accents and signs."""
    return _SIGNS.sub(" ", fold(heading.replace("n°", "n ").replace("N°", "n "))).strip()


def columns_in(headings: Sequence[str], wanted: Mapping[str, str] | None = None) -> dict[str, int]:
    """The column (from 0) of each field that a line of headings names.

    Args:
        headings: the cells of the line.
        wanted: the heading of a field where it is not one of the usual ones.

    """
    keys = [heading_key(h) for h in headings]
    found: dict[str, int] = {}
    for field, heading in (wanted or {}).items():
        if heading_key(heading) in keys:
            found[field] = keys.index(heading_key(heading))
    for field, usual in HEADINGS.items():
        free = {key: at for at, key in reversed(list(enumerate(keys))) if at not in found.values()}
        known = next((free[name] for name in usual if name in free), None)
        if field not in (wanted or {}) and known is not None:
            found[field] = known
    return found


def is_heading_line(found: Mapping[str, int], wanted: Mapping[str, str] | None = None) -> bool:
    """Whether a line names columns enough to be that of the headings."""
    named = set(wanted or {}) <= set(found)
    return named and bool({"cote", "title"} & set(found)) and (len(found) > 1 or bool(wanted))


def asked_columns(given: Sequence[str]) -> dict[str, str]:
    """The heading of each field of ``cote=Référence title=Analyse``.

    Raises:
        BadRequestError: something else was written, or the field is none of ours.
    """
    found = {}
    for text in given:
        field, equals, heading = text.partition("=")
        if not equals or field not in HEADINGS or not heading.strip():
            raise BadRequestError(
                f"{text!r} names no column", f"write FIELD=HEADING, FIELD being one of {', '.join(FIELDS)}"
            )
        found[field] = heading.strip()
    return found


_HEADINGS_WITHIN = 30
"""Lines within which the headings stand: exports begin with a title and a date of printing."""
_MOST_CHARS = 2_000
"""Of a cell; the rest is left out."""
_SEVERAL = re.compile(r"\s*[;|\n]\s*")


def read_table(
    lines: Iterable[tuple[int, Sequence[str]]], wanted: Mapping[str, str], *, sheet: str = ""
) -> tuple[Inventory | None, list[str]]:
    """The rows below the line of headings (``None`` where no line names columns), and the fullest line seen.

    Args:
        lines: number and cells of each line.
        wanted: the heading of a field where it is not one of the usual ones.
        sheet: the name of the sheet, where there are several.

    """
    columns: dict[str, int] = {}
    headings: dict[str, str] = {}
    fullest: list[str] = []
    rows: list[InventoryRow] = []
    for place, (number, cells) in enumerate(lines):
        if not columns:
            found = columns_in(cells, wanted)
            filled = [c for c in cells if c.strip()]
            fullest = filled if len(filled) > len(fullest) else fullest
            if is_heading_line(found, wanted):
                columns, headings = found, {f: " ".join(cells[at].split()) for f, at in found.items()}
            elif place >= _HEADINGS_WITHIN:
                break
        elif any(cell.strip() for cell in cells):
            where = f"feuille « {sheet} », ligne {number}" if sheet else f"ligne {number}"
            rows.append(
                _row(
                    where,
                    {f: cells[at][:_MOST_CHARS].strip() for f, at in columns.items() if at < len(cells)},
                )
            )
    return (Inventory(tuple(rows), headings) if columns else None), fullest


def _row(where: str, cells: Mapping[str, str]) -> InventoryRow:
    names = tuple(
        (name, " ".join(value.split()))
        for name in NAME_FIELDS
        for value in _SEVERAL.split(cells.get(name, ""))
        if value.strip()
    )
    return InventoryRow(
        where,
        cote=cells.get("cote", ""),
        title=cells.get("title", ""),
        dates=cells.get("dates", ""),
        begin=cells.get("begin", ""),
        end=cells.get("end", ""),
        names=names,
    )


def no_columns(name: str, fullest: Sequence[str], wanted: Mapping[str, str]) -> BadRequestError:
    """The error of a table whose columns nobody can tell."""
    seen = ", ".join(cell[:40] for cell in fullest[:12]) or "(none)"
    asked = " and ".join(wanted.values()) or "cote or intitulé"
    return BadRequestError(
        f"{name}: no line of headings names {asked}; read: {seen}",
        "say which heading is which: --columns cote=... title=... dates=...",
    )
