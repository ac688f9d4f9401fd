from __future__ import annotations

from dataclasses import replace

import pytest

from archiveia.edges.shipped import formulas
from archiveia.steps.estimate import Formula, Signs

CLEAN = Signs(letters=2000, doubt=0.03, unsure=0.0, unknown=0.05, difference=0.01, second_doubt=0.08)
POOR = Signs(letters=2000, doubt=0.5, unsure=0.3, unknown=0.5, difference=0.5, second_doubt=0.6)


@pytest.mark.parametrize("engine", ["tesseract", "tesseract+ppocr"])
def test_a_clean_page_is_told_from_a_poor_one(engine):
    formula = formulas()[engine]
    assert formula.error_rate(CLEAN) < 0.03
    assert formula.error_rate(POOR) > 0.2


@pytest.mark.parametrize("sign", ["doubt", "unknown", "difference", "second_doubt"])
def test_every_sign_of_trouble_raises_the_estimate(sign):
    formula = formulas()["tesseract+ppocr"]
    assert formula.error_rate(replace(CLEAN, **{sign: 0.4})) > formula.error_rate(CLEAN)


def test_an_estimate_is_a_share():
    steep = Formula(intercept=5, weights={"doubt": 3}, floors={"doubt": 0.01}, floor=0.005)
    assert steep.error_rate(POOR) == 1
    assert Formula(intercept=-20, weights={}, floors={}, floor=0.005).error_rate(POOR) == 0


def test_a_formula_survives_its_file():
    formula = formulas()["tesseract"]
    assert Formula.from_json(formula.as_json()) == formula
