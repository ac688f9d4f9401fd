"""Variants proposed at night, decided by people, taken back; and nobody who may be living is linked to anything."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from drawn_scans import draw_page

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import assertions, decisions, names, work
from archiveia.edges.database.names import Group, GroupState
from archiveia.errors import BadRequestError
from archiveia.pipeline import deciding, searching
from archiveia.pipeline.authority import decide_names, propose_names, take_out
from archiveia.pipeline.order import redo
from archiveia.settings import Settings
from archiveia.values import Assertion, Evidence, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXTS = {
    "maire": "MAIRIE DE SAINT-AUBIN\n\nLe conseil municipal, sous la présidence\nde M. Jules MARTIN, maire, décide.",
    "encore": "MAIRIE DE SAINT-AUBIN\n\nVu la lettre de M. MARTIN Jules, maire,\nle conseil municipal décide.",
    "malade": "MAIRIE DE SAINT-AUBIN\n\nVu le certificat, M. Jules MARTIN, maçon,\nest placé à l'hospice.",
}
FORMS = ("Mairie de Saint-Denis", "MAIRIE DE SAINT-DENIS", "mairie de St-Denis")


def settings(home: Path) -> Settings:
    return Settings(home=home, workers=1, classifier="lexical", ner="off")


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    root = tmp_path_factory.mktemp("names")
    (root / "scans").mkdir()
    for name, text in TEXTS.items():
        draw_page(text).save(root / "scans" / f"{name}-acte.png")
    with pipeline.open_edges(settings(root / "home")) as edges:
        account = pipeline.run([root / "scans"], edges)
        return root / "home", {f.place.split("/")[-1].split("-")[0]: f.records[0] for f in account.files}


@pytest.fixture
def edges(read_once: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[pipeline.Edges]:
    shutil.copytree(read_once[0], tmp_path / "home")
    with pipeline.open_edges(settings(tmp_path / "home")) as opened:
        opened.clock = lambda: datetime(2026, 1, 31, 12, tzinfo=UTC)
        yield opened


@pytest.fixture
def records(read_once: tuple[Path, dict[str, str]], edges: pipeline.Edges) -> dict[str, str]:
    """The three records, each with the town hall written otherwise."""
    for record, form in zip(read_once[1].values(), FORMS, strict=True):
        deciding.confirm(record, {"organisation": form}, actor="DURAND", edges=edges)
    return read_once[1]


def groups(edges: pipeline.Edges, state: GroupState, field: str = "organisation") -> list[Group]:
    with database.reading(edges.database) as connection:
        return [g for g in names.groups(connection, edges.entity, state) if g.field == field]


def facet(edges: pipeline.Edges, name: str = "name") -> dict[str, int]:
    return dict(searching.search("", edges, public=False).facets[name])


def test_variants_are_proposed_with_examples_and_nothing_is_merged(
    records: dict[str, str], edges: pipeline.Edges
):
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED)
    assert set(group.kept) == set(FORMS)
    assert group.preferred == "Mairie de Saint-Denis"
    assert {r for f in group.forms for r in f.examples} == set(records.values())
    assert facet(edges) == {}


def test_accepted_variants_are_counted_and_found_as_one_and_the_text_stays(
    records: dict[str, str], edges: pipeline.Edges
):
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED)
    decide_names(
        group.id, GroupState.ACCEPTED, actor="DURAND", edges=edges, preferred="Mairie de Saint-Denis (93)"
    )
    assert facet(edges) == {"Mairie de Saint-Denis (93)": 3}
    found = searching.search("", edges, public=False, names=["Mairie de Saint-Denis (93)"])
    assert {hit.record_id for hit in found.hits} == set(records.values())
    values = [searching.show(r, edges, public=False).value("organisation") for r in records.values()]
    assert sorted(values) == sorted(FORMS)
    propose_names(edges)
    assert groups(edges, GroupState.PROPOSED) == []


def test_the_spellings_of_a_place_are_one_value_that_finds_them_all(
    records: dict[str, str], edges: pipeline.Edges
):
    forms = ("Chef-lieu-les-Prés", "CHEF LIEU LES PRES", "chef-lieu lès Prés")
    for record, form in zip(records.values(), forms, strict=True):
        deciding.confirm(record, {"place": form}, actor="DURAND", edges=edges)
    ((shown, count),) = facet(edges, "place").items()
    assert shown in forms
    assert count == 3
    for form in forms:
        found = searching.search("", edges, public=False, places=[form])
        assert {hit.record_id for hit in found.hits} == set(records.values())
        assert searching.search("", edges, public=True, places=[form]).total == 0


def test_a_linked_place_is_counted_under_its_official_name(records: dict[str, str], edges: pipeline.Edges):
    record = next(iter(records.values()))
    with database.writing(edges.database) as connection:
        spot = Evidence(1, 0, 8, "ST BRIEUC")
        said = [
            Assertion("place", "ST BRIEUC", Origin(OriginKind.RULE, "test"), spot),
            Assertion(
                "commune", {"name": "Saint-Brieuc", "code": "22278"}, Origin(OriginKind.RULE, "test"), spot
            ),
        ]
        assertions.replace(connection, record, ["place", "commune"], [OriginKind.RULE], said, now=edges.now())
        work.reopen(connection, [record], ["index"], now=edges.now())
    redo([record], ["index"], edges)
    assert facet(edges, "place")["Saint-Brieuc"] == 1
    for asked in ("Saint-Brieuc", "SAINT BRIEUC"):
        (hit,) = searching.search("", edges, public=False, places=[asked]).hits
        assert hit.record_id == record


def test_a_decision_is_taken_back_and_the_journal_tells(records: dict[str, str], edges: pipeline.Edges):
    assert records
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED)
    for state in (GroupState.ACCEPTED, GroupState.PROPOSED):
        decide_names(group.id, state, actor="DURAND", edges=edges)
    assert facet(edges) == {}
    assert len(groups(edges, GroupState.PROPOSED)) == 1
    with database.reading(edges.database) as connection:
        told = [e for e in decisions.journal_list(connection, edges.entity) if e.action == "name"]
    assert [e.after["state"] for e in told] == ["proposed", "accepted"]


def test_refused_variants_never_come_back(records: dict[str, str], edges: pipeline.Edges):
    assert records
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED)
    decide_names(group.id, GroupState.REFUSED, actor="DURAND", edges=edges)
    propose_names(edges)
    assert groups(edges, GroupState.PROPOSED) == []
    assert len(groups(edges, GroupState.REFUSED)) == 1


def test_a_variant_that_is_taken_out_stays_out(records: dict[str, str], edges: pipeline.Edges):
    assert records
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED)
    take_out(group.id, FORMS[2], out=True, actor="DURAND", edges=edges)
    propose_names(edges)
    (again,) = groups(edges, GroupState.PROPOSED)
    assert set(again.kept) == set(FORMS[:2])
    assert [f.form for f in again.forms if f.taken_out] == [FORMS[2]]
    decide_names(again.id, GroupState.ACCEPTED, actor="DURAND", edges=edges)
    assert facet(edges) == {"Mairie de Saint-Denis": 2}
    take_out(again.id, FORMS[2], out=False, actor="DURAND", edges=edges)
    assert facet(edges) == {"Mairie de Saint-Denis": 3}


def test_a_new_variant_of_an_accepted_name_is_proposed_to_join_it(
    records: dict[str, str], edges: pipeline.Edges
):
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED)
    decide_names(group.id, GroupState.ACCEPTED, actor="DURAND", edges=edges)
    more = {"organisation": "; ".join((FORMS[0], "Nairie de Saint-Denis"))}
    deciding.confirm(records["maire"], more, actor="DURAND", edges=edges)
    propose_names(edges)
    (joining,) = groups(edges, GroupState.PROPOSED)
    assert set(joining.kept) == {FORMS[0], "Nairie de Saint-Denis"}
    with pytest.raises(
        BadRequestError, match="'Mairie de Saint-Denis' goes by 'Mairie de Saint-Denis' already"
    ):
        decide_names(joining.id, GroupState.ACCEPTED, actor="DURAND", edges=edges, preferred="Autre")
    decide_names(joining.id, GroupState.ACCEPTED, actor="DURAND", edges=edges)
    assert facet(edges) == {"Mairie de Saint-Denis": 3}


def test_places_are_counted_under_the_accepted_form_and_found_by_both(
    records: dict[str, str], edges: pipeline.Edges
):
    deciding.confirm(records["maire"], {"place": "St-Aubin les Elbeuf"}, actor="DURAND", edges=edges)
    deciding.confirm(records["encore"], {"place": "Saint-Aubin-lès-Elbeuf"}, actor="DURAND", edges=edges)
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED, "place")
    assert group.preferred == "Saint-Aubin-lès-Elbeuf"
    decide_names(group.id, GroupState.ACCEPTED, actor="DURAND", edges=edges)
    assert facet(edges, "place")["Saint-Aubin-lès-Elbeuf"] == 2
    assert "St-Aubin les Elbeuf" not in facet(edges, "place")
    for words in ('"st aubin les elbeuf"', '"saint aubin les elbeuf"'):
        hits = {hit.record_id for hit in searching.search(words, edges, public=False).hits}
        assert records["maire"] in hits


def test_a_person_in_a_public_role_is_one_and_a_namesake_who_may_be_living_is_nobody(
    records: dict[str, str], edges: pipeline.Edges
):
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED, "person")
    assert set(group.kept) == {"Jules MARTIN", "MARTIN Jules"}
    assert records["malade"] not in {r for f in group.forms for r in f.examples}
    decide_names(
        group.id, GroupState.ACCEPTED, actor="DURAND", edges=edges, preferred="MARTIN, Jules (maire)"
    )
    assert facet(edges) == {"MARTIN, Jules (maire)": 2}
    deciding.confirm(records["malade"], {"date": "1950"}, actor="DURAND", edges=edges)
    assert facet(edges) == {"MARTIN, Jules (maire)": 2}
    deciding.confirm(records["malade"], {"date": "1890"}, actor="DURAND", edges=edges)
    assert facet(edges) == {"MARTIN, Jules (maire)": 3}


def test_a_person_misfiled_as_an_organisation_or_a_place_is_not_proposed(
    records: dict[str, str], edges: pipeline.Edges
):
    for record, form in ((records["maire"], "Jules LEFEBVRE"), (records["encore"], "Jules Lefebvre")):
        deciding.confirm(record, {"organisation": form, "place": form}, actor="DURAND", edges=edges)
    propose_names(edges)
    assert len(groups(edges, GroupState.PROPOSED)) == 1
    deciding.confirm(records["malade"], {"person": "Jules LEFEBVRE"}, actor="DURAND", edges=edges)
    propose_names(edges)
    assert groups(edges, GroupState.PROPOSED) == groups(edges, GroupState.PROPOSED, "place") == []


@pytest.mark.parametrize(
    ("preferred", "said"),
    [("x" * 101, "the preferred form has 101 characters"), ("", None), ("  Mairie  de\nX ", None)],
)
def test_the_preferred_form_is_a_name(
    records: dict[str, str], edges: pipeline.Edges, preferred: str, said: str | None
):
    assert records
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED)
    if said is None:
        decide_names(group.id, GroupState.ACCEPTED, actor="DURAND", edges=edges, preferred=preferred)
        (kept,) = groups(edges, GroupState.ACCEPTED)
        assert kept.preferred == (" ".join(preferred.split()) or "Mairie de Saint-Denis")
    else:
        with pytest.raises(BadRequestError, match=said):
            decide_names(group.id, GroupState.ACCEPTED, actor="DURAND", edges=edges, preferred=preferred)


def test_what_is_not_there_cannot_be_decided(records: dict[str, str], edges: pipeline.Edges):
    assert records
    with pytest.raises(BadRequestError, match="no group of names 'x'"):
        decide_names("x", GroupState.ACCEPTED, actor="DURAND", edges=edges)
    propose_names(edges)
    (group,) = groups(edges, GroupState.PROPOSED)
    with pytest.raises(BadRequestError, match="no form 'rien' in this group"):
        take_out(group.id, "rien", out=True, actor="DURAND", edges=edges)
    for form in FORMS[1:]:
        take_out(group.id, form, out=True, actor="DURAND", edges=edges)
    with pytest.raises(BadRequestError, match="only 1 form is left"):
        decide_names(group.id, GroupState.ACCEPTED, actor="DURAND", edges=edges)
