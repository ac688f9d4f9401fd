from __future__ import annotations

import pytest

from archiveia.steps.describe.amounts import find_amounts, find_parcels


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("un crédit de 1 250,50 €", ["1250.50 EUR"]),
        ("1.250,50 euros et 30 euros", ["1250.50 EUR", "30.00 EUR"]),
        ("1\u00a0250 EUR", ["1250.00 EUR"]),
        ("la somme de 12 francs 50", ["12.50 FRF"]),
        ("3 400 F.", ["3400.00 FRF"]),
        ("3400 frs", ["3400.00 FRF"]),
        ("12 F 50 c", ["12.50 FRF"]),
        ("15 000 000 francs", ["15000000.00 FRF"]),
        ("12 fenêtres, 3 feuilles, 14 frères", []),
        ("le 12/03/1987 et la page 14", []),
        ("article 12 francophone", []),
        ("30 euros, puis 30,00 €", ["30.00 EUR"]),
    ],
)
def test_amounts_are_read_as_they_are_meant(text, values):
    found = find_amounts([(2, text)])
    assert [a.value for a in found] == values
    assert all(text[a.evidence.start : a.evidence.end] == a.evidence.text for a in found)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("la parcelle cadastrée section AB n° 123", ["AB 123"]),
        ("parcelles AB 12, 14 et 18", ["AB 12", "AB 14", "AB 18"]),
        ("cadastré ZA 45 et B 7", ["ZA 45", "B 7"]),
        ("section A, numéro 312", ["A 312"]),
        ("Le 4 W 103 et AB 12 sans rien de cadastral", []),
        ("Article AB 12. " + "x" * 200 + " parcelle", []),
    ],
)
def test_parcels_are_read_where_a_word_announces_them(text, values):
    assert [a.value for a in find_parcels([(1, text)])] == values


def test_a_long_table_keeps_its_first_amounts():
    text = "\n".join(f"{n} €" for n in range(1, 100))
    assert len(find_amounts([(1, text)])) == 30
