"""Numbers of acts, permits, SIRET, IBAN and shelf marks."""

from __future__ import annotations

import pytest

from archiveia.steps.describe.references import find_references, is_iban, is_siret


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Arrêté n° 2025-860 SG/DCL du 20 mai 2025", ["2025-860 SG/DCL"]),
        ("Délibération N° 2023-45", ["2023-45"]),
        ("NOR : 1200-09-00704\n", ["1200-09-00704"]),
        ("Facture FA-2017-0009", ["FA-2017-0009"]),
        ("Permis PC 035 238 23 A0012 accordé", ["PC 035 238 23 A0012"]),
        ("DP 035 238 22 00117", ["DP 035 238 22 00117"]),
        ("SIRET : 732 829 320 00074", ["73282932000074"]),
        ("SIRET : 732 829 320 00075", []),
        ("IBAN : FR76 3000 6000 0112 3456 7890 189 BIC", ["FR7630006000011234567890189"]),
        ("IBAN : FR76 3000 6000 0112 3456 7890 188", []),
        ("Cote : 4 W 103", ["4 W 103"]),
        ("cote 12 Fi 340", ["12 Fi 340"]),
        ("1D12\n", ["1D12"]),
        ("Arrêté n° 2025", []),
        ("Facture 05/11/2017", []),
        ("Rien de tel ici.", []),
    ],
)
def test_each_kind_of_reference_is_found_as_written(text, values):
    found = find_references([(2, text)])
    assert [a.value for a in found] == values
    for assertion in found:
        evidence = assertion.evidence
        assert evidence.page == 2
        assert text[evidence.start : evidence.end] == evidence.text


def test_a_reference_is_given_once_where_it_stands_first_and_their_number_is_limited():
    pages = [(1, "Arrêté n° 12-A"), (2, "arrêté n° 12-a\nDélibération n° 45-B\nDécision n° 46-C")]
    assert [(a.value, a.evidence.page) for a in find_references(pages, limit=2)] == [("12-A", 1), ("45-B", 2)]


def test_check_digits():
    assert is_siret("73282932000074")
    assert is_siret("35600000049837")  # an office of La Poste, whose SIRET is not of Luhn
    assert not is_siret("00000000000000")
    assert not is_siret("7328293200007")
    assert is_iban("FR7630006000011234567890189")
    assert not is_iban("FR76300060000112345678901")
