"""Schedules as files: whatever a row says goes out and comes back the same, whatever is not a row is refused."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiveia.edges.retention_files import csv_of, examine, load_triggers, ods_of, shipped_rules
from archiveia.errors import ScheduleError
from archiveia.values import Bound, SortFinal, TriggerKind

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.values import RetentionRule

TEXT = st.text(
    st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn", "Co", "Cc")), min_size=1, max_size=20
)
WORDS = TEXT.map(str.strip).filter(bool)
LIKE_A_FORMULA = st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "'=", "''@", "'"]), WORDS)
DATED = {code: t for code, t in load_triggers().by_code.items() if t.kind is TriggerKind.EVENT}


@st.composite
def rules(draw: st.DrawFn) -> RetentionRule:
    """A rule that nothing is wrong with, its words being anything."""
    wording = st.one_of(WORDS, LIKE_A_FORMULA)
    return replace(
        shipped_rules()[0],
        label=draw(wording),
        series=draw(st.one_of(st.none(), WORDS)),
        dua_months=draw(st.integers(0, 12_000)),
        bound=draw(st.sampled_from(Bound)),
        trigger=draw(wording.filter(lambda words: words not in load_triggers().wordings)),
        event=DATED[draw(st.sampled_from(sorted(DATED)))],
        sort_final=draw(st.sampled_from(SortFinal)),
        source=draw(wording),
        valid_from=draw(st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2000, 1, 1)))),
        valid_until=draw(st.one_of(st.none(), st.dates(date(2001, 1, 1), date(2100, 1, 1)))),
        active=draw(st.booleans()),
        rule_set="",
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rules(), min_size=1, max_size=4))
def test_a_schedule_goes_out_and_comes_back_the_same(tmp_path: Path, found: list[RetentionRule]):
    wanted = tuple(replace(rule, code=f"R-{number}") for number, rule in enumerate(found))
    for suffix, write in ((".csv", csv_of), (".ods", ods_of)):
        path = tmp_path / f"tableau{suffix}"
        path.write_bytes(write(wanted))
        back = examine(path)
        assert [f for f in back.findings if "Connaissance" not in f.says and f.is_error] == []
        assert back.rules == wanted


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LIKE_A_FORMULA)
def test_no_cell_of_the_csv_is_computed_by_a_spreadsheet(tmp_path: Path, words: str):
    path = tmp_path / "tableau.csv"
    path.write_bytes(csv_of([replace(shipped_rules()[0], label=words, source=words)]))
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("mark", ["\n", "\t", "\x07"])
def test_a_cell_of_several_lines_or_with_control_characters_is_refused(tmp_path: Path, mark: str):
    path = tmp_path / "tableau.csv"
    path.write_bytes(csv_of([replace(shipped_rules()[0], label=f"Registre{mark}des délibérations")]))
    (error,) = examine(path).errors
    assert "is not a type of document, on one line" in error.says


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "missing column code"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b'code,label\n"never closed', "missing column series|unexpected end"),
        (csv_of(shipped_rules()).splitlines()[0] + b"\n", "line 2: there is no row"),
        (csv_of(shipped_rules()).replace(b",active\n", b",active,notes\n", 1), "unknown column notes"),
    ],
)
def test_what_is_no_schedule_is_refused(tmp_path: Path, content: bytes, message: str):
    path = tmp_path / "tableau.csv"
    path.write_bytes(content)
    with pytest.raises(ScheduleError, match=message):
        examine(path)
