"""Checks of descriptions: those of the archive's records, and those of an inventory made by other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges.communes import load_communes
from archiveia.edges.inventories import read_inventory
from archiveia.edges.storage import write_atomically
from archiveia.errors import BadRequestError
from archiveia.steps.cleaning_columns import asked_columns
from archiveia.steps.cleaning_inventory import check_inventory
from archiveia.steps.cleaning_report import as_csv, as_html

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from archiveia.steps.cleaning import Finding, Inventory


def check_file(path: Path, columns: Sequence[str], *, today: date) -> tuple[Inventory, list[Finding]]:
    """The inventory as it was read, and what looks wrong in it; the file is only read.

    Raises:
        BadRequestError: the file or a column cannot be used.
        MissingToolError: the library that its kind needs is not there.
    """
    inventory = read_inventory(path, asked_columns(columns))
    return inventory, check_inventory(inventory, today=today, communes=load_communes().named)


def write_report(findings: Sequence[Finding], target: Path, *, name: str, today: date) -> None:
    """The findings as a table (``.csv``) or a page (``.html``).

    Raises:
        BadRequestError: the name of the target ends otherwise.
        StorageError: it cannot be written.
    """
    match target.suffix.lower():
        case ".csv":
            data = as_csv(findings).encode("utf-8-sig")
        case ".html" | ".htm":
            data = as_html(findings, name, today).encode()
        case other:
            raise BadRequestError(
                f"{other or target.name} is no kind of report", "end its name in .csv or .html"
            )
    write_atomically(target, lambda file: file.write(data))
