"""``archiveia rules``: a schedule goes out, is changed, comes back, is compared, adopted and signed."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from archiveia import cli

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHIVEIA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ARCHIVEIA_CLASSIFIER", "lexical")


def export(tmp_path: Path, name: str = "tableau.csv") -> Path:
    assert cli.main(["rules", "export", str(tmp_path / name)]) == 0
    return tmp_path / name


def edit(path: Path, old: str, new: str) -> Path:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def test_the_schedule_of_the_program_has_no_error_and_says_what_it_leaves_open(capsys):
    assert cli.main(["rules", "check"]) == 0
    out = capsys.readouterr().out
    assert "note   line 39: PAT-005: 'cession ou réforme' is not one event (unmapped)" in out
    assert "BAT-007: no source for its elimination, which will not be proposed" in out
    assert "class HOSPIT has no active rule" in out
    assert "\n0 errors, " in out


@pytest.mark.parametrize("suffix", [".csv", ".ods"])
def test_what_goes_out_comes_back_as_the_same_version(tmp_path, capsys, suffix):
    path = export(tmp_path, f"tableau{suffix}")
    assert cli.main(["rules", "import", str(path), "--by", "MARTIN"]) == 0
    out = capsys.readouterr().out
    assert "the same rules as those in force" in out
    assert "version 1 is taken in, and not in force: archiveia rules adopt 1" in out


def test_a_version_is_compared_then_adopted_then_signed(tmp_path, capsys):
    path = edit(
        export(tmp_path),
        ",120,minimum,clôture de l’exercice,fiscal",
        ",60,minimum,clôture de l’exercice,fiscal",
    )
    cli.main(["rules", "import", str(path)])
    capsys.readouterr()
    assert cli.main(["rules", "diff", "1"]) == 0
    assert "ADM-019, dua_months: '120' -> '60'\n0 of 0 proposals" in capsys.readouterr().out
    assert cli.main(["rules", "adopt", "1"]) == 0
    assert "nothing was changed: archiveia rules adopt 1 --yes" in capsys.readouterr().out
    assert cli.main(["rules", "adopt", "1", "--yes", "--by", "MARTIN"]) == 0
    assert "version 1 is in force, adopted by MARTIN" in capsys.readouterr().out
    signing = [
        "rules",
        "sign",
        "FIN-004",
        "--signed-by",
        "DURAND, maire",
        "--on",
        "2026-01-10",
        "--opinion",
        "AD",
    ]
    assert cli.main(signing) == 0
    assert cli.main(["rules", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out.split("signed\n", 1)[1])
    assert listed["in_force"].startswith("1 (")
    assert {r["code"] for r in listed["rules"] if r["signature"]} == {"FIN-004"}
    assert cli.main(["rules", "sign", "FIN-004", "--withdraw"]) == 0
    assert cli.main(["rules", "list"]) == 0
    assert "version 1 (" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            (",register_closed,C,", ",closing,C,"),
            "line 2: column trigger_code: 'closing' is not a trigger of",
        ),
        (("ADM-002,", "ADM-001,"), "line 3: ADM-001 is also on line 2 for the same days"),
        (("ADM-001,", "ADM-00A,"), "class DELIB names the rule ADM-001, which does not exist"),
        ((",1D,12,minimum,clô", ",1D,12,maximum,clô"), "0 errors"),
        (
            (",1D,12,minimum,clô", ",1D,,maximum,clô"),
            "ADM-001 has a longest duration without a number of months",
        ),
        ((",high,high,,,true", ",none,none,,,true"), "ADM-001 is active without a source"),
        (
            (",none,none,,,false", ",medium,none,,,false"),
            "is sure of what its source (Connaissance générale...)",
        ),
        (
            (",high,high,,,true", ",high,high,2026-02-01,2026-01-01,true"),
            "is valid until a day before it begins",
        ),
    ],
)
def test_each_fault_of_a_schedule_is_told_with_its_line(tmp_path, capsys, change, finding):
    path = edit(export(tmp_path), *change)
    code = cli.main(["rules", "check", str(path)])
    assert finding in capsys.readouterr().out
    assert code == (0 if finding == "0 errors" else 1)


def test_rows_of_one_code_follow_one_another_in_time_and_a_gap_is_told(tmp_path, capsys):
    path = export(tmp_path)
    head, first, *rest = path.read_text("utf-8").splitlines()
    former = first.replace(",,,true", ",,2025-12-31,true")
    later = first.replace(",12,", ",24,").replace(",,,true", ",2026-02-01,,true")
    path.write_text("\n".join([head, former, later, *rest]), "utf-8")
    assert cli.main(["rules", "check", str(path)]) == 0
    assert "ADM-001 has no rule between 2025-12-31 and 2026-02-01" in capsys.readouterr().out


def test_a_schedule_with_an_unknown_trigger_is_refused_and_nothing_is_lost(tmp_path, capsys):
    path = edit(export(tmp_path), ",register_closed,C,", ",closing,C,")
    assert cli.main(["rules", "import", str(path)]) != 0
    assert "'closing' is not a trigger of schemas/triggers.json" in capsys.readouterr().err
    assert cli.main(["rules", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["versions"], len(listed["rules"])) == ([], 273)


def test_a_formula_stays_text_in_csv_and_reads_back_as_it_was(tmp_path, capsys):
    path = edit(export(tmp_path), "Registre des délibérations du conseil municipal", "=SOMME(A1:A9)")
    cli.main(["rules", "import", str(path)])
    again = tmp_path / "again.csv"
    cli.main(["rules", "export", str(again), "--version", "1"])
    assert "\nADM-001,'=SOMME(A1:A9)," in again.read_text("utf-8")
    cli.main(["rules", "import", str(again)])
    assert "version 1 is taken in" in capsys.readouterr().out.splitlines()[-1]


def test_a_french_spreadsheet_writes_semicolons(tmp_path, capsys):
    path = export(tmp_path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    assert cli.main(["rules", "check", str(path)]) == 0
    assert "\n0 errors, " in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip"])
def test_a_damaged_spreadsheet_is_refused(tmp_path, capsys, content):
    path = tmp_path / "tableau.ods"
    path.write_bytes(content)
    assert cli.main(["rules", "check", str(path)]) != 0
    assert "is a damaged spreadsheet" in capsys.readouterr().err
