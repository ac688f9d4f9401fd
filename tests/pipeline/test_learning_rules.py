"""What people's choices of retention rules teach, and what that changes."""

from __future__ import annotations

import json
import random

import pytest

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.contracts import load_retention_schedule
from archiveia.edges.database import assertions, units, work
from archiveia.edges.learned_heads import forget_heads, load_head
from archiveia.pipeline import deciding, learning_rules
from archiveia.pipeline.learning import lessons_of, taught_at
from archiveia.pipeline.learning_rules import OF_RULES
from archiveia.pipeline.rules import classes_by_code, open_rule_reader
from archiveia.steps.lessons import Lesson
from archiveia.values import OriginKind, PageState, Record, RecordPage

WORDS = {
    "FIN-005": ["lavande", "romarin", "thym", "sauge", "basilic", "estragon"],
    "RH-001": ["granit", "basalte", "schiste", "calcaire", "marbre", "ardoise"],
    "URB-001": ["clarinette", "violon", "hautbois", "trompette", "tambour", "flûte"],
}
"""Words of which the cues know nothing: what is right afterwards was learned."""


def record(name, text):
    return Record(name, "default", "d", (RecordPage("p", 1, "s", 1, PageState.TEXT, text),), ())


def decided(count, seed=1, *, blind=True):
    drawn = random.Random(seed)
    return [
        (Lesson(f"{seed} {label} {n}", label, blind=blind), record("r", " ".join(drawn.choices(words, k=15))))
        for label, words in WORDS.items()
        for n in range(count)
    ]


def read_by(edges, text):
    uses_models = edges.settings.may_use_models("retain")
    read = open_rule_reader(
        classes_by_code(), load_retention_schedule(), edges.rule_head, uses_models=uses_models
    )
    (rules, _) = read(record("r", text))
    return rules


def test_what_people_decided_is_learned_and_put_to_use_where_it_is_better(edges):
    school = taught_at(OF_RULES, decided(60), edges)
    assert (school.right_before, school.adopted) == (0, "20260131-120000")
    assert school.right > 0.9 * school.held
    rules = read_by(edges, "violon et trompette, tambour et flûte, clarinette")
    assert rules.origin.kind is OriginKind.MODEL
    assert rules.value["ranked"][0]["code"] == "URB-001"
    assert "« " in rules.value["learned"][0]
    assert "violon" in rules.value["learned"][0]


def test_the_head_is_kept_apart_with_its_card_and_is_forgotten_with_the_others(edges):
    taught_at(OF_RULES, decided(60), edges)
    folder = edges.storage.home / "models" / "retain" / edges.entity / "20260131-120000"
    card = json.loads((folder / "card.json").read_text("utf-8"))
    assert set(card["classes"]) == set(WORDS)
    assert card["scores"]["right"] > card["scores"]["right_before"]
    assert card["encoder"] == ""
    assert load_head(edges.storage.home, edges.entity) is None, "classes have a head of their own"
    assert forget_heads(edges.storage.home, edges.entity)
    edges.forget_learned()
    assert edges.rule_head is None


def test_nothing_is_learned_twice_or_from_too_little_or_without_a_fair_measure(edges):
    assert taught_at(OF_RULES, decided(8), edges) is None
    assert taught_at(OF_RULES, decided(60, blind=False), edges) is None
    assert taught_at(OF_RULES, decided(60), edges) is not None
    assert taught_at(OF_RULES, decided(60), edges) is None


def test_a_head_that_is_no_better_than_what_was_proposed_before_is_not_adopted(edges):
    taught_at(OF_RULES, decided(60), edges)
    school = taught_at(OF_RULES, decided(60) + decided(10, seed=2, blind=False), edges)
    assert school.adopted is None
    assert load_head(edges.storage.home, edges.entity, "retain").card["version"] == "20260131-120000"


@pytest.mark.parametrize("ai", ["off", "on,retain=off"])
def test_with_models_off_nothing_is_learned_and_what_was_learned_is_not_heard(edges, ai):
    taught_at(OF_RULES, decided(60), edges)
    with pipeline.open_edges(edges.settings.model_copy(update={"ai": ai})) as without:
        assert without.rule_head is None
        assert learning_rules.learn_rules(without) is None
        rules = read_by(without, "violon et trompette, tambour et flûte, clarinette")
    assert rules.origin.kind is OriginKind.RULE
    assert rules.value["ranked"] == []


def test_an_accepted_proposal_is_no_lesson_and_a_correction_is_one(edges, scans):
    pipeline.run([scans], edges=edges)
    with database.reading(edges.database) as connection:
        records = units.load_records(connection, units.record_ids(connection, edges.entity), edges.entity)
    proposed = [r for r in records if (r.value("retention") or {}).get("rule")]
    assert len(proposed) > 1
    accepted, corrected = proposed[0], proposed[1]
    other = "FIN-005" if corrected.value("retention")["rule"] != "FIN-005" else "FIN-004"
    own = {"retention_rule": accepted.value("retention")["rule"]}
    deciding.confirm(accepted.id, own, actor="MARTIN", edges=edges)
    deciding.confirm(corrected.id, {"retention_rule": other}, actor="MARTIN", edges=edges)
    found = [lesson for lesson, _ in lessons_of(OF_RULES, edges)]
    assert found == [Lesson(corrected.id, other, blind=False)]
    deciding.confirm(accepted.id, own, actor="DURAND", edges=edges)
    assert [lesson for lesson, _ in lessons_of(OF_RULES, edges)] == found, "said twice it is an echo yet"
    assert pipeline.nightly(edges).rules_learned is None


def test_rules_that_no_person_chose_are_read_again_once_and_by_the_cues_when_models_go_off(edges, scans):
    pipeline.run([scans], edges=edges)
    with database.reading(edges.database) as connection:
        ids = units.record_ids(connection, edges.entity)
    deciding.confirm(ids[0], {"retention_rule": "FIN-005"}, actor="MARTIN", edges=edges)
    assert learning_rules.read_rules_again(edges) == 0, "nothing was learned yet"
    taught_at(OF_RULES, decided(60), edges)
    assert pipeline.nightly(edges).rules_read_again == len(ids) - 1
    with database.reading(edges.database) as connection:
        said = assertions.said_of(connection, ids)
        waiting = work.not_done(connection, ids, "index")
    by = {i: [a.origin.name for a in said[i] if a.field == "rules_read"] for i in ids}
    assert by.pop(ids[0]) == ["retention_wording"]
    assert set(map(tuple, by.values())) == {("learned rules",)}
    assert waiting == []
    assert pipeline.nightly(edges).rules_read_again == 0, "twice is harmless"
    with pipeline.open_edges(edges.settings.model_copy(update={"ai": "on,retain=off"})) as without:
        without.clock = edges.clock
        assert learning_rules.read_rules_again(without) == len(ids) - 1
        assert learning_rules.read_rules_again(without) == 0
