"""Classification without any model, and the contract file it reads."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest

from archiveia.steps.classify import (
    cues_found,
    decide,
    excerpt,
    is_classifiable,
    lexical_scores,
    softmax,
)
from archiveia.values import DocumentClass, Origin, OriginKind

ROOT = Path(__file__).resolve().parents[2]
PLAN = json.loads((ROOT / "schemas" / "classification_plan.json").read_text(encoding="utf-8"))
CLASSES = tuple(
    DocumentClass(
        c["code"],
        c["label"],
        c["description"],
        c["series"],
        tuple(c["retention_codes"]),
        tuple(c["access_categories"]),
        tuple(c["cues"]),
    )
    for c in PLAN["classes"]
)
CODES = [c.code for c in CLASSES]
SAMPLES = [
    json.loads(line)
    for line in (ROOT / "tests" / "samples" / "classes.jsonl").read_text(encoding="utf-8").splitlines()
]
ORIGIN = Origin(OriginKind.RULE, "lexical", "1")
CONFUSIONS = {"e": "c", "i": "l", "l": "1", "n": "u", "m": "rn", "o": "0", "h": "b", "é": "e", "t": "f"}


def best(text):
    scores = lexical_scores(text, CLASSES)
    return CODES[scores.index(max(scores))]


def noisy(text, rate, seed):
    pick = random.Random(seed)
    return "".join(CONFUSIONS.get(c, "") if c.isalpha() and pick.random() < rate else c for c in text)


def right(texts):
    return sum(best(text) == sample["code"] for text, sample in zip(texts, SAMPLES, strict=True)) / len(
        SAMPLES
    )


def test_every_code_of_the_plan_exists_in_the_two_tables(reference):
    def codes(name, column):
        with (reference / name).open(encoding="utf-8", newline="") as stream:
            return {row[column] for row in csv.DictReader(stream)}

    used = {code for c in PLAN["classes"] for code in c["retention_codes"]}
    categories = {code for c in PLAN["classes"] for code in c["access_categories"]}
    assert used <= codes("retention.csv", "code")
    assert categories <= codes("communicability.csv", "id")


def test_the_plan_has_no_empty_field_and_no_code_twice():
    assert len(set(CODES)) == len(CODES)
    assert len({c.label for c in CLASSES}) == len(CODES)
    for row in PLAN["classes"]:
        assert all(row[name] for name in row), row["code"]


def test_the_samples_cover_every_class_in_both_halves():
    for half in ("tune", "held"):
        assert {s["code"] for s in SAMPLES if s["split"] == half} == set(CODES)


def test_words_and_formulae_alone_find_most_classes():
    assert right([s["text"] for s in SAMPLES]) >= 0.80


def test_some_ocr_noise_is_forgiven():
    assert right([noisy(s["text"], 0.05, i) for i, s in enumerate(SAMPLES)]) >= 0.62


def test_a_formula_is_recognised_with_one_slip_in_a_word():
    found = cues_found("le conseil, aprés en avoir dé1ibéré, adopte", CLASSES)
    assert "après en avoir délibéré" in found[CODES.index("DELIB")]


def test_real_invoices_and_orders_are_told_apart():
    assert (
        best("FACTURE N° FA-2017-0010 Total HT 624,90 Montant TTC 671,15 TVA 46,25 Net à payer") == "FACTURE"
    )
    assert (
        best("PRÉFET DU NORD. Arrêté préfectoral portant réglementation. Le préfet arrête :") == "ARRETE-PREF"
    )


@pytest.mark.parametrize("text", ["", "   \n", "12 34 / 56", "a b c d", "%%% ~~ ||"])
def test_an_empty_or_illegible_text_has_no_class_and_goes_to_a_person(text):
    assert not is_classifiable(text)
    result = decide(lexical_scores(text, CLASSES), CLASSES, min_score=0.35, min_margin=0.05, origin=ORIGIN)
    assert (result.code, result.score, result.to_review) == (None, 0.0, True)
    assert result.reasons == ("texte absent, trop court ou illisible",)


def test_no_class_at_all_gives_no_code():
    assert decide([], [], min_score=0.3, min_margin=0.1, origin=ORIGIN).code is None


@pytest.mark.parametrize(
    ("scores", "to_review"),
    [
        pytest.param([0.8, 0.1, 0.1], False, id="clear"),
        pytest.param([0.34, 0.1, 0.1], True, id="too low"),
        pytest.param([0.48, 0.46, 0.06], True, id="too close"),
        pytest.param([0.35, 0.30, 0.1], False, id="just on both thresholds"),
    ],
)
def test_a_person_decides_when_the_score_is_low_or_close_to_the_next(scores, to_review):
    result = decide(scores, CLASSES[:3], min_score=0.35, min_margin=0.0499, origin=ORIGIN)
    assert (result.code, result.runner_up, result.to_review) == (CODES[0], CODES[1], to_review)


def test_the_reasons_name_the_formula_and_the_rival():
    scores = [0.40, 0.38, 0.0]
    result = decide(
        scores, CLASSES[:3], min_score=0.5, min_margin=0.1, origin=ORIGIN, text="après en avoir délibéré"
    )
    assert result.reasons == (
        "formule reconnue : « après en avoir délibéré »",
        "score 0.40 inférieur au seuil 0.50",
        "trop proche de « Procès-verbal de séance » (0.38)",
        (
            "classe à choisir dans la série 1D : « Délibération », « Procès-verbal de séance », "
            "« Compte rendu de réunion ou de commission »"
        ),
    )


def test_a_single_class_has_no_runner_up():
    result = decide([1.0], CLASSES[:1], min_score=0.3, min_margin=0.1, origin=ORIGIN)
    assert (result.runner_up, result.to_review) == (None, False)


def test_the_excerpt_begins_with_the_heading_and_drops_lines_that_are_no_words():
    text = "MAIRIE DE LA VILLE\n\n 12 | 34 | 56 \nDélibération du conseil\n" + "mot " * 500
    cut = excerpt(text, 60)
    assert cut.startswith("MAIRIE DE LA VILLE\nDélibération du conseil\nmot")
    assert len(cut) <= 60
    assert not cut.endswith("mo")
    assert excerpt("court", 100) == "court"


def test_scores_are_shares_that_sum_to_one():
    assert sum(softmax([1.0, 900.0, -900.0])) == pytest.approx(1.0)
    assert sum(lexical_scores(SAMPLES[0]["text"], CLASSES)) == pytest.approx(1.0)


def test_a_line_of_figures_that_words_explain_is_kept_and_a_line_of_signs_is_not():
    assert excerpt("Total TTC 1 076,40 euros\n|: ;~ l . ' |\n12 450 17,20", 200) == "Total TTC 1 076,40 euros"


SERIES = (
    DocumentClass("NAISS", "Naissance", "", "1E", (), ()),
    DocumentClass("DECES", "Décès", "", "1E", (), ()),
    DocumentClass("PERMIS", "Permis", "", "T", (), ()),
)


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        pytest.param([0.42, 0.40, 0.18], True, id="its classes are too close to each other"),
        pytest.param([0.30, 0.28, 0.42], False, id="the class of another series is sure"),
        pytest.param([0.20, 0.20, 0.20], False, id="the series is no surer than the classes together"),
    ],
)
def test_where_the_class_is_in_doubt_its_series_is_proposed_if_that_is_sure(scores, said):
    found = decide(
        scores, SERIES, min_score=0.41, min_margin=0.05, origin=Origin(OriginKind.RULE, "lexical", "1")
    )
    choice = "classe à choisir dans la série 1E : « Naissance », « Décès »"
    assert (choice in found.reasons) is said
