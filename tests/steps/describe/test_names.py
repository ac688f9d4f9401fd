"""Names by the cues of the text, and their merging with those of a model."""

from __future__ import annotations

import pytest

from archiveia.steps.describe.departments import DEPARTMENTS
from archiveia.steps.describe.names import MAX_MENTIONS, find_names, from_model, merge_names
from archiveia.values import Origin, OriginKind

MODEL = Origin(OriginKind.MODEL, "spacy fr_core_news_md", "3.8.0")


def names(text, field):
    found = merge_names(find_names([(1, text)]), [])
    assert all(text[a.evidence.start : a.evidence.end] == a.evidence.text for a in found)
    return [a.value for a in found if a.field == field]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M. Jean DURAND, adjoint", ["Jean DURAND"]),
        ("le sieur Martin et la dame Lefebvre", ["Martin", "Lefebvre"]),
        ("Monsieur le Docteur J.-P. Martin", ["J.-P. Martin"]),
        ("Dr MARTIN Paul", ["MARTIN Paul"]),
        ("nomination de monsieur Paul\nMARTIN en qualité", ["Paul MARTIN"]),
        ("Monsieur le Maire, Madame la Directrice, M. Maire", []),
        ("DURAND Pierre, né le 4 mai 1880", ["DURAND Pierre"]),
        ("Mme de La Tour", []),
        ("Mme Anne de La Tour", ["Anne de La Tour"]),
        ("12 rue M. Martin", []),
    ],
)
def test_a_title_or_a_birth_announces_a_person(text, expected):
    assert names(text, "person") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la commune de Saint-André", ["Saint-André"]),
        ("MAIRIE DE DINAN", ["DINAN"]),
        ("Fait à Lille, le 19 mai 2025", ["Lille"]),
        ("Le Mans, le 3 mai 1954", ["Le Mans"]),
        ("né à Rennes", ["Rennes"]),
        ("le maire de La Roche-sur-Yon", ["La Roche-sur-Yon"]),
        ("département d'Ille-et-Vilaine", ["Ille-et-Vilaine"]),
        ("DÉPARTEMENT DES CÔTES-DU-NORD\n", ["CÔTES-DU-NORD"]),
        ("département de la voirie", []),
        ("à jour, le 3 mai", []),
    ],
)
def test_a_cue_announces_a_place(text, expected):
    assert names(text, "place") == expected


def test_a_cue_announces_an_organisation_and_the_longer_name_is_kept():
    text = "la société Martin demande ; la société Martin Frères accepte ; le syndicat intercommunal de Dinan"
    assert names(text, "organisation") == ["société Martin Frères", "syndicat intercommunal de Dinan"]


def test_where_rule_and_model_overlap_the_rule_wins():
    text = "M. Jean Durand habite Rennes"
    found = [("organisation", 3, 14, "Jean Durand"), ("place", 22, 28, "Rennes")]
    merged = merge_names(find_names([(1, text)]), from_model([(1, text)], {1: found}, MODEL))
    assert [(a.field, a.value, a.origin.kind) for a in merged] == [
        ("person", "Jean Durand", OriginKind.RULE),
        ("place", "Rennes", OriginKind.MODEL),
    ]


def test_names_of_a_model_lose_their_title_and_its_noise_is_dropped():
    text = "Mme Anne Martin. Le Préfet. acte. Paul\nDurand"
    found = [
        ("person", 0, 15, ""),
        ("person", 17, 26, ""),
        ("place", 28, 32, ""),
        ("person", 34, 45, ""),
        ("misc", 0, 3, ""),
    ]
    assert [a.value for a in from_model([(1, text)], {1: found}, MODEL)] == ["Anne Martin"]


def test_a_name_is_kept_once_whatever_its_case_and_order_and_their_number_is_limited():
    text = "M. Jean Durand. M. DURAND Jean. " + " ".join(
        f"M. Martin{'abcdefghijklmnopqrstuvwxyz'[i]}q." for i in range(26)
    )
    found = names(text, "person")
    assert found[0] == "Jean Durand"
    assert "DURAND Jean" not in found
    many = " ".join(f"M. Durand{chr(97 + i // 26)}{chr(97 + i % 26)}e." for i in range(60))
    assert len(names(many, "person")) == MAX_MENTIONS


def test_the_departments_of_all_times_are_there():
    assert len(DEPARTMENTS) == 111
    assert {"creuse", "cotes-du-nord", "seine-et-oise", "reunion"} <= DEPARTMENTS


def test_a_page_of_many_names_takes_no_more_than_its_length_asks_for():
    text = "Fait à Dinan, le 3 mai 1902, par M. Durand, maire de Rennes.\n" * 20_000
    found = merge_names(find_names([(1, text)]), [])
    assert {(a.field, a.value) for a in found} >= {("person", "Durand"), ("place", "Dinan")}
