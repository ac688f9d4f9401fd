"""``archiveia export descriptions``: the open records, and no other."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from town_hall import NAME

from archiveia.cli import main
from archiveia.edges import database
from archiveia.edges.database import assertions, journal
from archiveia.errors import StorageError
from archiveia.pipeline import deciding, searching
from archiveia.pipeline.cleaning_records import check_descriptions, report_descriptions
from archiveia.pipeline.exporting_descriptions import export_descriptions
from archiveia.steps.francearchives import COLUMNS
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from pathlib import Path

    from town_hall import Town

    from archiveia import pipeline


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_the_open_records_are_exported_with_their_accepted_descriptors(
    town: Town, edges: pipeline.Edges, tmp_path: Path
):
    by_person = Origin(OriginKind.PERSON, NAME)
    said = [
        Assertion("subject", {"uri": f"u{label}", "label": label}, by_person) for label in ("eau", "=lavoir")
    ]
    with database.writing(edges.database) as connection:
        for record in (town.opened, town.closed):
            assertions.replace(connection, record, ["subject"], [OriginKind.PERSON], said, now=edges.now())
    assert export_descriptions(tmp_path / "fonds.csv", actor=NAME, edges=edges) == 1
    (row,) = rows_of(tmp_path / "fonds.csv")
    assert tuple(row) == COLUMNS
    assert (row["titre"], row["date1"], row["type"]) == ("Le lavoir communal", "1893-04-06", "Délibération")
    assert set(row["index_matiere"].removeprefix("'").split(" ; ")) == {"eau", "=lavoir"}
    assert not row["index_matiere"].startswith("=")
    assert row["index_personne"] == row["index_collectivite"] == ""


def test_a_record_that_is_closed_again_is_exported_no_more(town: Town, edges: pipeline.Edges, tmp_path: Path):
    deciding.confirm(town.opened, {"access_category": "C09"}, actor=NAME, edges=edges)
    with database.reading(edges.database) as connection:
        is_open = searching.is_public(connection, searching.show(town.opened, edges, public=False), edges)
    assert not is_open
    assert export_descriptions(tmp_path / "fonds.csv", actor=NAME, edges=edges) == 0
    assert rows_of(tmp_path / "fonds.csv") == []


def test_the_command_tells_how_many(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("ARCHIVEIA_HOME", str(town.settings.home_dir))
    assert main(["export", "descriptions", str(tmp_path / "fonds.csv")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'fonds.csv'}: 1 open records\n"
    assert len(rows_of(tmp_path / "fonds.csv")) == 1


@pytest.mark.usefixtures("town")
def test_the_journal_tells_who_took_descriptions_or_findings_out(edges: pipeline.Edges, tmp_path: Path):
    export_descriptions(tmp_path / "fonds.csv", actor=NAME, edges=edges)
    findings = [told.finding for told in check_descriptions(edges)]
    report_descriptions(findings, [], actor=NAME, edges=edges)
    report_descriptions(findings, [tmp_path / "r.csv", tmp_path / "r.html"], actor=NAME, edges=edges)
    with database.reading(edges.database) as connection:
        entries = [row for row in journal.journal_list(connection, edges.entity, 9) if row.action == "export"]
    assert {row.actor for row in entries} == {NAME}
    assert [row.after for row in reversed(entries)] == [
        {"format": "csv", "records": 1},
        {"format": ["csv", "html"], "findings": len(findings)},
    ]


def test_a_place_that_cannot_be_written_is_told(edges: pipeline.Edges, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        export_descriptions(tmp_path / "file" / "fonds.csv", actor=NAME, edges=edges)
