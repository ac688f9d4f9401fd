"""Thesauri taken in and taken in again; descriptors proposed, accepted, refused, and never back."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from drawn_scans import write_scans

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import assertions, decisions, tables, thesauri, units, work
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.pipeline import searching
from archiveia.pipeline.subjects import finish_subjects
from archiveia.pipeline.thesaurus import Verdict, decide_subject, find_concepts, import_thesaurus
from archiveia.settings import Settings
from archiveia.values import Assertion, OriginKind, PageState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiveia.values import Record

FILE = Path(__file__).parent.parent / "samples" / "thesaurus.rdf"
LAVOIR = "urn:essai:lavoir"


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workspace with a délibération about a wash-house, read before any thesaurus was there."""
    root = tmp_path_factory.mktemp("thesaurus")
    scans = write_scans(root / "scans")
    with pipeline.open_edges(settings(root / "home")) as edges:
        return root / "home", pipeline.run([scans / "deliberation.png"], edges).files[0].records[0]


@pytest.fixture
def edges(read_once: tuple[Path, str], tmp_path: Path) -> Iterator[pipeline.Edges]:
    shutil.copytree(read_once[0], tmp_path / "home")
    with pipeline.open_edges(settings(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def record(read_once: tuple[Path, str]) -> str:
    return read_once[1]


def settings(home: Path) -> Settings:
    return Settings(home=home, workers=1, classifier="lexical", ner="off")


def take_in(edges: pipeline.Edges, path: Path = FILE):
    return import_thesaurus(path, actor="MARTIN", edges=edges)


def said_of(record_id: str, edges: pipeline.Edges, field: str) -> list[Assertion]:
    with database.reading(edges.database) as connection:
        return [a for a in assertions.said_of(connection, [record_id])[record_id] if a.field == field]


def load(record_id: str, edges: pipeline.Edges) -> Record:
    with database.reading(edges.database) as connection:
        return units.load_record(connection, record_id, edges.entity)


def test_records_that_were_there_have_proposals_once_a_thesaurus_is(record: str, edges: pipeline.Edges):
    assert said_of(record, edges, "subject_proposal") == []
    done = take_in(edges)
    assert (len(done.thesaurus.concepts), done.changes, done.pieces) == (5, None, 1)
    (proposed,) = said_of(record, edges, "subject_proposal")
    assert proposed.value["label"] == "lavoir"
    assert proposed.origin.kind is OriginKind.RULE


@pytest.mark.parametrize("state", [PageState.ILLEGIBLE, PageState.HANDWRITTEN])
def test_nothing_is_proposed_of_pages_that_cannot_be_relied_on(
    record: str, edges: pipeline.Edges, state: PageState
):
    with database.writing(edges.database) as connection:
        connection.execute(tables.readings.update().values(state=state))
        assertions.replace(connection, record, ["title"], [OriginKind.RULE], [], now=edges.now())
    take_in(edges)
    assert said_of(record, edges, "subject_proposal") == []


def test_the_same_version_again_changes_nothing(record: str, edges: pipeline.Edges):
    take_in(edges)
    before = said_of(record, edges, "subject_proposal")
    again = take_in(edges)
    assert again.changes is not None
    assert not any((again.changes.added, again.changes.removed, again.changes.renamed, again.changes.changed))
    assert again.pieces == 0
    assert said_of(record, edges, "subject_proposal") == before


def test_a_newer_version_replaces_and_accepted_descriptors_follow(
    record: str, edges: pipeline.Edges, tmp_path: Path
):
    take_in(edges)
    decide_subject(record, LAVOIR, Verdict.ACCEPTED, actor="MARTIN", edges=edges)
    decide_subject(record, "urn:essai:police", Verdict.ACCEPTED, actor="MARTIN", edges=edges)
    newer = tmp_path / "newer.rdf"
    text = FILE.read_text("utf-8").replace(">lavoir<", ">lavoir public<")
    police = text[text.index('<skos:Concept rdf:about="urn:essai:police"') :].partition("\n")[0]
    newer.write_text(text.replace(police, ""), "utf-8")
    done = take_in(edges, newer)
    assert done.changes is not None
    assert (done.changes.removed, done.changes.renamed, done.orphans) == (
        ("police",),
        (("lavoir", "lavoir public"),),
        1,
    )
    labels = [value["label"] for value in load(record, edges).values("subject")]
    assert sorted(labels) == ["lavoir public", "police"]
    assert searching.search("", edges, public=False).facets["subject"] == (
        ("lavoir public", 1),
        ("police", 1),
    )


def test_what_is_accepted_is_searched_counted_and_signed(record: str, edges: pipeline.Edges):
    take_in(edges)
    assert searching.search("", edges, public=False).facets["subject"] == ()
    decide_subject(record, "urn:essai:eau", Verdict.ACCEPTED, actor="MARTIN", edges=edges)
    (accepted,) = said_of(record, edges, "subject")
    assert accepted.value == {
        "uri": "urn:essai:eau",
        "label": "distribution d'eau",
        "thesaurus": "Thésaurus d'essai",
        "thesaurus_uri": "urn:essai",
    }
    assert (accepted.origin.kind, accepted.origin.name) == (OriginKind.PERSON, "MARTIN")
    found = searching.search("distribution", edges, public=False, subjects=["distribution d'eau"])
    assert (found.total, found.facets["subject"]) == (1, (("distribution d'eau", 1),))
    assert searching.search("", edges, public=True).facets["subject"] == ()


def test_what_is_refused_stays_refused_when_everything_is_done_again(record: str, edges: pipeline.Edges):
    take_in(edges)
    decide_subject(record, LAVOIR, Verdict.REFUSED, actor="MARTIN", edges=edges)
    with database.writing(edges.database) as connection:
        work.forget(connection, [record], ["subjects"])
    finish_subjects(edges)
    assert load(record, edges).values("subject") == []
    assert [a.value["uri"] for a in said_of(record, edges, "subject_refused")] == [LAVOIR]


def test_a_decision_can_be_taken_back_and_the_journal_tells(record: str, edges: pipeline.Edges):
    take_in(edges)
    for verdict in (Verdict.ACCEPTED, Verdict.REFUSED, Verdict.OPEN):
        decide_subject(record, LAVOIR, verdict, actor="MARTIN", edges=edges)
    assert said_of(record, edges, "subject") == said_of(record, edges, "subject_refused") == []
    assert said_of(record, edges, "subject_proposal")
    with database.reading(edges.database) as connection:
        entries = decisions.journal_list(connection, edges.entity)
    assert [(e.before["verdict"], e.after["verdict"]) for e in entries if e.action == "subject"] == [
        ("refused", "open"),
        ("accepted", "refused"),
        ("open", "accepted"),
    ]


def test_what_is_in_no_thesaurus_cannot_be_accepted(record: str, edges: pipeline.Edges):
    take_in(edges)
    with pytest.raises(BadRequestError, match="no descriptor 'urn:x' in the thesauri"):
        decide_subject(record, "urn:x", Verdict.ACCEPTED, actor="MARTIN", edges=edges)
    with pytest.raises(UnknownUnitError, match="no record 'nobody'"):
        decide_subject("nobody", LAVOIR, Verdict.ACCEPTED, actor="MARTIN", edges=edges)


def test_descriptors_are_found_by_the_beginnings_of_their_words(edges: pipeline.Edges):
    take_in(edges)
    for words, labels in (
        ("lav", ["lavoir"]),
        ("bua com", ["lavoir"]),
        ("edifice", ["édifice public"]),
        ("", []),
    ):
        assert [concept.label for concept, _thesaurus in find_concepts(words, edges)] == labels


def test_a_thesaurus_belongs_to_one_entity(edges: pipeline.Edges):
    take_in(edges)
    with database.reading(edges.database) as connection:
        assert len(thesauri.load(connection, edges.entity)) == 1
        assert thesauri.load(connection, "ailleurs") == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<alto/>", "is no RDF file"),
        ("rien", "is not XML"),
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', "declares a document type"),
    ],
)
def test_a_file_that_is_no_thesaurus_is_refused_whole(
    tmp_path: Path, edges: pipeline.Edges, content: str, said: str
):
    path = tmp_path / "x.rdf"
    path.write_text(content, "utf-8")
    with pytest.raises(BadRequestError, match=said) as refusal:
        take_in(edges, path)
    assert "SKOS" in refusal.value.remedy


def test_the_official_thesaurus_proposes_for_a_deliberation(
    record: str, edges: pipeline.Edges, reference: Path
):
    take_in(edges, reference / "thesaurus" / "thesaurus_matiere.rdf")
    assert "lavoir" in [a.value["label"] for a in said_of(record, edges, "subject_proposal")]
