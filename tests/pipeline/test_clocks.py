"""The night computes both clocks again; what opens opens at midnight, what is taken down is gone at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from putting_online import publish_it, withdraw_it
from shelved import NOW, shelve

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import assertions, clock_records, tables, units, work
from archiveia.errors import BadRequestError, RefusedError, UnknownUnitError
from archiveia.pipeline import deciding, order, publishing, searching
from archiveia.pipeline.clocks import ClockReport, recompute_clocks
from archiveia.pipeline.closing import close_unseen
from archiveia.settings import Settings
from archiveia.steps.access import access_of_dossier
from archiveia.values import Assertion, Origin, OriginKind, TakedownReason

WHO = "MARTIN"
LAST_OF_FEBRUARY = datetime(2026, 2, 28, 22, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 2, 28, 23, tzinfo=UTC)
"""00:00 on 1 March 2026 in Paris, 23:00 of the day before in UTC."""


@pytest.fixture
def edges(tmp_path):
    settings = Settings(home=tmp_path / "home", workers=1, classifier="lexical", ner="off")
    with pipeline.open_edges(settings) as opened:
        opened.clock = lambda: NOW
        shelve(opened)
        for step, do in order.STEPS.items():
            if step in ("retain", "access", "index"):
                do(["r1", "r2", "r3"], opened)
        yield opened


def kept(edges, record, field):
    with database.reading(edges.database) as connection:
        return units.load_record(connection, record, edges.entity).value(field)


def open_up(record, edges, category="C09"):
    decided = {"class": "DELIB", "date": "1976-02-29", "access_category": category}
    deciding.confirm(record, decided, actor=WHO, edges=edges)


def found_by_the_public(edges):
    results = searching.search("lavoir", edges, public=True)
    facets = [count for counts in results.facets.values() for _, count in counts]
    assert bool(facets) == bool(results.total), "what is counted in a facet was found"
    return {hit.record_id for hit in results.hits}


def is_shown(record, edges):
    try:
        searching.show(record, edges, public=True)
    except UnknownUnitError:
        return False
    return True


# --- the night ---


def test_a_night_without_changes_writes_nothing_though_it_loads_no_text(edges):
    assert recompute_clocks(edges) == ClockReport(records=3, retention_changed=0, access_changed=0)
    open_up("r3", edges)
    assert recompute_clocks(edges) == ClockReport(records=3, retention_changed=0, access_changed=0)


def test_records_loaded_for_the_clocks_say_what_whole_records_say(edges):
    with database.reading(edges.database) as connection:
        light = clock_records.load(connection, ["d1", "d2"], edges.entity, good_cer=0.05)
        whole = units.load_records(connection, ["r1", "r2"], edges.entity)
    assert [r.id for r in light["d1"]] == ["r1", "r2"]
    told = {"classes": {}, "rules": {}, "today": NOW.date(), "good_cer": 0.05}
    assert access_of_dossier(light["d1"], **told) == access_of_dossier(whole, **told)


def test_what_a_rule_or_a_day_changed_is_written_told_to_the_index_and_only_that(edges):
    said = kept(edges, "r1", "access")
    with database.writing(edges.database) as connection:
        old = [("r1", Assertion("access", {"opens_on": None}, Origin(OriginKind.RULE, "access_delays", "0")))]
        assertions.replace_field(connection, "access", OriginKind.RULE, old, now=NOW)
    assert recompute_clocks(edges) == ClockReport(records=3, retention_changed=0, access_changed=1)
    assert kept(edges, "r1", "access") == said
    with database.reading(edges.database) as connection:
        assert work.stale(connection, edges.entity) == ["r1"]
    assert pipeline.nightly(edges).clocks == ClockReport(records=3, retention_changed=0, access_changed=0)
    with database.reading(edges.database) as connection:
        assert work.stale(connection, edges.entity) == []


def test_a_piece_that_waits_for_its_steps_is_left_to_them(edges):
    with database.writing(edges.database) as connection:
        for field in ("retention", "access"):
            assertions.replace(connection, "r3", [field], [OriginKind.RULE], [], now=NOW)
    assert recompute_clocks(edges) == ClockReport(records=3, retention_changed=0, access_changed=0)
    assert kept(edges, "r3", "access") is None


# --- midnight, leap years ---


def test_a_record_of_29_february_is_online_at_midnight_of_1_march_in_paris_by_itself(edges):
    open_up("r3", edges)
    publish_it("r3", data="masked", actor=WHO, edges=edges)
    assert kept(edges, "r3", "access")["opens_on"] == "2026-03-01"
    edges.clock = lambda: LAST_OF_FEBRUARY
    assert (found_by_the_public(edges), is_shown("r3", edges)) == (set(), False)
    edges.clock = lambda: MIDNIGHT
    assert (found_by_the_public(edges), is_shown("r3", edges)) == ({"r3"}, True)
    withdraw_it("r3", actor=WHO, edges=edges)
    assert (found_by_the_public(edges), is_shown("r3", edges)) == (set(), False)


def test_a_takedown_is_seen_before_the_index_was_told(edges, monkeypatch):
    open_up("r3", edges, "C01")
    publish_it("r3", actor=WHO, edges=edges)
    assert found_by_the_public(edges) == {"r3"}
    monkeypatch.setattr("archiveia.pipeline.publishing.redo", lambda *_: None)
    withdraw_it("serie", actor=WHO, edges=edges)
    assert (found_by_the_public(edges), is_shown("r3", edges)) == (set(), False)


# --- what a person states ---


def test_a_series_is_published_with_its_class_of_data_and_leaves_out_what_does_not_go_with_it(edges):
    open_up("r3", edges, "C01")
    for record in ("r1", "r2"):
        open_up(record, edges, "C29" if record == "r2" else "C01")
        deciding.confirm(record, {"closed_on": "1976-02-29"}, actor=WHO, edges=edges)
    assert publish_it("serie", actor=WHO, edges=edges) == ["r1", "r2", "r3"]
    assert found_by_the_public(edges) == {"r1", "r3"}, "an electoral list is communicable and never online"
    assert kept(edges, "r2", "access")["opens_on"] is not None


def test_rights_of_third_parties_that_stand_against_it_close_what_is_under_them(edges):
    open_up("r3", edges, "C01")
    publish_it("r3", actor=WHO, edges=edges)
    publish_it("serie", rights="blocked", actor=WHO, edges=edges)
    assert found_by_the_public(edges) == set()
    publish_it("serie", rights="cleared", actor=WHO, edges=edges)
    assert found_by_the_public(edges) == {"r3"}


def test_a_publication_of_before_that_states_neither_rights_nor_data_publishes_nothing(edges):
    open_up("r3", edges, "C01")
    with database.writing(edges.database) as connection:
        old = {"unit_id": "r3", "published": True, "decided_by": WHO, "decided_at": NOW}
        connection.execute(tables.publications.insert(), old)
    assert not is_shown("r3", edges)


def test_a_class_of_data_that_is_not_in_the_list_or_rests_on_another_practice_is_refused(edges):
    with pytest.raises(BadRequestError, match="data class 'tout' does not exist"):
        publish_it("r3", data="tout", actor=WHO, edges=edges)
    with pytest.raises(RefusedError, match="rests on the practice au-029, which is not followed here"):
        publish_it("r3", data="au029", actor=WHO, edges=edges)
    with pytest.raises(BadRequestError, match="the note has 2001 characters"):
        publishing.take_down("r3", reason=TakedownReason.ORDER, note="x" * 2001, actor=WHO, edges=edges)


def test_the_note_of_a_takedown_stands_with_the_decision_and_not_in_the_journal(edges):
    note = "Demande de Mme LEFEBVRE"
    publishing.take_down("r3", reason=TakedownReason.PRIVACY, note=note, actor=WHO, edges=edges)
    with database.reading(edges.database) as connection:
        assert connection.scalar(sa.select(tables.publications.c.note)) == note
        chained = connection.execute(sa.select(tables.journal)).all()
    assert chained[-1].action == "withdraw"
    assert "privacy" in str(chained[-1].after)
    assert not any("LEFEBVRE" in str(entry) for entry in chained)


# --- what was read after it was opened ---


def test_a_page_that_is_read_after_a_person_opened_its_record_closes_it_until_a_person_looks(edges):
    open_up("r3", edges, "C01")
    publish_it("r3", actor=WHO, edges=edges)
    assert is_shown("r3", edges)
    with database.writing(edges.database) as connection:
        close_unseen(connection, ["p-r3", "p-r1"], edges)
        work.reopen(connection, ["r3"], ("access", "index"), now=NOW)
    for step in ("access", "index"):
        order.STEPS[step](["r3"], edges)
    assert not is_shown("r3", edges)
    assert kept(edges, "r3", "access_category") is None
    open_up("r3", edges, "C01")
    publish_it("r3", actor=WHO, edges=edges)
    assert is_shown("r3", edges)
