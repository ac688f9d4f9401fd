"""The review desk: one piece on one screen; only what the person saw is decided, and it can be taken back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from reviewing import PAYSLIP, acts, lay_out
from town_hall import NAME, PASSWORD, TestClient, give_reason, log_in, settings_of, token_in

from archiveia.edges import database
from archiveia.edges.database import journal, people, review_queue, units
from archiveia.edges.database.tables_eliminations import elimination_records, eliminations
from archiveia.edges.database.waiting import Review
from archiveia.pipeline import deciding
from archiveia.values import Record, Role
from search_ui.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archiveia import pipeline

RULE = "ADM-001"
OTHER_RULE = "ADM-003"


class Desk:
    """A browser on the desk of an archive where some pieces wait."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.edges: pipeline.Edges = client.app.state.edges  # type: ignore[attr-defined]
        self.ids: list[str] = []

    def screen(self, queue: str = "retention", query: str = "") -> str:
        answer = self.client.get(f"/bureau/revue/{queue}{query}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, page: str, queue: str = "retention", **fields: object) -> Any:
        """The form of a screen with what the person did."""
        form = {name: hidden(page, name) for name in ("jeton", "piece", "empreinte", "rang", "faits")}
        return self.client.post(f"/bureau/revue/{queue}", data=form | fields)

    def accept(self, page: str, queue: str = "retention") -> Any:
        form = page[page.index('data-key="a"') - 200 : page.index('data-key="a"')]
        return self.send(page, queue, geste="decider", valeur=hidden(form, "valeur"))

    def undo(self, page: str, queue: str = "retention") -> Any:
        form = {name: hidden(page, name) for name in ("jeton", "rang", "faits", "entrees")}
        return self.client.post(f"/bureau/revue/{queue}/annuler", data=form)

    def record(self, record_id: str) -> Record:
        with database.reading(self.edges.database) as connection:
            return units.load_record(connection, record_id, self.edges.entity)

    def waiting(self, reason: Review = Review.RETENTION) -> int:
        with database.reading(self.edges.database) as connection:
            return review_queue.count(connection, review_queue.Queue(self.edges.entity, reason))

    def journal(self) -> list[journal.Line]:
        with database.reading(self.edges.database) as connection:
            return journal.journal_list(connection, self.edges.entity)


def probability(record: Record) -> float:
    found = record.value("rules_read")["ranked"][0]["probability"]
    assert isinstance(found, float)
    return found


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def opened(home: Path, texts: list[list[str]], **settings: object) -> Iterator[Desk]:
    with TestClient(create_app(settings_of(home, **settings)), raise_server_exceptions=False) as client:
        desk = Desk(client)
        with database.writing(desk.edges.database) as connection:
            people.add_user(connection, desk.edges.entity, NAME, PASSWORD, now=desk.edges.now())
        desk.ids = lay_out(desk.edges, texts)
        assert log_in(client).status_code == 303
        yield desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from opened(tmp_path, acts(4), blind_share=0.0)


@pytest.fixture
def blind_desk(tmp_path: Path) -> Iterator[Desk]:
    for desk in opened(tmp_path, acts(2), blind_share=1.0):
        deciding.confirm_each(desk.ids, {"class": "DELIB"}, actor="LEFEBVRE", edges=desk.edges)
        yield desk


@pytest.fixture
def mixed_desk(tmp_path: Path) -> Iterator[Desk]:
    texts = [*acts(4), [PAYSLIP.format(day=1)], [PAYSLIP.format(day=2)]]
    yield from opened(tmp_path, texts, blind_share=0.0)


# --- one piece --------------------------------------------------------------------------------


def test_the_screen_shows_the_proposal_its_source_its_probability_and_boxes_the_passages(desk: Desk):
    page = desk.screen()
    assert f"{RULE} — " in page
    assert f"probabilité {probability(desk.record(desk.ids[0])) * 100:.0f} %" in page.replace("</span>", "")
    assert "CGCT L2121-23" in page
    assert "conservation" in page
    assert page.count("<rect") >= 8, "the words of the two passages"
    assert "1 sur 4" in page
    assert '<script src="/static/review.js"' in page
    assert "<script>" not in page
    assert "onclick" not in page


def test_accepting_signs_the_rule_and_brings_the_next_piece(desk: Desk):
    page = desk.screen()
    first = hidden(page, "piece")
    page = desk.accept(page).text
    assert desk.record(first).value("retention_rule") == RULE
    assert hidden(page, "piece") != first
    assert "2 sur 4" in page
    entry = desk.journal()[0]
    assert (entry.actor, entry.action, entry.subject) == (NAME, "confirm", first)
    assert entry.before["rule_proposed"] == {
        "rule": RULE,
        "score": probability(desk.record(first)),
    }


def test_another_rule_of_the_list_can_be_chosen(desk: Desk):
    page = desk.screen()
    desk.send(page, geste="decider", valeur=OTHER_RULE)
    assert desk.record(hidden(page, "piece")).value("retention_rule") == OTHER_RULE


def test_nothing_chosen_is_no_decision(desk: Desk):
    answer = desk.send(desk.screen(), geste="decider", valeur="")
    assert answer.status_code == 400
    assert desk.waiting() == 4


def test_a_piece_passed_over_stays_and_comes_back_at_the_end(desk: Desk):
    page = desk.screen(query="?rang=4")
    assert "4 pièces passées" in page
    assert desk.waiting() == 4


def test_a_proposal_that_changed_is_not_accepted_but_shown_again(desk: Desk):
    page = desk.screen()
    piece = hidden(page, "piece")
    deciding.confirm(piece, {"class": "OFFRE"}, actor="LEFEBVRE", edges=desk.edges)
    answer = desk.accept(page)
    assert answer.status_code == 409
    assert "la proposition a changé" in answer.text
    assert desk.record(piece).value("retention_rule") is None


def test_a_frozen_piece_leaves_the_queue_and_stands_on_its_list(desk: Desk):
    page = desk.screen()
    piece = hidden(page, "piece")
    page = desk.send(page, geste="geler", motif="contentieux").text
    assert desk.record(piece).value("hold") == "contentieux"
    assert hidden(page, "piece") != piece
    assert (desk.waiting(), desk.waiting(Review.HELD)) == (3, 1)
    assert piece in desk.client.get("/bureau/a-verifier?motif=held").text
    assert desk.send(page, geste="geler", motif=" ").status_code == 400


def test_a_question_waits_on_a_named_list_until_it_is_answered(desk: Desk):
    page = desk.screen()
    piece = hidden(page, "piece")
    desk.send(page, geste="demander", a_qui="Urbanisme", question="Ce lavoir est-il encore en service ?")
    assert (desk.waiting(), desk.waiting(Review.ASKED)) == (3, 1)
    lists = desk.client.get("/bureau/revue/questions").text
    assert "<h2>Urbanisme" in lists
    assert "encore en service" in lists
    form = {"jeton": token_in(desk.client.get("/bureau/revue/questions")), "piece": piece}
    assert desk.client.post("/bureau/revue/questions", data=form | {"reponse": " "}).status_code == 400
    desk.client.post("/bureau/revue/questions", data=form | {"reponse": "Non, depuis 1990"})
    assert (desk.waiting(), desk.waiting(Review.ASKED)) == (4, 0)
    assert [line.action for line in desk.journal()[:2]] == ["answer", "ask"]
    assert desk.journal()[0].after["answer"] == "Non, depuis 1990"
    assert desk.client.post("/bureau/revue/questions", data=form | {"reponse": "x"}).status_code == 409


def test_a_class_is_accepted_on_the_same_screen(desk: Desk):
    page = desk.screen("class", f"?piece={desk.ids[0]}")
    assert "Délibération" in page
    assert "formule reconnue" in page
    assert "<rect" in page
    desk.accept(page, "class")
    said = desk.record(desk.ids[0]).assertion("class")
    assert said is not None
    assert (said.value, said.origin.name) == ("DELIB", NAME)


def test_proposed_cuts_are_made_or_refused(tmp_path: Path):
    for desk in opened(tmp_path, [[acts(1)[0][0], acts(2)[1][0]]] * 2, blind_share=0.0):
        page = desk.screen("cuts")
        piece = hidden(page, "piece")
        assert "avant la page 2" in page
        page = desk.accept(page, "cuts").text
        assert len(desk.record(piece).pages) == 1
        assert "Coupure" in page
        desk.undo(page, "cuts")
        assert len(desk.record(piece).pages) == 2
        page = desk.screen("cuts", f"?piece={piece}")
        desk.send(page, "cuts", geste="decider", valeur="")
        assert desk.record(piece).values("proposed_cut") == []
        assert desk.waiting(Review.CUTS) == 1


def test_duplicates_have_their_own_screen_and_other_names_are_refused(desk: Desk):
    answer = desk.client.get("/bureau/revue/duplicates", follow_redirects=False)
    assert answer.headers["location"] == "/bureau/doublons"
    assert desk.client.get("/bureau/revue/rien").status_code == 400


# --- who may -----------------------------------------------------------------------------------


def test_an_auditor_sees_the_screen_and_decides_nothing(desk: Desk):
    with database.writing(desk.edges.database) as connection:
        people.add_user(
            connection, desk.edges.entity, "controle", PASSWORD, now=desk.edges.now(), role=Role.AUDITOR
        )
    auditor = TestClient(desk.client.app, raise_server_exceptions=False)
    log_in(auditor, name="controle")
    page = auditor.get("/bureau/revue/retention").text
    assert RULE in page
    assert 'data-key="a"' not in page
    form = {
        "jeton": token_in(auditor.get("/bureau")),
        "piece": desk.ids[0],
        "geste": "decider",
        "valeur": RULE,
    }
    assert auditor.post("/bureau/revue/retention", data=form).status_code == 403
    assert desk.waiting() == 4


def test_the_access_officer_does_not_decide_retention(desk: Desk):
    with database.writing(desk.edges.database) as connection:
        people.add_user(
            connection, desk.edges.entity, "acces", PASSWORD, now=desk.edges.now(), role=Role.ACCESS_OFFICER
        )
    officer = TestClient(desk.client.app, raise_server_exceptions=False)
    log_in(officer, name="acces")
    page = officer.get("/bureau/revue/retention").text
    assert "Votre rôle ne décide pas cette file" in page
    form = {
        "jeton": token_in(officer.get("/bureau")),
        "piece": desk.ids[0],
        "geste": "decider",
        "valeur": RULE,
    }
    assert officer.post("/bureau/revue/retention", data=form).status_code == 403


def test_a_sensitive_piece_asks_for_the_reason_and_leads_back_to_the_screen(tmp_path: Path):
    for desk in opened(tmp_path, [[PAYSLIP.format(day=1)]], blind_share=0.0):
        answer = desk.client.get("/bureau/revue/retention", follow_redirects=False)
        assert answer.status_code == 303
        form_page = desk.client.get(answer.headers["location"])
        assert "Passer à la pièce suivante" in form_page.text
        form = {
            "jeton": token_in(form_page),
            "motif": "description",
            "suite": hidden(form_page.text, "suite"),
        }
        back = desk.client.post(
            f"/bureau/motif/{desk.ids[0]}",
            data=form | {"suite": form["suite"].replace("&amp;", "&")},
            follow_redirects=False,
        )
        assert back.headers["location"].startswith("/bureau/revue/retention")
        form["suite"] = "https://ailleurs.example"
        elsewhere = desk.client.post(f"/bureau/motif/{desk.ids[0]}", data=form, follow_redirects=False)
        assert elsewhere.headers["location"] == f"/bureau/documents/{desk.ids[0]}"


# --- taken back --------------------------------------------------------------------------------


def test_the_last_decision_comes_back_with_what_a_person_had_said_before(desk: Desk):
    piece = hidden(desk.screen(), "piece")
    deciding.confirm(piece, {"retention_rule": OTHER_RULE}, actor="LEFEBVRE", edges=desk.edges)
    desk.send(desk.screen(query=f"?piece={piece}"), geste="decider", valeur=RULE)
    assert desk.record(piece).value("retention_rule") == RULE
    desk.undo(desk.screen())
    said = desk.record(piece).assertion("retention_rule")
    assert said is not None
    assert (said.value, said.origin.name) == (OTHER_RULE, "LEFEBVRE")
    assert desk.journal()[0].action == "undo_decision"


def test_an_undone_decision_leaves_nothing_of_it_and_the_piece_waits_again(desk: Desk):
    page = desk.screen()
    piece = hidden(page, "piece")
    page = desk.accept(page).text
    page = desk.undo(page).text
    assert desk.record(piece).value("retention_rule") is None
    assert hidden(page, "piece") == piece
    assert "1 sur 4" in page
    assert desk.waiting() == 4
    assert "Annuler ma dernière décision</button>" not in page, "nothing is left to take back"
    assert "corrigées : 0" in desk.client.get("/bureau/justesse").text


def test_a_decision_of_somebody_else_or_one_that_was_replaced_is_not_taken_back(desk: Desk):
    page = desk.accept(desk.screen()).text
    piece = desk.journal()[0].subject
    deciding.confirm(piece, {"retention_rule": OTHER_RULE}, actor="LEFEBVRE", edges=desk.edges)
    answer = desk.undo(page)
    assert answer.status_code == 409
    assert "une autre décision l’a remplacée" in answer.text
    assert desk.record(piece).value("retention_rule") == OTHER_RULE


def test_a_button_of_an_old_page_does_not_take_back_a_newer_decision(desk: Desk):
    first = desk.accept(desk.screen()).text
    desk.accept(first)
    assert desk.undo(first).status_code == 409


def test_a_hold_and_a_question_are_taken_back_too(desk: Desk):
    page = desk.send(desk.screen(), geste="geler", motif="contentieux").text
    page = desk.undo(page).text
    assert desk.waiting(Review.HELD) == 0
    page = desk.send(page, geste="demander", a_qui="Urbanisme", question="Encore utile ?").text
    desk.undo(page)
    assert (desk.waiting(), desk.waiting(Review.ASKED)) == (4, 0)


def test_a_decision_on_which_an_elimination_list_rests_is_not_taken_back(desk: Desk):
    page = desk.accept(desk.screen()).text
    piece = desk.journal()[0].subject
    now, entity = desk.edges.now(), desk.edges.entity
    made = {
        "id": "e1",
        "entity_id": entity,
        "number": "2026-0001",
        "service": "Secrétariat",
        "stage": "draft",
    }
    with database.writing(desk.edges.database) as connection:
        connection.execute(eliminations.insert(), made | {"created_at": now})
        row = {"elimination_id": "e1", "record_id": piece, "state": "listed"}
        connection.execute(elimination_records.insert(), row)
    answer = desk.undo(page)
    assert answer.status_code == 409
    assert "bordereau d’élimination 2026-0001" in answer.text
    assert desk.record(piece).value("retention_rule") == RULE


# --- blind -------------------------------------------------------------------------------------


def test_blind_neither_the_screen_nor_the_record_page_tells_the_rule(blind_desk: Desk):
    page = blind_desk.screen()
    record = blind_desk.client.get(f"/bureau/documents/{blind_desk.ids[0]}").text
    assert "Sans proposition" in page
    assert 'data-key="a"' not in page
    assert "<rect" not in page
    assert "probabilité" not in page
    assert "Règle proposée" not in record
    assert "Le texte parle pour" not in page + record


def test_a_piece_whose_class_is_to_be_given_blind_shows_no_rule_before_and_no_class(tmp_path: Path):
    for desk in opened(tmp_path, acts(2), blind_share=1.0):
        assert "Rien n’attend plus ici" in desk.screen()
        page = desk.screen("blind")
        assert "formule reconnue" not in page
        assert "<rect" not in page
        piece = hidden(page, "piece")
        desk.send(page, "blind", geste="decider", valeur="DELIB")
        assert desk.journal()[0].after["class_taken_blind"] is True
        assert hidden(desk.screen(), "piece") == piece, "its rule is next"


def test_rules_chosen_blind_measure_the_proposals_and_others_do_not(blind_desk: Desk):
    assert blind_desk.client.get("/bureau/justesse").text.count("Aucun pour l’instant") == 2
    page = blind_desk.send(blind_desk.screen(), geste="decider", valeur=RULE).text
    blind_desk.send(page, geste="decider", valeur=OTHER_RULE)
    assert blind_desk.journal()[0].after["rule_taken_blind"] is True
    figures = blind_desk.client.get("/bureau/justesse").text
    assert figures.count("Aucun pour l’instant") == 1
    assert "<strong>50 %</strong><span>proposition juste" in figures


def test_seen_proposals_tell_how_often_they_were_changed(desk: Desk):
    page = desk.accept(desk.screen()).text
    desk.send(page, geste="decider", valeur=OTHER_RULE)
    figures = desk.client.get("/bureau/justesse").text
    assert "Confirmées : 1 ; corrigées : 1." in figures
    assert "50 %" in figures[figures.index("Règles proposées") :]


# --- together ----------------------------------------------------------------------------------

TOGETHER = f"/bureau/revue/retention/ensemble?classe=DELIB&regle={RULE}&lot=Carton+7"


def confirm_all(desk: Desk, page: str, **fields: str) -> Any:
    names = ("jeton", "empreinte", "classe", "regle", "lot")
    form = page[page.index("Chaque pièce a son") - 1200 :]
    data = {"jeton": hidden(form, "jeton"), **{n: hidden(form, n) for n in names if n != "jeton"}}
    return desk.client.post("/bureau/revue/retention/ensemble", data=data | fields, follow_redirects=False)


def test_a_preview_tells_what_would_be_decided_and_what_is_left_out(desk: Desk):
    deciding.confirm(desk.ids[1], {"hold": "contentieux"}, actor=NAME, edges=desk.edges)
    page = desk.client.get(TOGETHER.replace("&lot=Carton+7", "")).text
    assert "3 documents" in page
    assert "Un échantillon" in page
    assert desk.waiting() == 3, "a preview decides nothing"


def test_what_was_previewed_is_decided_with_an_entry_each_and_comes_back_at_once(desk: Desk):
    page = desk.client.get(TOGETHER).text
    assert confirm_all(desk, page).status_code == 303
    assert all(desk.record(i).value("retention_rule") == RULE for i in desk.ids)
    lines = desk.journal()[:4]
    assert {line.subject for line in lines} == set(desk.ids)
    assert {line.after["together"] for line in lines} == {lines[0].after["together"]}
    page = desk.screen()
    assert "4 documents" in page
    desk.undo(page)
    assert all(desk.record(i).value("retention_rule") is None for i in desk.ids)
    assert desk.waiting() == 4


def test_a_set_that_changed_since_the_preview_is_not_decided(desk: Desk):
    page = desk.client.get(TOGETHER).text
    deciding.confirm(desk.ids[2], {"hold": "enquête"}, actor=NAME, edges=desk.edges)
    answer = confirm_all(desk, page)
    assert answer.status_code == 409
    assert "l’ensemble a changé depuis l’aperçu" in answer.text
    assert desk.record(desk.ids[0]).value("retention_rule") is None


def test_nothing_of_sort_final_e_is_decided_together(mixed_desk: Desk):
    give_reason(mixed_desk.client, mixed_desk.ids[4])
    give_reason(mixed_desk.client, mixed_desk.ids[5])
    answer = mixed_desk.client.get("/bureau/revue/retention/ensemble?classe=PAIE&regle=RH-021")
    assert answer.status_code == 409
    assert "sort final E" in answer.text
    one_by_one = mixed_desk.client.get("/bureau/revue/blind/ensemble?classe=PAIE")
    assert one_by_one.status_code == 400
    assert "pièce par pièce" in one_by_one.text
