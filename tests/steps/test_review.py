"""What a decision is tied to, and which pieces a decision on many of them leaves out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiveia.edges.retention_files import shipped_rules
from archiveia.steps.review import left_out, seen_digest, set_digest
from archiveia.values import Assertion, Origin, OriginKind, Record

MACHINE = Origin(OriginKind.RULE, "essai", "1")
SCHEDULE = {rule.code: rule for rule in shipped_rules()}
KEPT, GONE = "ADM-001", "RH-021"


def piece(**said: object) -> Record:
    values = tuple(Assertion(name, value, MACHINE) for name, value in said.items())
    return Record("r1", "e", "d", (), values)


def of_rule(code: str, *candidates: str) -> Record:
    return piece(**{"class": "DELIB", "retention": {"rule": code, "candidates": list(candidates)}})


def why(record: Record, value: str = KEPT, field: str = "retention_rule", **more: bool) -> str | None:
    return left_out(record, field, value, SCHEDULE, **{"blind": False, "kept": False} | more)


def test_a_piece_with_the_shared_proposal_is_decided_with_the_others():
    assert why(of_rule(KEPT)) is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (of_rule("ADM-003"), "proposition différente"),
        (piece(retention={"rule": KEPT}, hold="contentieux"), "gel en cours"),
        (piece(retention={"rule": KEPT}, question={"to": "DPO"}), "une question attend"),
    ],
)
def test_others_are_left_out_with_the_reason(record: Record, reason: str):
    assert reason in (why(record) or "")


def test_what_is_shown_blind_or_not_yet_readable_is_left_out():
    assert "sans proposition" in (why(of_rule(KEPT), blind=True) or "")
    assert "sensible" in (why(of_rule(KEPT), kept=True) or "")


@pytest.mark.parametrize("record", [of_rule(GONE), of_rule("", GONE)])
def test_nothing_that_could_be_eliminated_is_decided_with_others_not_even_its_class(record: Record):
    # C. patr. R212-14: an elimination is proposed record by record on a list that is visaed.
    assert SCHEDULE[GONE].sort_final == "E"
    assert "sort final E" in (why(record, "DELIB", "class") or "")


def test_a_digest_follows_what_was_seen_and_nothing_else():
    seen = seen_digest(of_rule(KEPT), ["retention"])
    assert seen == seen_digest(replace(of_rule(KEPT), batch="autre"), ["retention"])
    assert seen != seen_digest(of_rule(GONE), ["retention"])
    assert set_digest("C", [seen]) != set_digest("C", [])
    assert set_digest("C", [seen]) != set_digest("T", [seen])
