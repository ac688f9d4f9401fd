"""Versions of the retention schedule: what they change is told first, what is signed is proposed, nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import assertions, journal, units
from archiveia.edges.retention_files import csv_of, load_triggers, ods_of, shipped_rules
from archiveia.errors import BadRequestError, ScheduleError
from archiveia.pipeline import deciding, rule_sets
from archiveia.pipeline.alerting import NOBODY, MaximaNight
from archiveia.pipeline.rules import run_retain, schedule_in_force
from archiveia.pipeline.sampling import sample
from archiveia.values import Assertion, Level, Origin, OriginKind, Signature, SortFinal

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.pipeline import Edges

SIGNATURE = Signature("MARTIN, maire", date(2026, 1, 10), "avis favorable, AD 2026-3")
PERSON = Origin(OriginKind.PERSON, "MARTIN")


def a_piece(edges: Edges, name: str, **values: str) -> str:
    """A piece of which a person said these values, without any scan."""
    rows = [
        {"id": "fonds", "parent_id": None, "level": Level.FONDS},
        {"id": "dossier", "parent_id": "fonds", "level": Level.FILE},
        {"id": name, "parent_id": "dossier", "level": Level.ITEM},
    ]
    said = [Assertion(field, value, PERSON) for field, value in values.items()]
    with database.writing(edges.database) as connection:
        units.add_units(connection, [r | {"entity_id": edges.entity, "position": 1} for r in rows])
        assertions.replace(connection, name, list(values), [OriginKind.PERSON], said, now=edges.now())
    run_retain([name], edges)
    return name


def retention(record: str, edges: Edges) -> dict[str, object]:
    with database.reading(edges.database) as connection:
        return units.load_record(connection, record, edges.entity).value("retention")


def entries(edges: Edges) -> list[str]:
    with database.reading(edges.database) as connection:
        return [line.action for line in journal.journal_list(connection, edges.entity, 50)][::-1]


@pytest.fixture
def invoice(edges: Edges) -> str:
    values = {"class": "FACTURE", "retention_rule": "FIN-004", "trigger_on": "2001-12-31"}
    return a_piece(edges, "facture", **values)


def a_file(folder: Path, **changes: object) -> Path:
    """The schedule of the program with another FIN-004."""
    rules = [replace(r, **changes) if r.code == "FIN-004" else r for r in shipped_rules()]
    path = folder / "tableau.csv"
    path.write_bytes(csv_of(rules))
    return path


def test_elimination_is_proposed_once_the_row_is_signed_and_no_more_when_it_is_withdrawn(
    edges: Edges, invoice: str
):
    assert retention(invoice, edges)["fate"] is None
    run_retain(rule_sets.sign(["FIN-004"], SIGNATURE, actor="DURAND", edges=edges), edges)
    signed = retention(invoice, edges)
    assert (signed["fate"], signed["signed_by"], signed["due_on"]) == ("E", "MARTIN, maire", "2011-12-31")
    assert str(signed["rule_set"]).startswith("1 ("), "what was signed is a version of one's own"
    run_retain(rule_sets.withdraw(["FIN-004"], actor="DURAND", edges=edges), edges)
    assert retention(invoice, edges)["fate"] is None
    assert entries(edges) == ["rules_import", "rules_adopt", "rules_sign", "rules_unsign"]


def test_a_version_tells_what_it_changes_before_it_is_adopted(edges: Edges, invoice: str, tmp_path: Path):
    run_retain(rule_sets.sign(["FIN-004"], SIGNATURE, actor="DURAND", edges=edges), edges)
    number = rule_sets.take_in(a_file(tmp_path, dua_months=60), actor="DURAND", edges=edges)
    effect = rule_sets.effect_of(rule_sets.rules_numbered(number, edges), edges)
    (cell,) = effect.changes.cells
    assert (cell.code, cell.column, cell.before, cell.after) == ("FIN-004", "dua_months", "120", "60")
    assert (effect.proposals, effect.to_elimination, effect.unsigned) == (1, 0, ("FIN-004",))
    assert retention(invoice, edges)["due_on"] == "2011-12-31", "nothing changed yet"
    rule_sets.adopt(number, actor="DURAND", edges=edges)
    now = retention(invoice, edges)
    assert (now["due_on"], now["fate"]) == ("2006-12-31", None), "a row that changed is no longer signed"
    rule_sets.adopt(1, actor="DURAND", edges=edges)
    again = retention(invoice, edges)
    assert (again["due_on"], again["fate"]) == ("2011-12-31", "E"), "the former version, and its signature"


def test_rules_that_are_gone_leave_their_records_to_a_person(edges: Edges, invoice: str, tmp_path: Path):
    path = tmp_path / "tableau.ods"
    path.write_bytes(ods_of(r for r in shipped_rules() if r.code != "FIN-004"))
    number = rule_sets.take_in(path, actor="DURAND", edges=edges)
    assert rule_sets.adopt(number, actor="DURAND", edges=edges).changes.removed == ("FIN-004",)
    proposal = retention(invoice, edges)
    assert (proposal["rule"], proposal["to_review"]) == (None, True)
    with pytest.raises(BadRequestError, match="retention_rule 'FIN-004' does not exist"):
        deciding.confirm(invoice, {"retention_rule": "FIN-004"}, actor="DURAND", edges=edges)


def test_the_same_file_again_is_the_same_version(edges: Edges, tmp_path: Path):
    path = a_file(tmp_path, dua_months=60)
    first = rule_sets.take_in(path, actor="DURAND", edges=edges)
    assert rule_sets.take_in(path, actor="DURAND", edges=edges) == first


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((",fiscal_year_end,", ",new_moon,"), "'new_moon' is not a trigger of schemas/triggers.json"),
        ((",120,minimum,clôture de l’e", ",dix ans,minimum,clôture de l’e"), "'dix ans' is not a whole"),
        (("code,label", "code,libellé"), "missing column label"),
    ],
)
def test_a_schedule_that_cannot_be_used_is_refused_and_nothing_is_lost(
    edges: Edges, invoice: str, tmp_path: Path, change: tuple[str, str], message: str
):
    before = (retention(invoice, edges), schedule_in_force(edges))
    path = a_file(tmp_path)
    path.write_text(path.read_text("utf-8").replace(*change, 1), "utf-8")
    with pytest.raises(ScheduleError, match=message):
        rule_sets.take_in(path, actor="DURAND", edges=edges)
    assert (retention(invoice, edges), schedule_in_force(edges)) == before
    assert entries(edges) == []


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        (replace(SIGNATURE, signed_by=" "), "a signature needs a name and the opinion"),
        (replace(SIGNATURE, opinion=""), "a signature needs a name and the opinion"),
        (replace(SIGNATURE, signed_on=date(2026, 2, 1)), "2026-02-01 is still to come"),
    ],
)
def test_a_signature_says_who_when_and_the_opinion_of_the_departmental_archives(
    edges: Edges, signature: Signature, message: str
):
    with pytest.raises(BadRequestError, match=message):
        rule_sets.sign(["FIN-004"], signature, actor="DURAND", edges=edges)


def test_only_rules_of_the_schedule_are_signed(edges: Edges):
    with pytest.raises(BadRequestError, match="no rule FIN-999 in the schedule in force"):
        rule_sets.sign(["FIN-004", "FIN-999"], SIGNATURE, actor="DURAND", edges=edges)
    with pytest.raises(BadRequestError, match="no version 9 of the retention schedule"):
        rule_sets.adopt(9, actor="DURAND", edges=edges)


def test_a_row_without_a_source_for_its_fate_stays_with_a_person_though_it_is_signed(edges: Edges):
    """C. trav. R4532-51 fixes five years from the acceptance of the works, and no fate."""
    record = a_piece(edges, "pgc", **{"class": "SECURITE", "retention_rule": "BAT-007", "trigger_on": "2001"})
    run_retain(rule_sets.sign(["BAT-007"], SIGNATURE, actor="DURAND", edges=edges), edges)
    proposal = retention(record, edges)
    assert (proposal["fate"], proposal["due_on"], proposal["to_review"]) == (None, "2006-12-31", True)


def test_a_person_says_that_an_event_has_not_come(edges: Edges, invoice: str):
    deciding.confirm(invoice, {"trigger_on": "ouvert"}, actor="DURAND", edges=edges)
    assert retention(invoice, edges)["trigger_state"] == "open"


def test_a_version_is_written_and_read_back_the_same(edges: Edges, tmp_path: Path):
    number = rule_sets.take_in(a_file(tmp_path, dua_months=60), actor="DURAND", edges=edges)
    for suffix in (".csv", ".ods"):
        path = tmp_path / f"sortie{suffix}"
        path.write_bytes(rule_sets.written(number, suffix, actor="DURAND", edges=edges))
        assert rule_sets.take_in(path, actor="DURAND", edges=edges) == number
    with pytest.raises(BadRequestError, match=r"not written as '\.xlsx'"):
        rule_sets.written(number, ".xlsx", actor="DURAND", edges=edges)


def test_another_collectivite_keeps_its_own_schedule(edges: Edges):
    run_retain(rule_sets.sign(["FIN-004"], SIGNATURE, actor="DURAND", edges=edges), edges)
    assert schedule_in_force(edges)["FIN-004"].signature == SIGNATURE
    edges.settings = edges.settings.model_copy(update={"entity": "ailleurs"})
    other = schedule_in_force(edges)["FIN-004"]
    assert (other.signature, other.sort_final) == (None, SortFinal.ELIMINATE)


def a_dossier(edges: Edges, name: str, year: str, **more: str) -> None:
    rows = [
        {"id": "fonds", "parent_id": None, "level": Level.FONDS},
        {"id": f"dossier-{name}", "parent_id": "fonds", "level": Level.FILE},
        {"id": name, "parent_id": f"dossier-{name}", "level": Level.ITEM},
    ]
    values = {"class": "AIDE-SOC", "retention_rule": "SOC-010", "closed_on": year, **more}
    said = [Assertion(field, value, PERSON) for field, value in values.items()]
    with database.writing(edges.database) as connection:
        units.add_units(connection, [r | {"entity_id": edges.entity, "position": 1} for r in rows])
        assertions.replace(connection, name, list(values), [OriginKind.PERSON], said, now=edges.now())


def test_a_selection_is_drawn_by_the_population_among_what_is_due_and_written_in_the_journal(edges: Edges):
    for number in range(12):
        a_dossier(edges, f"aide-{number:02d}", "1990" if number < 2 else "1995")
    a_dossier(edges, "gel", "1995", hold="contentieux")
    a_dossier(edges, "recent", "2024")
    with pytest.raises(BadRequestError, match="the population is not known"):
        sample("SOC-010", seed="2026-1", actor="DURAND", edges=edges)
    edges.settings = edges.settings.model_copy(update={"population": 8_000})
    drawn = sample("SOC-010", seed="2026-1", actor="DURAND", edges=edges)
    assert (len(drawn.kept), len(drawn.left)) == (4, 8), "the first year, and 20 % of the other"
    assert {"dossier-aide-00", "dossier-aide-01"} <= set(drawn.kept)
    assert {"dossier-gel", "dossier-recent"}.isdisjoint({*drawn.kept, *drawn.left})
    assert entries(edges) == ["sample"]
    assert sample("SOC-010", seed="2026-1", actor="DURAND", edges=edges) == drawn


@pytest.mark.parametrize(
    ("rule", "message"), [("ADM-013", "rule ADM-013 has no share"), ("SOC-010", "no dossier of rule SOC-010")]
)
def test_nothing_is_drawn_without_a_share_or_without_anything_due(edges: Edges, rule: str, message: str):
    edges.settings = edges.settings.model_copy(update={"population": 8_000})
    with pytest.raises(BadRequestError, match=message):
        sample(rule, seed="2026-1", actor="DURAND", edges=edges)


def test_a_longest_duration_that_is_passed_is_told_of_every_record(edges: Edges):
    a_piece(edges, "video", **{"class": "POLICE", "retention_rule": "POL-023", "trigger_on": "2025-12-30"})
    a_piece(edges, "recente", **{"class": "POLICE", "retention_rule": "POL-023", "trigger_on": "2026-01-02"})
    (passed,) = rule_sets.passed_maxima(edges)
    alert = passed.alert
    assert (passed.record, passed.rule, passed.due_on) == ("video", "POL-023", date(2026, 1, 30))
    assert alert.startswith(
        "Durée maximale dépassée depuis le 30 janvier 2026 (règle POL-023, 1 mois au plus)"
    )
    assert retention("video", edges)["alert"] == alert
    assert pipeline.nightly(edges).maxima == MaximaNight((passed,), None, NOBODY)
    deciding.confirm("video", {"hold": "enquête préliminaire"}, actor="DURAND", edges=edges)
    assert rule_sets.passed_maxima(edges) == [], "what is held is not to go"


def test_a_version_whose_trigger_the_program_no_longer_knows_is_refused_with_what_to_do(
    edges: Edges, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    number = rule_sets.take_in(a_file(tmp_path, dua_months=60), actor="DURAND", edges=edges)
    known = load_triggers()
    fewer = {code: trigger for code, trigger in known.by_code.items() if code != "fiscal_year_end"}
    monkeypatch.setattr("archiveia.pipeline.rules.load_triggers", lambda: replace(known, by_code=fewer))
    with pytest.raises(
        ScheduleError, match="version 1 of the retention schedule has the trigger 'fiscal_year_end'"
    ):
        rule_sets.put_in_force(number, actor="DURAND", edges=edges)
    assert schedule_in_force(edges)["FIN-004"].rule_set.startswith("livrée"), "the one in force stays"
