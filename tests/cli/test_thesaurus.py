"""``thesaurus import`` and ``thesaurus list`` from a terminal: what changed is told, what cannot be used too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiveia import cli

FILE = Path(__file__).parent.parent / "samples" / "thesaurus.rdf"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHIVEIA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ARCHIVEIA_CLASSIFIER", "lexical")


def test_a_thesaurus_is_taken_in_and_listed(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["thesaurus", "import", str(FILE), "--by", "MARTIN"]) == 0
    assert cli.main(["thesaurus", "list"]) == 0
    out = capsys.readouterr().out
    assert "Thésaurus d'essai: 5 descriptors (urn:essai)\ntaken in for the first time\n" in out
    assert "Thésaurus d'essai\t5\t2026-01-01\t" in out


def test_a_newer_version_tells_what_it_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    cli.main(["thesaurus", "import", str(FILE)])
    newer = tmp_path / "newer.rdf"
    newer.write_text(FILE.read_text("utf-8").replace(">police<", ">police municipale<"), "utf-8")
    assert cli.main(["thesaurus", "import", str(newer)]) == 0
    assert "renamed: 1 (police -> police municipale)" in capsys.readouterr().out
    cli.main(["thesaurus", "import", str(newer)])
    assert "the same descriptors as before" in capsys.readouterr().out


def test_json_has_everything(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["thesaurus", "import", str(FILE), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["descriptors"] == 5
    assert cli.main(["thesaurus", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["uri"], row["accepted"]) == ("urn:essai", 0)


def test_a_file_that_is_no_thesaurus_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "x.rdf"
    path.write_text("<alto/>", "utf-8")
    assert cli.main(["thesaurus", "import", str(path)]) == cli.USAGE
    told = capsys.readouterr().err
    assert "x.rdf is no RDF file" in told
    assert "export the thesaurus as SKOS" in told
    assert cli.main(["thesaurus", "list"]) == 0
    assert "no thesaurus yet" in capsys.readouterr().out
