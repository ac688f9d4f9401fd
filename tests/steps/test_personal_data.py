"""Personal data in a text: their kind and place, never their value, and the category that they speak for."""

from __future__ import annotations

import pytest

from archiveia.edges.personal_kinds import load_personal_kinds
from archiveia.errors import ScheduleError
from archiveia.steps.personal_data import find_personal_data, is_nir

KINDS = load_personal_kinds()


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("NIR : 1 84 12 76 451 089 46", "nir", "1 84 12 76 451 089 46"),
        ("M. DURAND, né le 12 mars 1958 à Vaubourg", "birth_date", "12 mars 1958"),
        ("Mme MARTIN demeurant 3 rue du Four", "home_address", "3 rue du Four"),
        ("Tél. 02 99 12 34 56", "phone", "02 99 12 34 56"),
        ("écrire à mairie@vaubourg.fr", "email", "mairie@vaubourg.fr"),
        ("IBAN FR76 3000 6000 0112 3456 7890 189", "iban", "FR76 3000 6000 0112 3456 7890 189"),
        ("un certificat médical est joint", "health", "certificat médical"),
        ("SANCTION DISCIPLINAIRE", "judgement", "SANCTION DISCIPLINAIRE"),
        ("extrait de casier judiciaire", "offence", "casier judiciaire"),
        ("sa demande de secours", "social", "demande de secours"),
    ],
)
def test_each_kind_is_found_where_it_stands(text: str, kind: str, span: str):
    found = [a for a in find_personal_data([(1, text)], KINDS) if a.field == "personal_data"]
    assert [(a.value, text[a.evidence.start : a.evidence.end]) for a in found if a.evidence] == [(kind, span)]


def test_no_value_is_in_what_is_kept():
    found = find_personal_data([(1, "NIR 1 84 12 76 451 089 46, né le 12 mars 1958")], KINDS)
    assert all(a.evidence is None or a.evidence.text == "" for a in found)
    assert "451" not in repr(found)


def test_the_kinds_speak_for_categories_each_once():
    text = "né le 12 mars 1958, demeurant 3 rue du Four, certificat médical, tél. 02 99 12 34 56"
    said = [a.value for a in find_personal_data([(1, text)], KINDS) if a.field == "access_category"]
    assert said == ["C08", "C09"]


def test_a_telephone_alone_speaks_for_no_category():
    found = find_personal_data([(1, "Tél. 02 99 12 34 56")], KINDS)
    assert [a.field for a in found] == ["personal_data"]


@pytest.mark.parametrize(
    ("compact", "is_right"),
    [
        ("184127645108946", True),
        ("184127645108947", False),
        ("184992645108946", False),
        ("1841276451089xx", False),
        ("", False),
    ],
)
def test_a_nir_has_its_key(compact: str, is_right: bool):
    assert is_nir(compact) is is_right


@pytest.mark.parametrize(
    "text", ["", "Délibération du 3 mai 1958", "n° 1 84 12 76 451 089 47", "il y a 12 arbres"]
)
def test_what_is_no_personal_data_is_left_alone(text: str):
    assert find_personal_data([(1, text)], KINDS) == []


def test_a_broken_table_is_refused(tmp_path):
    (tmp_path / "personal_data.json").write_text('{"kinds": [{"kind": "nir"}]}')
    with pytest.raises(ScheduleError, match=r"personal_data\.json cannot be used"):
        load_personal_kinds(tmp_path)


def test_a_category_that_does_not_exist_is_refused(tmp_path):
    row = '{"kind": "nir", "label": "NIR", "category": "C99", "source": "x"}'
    (tmp_path / "personal_data.json").write_text(f'{{"kinds": [{row}]}}')
    with pytest.raises(ScheduleError, match="categories that do not exist: C99"):
        load_personal_kinds(tmp_path)
