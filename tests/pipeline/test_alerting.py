"""The DPO and the services are mailed, once a day, while something is kept longer than the law allows."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from fake_relay import relay

from archiveia import pipeline
from archiveia.cli import main
from archiveia.edges import database
from archiveia.edges.database import assertions, journal, units
from archiveia.pipeline import deciding
from archiveia.pipeline.alerting import ACTION, alert_of_maxima
from archiveia.pipeline.rules import run_retain
from archiveia.steps.passed_maxima import MOST_LINES, PassedMaximum, mail_of
from archiveia.values import Assertion, Level, Origin, OriginKind
from search_ui.journal_details import details

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.pipeline import Edges

TODAY = date(2026, 1, 31)
TWO = "dpo@ville.example, police@ville.example"


@pytest.fixture
def video(edges: Edges) -> str:
    rows = [
        {"id": "fonds", "parent_id": None, "level": Level.FONDS},
        {"id": "dossier", "parent_id": "fonds", "level": Level.FILE},
        {"id": "video", "parent_id": "dossier", "level": Level.ITEM},
    ]
    values = {
        "class": "POLICE",
        "retention_rule": "POL-023",
        "trigger_on": "2025-12-21",
        "title": "Vidéo, plainte de M. MARTIN",
        "person": "MARTIN",
        "producer": "Police municipale",
    }
    said = [Assertion(field, value, Origin(OriginKind.PERSON, "DURAND")) for field, value in values.items()]
    with database.writing(edges.database) as connection:
        units.add_units(connection, [r | {"entity_id": edges.entity, "position": 1} for r in rows])
        assertions.replace(connection, "video", list(values), [OriginKind.PERSON], said, now=edges.now())
    run_retain(["video"], edges)
    return "video"


def mailing(edges: Edges, port: int) -> Edges:
    more = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "dpo_mail": TWO,
        "desk_url": "https://archives.ville.example/",
    }
    return replace(edges, settings=edges.settings.model_copy(update=more))


def told(edges: Edges) -> list[journal.Line]:
    with database.reading(edges.database) as connection:
        return journal.journal_list(connection, edges.entity, wanted=journal.Wanted(action=ACTION))


def test_one_mail_a_day_tells_numbers_and_names_nobody(edges: Edges, video: str):
    with relay() as server:
        mailed = mailing(edges, server.server_address[1])
        assert pipeline.nightly(mailed).maxima.mailed is True
        assert pipeline.nightly(mailed).maxima.mailed is True, "it left already"
        assert len(server.mails) == 1
        mailed.clock = lambda: datetime(2026, 2, 1, 12, tzinfo=UTC)
        pipeline.nightly(mailed)
    assert server.takers == ["dpo@ville.example", "police@ville.example"] * 2
    message = email.message_from_string(server.mails[0], policy=email.policy.default)
    text = message.get_content()
    assert message["subject"] == "Durées maximales dépassées : 1, Archives"
    assert f"- {video} : règle POL-023, Police municipale, 10 jours de retard" in text
    assert "https://archives.ville.example/bureau/documents/video" in text
    assert "MARTIN" not in text
    assert details(told(edges)[0], str) == "Documents : 1 ; Règle de conservation : POL-023"
    assert [line.after for line in told(edges)] == [{"records": 1, "retention_rule": ["POL-023"]}] * 2


def test_no_mail_leaves_while_nothing_is_kept_too_long(edges: Edges, video: str):
    deciding.confirm(video, {"hold": "enquête préliminaire"}, actor="DURAND", edges=edges)
    with relay() as server:
        assert alert_of_maxima(mailing(edges, server.server_address[1])).mailed is None
    assert (server.mails, told(edges)) == ([], [])


def test_a_relay_that_is_down_is_told_and_tried_again(edges: Edges, video: str):
    night = alert_of_maxima(mailing(edges, 1))
    assert ([one.record for one in night.passed], night.mailed) == ([video], False)
    assert "did not take the mail" in str(night.problem)
    assert told(edges) == []
    with relay() as server:
        assert alert_of_maxima(mailing(edges, server.server_address[1])).mailed is True


def test_where_nobody_is_mailed_the_night_and_the_command_say_so(
    edges: Edges,
    video: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("ARCHIVEIA_HOME", str(tmp_path / "home"))
    for command in (["nightly"], ["rules", "alerts"]):
        assert main(command) == 0
        said = capsys.readouterr().out
        assert video in said
        assert "nobody is mailed: set ARCHIVEIA_SMTP_HOST and ARCHIVEIA_DPO_MAIL" in said
    assert told(edges) == []


def test_a_long_list_is_cut_and_counted_the_longest_late_first():
    passed = [PassedMaximum(f"r{n:03d}", "POL-023", date(2026, 1, 1 + n % 28), "") for n in range(150)]
    subject, text = mail_of(passed, entity_name="Vaubourg", today=TODAY, desk_url="")
    assert subject == "Durées maximales dépassées : 150, Vaubourg"
    assert text.count("jours de retard") == MOST_LINES
    assert "- et 50 autres" in text
    assert text.index("r000 :") < text.index("r001 :")
    assert "service inconnu, 30 jours de retard" in text
