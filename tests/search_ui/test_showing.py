from __future__ import annotations

import pytest

from search_ui.showing import words_of

SEVERAL = {
    "name": "Saint-Denis",
    "candidates": [{"name": "Saint-Denis", "code": "11339"}],
    "candidate_count": 4,
}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"name": "Dinan", "code": "22050"}, "Dinan (22050)"),
        ({"name": "Évron", "code": "53999", "part_of": "53097"}, "Évron (53999, dans 53097)"),
        (SEVERAL, "Saint-Denis : 4 communes possibles (11339…)"),
    ],
)
def test_a_commune_is_shown_with_its_code_or_with_those_that_it_may_be(value, words):
    assert words_of("commune", value) == words
