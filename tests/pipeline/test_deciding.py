"""What people decide, and what only people can decide."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from drawn_scans import DELIBERATION, ORDER, draw_page
from putting_online import publish_it, withdraw_it

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import decisions, journal, requests, units, work
from archiveia.errors import BadRequestError, RefusedError, UnknownUnitError
from archiveia.pipeline import arranging, deciding, requesting, searching
from archiveia.steps.respond import RequestState

if TYPE_CHECKING:
    from pathlib import Path


def record_of(name: str, account: pipeline.Account) -> str:
    return next(f.records[0] for f in account.files if f.place.endswith(name))


def seen_by_the_public(edges: pipeline.Edges) -> set[str]:
    return {h.record_id for h in searching.search("", edges, public=True, limit=100).hits}


@pytest.fixture
def account(scans: Path, edges: pipeline.Edges) -> pipeline.Account:
    return pipeline.run([scans], edges)


@pytest.fixture
def deliberation(account: pipeline.Account) -> str:
    return record_of("copie.png", account)


def open_it(record: str, edges: pipeline.Edges) -> None:
    values = {"class": "DELIB", "date": "1923-04-06", "access_category": "C01"}
    deciding.confirm(record, values, actor="MARTIN", edges=edges)
    publish_it(record, actor="MARTIN", edges=edges)


def test_the_public_sees_what_a_person_confirmed_and_published_and_nothing_else(
    deliberation: str, edges: pipeline.Edges
):
    open_it(deliberation, edges)
    assert seen_by_the_public(edges) == {deliberation}
    assert searching.show(deliberation, edges, public=True).id == deliberation


def test_a_publication_alone_opens_nothing(deliberation: str, edges: pipeline.Edges):
    publish_it(deliberation, actor="MARTIN", edges=edges)
    assert seen_by_the_public(edges) == set()


def test_a_confirmed_date_alone_puts_nothing_online(deliberation: str, edges: pipeline.Edges):
    values = {"class": "DELIB", "date": "1923-04-06", "access_category": "C01"}
    deciding.confirm(deliberation, values, actor="MARTIN", edges=edges)
    assert seen_by_the_public(edges) == set()


def test_a_withdrawn_record_is_gone_at_once(deliberation: str, edges: pipeline.Edges):
    open_it(deliberation, edges)
    withdraw_it(deliberation, actor="MARTIN", edges=edges)
    assert seen_by_the_public(edges) == set()
    with pytest.raises(UnknownUnitError, match=f"no record '{deliberation}' here"):
        searching.show(deliberation, edges, public=True)


def test_a_decision_hides_a_record_before_the_index_knows_of_it(deliberation: str, edges: pipeline.Edges):
    open_it(deliberation, edges)
    with database.writing(edges.database) as connection:
        work.set_stale(connection, [deliberation], now=edges.now())
    results = searching.search("lavoir", edges, public=True)
    assert (results.total, results.facets.get("class", ())) == (0, ())


def test_a_late_closed_piece_closes_its_dossier(tmp_path: Path, edges: pipeline.Edges):
    dossier = tmp_path / "lot" / "dossier"
    dossier.mkdir(parents=True)
    draw_page(DELIBERATION).save(dossier / "deliberation.png")
    first = record_of("deliberation.png", pipeline.run([tmp_path / "lot"], edges))
    open_it(first, edges)
    assert seen_by_the_public(edges) == {first}
    draw_page(ORDER).save(dossier / "arrete.png")
    pipeline.run([tmp_path / "lot"], edges)
    assert seen_by_the_public(edges) == set()


def test_what_a_person_decided_survives_every_step_done_again(deliberation: str, edges: pipeline.Edges):
    deciding.confirm(deliberation, {"title": "Le lavoir", "date": ""}, actor="MARTIN", edges=edges)
    with database.writing(edges.database) as connection:
        work.reopen(connection, [deliberation], pipeline.STEPS, now=edges.now())
    pipeline.redo([deliberation], list(pipeline.STEPS), edges)
    record = searching.show(deliberation, edges, public=False)
    assert (record.value("title"), record.value("date")) == ("Le lavoir", None)


def test_several_persons_are_decided_at_once(deliberation: str, edges: pipeline.Edges):
    deciding.confirm(deliberation, {"person": "LEFEBVRE ; DURAND"}, actor="MARTIN", edges=edges)
    record = searching.show(deliberation, edges, public=False)
    assert sorted(record.values("person")) == ["DURAND", "LEFEBVRE"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("class", "RIEN", "class 'RIEN' does not exist"),
        ("date", "6 avril 1923", "date '6 avril 1923' is not a date"),
        ("date", "1923-02-30", "date '1923-02-30' is not in the calendar"),
        ("date", "1931/1923", "runs backwards"),
        ("opens_on", "1923", "field 'opens_on' cannot be decided"),
        ("proposed_cut", "3", "proposed_cut cannot be set to '3'"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_to_write(
    deliberation: str, edges: pipeline.Edges, field: str, value: str, message: str
):
    with pytest.raises(BadRequestError, match=message):
        deciding.confirm(deliberation, {field: value}, actor="MARTIN", edges=edges)


def test_a_record_is_cut_and_the_cut_undone(account: pipeline.Account, edges: pipeline.Edges):
    box = record_of("carton.pdf", account)
    before = searching.show(box, edges, public=False)
    first, second = arranging.split(box, [2], actor="MARTIN", edges=edges)
    assert first == box
    assert [p.id for p in searching.show(second, edges, public=False).pages] == [before.pages[1].id]
    assert searching.show(second, edges, public=False).value("class") == "HOSPIT"
    assert searching.search("Jules", edges, public=False).total == 2
    with database.reading(edges.database) as connection:
        entry = next(e for e in decisions.journal_list(connection, edges.entity) if e.action == "split")
    arranging.undo(entry.id, actor="MARTIN", edges=edges)
    assert searching.show(box, edges, public=False).pages == before.pages
    assert {h.record_id for h in searching.search("Jules", edges, public=False).hits} == {
        box,
        record_of("arrete.tif", account),
    }
    with pytest.raises(RefusedError, match="cannot be undone"):
        arranging.undo(entry.id, actor="MARTIN", edges=edges)


def test_records_are_merged_and_the_emptied_one_is_found_no_more(
    account: pipeline.Account, deliberation: str, edges: pipeline.Edges
):
    other = record_of("arrete.tif", account)
    arranging.merge([deliberation, other], actor="MARTIN", edges=edges)
    assert len(searching.show(deliberation, edges, public=False).pages) == 2
    assert other not in {h.record_id for h in searching.search("", edges, public=False, limit=100).hits}


def test_an_open_record_closes_when_pages_are_merged_into_it_until_a_person_opens_the_whole(
    account: pipeline.Account, deliberation: str, edges: pipeline.Edges
):
    open_it(deliberation, edges)
    assert seen_by_the_public(edges) == {deliberation}
    arranging.merge([deliberation, record_of("arrete.tif", account)], actor="MARTIN", edges=edges)
    assert seen_by_the_public(edges) == set()
    assert searching.search("placement", edges, public=True).total == 0
    publish_it(deliberation, actor="MARTIN", edges=edges)
    assert seen_by_the_public(edges) == set(), "what opened it was confirmed for other pages"


def test_undoing_a_split_does_not_bring_pages_into_an_open_record(
    account: pipeline.Account, edges: pipeline.Edges
):
    box = record_of("carton.pdf", account)
    first, second = arranging.split(box, [2], actor="MARTIN", edges=edges)
    for record in (first, second):
        open_it(record, edges)
    assert seen_by_the_public(edges) == {first, second}
    with database.reading(edges.database) as connection:
        entry = next(e for e in decisions.journal_list(connection, edges.entity) if e.action == "split")
    arranging.undo(entry.id, actor="MARTIN", edges=edges)
    assert seen_by_the_public(edges) == set()


def test_a_closed_piece_of_the_dossier_keeps_the_others_closed(
    account: pipeline.Account, edges: pipeline.Edges
):
    first, _second = arranging.split(record_of("carton.pdf", account), [2], actor="MARTIN", edges=edges)
    open_it(first, edges)
    assert seen_by_the_public(edges) == set()


def test_pages_are_put_in_another_order(account: pipeline.Account, edges: pipeline.Edges):
    box = record_of("carton.pdf", account)
    pages = [p.id for p in searching.show(box, edges, public=False).pages]
    arranging.reorder(box, [2, 1], actor="MARTIN", edges=edges)
    assert [p.id for p in searching.show(box, edges, public=False).pages] == pages[::-1]


def test_the_delay_of_a_letter_runs_from_the_day_it_came(edges: pipeline.Edges):
    came = requesting.receive("", "a@b.fr", "Le cadastre", edges=edges, received_on=date(2026, 1, 10))
    assert came.due_on == date(2026, 2, 10)
    with pytest.raises(BadRequestError, match="2026-02-01 n’est pas encore venu"):
        requesting.receive("", "a@b.fr", "Le cadastre", edges=edges, received_on=date(2026, 2, 1))


def test_a_request_gets_a_number_and_its_legal_date(edges: pipeline.Edges):
    first = requesting.receive("", "lecteur@example.fr", "Le cadastre de 1830", edges=edges)
    second = requesting.receive("DURAND", "lecteur@example.fr", "Le budget de 1950", edges=edges)
    assert (first.number, second.number) == ("2026-0001", "2026-0002")
    assert first.due_on.isoformat() == "2026-02-28", "one month from 31 January ends with February"
    requesting.answer(first.number, RequestState.ANSWERED, "Voici.", actor="MARTIN", edges=edges)
    with pytest.raises(RefusedError, match="un refus doit être motivé"):
        requesting.answer(second.number, RequestState.REFUSED, " ", actor="MARTIN", edges=edges)


MENTION = "s’appuie sur un traitement algorithmique"


def test_a_refusal_that_rests_on_a_computed_proposal_says_so_until_a_person_confirms(
    edges: pipeline.Edges, deliberation: str
):
    with database.reading(edges.database) as connection:
        access = units.load_record(connection, deliberation, edges.entity).value("access")
    assert access["opens_on"] is None
    dossier = {deliberation, access["controlling_id"] or deliberation}

    def refused() -> str:
        asked = requesting.receive("", "a@b.fr", "la pièce", edges=edges, unit_id=deliberation)
        sent = requesting.answer(
            asked.number, RequestState.REFUSED, "Vie privée.", actor="MARTIN", edges=edges
        )
        with database.reading(edges.database) as connection:
            assert requests.load(connection, asked.number, edges.entity).answer == sent
        return sent or ""

    assert MENTION in refused()
    for piece in dossier:
        deciding.confirm(piece, {"date": "2020-05-04"}, actor="DURAND", edges=edges)
    assert MENTION in refused(), "nobody confirmed the category"
    for piece in dossier:
        deciding.confirm(piece, {"access_category": "C09"}, actor="DURAND", edges=edges)
    assert refused() == "Vie privée.", "a person decided"


def test_a_person_says_that_an_answer_rests_on_a_computed_proposal(edges: pipeline.Edges):
    number = requesting.receive("", "a@b.fr", "Le cadastre", edges=edges).number
    sent = requesting.answer(
        number, RequestState.REFUSED, "50 ans.", actor="MARTIN", edges=edges, is_computed=True
    )
    assert sent is not None
    assert sent.startswith("50 ans.\n\nCette décision " + MENTION)
    plain = requesting.answer(number, RequestState.ANSWERED, "Le voici.", actor="MARTIN", edges=edges)
    assert plain == "Le voici."
    assert (
        requesting.answer(number, RequestState.CLOSED, None, actor="MARTIN", edges=edges, is_computed=True)
        is None
    )
    with database.reading(edges.database) as connection:
        told = [
            line.after for line in journal.journal_list(connection, edges.entity) if line.subject == number
        ]
    assert [after.get("computed") for after in told] == [None, None, True, None]


@pytest.mark.parametrize(
    ("email", "subject"), [("pas une adresse", "x"), ("a@b", ""), ("a@b\nc", "x"), ("a@b", "x" * 5001)]
)
def test_a_request_that_cannot_be_answered_is_not_taken(edges: pipeline.Edges, email: str, subject: str):
    with pytest.raises(BadRequestError):
        requesting.receive("", email, subject, edges=edges)


def test_the_legal_day_is_that_of_the_place(edges: pipeline.Edges):
    edges.clock = lambda: datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert edges.today().isoformat() == "2027-01-01"
