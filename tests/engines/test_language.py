"""The language of a text."""

from __future__ import annotations

import pytest

from archiveia.engines.language import detect_language, language_version


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Le conseil municipal approuve la réparation de la toiture du lavoir.", "fr"),
        ("DEPARTEMENT DE LA CREUSE - MAIRIE - ARRETE DU MAIRE CONCERNANT LES CHIENS", "fr"),
        ("Le consei1 mun1cipal approuvc la reparat1on dc la toiturc du lavoir", "fr"),
        ("Anno Domini millesimo septingentesimo die prima mensis maii baptizatus est Johannes", "la"),
        ("Der Gemeinderat hat in seiner Sitzung beschlossen, die Strasse zu reparieren.", "de"),
        ("Ar c'huzul-kêr en deus divizet sevel ur skol nevez e-kreiz ar gêr", "br"),
    ],
)
def test_the_languages_of_the_archives_are_told_apart(text, code):
    found = detect_language(text)
    assert found is not None
    assert found[0] == code
    assert 0.8 <= found[1] <= 1.0


@pytest.mark.parametrize("text", ["", "Mairie", "12/03/1987 - 45,20 - 2023", "le maire et les autres"])
def test_nothing_is_said_of_a_text_too_short_or_unsure(text):
    assert detect_language(text) is None


def test_the_version_of_the_library_is_known_for_the_origin():
    assert language_version()[0].isdigit()
