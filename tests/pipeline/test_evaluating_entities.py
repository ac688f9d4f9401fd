from __future__ import annotations

import json

import pytest

from archiveia.cli import main
from archiveia.edges.name_models import seen_texts, weights_in
from archiveia.engines import names_crf
from archiveia.errors import MissingToolError
from archiveia.pipeline import naming
from archiveia.pipeline.evaluating_entities import evaluate_entities
from archiveia.pipeline.training_entities import train_entities
from archiveia.pipeline.workplace import no_progress
from archiveia.settings import read_settings

NAMES = ("Martin", "Durand", "Lefebvre", "Moreau", "Garnier", "Rousseau")
PLACES = ("Dinan", "Rennes", "Vannes", "Brest", "Quimper", "Lorient")


@pytest.fixture
def marked(tmp_path):
    """A hundred entries of five books: learning them is a matter of a moment."""
    folder = tmp_path / "directory"
    folder.mkdir()
    with (folder / "entries.jsonl").open("w", encoding="utf-8") as file:
        for at in range(100):
            name, place = NAMES[at % 6], PLACES[at // 6 % 6]
            marked = f"<PER>M. {name}</PER>, marchand, demeurant à <LOC>{place}</LOC>, rue {at}"
            file.write(json.dumps({"id": str(at), "book": f"b{at % 5}", "ner_xml": marked}) + "\n")
    return folder


def test_what_is_measured_was_not_learned_from_and_the_rules_stand_beside_it(marked):
    pytest.importorskip("pycrfsuite", reason="extra ner is not installed")
    (found,) = evaluate_entities(marked, no_progress, folds=5)
    scores = found.as_json()
    assert (scores["texts"], scores["seen_texts"], scores["names"]) == (100, 0, {"person": 100, "place": 100})
    learned, rules = scores["systems"]["learned"], scores["systems"]["rules"]
    assert learned["strict"]["all"]["f1"] > 0.95
    assert rules["strict"]["person"]["f1"] == 0  # the rules leave the title out
    assert rules["fuzzy"]["person"]["f1"] > 0.9
    assert learned["strict"]["place"]["low"] <= learned["strict"]["place"]["f1"]


def test_weights_know_the_texts_that_they_learned_from(marked, tmp_path):
    pytest.importorskip("pycrfsuite", reason="extra ner is not installed")
    out = tmp_path / "weights"
    made = train_entities(marked, out)
    assert (made.texts, made.names, list(weights_in(out))) == (100, 200, ["directory"])
    assert len(seen_texts(out)) == 100
    (found,) = evaluate_entities(marked, no_progress, models=out)
    assert found.as_json()["seen_texts"] == 100
    assert found.as_json()["systems"]["learned"]["weights"] == "directory"


def test_the_command_prints_json_and_a_table(marked, capsys):
    pytest.importorskip("pycrfsuite", reason="extra ner is not installed")
    assert main(["evaluate", "entities", str(marked), "--folds", "2", "--json"]) == 0
    assert (
        json.loads(capsys.readouterr().out)["readings"][0]["systems"]["learned"]["fuzzy"]["all"]["f1"] > 0.9
    )
    assert main(["evaluate", "entities", str(marked), "--folds", "2"]) == 0
    assert "strict F1" in capsys.readouterr().out


def test_without_the_library_the_remedy_is_told(marked, monkeypatch):
    monkeypatch.setattr(names_crf, "find_spec", lambda _name: None)
    with pytest.raises(MissingToolError, match="python-crfsuite is not installed"):
        evaluate_entities(marked, no_progress)


def test_the_shipped_weights_name_the_persons_and_places_of_a_record():
    pytest.importorskip("pycrfsuite", reason="extra ner is not installed")
    find = naming.open_namer(read_settings(ner="learned"))
    text = "M. Durand, maire de Rennes, est parti pour Paris avec le général Martin."
    mentions, origin = find([(3, text)])
    assert origin.name.startswith("names-fr ")
    assert {text[start:end] == written for _field, start, end, written in mentions[3]} == {True}
    assert "Paris" in {written for field, _s, _e, written in mentions[3] if field == "place"}


@pytest.mark.parametrize("settings", [{"ai": "off"}, {"ner": "off"}])
def test_no_model_is_asked_where_none_is_wanted(settings):
    assert naming.open_namer(read_settings(**settings)) is None
