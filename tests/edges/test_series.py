"""The titles of the series of the classification plan."""

from __future__ import annotations

import json

import pytest

from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.series import load_series_titles
from archiveia.errors import ScheduleError


def test_every_series_of_the_plan_has_a_title_in_both_languages():
    series = {c.series for c in load_classification_plan() if c.series}
    french, english = load_series_titles(), load_series_titles("en")
    assert series == set(french) == set(english)
    assert french["1D"] == "Délibérations"
    assert english["1D"] == "Council decisions"


def test_a_title_is_given_in_french_where_it_has_no_other_and_none_is_needed(tmp_path):
    plan = tmp_path / "classification_plan.json"
    plan.write_text(json.dumps({"series": [{"code": "P", "title": "Cultes"}]}), "utf-8")
    assert load_series_titles("en", tmp_path) == {"P": "Cultes"}
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / plan.name).write_text("{}", "utf-8")
    assert load_series_titles(folder=tmp_path / "other") == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"series": [{"code": "P"}]}', '{"series": 3}'])
def test_titles_that_cannot_be_used_are_told(tmp_path, text):
    (tmp_path / "classification_plan.json").write_text(text, "utf-8")
    with pytest.raises(ScheduleError, match=r"classification_plan\.json cannot be used"):
        load_series_titles(folder=tmp_path)
