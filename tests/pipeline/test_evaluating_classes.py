from __future__ import annotations

import json
import random

import pytest

from archiveia.cli import main
from archiveia.pipeline.evaluating_classes import evaluate_classify
from archiveia.settings import read_settings

WORDS = {
    "École": ["élève", "école", "classe", "instituteur", "cantine", "scolaire", "cahier", "récréation"],
    "Voirie": ["chaussée", "trottoir", "route", "pavage", "circulation", "alignement", "caniveau", "égout"],
    "Impôt": ["taxe", "rôle", "perception", "contribuable", "impôt", "percepteur", "cadastre", "franc"],
}
COMMON = ["le", "maire", "de", "la", "commune", "a", "reçu", "une", "lettre", "du", "préfet", "en", "mars"]
SETTINGS = read_settings(classifier="lexical")


def texts(count, seed):
    drawn = random.Random(seed)
    for label, words in WORDS.items():
        for _ in range(count):
            chosen = drawn.choices(words, k=6) + drawn.choices(COMMON, k=12)
            drawn.shuffle(chosen)
            yield {"label": label, "text": " ".join(chosen)}


def folder(path, *, test=False, count=12):
    path.mkdir(exist_ok=True)
    for name, seed in (("train", 1), *((("test", 2),) if test else ())):
        rows = "".join(json.dumps(row) + "\n" for row in texts(count, seed))
        (path / f"{name}.jsonl").write_text(rows, encoding="utf-8")
    described = {label: ", ".join(words[:3]) for label, words in WORDS.items()}
    (path / "labels.json").write_text(json.dumps(described), encoding="utf-8")
    return path


def test_without_a_test_file_every_text_is_measured_once_by_a_model_that_did_not_see_it(tmp_path):
    found = evaluate_classify(folder(tmp_path), SETTINGS)
    assert found["texts"] == 36
    assert len(found["accuracy_of_folds"]) == 5
    assert found["accuracy"] > 0.9
    assert found["rules"]["texts"] == 36
    low, high = found["intervals"]["accuracy"]
    assert low <= found["accuracy"] <= high


def test_a_test_file_is_what_is_measured(tmp_path):
    found = evaluate_classify(folder(tmp_path, test=True), SETTINGS)
    assert found["measured_on"] == "test"
    assert found["texts"] == 36
    assert len(found["accuracy_of_folds"]) == 1


def test_a_few_labels_of_each_class_are_learned_from_with_the_unlabelled_rest(tmp_path):
    found = evaluate_classify(folder(tmp_path), SETTINGS, labels_per_class=3)
    assert found["labels_per_class"] == 3
    assert "unlabelled" in found["classifier"]
    assert found["accuracy"] > 0.8


def test_the_figures_are_the_same_at_every_run(tmp_path):
    first, second = (evaluate_classify(folder(tmp_path), SETTINGS) for _ in range(2))
    assert first["confusion"] == second["confusion"]
    assert first["ece"] == second["ece"]


def test_without_a_label_descriptions_speak(tmp_path):
    found = evaluate_classify(folder(tmp_path), SETTINGS, without_labels=True)
    assert found["zero_shot"]
    assert found["accuracy"] > 0.8


def test_with_models_off_the_rules_alone_are_measured(tmp_path):
    found = evaluate_classify(folder(tmp_path), read_settings(ai="off"))
    assert found["classifier"] == "lexical"
    assert found["accuracy"] == found["rules"]["accuracy"]


def test_the_command_prints_every_figure(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ARCHIVEIA_CLASSIFIER", "lexical")
    assert main(["evaluate", "classify", str(folder(tmp_path)), "--zero-shot"]) == 0
    out = capsys.readouterr().out
    for figure in ("accuracy", "ece", "coverage_at_precision_95", "cpu_seconds", "École"):
        assert figure in out
    assert main(["evaluate", "classify", str(tmp_path), "--zero-shot", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"accuracy", "macro_f1", "ece", "coverage_at_precision_95", "per_class"} <= set(found)


def test_classes_of_the_plan_are_asked_of_the_classifier_of_records_with_the_whole_plan(tmp_path):
    rows = [
        {"label": "FACTURE", "text": "Facture n° 12. Prix unitaire, total HT, TVA, total TTC, net à payer."},
        {
            "label": "DELIB",
            "text": "Extrait du registre des délibérations. Après en avoir délibéré, le conseil décide.",
        },
        {
            "label": "PERMIS",
            "text": "Le demandeur est prié de passer à la mairie pour affaire qui le concerne.",
        },
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "train.jsonl").write_text(lines, encoding="utf-8")
    found = evaluate_classify(tmp_path, SETTINGS, without_labels=True)
    assert found["classification_plan"]
    assert found["undescribed"] == []
    assert found["abstention"]["right"] == pytest.approx(2 / 3)
