from __future__ import annotations

from archiveia.steps.agreement import SCORE, agreement, proposal
from archiveia.steps.lessons import TAKEN_BLIND, Lesson, blind_below, lessons
from archiveia.values import Assertion, Origin, OriginKind, Record


def decided(record, said, score, gave, *, blind=False, unsure=False):
    before = {"class": [said] if said else [], "class_to_review": [unsure]}
    if said:
        before[SCORE] = [score]
    return record, before, {"class": gave} | ({TAKEN_BLIND: True} if blind else {})


def test_only_classes_given_blind_make_the_figures_and_the_others_are_counted_apart():
    found = agreement(
        [
            decided("a", "DELIB", 0.9, "DELIB", blind=True),
            decided("b", "DELIB", 0.6, "PERMIS", blind=True, unsure=True),
            decided("c", None, None, "PERMIS", blind=True, unsure=True),
            decided("d", "DELIB", 0.9, "DELIB"),
            decided("e", "DELIB", 0.9, "DELIB"),
            decided("f", "DELIB", 0.5, "FACTURE"),
        ]
    )
    assert found.blind is not None
    assert found.blind["texts"] == 3
    assert found.blind["accuracy"] == 1 / 3
    assert found.blind["abstention"]["coverage"] == 1 / 3
    assert found.blind["abstention"]["precision"] == 1
    assert sum(row["texts"] for row in found.blind["reliability"]) == 3
    assert (found.accepted, found.corrected) == (2, 1)


def test_the_first_class_that_a_person_gave_counts_and_unknown_ones_do_not():
    found = agreement(
        [
            decided("a", "DELIB", 0.9, "PERMIS"),
            decided("a", "PERMIS", None, "DELIB"),
            decided("b", "DELIB", 0.9, None),
            ("c", {"date": []}, {"date": "1923"}),
        ]
    )
    assert found.blind is None
    assert (found.accepted, found.corrected) == (0, 1)


def test_a_class_given_blind_is_a_lesson_even_where_the_proposal_was_right():
    said = {"a": [Assertion("class", "DELIB", Origin(OriginKind.PERSON, "MARTIN"))]}
    assert lessons(said, [decided("a", "DELIB", 0.9, "DELIB", blind=True)]) == [
        Lesson("a", "DELIB", blind=True)
    ]
    assert lessons(said, [decided("a", "DELIB", 0.9, "DELIB")]) == []


def test_the_share_shown_blind_is_of_ids_and_always_the_same():
    ids = [f"{n * 2654435761 % 16**8:08x}abcdefabcdef" for n in range(2000)]
    assert 0.03 < sum(i < blind_below(0.05) for i in ids) / len(ids) < 0.07
    assert all(i < blind_below(1.0) for i in ids)
    assert not any(i < blind_below(0.0) for i in ids)


def test_what_a_person_or_a_list_said_is_no_proposal():
    def record(kind):
        said = (Assertion("class", "DELIB", Origin(kind, "x", "1"), score=0.7),)
        return Record("r", "e", "d", (), said)

    assert proposal(record(OriginKind.MODEL)) == {SCORE: [0.7], "class_by": ["x 1"]}
    assert proposal(record(OriginKind.PERSON)) == {}
    assert proposal(record(OriginKind.IMPORT)) == {}
