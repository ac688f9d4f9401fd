from __future__ import annotations

import pytest

from archiveia.edges import communes
from archiveia.errors import ScheduleError


def test_the_official_list_knows_communes_of_today_and_those_that_they_took_in():
    known = communes.load_communes()
    assert [(c.code, c.kind) for c in known.named("TINCHEBRAY")] == [("61486", "delegated")]
    assert {c.code for c in known.named("Saint-Denis")} >= {"93066", "97411"}
    assert known.departments_of([(1, "Dinan (Côtes-du-Nord)")]) == {"22"}
    assert len(known.words()) > 10_000


def test_a_damaged_list_is_named_with_what_to_do(tmp_path, monkeypatch):
    (tmp_path / communes.FILE).write_bytes(b"no gzip")
    monkeypatch.setattr(communes, "SCHEMAS", tmp_path)
    communes.load_communes.cache_clear()
    with pytest.raises(ScheduleError, match=r"communes\.csv\.gz cannot be read"):
        communes.load_communes()
    communes.load_communes.cache_clear()
