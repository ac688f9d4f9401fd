from __future__ import annotations

import pytest

from archiveia.steps.agreement import RULE_PROPOSED, RULE_TAKEN_BLIND, RULES
from archiveia.steps.lessons import Lesson, digest, is_better, lessons
from archiveia.values import Assertion, Origin, OriginKind


def said(kind, code):
    return Assertion("class", code, Origin(kind, "x"))


def confirmed(before, after):
    return ("r", {"class": before}, {"class": after})


@pytest.mark.parametrize(
    ("before", "lesson"),
    [
        pytest.param(["FACTURE"], Lesson("r", "DELIB", blind=False), id="a correction"),
        pytest.param([], Lesson("r", "DELIB", blind=True), id="nothing was proposed"),
        pytest.param(["DELIB"], None, id="the machine's own proposal accepted"),
    ],
)
def test_what_a_person_decides_against_or_without_a_proposal_is_a_lesson(before, lesson):
    found = lessons({"r": [said(OriginKind.PERSON, "DELIB")]}, [confirmed(before, "DELIB")])
    assert found == ([lesson] if lesson else [])


def test_a_class_described_before_the_machine_looked_is_a_blind_lesson():
    assertions = {"r": [said(OriginKind.MODEL, "ARRETE"), said(OriginKind.IMPORT, "DELIB")]}
    assert lessons(assertions, []) == [Lesson("r", "DELIB", blind=True)]


def test_what_a_machine_said_is_no_lesson_and_neither_is_a_class_taken_back():
    assert lessons({"r": [said(OriginKind.MODEL, "ARRETE")]}, []) == []
    taken_back = {"r": [said(OriginKind.PERSON, None), said(OriginKind.IMPORT, "DELIB")]}
    assert lessons(taken_back, [confirmed(["DELIB"], None)]) == []


def test_the_last_decision_counts():
    entries = [confirmed([], "ARRETE"), confirmed(["ARRETE"], "DELIB")]
    assert lessons({"r": [said(OriginKind.PERSON, "DELIB")]}, entries) == [Lesson("r", "DELIB", blind=False)]


def proposed(rule, *, former=()):
    return {"retention_rule": list(former), RULE_PROPOSED: {"rule": rule, "score": 0.9}}


@pytest.mark.parametrize(
    ("before", "noted", "lesson"),
    [
        pytest.param(proposed("FIN-004"), {}, Lesson("r", "FIN-005", blind=False), id="a correction"),
        pytest.param(proposed("FIN-005"), {}, None, id="the machine's own proposal accepted"),
        pytest.param(proposed(None), {}, Lesson("r", "FIN-005", blind=False), id="chosen among candidates"),
        pytest.param(
            proposed("FIN-005"),
            {RULE_TAKEN_BLIND: True},
            Lesson("r", "FIN-005", blind=True),
            id="taken blind",
        ),
        pytest.param(
            {"retention_rule": ["FIN-004"]}, {}, Lesson("r", "FIN-005", blind=False), id="another person's"
        ),
        pytest.param({"retention_rule": ["FIN-005"]}, {}, None, id="said again"),
        pytest.param({"retention_rule": []}, {}, None, id="the journal does not tell what was proposed"),
    ],
)
def test_of_retention_rules_too_an_echo_teaches_nothing(before, noted, lesson):
    given = Assertion("retention_rule", "FIN-005", Origin(OriginKind.PERSON, "MARTIN"))
    entry = ("r", before, {"retention_rule": "FIN-005"} | noted)
    assert lessons({"r": [given]}, [entry], RULES) == ([lesson] if lesson else [])
    assert lessons({"r": [given]}, [entry]) == [], "it is no class"


def test_a_rule_that_came_in_with_a_description_is_a_blind_lesson():
    given = Assertion("retention_rule", "FIN-005", Origin(OriginKind.IMPORT, "list"))
    assert lessons({"r": [given]}, [], RULES) == [Lesson("r", "FIN-005", blind=True)]


def test_about_a_fifth_of_the_blind_lessons_only_measure_and_no_correction_does():
    held = [n for n in range(1000) if Lesson(f"record {n}", "DELIB", blind=True).held]
    assert 150 < len(held) < 250
    assert not any(Lesson(f"record {n}", "DELIB", blind=False).held for n in range(1000))


def test_the_digest_changes_with_a_decision():
    first = [Lesson("r", "DELIB", blind=True)]
    assert digest(first) == digest(list(first))
    assert digest(first) != digest([Lesson("r", "ARRETE", blind=True)])


def test_as_good_as_before_is_not_better():
    assert is_better(11, 10)
    assert not is_better(10, 10)
