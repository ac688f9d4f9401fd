from __future__ import annotations

import json
import random

import numpy as np
import pytest

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.database import assertions, units, work
from archiveia.edges.learned_heads import load_head
from archiveia.engines import classifier_learned
from archiveia.engines.classifier_learned import LearnedClassifier, with_learned
from archiveia.engines.classifiers import open_classifier
from archiveia.engines.text_evidence import Reader
from archiveia.pipeline import deciding, learning
from archiveia.steps.lessons import Lesson

WORDS = {
    "CIMETIERE": ["lavande", "romarin", "thym", "sauge", "basilic", "estragon"],
    "ECOLE": ["granit", "basalte", "schiste", "calcaire", "marbre", "ardoise"],
    "PLAINTE": ["clarinette", "violon", "hautbois", "trompette", "tambour", "flûte"],
}
"""Words of which the plan knows nothing: what is right afterwards was learned."""


def decided(count, seed=1, *, blind=True):
    drawn = random.Random(seed)
    return [
        (Lesson(f"{seed} {label} {n}", label, blind=blind), " ".join(drawn.choices(words, k=15)))
        for label, words in WORDS.items()
        for n in range(count)
    ]


def study(found, edges):
    return learning.taught_at(learning.OF_CLASSES, found, edges)


def first_class(edges, text):
    plan = load_classification_plan()
    row = edges.classifier.scores([text], plan)[0]
    assert sum(row) == pytest.approx(1)
    return plan[max(range(len(plan)), key=row.__getitem__)].code


def test_what_reviewers_decided_is_learned_and_put_to_use_where_it_is_better(edges):
    school = study(decided(60), edges)
    assert school.right > school.right_before
    assert school.adopted == "20260131-120000"
    assert isinstance(edges.classifier, LearnedClassifier)
    assert first_class(edges, "violon et trompette, tambour et flûte, clarinette") == "PLAINTE"
    assert "violon" in edges.classifier.words("violon et violon", "PLAINTE", "ECOLE")


def test_a_class_that_nobody_taught_is_still_found_by_the_plan(edges):
    study(decided(60), edges)
    text = "Extrait du registre des délibérations. Le conseil municipal, après en avoir délibéré, décide."
    assert first_class(edges, text) == "DELIB"
    assert edges.classifier.words(text, "DELIB", "ECOLE") == []


def test_the_head_is_kept_with_its_card_and_read_again_without_running_code(edges):
    study(decided(60), edges)
    folder = edges.storage.home / "models" / "classify" / edges.entity
    card = json.loads((folder / "20260131-120000" / "card.json").read_text("utf-8"))
    assert set(card["classes"]) == set(WORDS)
    assert card["scores"]["right"] > card["scores"]["right_before"]
    names = {path.name for path in (folder / "20260131-120000").iterdir()}
    assert names == {"weights.npz", "head.json", "card.json"}
    before = edges.classifier.scores(["marbre et ardoise du granit"], load_classification_plan())
    edges.forget_learned()
    assert edges.classifier.scores(["marbre et ardoise du granit"], load_classification_plan()) == before


def test_a_head_is_only_asked_with_the_encoder_that_it_learned_with(edges, monkeypatch):
    def reader(name):
        def encode(texts, _are_classes):
            return np.array([(1, "violon" in text, "marbre" in text) for text in texts], dtype=np.float32)

        return Reader(name, encode, {"meaning": 100})

    monkeypatch.setattr(learning, "open_reader", lambda _: reader("one"))
    monkeypatch.setattr(classifier_learned, "open_reader", lambda _: reader("one"))
    study(decided(60), edges)
    stored = load_head(edges.storage.home, edges.entity)
    assert stored.card["encoder"] == "one"
    asked = (stored.head, stored.terms, stored.card, edges.classifier, edges.settings)
    assert isinstance(with_learned(*asked), LearnedClassifier)
    monkeypatch.setattr(classifier_learned, "open_reader", lambda _: reader("another"))
    assert with_learned(*asked) is edges.classifier


def test_nothing_is_learned_twice_or_from_too_little(edges):
    assert study(decided(8), edges) is None
    assert study(decided(60, blind=False), edges) is None, "nothing measures it fairly"
    assert study(decided(60), edges) is not None
    assert study(decided(60), edges) is None


def test_a_head_that_is_no_better_is_not_adopted(edges):
    study(decided(60), edges)
    school = study(decided(60) + decided(10, seed=2, blind=False), edges)
    assert school.adopted is None
    assert load_head(edges.storage.home, edges.entity).card["version"] == "20260131-120000"


def test_with_models_off_nothing_is_learned_and_what_was_learned_is_not_used(edges):
    study(decided(60), edges)
    off = edges.settings.model_copy(update={"ai": "off"})
    with pipeline.open_edges(off) as without:
        assert without.classifier.name == "lexical"
        assert learning.learn(without) is None


def test_a_correction_in_the_journal_is_a_lesson_and_an_accepted_proposal_is_none(edges, scans):
    pipeline.run([scans], edges=edges)
    with database.reading(edges.database) as connection:
        records = units.load_records(connection, units.record_ids(connection, edges.entity), edges.entity)
    proposed = [record for record in records if record.value("class") is not None]
    assert len(proposed) > 1
    deciding.confirm(proposed[0].id, {"class": "PLAINTE"}, actor="MARTIN", edges=edges)
    deciding.confirm(proposed[1].id, {"class": proposed[1].value("class")}, actor="MARTIN", edges=edges)
    found = [lesson for lesson, _text in learning.lessons_of(learning.OF_CLASSES, edges)]
    assert found == [Lesson(proposed[0].id, "PLAINTE", blind=False)]
    assert pipeline.nightly(edges).learned is None


def test_records_that_no_person_classified_are_classified_again_once_by_a_new_head(edges, scans):
    pipeline.run([scans], edges=edges)
    with database.reading(edges.database) as connection:
        ids = units.record_ids(connection, edges.entity)
    deciding.confirm(ids[0], {"class": "PLAINTE"}, actor="MARTIN", edges=edges)
    assert learning.classify_again(edges) == 0, "nothing was learned yet"
    study(decided(60), edges)
    assert pipeline.nightly(edges).classified_again == len(ids) - 1
    with database.reading(edges.database) as connection:
        said = assertions.said_of(connection, ids)
        waiting = work.not_done(connection, ids, "index")
    by = {i: next(a.origin.name for a in said[i] if a.field == "class_reasons") for i in ids}
    assert by.pop(ids[0]) == "lexical"
    assert set(by.values()) == {"learned"}
    assert waiting == []
    assert pipeline.nightly(edges).classified_again == 0


def test_texts_are_classified_alike_together_and_alone_and_those_of_figures_by_zero_shot(edges):
    study(decided(60), edges)
    plan, figures, herbs = load_classification_plan(), "12 500", "lavande romarin thym sauge basilic"
    rows = edges.classifier.scores([figures, herbs], plan)
    assert rows[1] == pytest.approx(edges.classifier.scores([herbs], plan)[0], abs=1e-6)
    assert rows[:1] == edges.classifier.scores([figures], plan)
    assert rows[:1] == open_classifier(edges.settings).scores([figures], plan)
