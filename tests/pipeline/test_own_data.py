"""The service's own data past its row: counted, never purged by the night, blanked by a person with a visa."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from archiveia import pipeline
from archiveia.cli import main
from archiveia.edges import database
from archiveia.edges.database import journal, login, people, reads, requests, units
from archiveia.edges.own_data import load_own_data
from archiveia.edges.retention_files import csv_of, shipped_rules
from archiveia.errors import BadRequestError, RefusedError, ScheduleError
from archiveia.pipeline import auditing, deciding, own_data, requesting, rule_sets
from archiveia.steps.respond import RequestState
from archiveia.values import Signature

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.pipeline import Edges

SIGNATURE = Signature("MARTIN, maire", datetime(2026, 1, 10, tzinfo=UTC).date(), "avis favorable, AD 2026-3")
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def at(edges: Edges, year: int, month: int = 1, day: int = 31) -> None:
    edges.clock = lambda: datetime(year, month, day, 12, tzinfo=UTC)


def closed(edges: Edges, kind: str) -> str:
    number = requesting.receive(
        "MARTIN", "martin@ville.example", "mon dossier", edges=edges, kind=kind
    ).number
    requesting.answer(number, RequestState.ANSWERED, "voici, M. MARTIN", actor="DURAND", edges=edges)
    requesting.answer(number, RequestState.CLOSED, None, actor="DURAND", edges=edges)
    return number


def a_piece(edges: Edges) -> str:
    rows = [
        {"id": "dossier", "parent_id": None, "level": "file"},
        {"id": "piece", "parent_id": "dossier", "level": "item"},
    ]
    with database.writing(edges.database) as connection:
        units.add_units(connection, [r | {"entity_id": edges.entity, "position": 1} for r in rows])
    return "piece"


def signed(edges: Edges, tmp_path: Path, *codes: str) -> None:
    """The rows are validated, and the collectivité signed them."""
    rules = [
        replace(
            r,
            source="délibération 2026-1",
            active=True,
            duration_confidence="medium",
            fate_confidence="medium",
        )
        if r.code in codes
        else r
        for r in shipped_rules()
    ]
    path = tmp_path / "tableau.csv"
    path.write_bytes(csv_of(rules))
    rule_sets.put_in_force(rule_sets.take_in(path, actor="DURAND", edges=edges), actor="DURAND", edges=edges)
    rule_sets.sign(codes, SIGNATURE, actor="DURAND", edges=edges)


def past(edges: Edges) -> dict[str, int]:
    return {one.code: one.past for one in own_data.own_data(edges)}


def row(edges: Edges, number: str):
    with database.reading(edges.database) as connection:
        return requests.load(connection, number, edges.entity)


@pytest.mark.parametrize(
    ("kind", "code", "rule"), [("rgpd-17", "rights", "INF-004"), ("crpa", "requests", "JUR-007")]
)
def test_a_closed_request_past_its_row_is_blanked_with_a_visa_and_its_number_stays(
    edges: Edges, tmp_path: Path, kind: str, code: str, rule: str
):
    at(edges, 2021, 1, 30)
    old = closed(edges, kind)
    at(edges, 2021, 2, 1)
    young = closed(edges, kind)
    open_one = requesting.receive("", "durand@ville.example", "autre", edges=edges, kind=kind).number
    edges.clock = lambda: NOW
    signed(edges, tmp_path, rule)
    assert past(edges) == {"requests": 0, "rights": 0, "log_ins": 0, "accounts": 0} | {code: 1}
    assert [one.code for one in pipeline.nightly(edges).own_data] == [code]
    assert row(edges, old).email, "the night purges nothing"
    with pytest.raises(BadRequestError, match="needs the visa of the departmental archives"):
        own_data.purge(code, visa=" ", actor="LEFEBVRE", edges=edges)
    assert own_data.purge(code, visa="AD 2026-12", actor="LEFEBVRE", edges=edges) == 1
    gone = row(edges, old)
    assert (gone.requester, gone.email, gone.subject, gone.answer, gone.answered_by) == (
        *("éliminé", "", "éliminé"),
        *(None, None),
    )
    assert (gone.number, gone.kind, gone.state) == (old, kind, "closed")
    assert row(edges, young).email
    assert row(edges, open_one).email
    with database.reading(edges.database) as connection:
        line = journal.journal_list(connection, edges.entity, 1)[0]
    assert (line.actor, line.action) == ("LEFEBVRE", "own_data")
    assert line.after == {
        "kind": code,
        "values": 1,
        "retention_rule": rule,
        "before": "2021-01-31",
        "visa": "AD 2026-12",
    }
    assert own_data.purge(code, visa="AD 2026-12", actor="LEFEBVRE", edges=edges) == 0
    with database.reading(edges.database) as connection:
        assert (
            len(journal.journal_list(connection, edges.entity, wanted=journal.Wanted(action="own_data"))) == 1
        )


def test_a_row_that_is_not_validated_or_not_signed_lets_nothing_go(edges: Edges):
    at(edges, 2015)
    closed(edges, "rgpd-15"), closed(edges, "crpa")
    edges.clock = lambda: NOW
    for code, why in (
        ("rights", "La collectivité n’a pas signé la ligne INF-004"),
        ("requests", "La règle JUR-007 n’est pas validée"),
    ):
        with pytest.raises(RefusedError, match=why):
            own_data.purge(code, visa="AD 2026-12", actor="DURAND", edges=edges)


def test_nothing_that_a_person_holds_goes(edges: Edges):
    at(edges, 2015)
    piece = a_piece(edges)
    got = requesting.receive("", "a@ville.example", "la pièce", edges=edges, kind="rgpd-15", unit_id=piece)
    for state in (RequestState.ANSWERED, RequestState.CLOSED):
        requesting.answer(got.number, state, None, actor="DURAND", edges=edges)
    edges.clock = lambda: NOW
    assert past(edges)["rights"] == 1
    deciding.confirm(piece, {"hold": "contentieux"}, actor="DURAND", edges=edges)
    assert past(edges)["rights"] == 0


def test_log_ins_go_and_the_names_of_those_who_decided_stay(edges: Edges, tmp_path: Path):
    at(edges, 2024)
    with database.writing(edges.database) as connection:
        for outcome, name in (("login", "MARTIN"), ("login", "DURAND"), ("login_refused", "LEFEBVRE")):
            journal.journal_login(
                connection, entity_id=edges.entity, outcome=outcome, name=name, now=edges.now()
            )
    closed(edges, "crpa")  # by DURAND
    edges.clock = lambda: NOW
    signed(edges, tmp_path, "INF-005")
    assert past(edges)["log_ins"] == 2, "the name of MARTIN, and that of the refused account"
    own_data.purge("log_ins", visa="AD 2026-12", actor="LEFEBVRE", edges=edges)
    assert past(edges)["log_ins"] == 0
    with database.reading(edges.database) as connection:
        lines = journal.journal_list(connection, edges.entity)
        assert "MARTIN" not in journal.actors(connection, edges.entity)
    assert {line.actor for line in lines if line.action == "request"} >= {"DURAND"}
    assert [line.after for line in lines if line.action == "login_refused"] == [
        {"account": "[valeur purgée]"}
    ]
    assert auditing.verify_journal(edges).sound


def test_reasons_given_for_reading_go_with_the_log_ins(edges: Edges, tmp_path: Path):
    at(edges, 2024)
    piece = a_piece(edges)
    with database.writing(edges.database) as connection:
        user = people.add_user(connection, edges.entity, "martin", "phrase de passe longue", now=edges.now())
        staff = people.as_staff(people.user(connection, user, edges.entity), session="s")
        reads.save(connection, staff, piece, reason="service", words="pour M. MARTIN", now=edges.now())
    edges.clock = lambda: NOW
    signed(edges, tmp_path, "INF-005")
    assert past(edges)["log_ins"] == 1
    own_data.purge("log_ins", visa="AD 2026-12", actor="LEFEBVRE", edges=edges)
    assert past(edges)["log_ins"] == 0


def test_a_closed_account_is_nobodys_and_opens_nothing(edges: Edges, tmp_path: Path):
    with database.writing(edges.database) as connection:
        for name in ("martin", "durand"):
            people.add_user(
                connection, edges.entity, name, "phrase de passe longue", now=NOW, person=name.upper()
            )
        martin = people.user_named(connection, edges.entity, "martin").id
        people.change(connection, martin, disabled_at=datetime(2024, 1, 31, tzinfo=UTC), oidc_subject="m@v")
    signed(edges, tmp_path, "INF-005")
    assert past(edges)["accounts"] == 1
    assert own_data.purge("accounts", visa="AD 2026-12", actor="LEFEBVRE", edges=edges) == 1
    with database.reading(edges.database) as connection:
        assert people.user_names(connection, edges.entity) == ["durand", f"éliminé {martin}"]
        gone = people.user(connection, martin, edges.entity)
        assert (gone.person, gone.oidc_subject, gone.totp_secret) == ("éliminé", None, None)
        assert login.who(connection, edges.entity, gone.name, "phrase de passe longue") is None
    assert past(edges)["accounts"] == 0


def test_the_command_counts_first_and_says_what_stands_against_it(
    edges: Edges, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARCHIVEIA_HOME", str(tmp_path / "home"))
    at(edges, 2015)
    closed(edges, "rgpd-15")
    assert main(["own-data", "list"]) == 0
    assert "INF-004" in capsys.readouterr().out
    assert main(["own-data", "purge", "rights"]) == 0
    said = capsys.readouterr().out
    assert "1 would be purged; add --visa REFERENCE and --yes" in said
    assert "not yet: La collectivité n’a pas signé la ligne INF-004" in said
    assert main(["own-data", "purge", "visas"]) != 0
    assert "there is no data 'visas' to purge" in capsys.readouterr().err
    edges.clock = lambda: NOW
    signed(edges, tmp_path, "INF-004")
    assert main(["own-data", "purge", "rights", "--visa", "AD 2026-12", "--by", "MARTIN", "--yes"]) == 0
    assert capsys.readouterr().out == "1 purged\n"


def test_a_list_of_own_data_that_cannot_be_used_is_told(tmp_path: Path):
    (tmp_path / "own_data.json").write_text('{"kept": [{"code": "requests"}], "systems": []}')
    with pytest.raises(ScheduleError, match=r"own_data\.json: a row has no data, rule"):
        load_own_data(tmp_path)
    (tmp_path / "own_data.json").write_text("[]")
    with pytest.raises(ScheduleError, match="cannot be used"):
        load_own_data(tmp_path)
