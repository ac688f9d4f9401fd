"""Descriptions checked every night: what was found replaces what was found before, and changes nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import assertions, units
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.pipeline import deciding
from archiveia.pipeline.cleaning_decisions import decide_finding
from archiveia.pipeline.cleaning_records import Verdict, check_descriptions, key_of, told_findings
from archiveia.pipeline.night import nightly
from archiveia.steps.cleaning import Fault
from archiveia.values import Level

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture
def records(edges: pipeline.Edges) -> list[str]:
    """Three records of two dossiers, without pages: what is checked here was typed by persons."""
    rows = [("fonds", None, Level.FONDS), ("d1", "fonds", Level.FILE), ("d2", "fonds", Level.FILE)]
    rows += [("r1", "d1", Level.ITEM), ("r2", "d1", Level.ITEM), ("r3", "d2", Level.ITEM)]
    with database.writing(edges.database) as connection:
        units.add_units(
            connection,
            [
                {"id": i, "entity_id": edges.entity, "parent_id": above, "level": level, "position": 1}
                for i, above, level in rows
            ],
        )
    return ["r1", "r2", "r3"]


def say(record: str, edges: pipeline.Edges, **values: str) -> None:
    deciding.confirm(record, values, actor="DURAND", edges=edges)


def faults(edges: pipeline.Edges) -> list[tuple[Fault, Sequence[str]]]:
    return [(t.finding.fault, t.finding.where) for t in check_descriptions(edges)]


def test_a_cote_of_two_dossiers_is_told_until_one_of_them_changes(edges: pipeline.Edges, records: list[str]):
    for record, cote in zip(records, ("1 D 12", "1 D 12", "1D12"), strict=True):
        say(record, edges, cote=cote)
    assert faults(edges) == [(Fault.DUPLICATE_COTE, ("r1", "r2", "r3"))]
    say("r3", edges, cote="1D13")
    assert told_findings(edges) == []
    assert faults(edges) == []


def test_checking_twice_finds_the_same_once(edges: pipeline.Edges, records: list[str]):
    say(records[0], edges, date="2191")
    assert faults(edges) == faults(edges) == [(Fault.IMPOSSIBLE_DATE, ("r1",))]
    with database.reading(edges.database) as connection:
        said = assertions.said_of(connection, records)
    assert [a.field for a in said["r1"]].count("finding") == 1


def test_a_check_changes_no_value(edges: pipeline.Edges, records: list[str]):
    say(records[0], edges, date="2191", cote="1 D 1")
    with database.reading(edges.database) as connection:
        before = assertions.said_of(connection, records)
    check_descriptions(edges)
    with database.reading(edges.database) as connection:
        after = assertions.said_of(connection, records)
    assert {r: [a for a in said if a.field != "finding"] for r, said in after.items()} == before


def test_the_night_checks_descriptions(edges: pipeline.Edges, records: list[str]):
    say(records[0], edges, date="2191")
    nightly(edges)
    assert [t.finding.fault for t in told_findings(edges)] == [Fault.IMPOSSIBLE_DATE]


@pytest.mark.usefixtures("records")
def test_one_dismissal_settles_a_duplicate_whichever_record_tells_it(edges: pipeline.Edges):
    for record in ("r2", "r3"):
        say(record, edges, cote="1 D 12")
    (told,) = check_descriptions(edges)
    decide_finding(told.record_id, told.key, Verdict.DISMISSED, actor="DURAND", edges=edges)
    say("r1", edges, cote="1D12")  # now the first to be told of
    assert check_descriptions(edges) == []


@pytest.mark.usefixtures("records")
def test_nothing_is_mended_where_nothing_is_proposed(edges: pipeline.Edges):
    say("r1", edges, date="2191")
    (told,) = check_descriptions(edges)
    with pytest.raises(BadRequestError, match="no mend to accept; correct the record, or dismiss"):
        decide_finding("r1", told.key, Verdict.MENDED, actor="DURAND", edges=edges)
    with pytest.raises(BadRequestError, match="this finding no longer holds; check the descriptions again"):
        decide_finding("r2", told.key, Verdict.DISMISSED, actor="DURAND", edges=edges)
    with pytest.raises(UnknownUnitError):
        decide_finding("r9", told.key, Verdict.DISMISSED, actor="DURAND", edges=edges)


def test_what_another_entity_holds_is_neither_checked_nor_told(edges: pipeline.Edges, records: list[str]):
    say(records[0], edges, date="2191")
    check_descriptions(edges)
    other = edges.settings.model_copy(update={"entity": "autre", "entity_name": "Autre"})
    with pipeline.open_edges(other) as others:
        assert check_descriptions(others) == []
        assert told_findings(others) == []


@pytest.mark.usefixtures("records")
def test_the_key_of_a_finding_is_that_of_its_value(edges: pipeline.Edges):
    say("r1", edges, date="2191")
    (first,) = check_descriptions(edges)
    say("r1", edges, date="2192")
    (second,) = check_descriptions(edges)
    assert first.key == key_of(first.finding) != second.key
