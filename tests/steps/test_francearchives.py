"""A record as a line for FranceArchives."""

from __future__ import annotations

import pytest

from archiveia.steps.francearchives import COLUMNS, line
from archiveia.steps.index import documents
from archiveia.values import Assertion, Origin, OriginKind, PageState, Record, RecordPage

PERSON = Origin(OriginKind.PERSON, "MARTIN")


def exported(class_by=PERSON, title="Le lavoir", **fields: list):
    said = [Assertion(name, value, PERSON) for name, values in fields.items() for value in values]
    said.append(Assertion("class", "DELIB", class_by))
    page = RecordPage("p1", 1, "s", 1, PageState.TEXT, "Texte")
    record = Record("r", "ville", "d", (page,), tuple(said), producer="Voirie")
    (found,) = documents(record, class_label="Délibération", title=title, opens_on=None, published=False)
    return dict(zip(COLUMNS, line(record, found), strict=True))


def test_accepted_descriptors_and_places_stand_in_the_columns_of_the_index():
    cells = exported(
        subject=[{"label": "eau ; lavoir"}, {"label": "hygiène"}],
        subject_proposal=[{"label": "justice"}],
        place=["Dinan", "Le Bourg"],
        cote=["1 D 12"],
        reference=["2019-34"],
    )
    assert cells["index_matiere"] == "eau , lavoir ; hygiène"
    assert cells["index_lieu"] == "Dinan ; Le Bourg"
    assert (cells["identifiant_cote"], cells["titre"], cells["origine"]) == ("1 D 12", "Le lavoir", "Voirie")
    assert (cells["description"], cells["type"], cells["conditions_acces"]) == (
        "2019-34",
        "Délibération",
        "Communicable",
    )


def test_nobody_is_an_entry_of_an_index():
    cells = exported(person=["Jules MARTIN"], organisation=["Société DURAND"])
    assert (cells["index_personne"], cells["index_collectivite"]) == ("", "")
    assert "MARTIN" not in "".join(cells.values())


def test_a_class_that_only_a_machine_gave_is_left_out():
    assert exported(Origin(OriginKind.RULE, "lexical"))["type"] == ""


@pytest.mark.parametrize(
    ("date", "ends"),
    [
        ("1893-04-06", ("1893-04-06", "1893-04-06")),
        ("1789/1799", ("1789", "1799")),
        (None, ("", "")),
    ],
)
def test_a_date_has_two_ends(date, ends):
    cells = exported(date=[date] if date else [])
    assert (cells["date1"], cells["date2"]) == ends


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "@a", "-2", "\t=1"])
def test_no_cell_is_a_formula_and_none_breaks_its_line(title):
    assert exported(title=title)["titre"].startswith("'")
    assert exported(title="a\nb\tc")["titre"] == "a b c"
