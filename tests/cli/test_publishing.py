"""What is put online and taken off from a terminal says what is missing, and who decided."""

from __future__ import annotations

import pytest
from shelved import NOW, shelve

from archiveia import cli, pipeline
from archiveia.pipeline import deciding, order, searching
from archiveia.settings import Settings


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    with pipeline.open_edges(Settings(home=folder, workers=1, classifier="lexical", ner="off")) as edges:
        edges.clock = lambda: NOW
        shelve(edges)
        for step in ("retain", "access", "index"):
            order.STEPS[step](["r1", "r2", "r3"], edges)
        for record, category in (("r1", "C01"), ("r2", "C29"), ("r3", "C01")):
            decided = {"class": "DELIB", "date": "1976", "closed_on": "1976", "access_category": category}
            deciding.confirm(record, decided, actor="MARTIN", edges=edges)
    monkeypatch.setenv("ARCHIVEIA_HOME", str(folder))
    return folder


def is_online(record):
    with pipeline.open_edges(Settings(), must_exist=True) as edges:
        return bool(searching.search("lavoir", edges, public=True).total) and record in {
            hit.record_id for hit in searching.search("lavoir", edges, public=True).hits
        }


@pytest.mark.usefixtures("home")
def test_a_series_is_published_with_what_must_be_stated_and_taken_down_with_a_reason(capsys):
    assert cli.main(["publish", "serie", "--rights", "none", "--data", "none", "--by", "MARTIN"]) == 0
    told = capsys.readouterr().out
    assert "serie: published by MARTIN (3 records, 2 with a day online)" in told
    assert "Catégorie C29 « Liste électorale » : jamais en ligne (nominatif : non publié)." in told
    assert (is_online("r1"), is_online("r2"), is_online("r3")) == (True, False, True)
    assert cli.main(["withdraw", "r3", "--reason", "privacy", "--by", "DURAND"]) == 0
    assert "r3: withdrawn by DURAND (1 records)" in capsys.readouterr().out
    assert (is_online("r1"), is_online("r3")) == (True, False)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (["publish", "serie", "--data", "none"], "--rights"),
        (["publish", "serie", "--rights", "none"], "--data"),
        (["publish", "serie", "--rights", "perhaps", "--data", "none"], "invalid choice: 'perhaps'"),
        (["withdraw", "serie"], "--reason"),
        (["withdraw", "serie", "--reason", "changed"], "invalid choice: 'changed'"),
    ],
)
def test_what_must_be_stated_is_asked_for(capsys, typed, message):
    with pytest.raises(SystemExit):
        cli.main(typed)
    assert message in capsys.readouterr().err
