"""Records ripe for elimination, and the acts that lead to their destruction, for tests of several layers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import units
from archiveia.pipeline import deciding, eliminating, rule_sets
from archiveia.pipeline.eliminating_papers import issue
from archiveia.settings import Settings
from archiveia.steps.eliminate_lines import seal
from archiveia.values import Signature
from archiveia.values.eliminations import Act, Hand, Support

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archiveia import pipeline

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
MARTIN, DURAND = Hand(1, "martin", "MARTIN"), Hand(2, "durand", "DURAND")

RIPE = {"class": "FACTURE", "retention_rule": "FIN-004", "trigger_on": "1986-12-31"}


def settings(home: Path) -> Settings:
    return Settings(home=home, workers=2, classifier="lexical", ner="off", backup_retention_days=90)


def record_of(name: str, account: pipeline.Account) -> str:
    return next(f.records[0] for f in account.files if f.place.endswith(name))


def pages_of(record: str, edges: pipeline.Edges) -> list[str]:
    with database.reading(edges.database) as connection:
        return [p.id for p in units.load_record(connection, record, edges.entity).pages]


def sign_the_rules(edges: pipeline.Edges) -> None:
    """The collectivité signed the row: what it has not signed is never proposed for elimination."""
    rule_sets.sign(
        ["FIN-004"], Signature("DURAND", date(2025, 1, 1), "favorable"), actor="DURAND", edges=edges
    )


def ripen(record: str, edges: pipeline.Edges, **more: str) -> str:
    """The record, about which a person confirmed everything that an elimination asks for."""
    deciding.confirm(record, RIPE | more, actor="MARTIN", edges=edges)
    return record


def listed(records: Sequence[str], edges: pipeline.Edges, support: Support = Support.DIGITAL) -> str:
    """A list with these records, ready to be issued."""
    made = eliminating.draft(records, support=support, service="Finances", by=MARTIN, edges=edges)
    if support.has_paper:
        eliminating.revise(made, {1: {"metres": 1.2, "boxes": 12}}, by=MARTIN, edges=edges)
    return made


def visaed(made: str, edges: pipeline.Edges, granted: Sequence[str] | None = None) -> str:
    """The list, issued, signed, sent and back with its visa for all records or for some."""
    _known, here = eliminating.load(made, edges)
    list_ = here.bordereau
    assert list_ is not None
    issue(made, seal(list_), by=MARTIN, edges=edges)
    for act, facts in (
        (Act.SIGN_SERVICE, {"name": "LEFEBVRE", "on": edges.today().isoformat()}),
        (Act.SIGN_AUTHORITY, {"name": "LEFEBVRE, maire", "on": edges.today().isoformat()}),
        (Act.SEND, {"on": edges.today().isoformat()}),
        (Act.VISA, visa_facts(made, edges, granted)),
    ):
        eliminating.act(made, act, facts, by=MARTIN, edges=edges)
    return made


def visa_facts(made: str, edges: pipeline.Edges, granted: Sequence[str] | None = None) -> dict[str, object]:
    _known, here = eliminating.load(made, edges)
    assert here.bordereau is not None
    answers = []
    for line in here.bordereau.lines:
        mine = [r.id for r in line.records if granted is None or r.id in granted]
        verdict = "granted" if len(mine) == len(line.records) else "partly" if mine else "refused"
        answers.append({"line": line.number, "verdict": verdict, "granted": mine, "observations": ""})
    return {
        "name": "la directrice des archives départementales",
        "on": edges.today().isoformat(),
        "reference": "AD 2026-117",
        "number": here.bordereau.number,
        "sha256": (here.seal or "")[:12],
        "file_sha256": "e" * 64,
        "answers": answers,
    }


def confirmed(made: str, edges: pipeline.Edges, days: int = 8) -> str:
    """The list, confirmed by the second person, and the time to think over."""
    eliminating.confirm(made, by=DURAND, edges=edges)
    later = edges.now() + timedelta(days=days)
    edges.clock = lambda: later
    return made
