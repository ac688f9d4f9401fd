"""Places linked to the official list of communes."""

from __future__ import annotations

import pytest

from archiveia.steps.describe import describe
from archiveia.steps.describe.communes import Commune, Communes, key, link_places, official_names
from archiveia.values import Assertion, Evidence, Origin, OriginKind

RULE = Origin(OriginKind.RULE, "test", "1")
LIST = Communes(
    [
        Commune("22050", "Dinan", "current", "22"),
        Commune("22278", "Saint-Brieuc", "current", "22"),
        Commune("35093", "Dinard", "current", "35"),
        Commune("61486", "Tinchebray", "delegated", "61", "61486"),
        Commune("61486", "Tinchebray-Bocage", "current", "61"),
        Commune("11339", "Saint-Denis", "current", "11"),
        Commune("93066", "Saint-Denis", "current", "93"),
        Commune("72181", "Le Mans", "current", "72"),
        Commune("38544", "Vienne", "current", "38"),
    ],
    {"22": "Côtes-d'Armor", "93": "Seine-Saint-Denis", "86": "Vienne", "11": "Aude"},
)


def linked(text, name):
    start = text.index(name)
    place = Assertion("place", name, RULE, Evidence(1, start, start + len(name), name), 0.8)
    found = link_places([place], [(1, text)], LIST)
    return [a.value for a in found]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("DINAN", "22050"),
        ("Saint Brieuc", "22278"),
        ("St-Brieuc", "22278"),
        ("S. BRIEUC", "22278"),
        ("Saint-Bricuc", "22278"),
        ("Mans (Le)", "72181"),
        ("le Mans", "72181"),
        ("Tinchebray", "61486"),
    ],
)
def test_a_name_is_known_however_it_is_written(written, code):
    assert [commune.code for commune in LIST.named(written)] == [code]


@pytest.mark.parametrize("written", ["Dinam", "Mairie", "", "12", "Paris", "Brieuc"])
def test_what_is_no_commune_stays_unlinked_and_short_names_must_be_exact(written):
    assert LIST.named(written) == ()


def test_a_name_that_one_commune_bears_is_linked():
    assert linked("Fait à Dinan, le 3 mai", "Dinan") == [
        {"name": "Dinan", "code": "22050", "kind": "current"}
    ]


def test_a_former_commune_says_of_which_it_is_a_part_now():
    assert linked("Mairie de Tinchebray", "Tinchebray") == [
        {"name": "Tinchebray", "code": "61486", "kind": "delegated", "part_of": "61486"}
    ]


def test_a_name_that_several_bear_has_candidates_and_is_never_guessed():
    (value,) = linked("Commune de Saint-Denis", "Saint-Denis")
    assert "code" not in value
    assert [c["code"] for c in value["candidates"]] == ["11339", "93066"]


@pytest.mark.parametrize(
    "text", ["Saint-Denis (Aude)", "Commune de Saint-Denis, département de l'Aude, le 3 mai"]
)
def test_the_department_that_the_document_names_decides(text):
    assert linked(text, "Saint-Denis")[0]["code"] == "11339"


def test_a_former_department_decides_for_those_that_hold_its_communes():
    assert linked("Saint-Denis (Seine)", "Saint-Denis")[0]["code"] == "93066"


def test_a_department_is_no_commune_unless_the_words_before_say_so():
    assert linked("département de la Vienne", "Vienne") == []
    assert linked("la ville de Vienne", "Vienne")[0]["code"] == "38544"


def test_the_article_that_the_word_before_took_is_given_back():
    assert linked("la ville du Mans", "Mans")[0]["code"] == "72181"


def test_the_description_of_a_record_links_its_places():
    found = describe([(1, "COMMUNE DE DINAN\nArrêté portant réglementation")], communes=LIST)
    assert [a.value["code"] for a in found if a.field == "commune"] == ["22050"]


def test_a_linked_place_has_the_official_name_told_apart_where_it_is_that_of_several():
    def official(text):
        return official_names(describe([(1, text)], communes=LIST), LIST)

    assert official("COMMUNE DE ST BRIEUC") == {"st brieuc": "Saint-Brieuc"}
    assert official("la commune de Saint-Bricuc") == {"st bricuc": "Saint-Brieuc"}
    assert official("la commune de Saint-Denis (Aude)") == {"st denis": "Saint-Denis (11)"}
    assert official("la ville de Vienne") == {"vienne": "Vienne (38)"}
    assert official("la commune de Saint-Denis et la mairie de Vaubourg") == {}
    assert LIST.officially("SAINT BRIEUC") == {"Saint-Brieuc"}
    assert LIST.told_apart("Rennes", "35238") == "Rennes"


def test_spellings_of_one_name_share_a_key():
    assert {key("Neuilly s/ Seine"), key("NEUILLY-SUR-SEINE"), key("Neuilly-sur-Seine")} == {
        "neuilly sur seine"
    }
    assert key("Villers-lez-Nancy") == key("VILLERS LES NANCY")


def test_an_official_name_is_told_without_forgiving_a_slip():
    assert [LIST.is_official(w) for w in ("ST BRIEUC", "Saint-Bricuc", "Mairie", "")] == [
        True,
        False,
        False,
        False,
    ]
