from __future__ import annotations

from datetime import date

import pytest

from archiveia.edges.contracts import load_request_delays
from archiveia.errors import BadRequestError, RefusedError
from archiveia.steps.respond import (
    MOVES,
    RequestState,
    Urgency,
    acknowledgement,
    computed_mention,
    due_on,
    move,
    request_number,
    urgency,
)

DELAYS = load_request_delays()


@pytest.mark.parametrize(
    ("received_on", "kind", "expected"),
    [
        pytest.param(date(2026, 5, 4), "crpa", date(2026, 6, 4), id="one month"),
        pytest.param(date(2026, 1, 31), "crpa", date(2026, 2, 28), id="short month"),
        pytest.param(date(2024, 1, 30), "crpa", date(2024, 2, 29), id="leap year"),
        pytest.param(date(2026, 12, 15), "crpa", date(2027, 1, 15), id="next year"),
        pytest.param(date(2026, 5, 4), "derogation", date(2026, 7, 4), id="two months"),
        pytest.param(date(2026, 12, 31), "derogation", date(2027, 2, 28), id="two months, short"),
    ],
)
def test_the_delay_runs_in_calendar_months(received_on, kind, expected):
    assert due_on(received_on, DELAYS, kind) == expected


def test_a_request_is_a_crpa_request_unless_said_otherwise():
    assert due_on(date(2026, 5, 4), DELAYS) == date(2026, 6, 4)


def test_an_unknown_kind_of_request_is_refused_with_the_known_ones():
    with pytest.raises(
        BadRequestError, match="unknown kind of request 'oral'; choose one of cada, crpa, derogation, rgpd-15"
    ):
        due_on(date(2026, 5, 4), DELAYS, "oral")


def test_requests_are_numbered_by_year_from_one():
    assert request_number(2026, 1) == "2026-0001"
    assert request_number(2026, 12345) == "2026-12345"
    with pytest.raises(BadRequestError, match="number requests from 1"):
        request_number(2026, 0)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 5, 27), Urgency.ON_TIME),
        (date(2026, 5, 28), Urgency.SOON),
        (date(2026, 6, 4), Urgency.SOON),
        (date(2026, 6, 5), Urgency.LATE),
    ],
)
def test_a_request_is_urgent_a_week_before_the_end_and_late_after_it(today, expected):
    assert urgency(date(2026, 6, 4), today) is expected


def test_a_request_is_received_then_answered_or_refused_then_closed():
    assert move(RequestState.RECEIVED, RequestState.ANSWERED) is RequestState.ANSWERED
    assert move(RequestState.RECEIVED, RequestState.REFUSED, reason="secret médical") is RequestState.REFUSED
    assert move(RequestState.ANSWERED, RequestState.CLOSED) is RequestState.CLOSED
    assert move(RequestState.REFUSED, RequestState.CLOSED) is RequestState.CLOSED


def test_a_refusal_may_still_be_answered():
    assert move(RequestState.REFUSED, RequestState.ANSWERED) is RequestState.ANSWERED


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_refusal_without_a_reason_is_not_possible(reason):
    with pytest.raises(RefusedError, match="un refus doit être motivé"):
        move(RequestState.RECEIVED, RequestState.REFUSED, reason=reason)


@pytest.mark.parametrize(
    ("current", "wanted"), [(a, b) for a in RequestState for b in RequestState if b not in MOVES[a]]
)
def test_every_other_move_is_refused(current, wanted):
    with pytest.raises(RefusedError, match="ne peut pas devenir"):
        move(current, wanted, reason="motif")


def test_the_acknowledgement_tells_the_last_day_the_silence_and_the_appeals():
    letter = acknowledgement(
        "2026-0001", date(2026, 1, 31), DELAYS, subject="délibérations de 1950", entity_name="La commune"
    )
    for part in (
        "La commune accuse réception de votre demande n° 2026-0001, reçue le 31 janvier 2026",
        "délibérations de 1950",
        "au plus tard le 28 février 2026",
        "CRPA R*311-12 et R311-13",
        "le silence gardé vaut refus implicite",
        "vous disposez de 2 mois pour saisir la Commission d’accès aux documents administratifs",
        "jusqu’au 28 avril 2026",
        "tribunal administratif",
    ):
        assert part in letter


def test_the_mention_of_a_computed_decision_says_what_the_code_asks_for():
    """CRPA R311-3-1-1: purpose, the right, how to exercise it, the CADA; R311-3-1-2: what is told."""
    mention = computed_mention("2026-0001", DELAYS, entity_name="La commune")
    for part in (
        "CRPA L311-3-1",
        "Sa finalité : proposer",
        "le droit d’obtenir la communication des règles définissant ce traitement",
        "principales caractéristiques de sa mise en œuvre",
        "le degré et le mode de sa contribution",
        "les données traitées et leurs sources",
        "les paramètres et leur pondération",
        "les opérations effectuées",
        "Demandez-la à La commune",
        "n° 2026-0001",
        "dans un délai de 1 mois, ou en cas de refus, vous disposez de 2 mois",
        "Commission d’accès aux documents administratifs",
    ):
        assert part in mention


def test_a_derogation_has_its_own_delay_and_source():
    letter = acknowledgement(
        "2026-0002", date(2026, 3, 1), DELAYS, kind="derogation", subject="4 W 103", entity_name="La commune"
    )
    assert "au plus tard le 1er mai 2026" in letter
    assert "C. patr. L213-3" in letter
    assert "jusqu’au 1er juillet 2026" in letter


@pytest.mark.parametrize("kind", ["rgpd-15", "rgpd-17", "rgpd-21"])
def test_a_right_of_the_rgpd_is_acknowledged_without_refusal_by_silence(kind: str):
    letter = acknowledgement(
        "2026-0007", date(2026, 1, 31), DELAYS, kind=kind, subject="mon dossier", entity_name="Vaubourg"
    )
    assert "au plus tard le 28 février 2026" in letter  # RGPD art. 12, 3: one month
    assert "CNIL" in letter
    assert "art. 17, 3, d" in letter
    assert "refus implicite" not in letter
