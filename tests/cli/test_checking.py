"""``archiveia check``: findings on the terminal, as JSON and in files for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archiveia.cli import main

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Cote;Titre;Dates extrêmes\n1 D 12;Registre;1930-1911\n1D12;;1912\n"


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "serie d.csv"
    path.write_text(TEXT, "utf-8")
    return path


def test_an_inventory_is_checked_without_a_workspace(inventory, capsys):
    assert main(["check", "inventory", str(inventory)]) == 0
    out = capsys.readouterr().out
    assert "ligne 2\tDate impossible\tDates extrêmes\t1930-1911\t" in out
    assert (
        "serie d.csv: 2 descriptions read (cote = Cote, title = Titre, dates = Dates extrêmes); 3 findings"
        in out
    )
    assert "nothing in the file was changed" in out


def test_the_findings_are_one_json_document(inventory, capsys):
    assert main(["check", "inventory", str(inventory), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["counts"] == {"impossible_date": 1, "duplicate_cote": 1, "empty_title": 1}
    assert document["findings"][0] == {
        "fault": "impossible_date",
        "where": ["ligne 2"],
        "field": "Dates extrêmes",
        "value": "1930-1911",
        "why": document["findings"][0]["why"],
        "mend": "1911-1930",
    }


def test_reports_for_people_are_written_where_asked(inventory, tmp_path, capsys):
    table, page = tmp_path / "r.csv", tmp_path / "r.html"
    assert main(["check", "inventory", str(inventory), "--out", str(table), "--out", str(page)]) == 0
    assert f"report: {page}" in capsys.readouterr().out
    assert table.read_text("utf-8-sig").startswith("où;constat;champ;valeur;explication;correction proposée")
    assert "Contrôle de « serie d.csv »" in page.read_text("utf-8")
    assert inventory.read_text("utf-8") == TEXT


def test_a_report_of_another_kind_is_refused(inventory, tmp_path, capsys):
    assert main(["check", "inventory", str(inventory), "--out", str(tmp_path / "r.pdf")]) == 2
    assert ".pdf is no kind of report" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_ends_with_a_remedy(tmp_path, capsys):
    assert main(["check", "inventory", str(tmp_path / "absent.csv")]) == 2
    assert "-> give the path of an inventory" in capsys.readouterr().err


def test_columns_are_as_the_person_says(tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text("Nr,Quoi\n1 D 1,Registre\n1D1,Plan\n", "utf-8")
    assert main(["check", "inventory", str(path), "--columns", "cote=Nr", "title=Quoi", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {"duplicate_cote": 1}
