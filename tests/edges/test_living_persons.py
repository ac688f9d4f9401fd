"""The rule on people who may be living: shipped with its source, and refused where it would make somebody dead."""

from __future__ import annotations

import json

import pytest

from archiveia.edges.living_persons import load_living_rule
from archiveia.errors import ScheduleError

GOOD = {"born_at_most_years_ago": 120, "source": "C. patr. L213-2", "public_roles": ["maire"]}


def test_the_shipped_rule_counts_120_years_and_names_public_roles():
    rule = load_living_rule()
    assert rule.born_at_most_years_ago == 120
    assert {"maire", "préfet", "conseiller municipal"} <= set(rule.public_roles)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"born_at_most_years_ago": 20}, "20 is not between 100 and 200"),
        ({"born_at_most_years_ago": None}, "None is not between"),
        ({"born_at_most_years_ago": True}, "True is not between"),
        ({"born_at_most_years_ago": "120"}, "'120' is not between"),
        ({"public_roles": "maire"}, "public_roles"),
        ({"public_roles": [""]}, "public_roles"),
        ({"source": " "}, "names no source"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(tmp_path, change, said):
    (tmp_path / "living_persons.json").write_text(json.dumps(GOOD | change), "utf-8")
    with pytest.raises(ScheduleError, match=said):
        load_living_rule(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", "\x00"])
def test_a_file_that_is_no_rule_says_so(tmp_path, content):
    (tmp_path / "living_persons.json").write_text(content, "utf-8")
    with pytest.raises(ScheduleError, match=r"living_persons\.json cannot be read"):
        load_living_rule(tmp_path)
    with pytest.raises(ScheduleError, match="cannot be read"):
        load_living_rule(tmp_path / "nowhere")
