from __future__ import annotations

import csv
import json
import shutil

import pytest

from archiveia.edges import contracts
from archiveia.edges.contracts import (
    SCHEMAS,
    check_contracts,
    load_access_rules,
    load_classification_plan,
    load_request_delays,
    load_retention_schedule,
)
from archiveia.edges.retention_files import load_triggers
from archiveia.errors import ScheduleError
from archiveia.pipeline.deciding import DATE_FIELDS
from archiveia.steps.access_delays import EVENT_FIELDS, StartEvent
from archiveia.steps.retain_rows import COLUMNS
from archiveia.values import Bound, Level, SortFinal, TriggerKind

SCHEDULE = load_retention_schedule()
RULES = load_access_rules()


@pytest.fixture
def folder(tmp_path):
    """A copy of the schemas that a test may spoil."""
    shutil.copytree(SCHEMAS, tmp_path / "schemas")
    return tmp_path / "schemas"


def spoil(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- what is shipped ---


def test_the_shipped_contracts_fit_together():
    check_contracts()
    assert len(SCHEDULE) == 273
    assert len(RULES) == 31


def test_the_plan_has_classes_whose_codes_differ_and_cues():
    plan = load_classification_plan()
    assert len({c.code for c in plan}) == len(plan) > 20
    assert sum(bool(c.cues) for c in plan) > 20


def test_what_no_source_says_is_switched_off():
    for rule in SCHEDULE.values():
        sourced = {rule.duration_confidence, rule.fate_confidence} != {"none"}
        assert sourced or not rule.active, rule.code
        assert sourced != rule.source.startswith("Connaissance générale"), rule.code
    assert sum(not rule.active for rule in SCHEDULE.values()) == 101


def test_a_text_that_fixes_only_a_duration_leaves_the_fate_open():
    only_duration = [r for r in SCHEDULE.values() if "le texte fixe la durée, pas le sort final" in r.source]
    assert len(only_duration) == 21
    assert {r.fate_confidence for r in only_duration} == {"none"}
    assert {r.duration_confidence for r in only_duration} == {"high", "low"}


def test_video_is_kept_a_month_at_most_and_everything_else_at_least():
    """CSI L252-5."""
    assert {r.code: r.dua_months for r in SCHEDULE.values() if r.bound is Bound.MAXIMUM} == {"POL-023": 1}


def test_every_row_of_the_schedule_names_its_source():
    assert all(rule.source and rule.trigger for rule in SCHEDULE.values())
    assert {rule.sort_final for rule in SCHEDULE.values()} == set(SortFinal)


def test_a_wording_that_is_not_one_event_is_unmapped():
    unmapped = {r.trigger for r in SCHEDULE.values() if r.event.kind is TriggerKind.UNMAPPED}
    assert len(unmapped) == 21
    assert {"décision / renonciation", "vie de l’ouvrage", "suit le secret médical (120 ans)"} <= unmapped
    assert sum(r.event.kind is TriggerKind.DOCUMENT for r in SCHEDULE.values()) == 80


def test_every_trigger_says_what_to_look_for_and_which_field_holds_its_day():
    triggers = load_triggers()
    assert len(triggers.wordings) == 101
    for trigger in triggers.by_code.values():
        assert trigger.look_for, trigger.code
        has_day = trigger.kind in {TriggerKind.DOCUMENT, TriggerKind.EVENT}
        assert (trigger.field is not None) == has_day, trigger.code
        assert trigger.field is None or trigger.field in DATE_FIELDS, trigger.code


def test_every_start_of_a_delay_can_be_known():
    known = {StartEvent.DOCUMENT, StartEvent.DOSSIER, *EVENT_FIELDS}
    for rule in RULES.values():
        if rule.delay_years is not None:
            assert rule.start_event in known, rule.id


@pytest.mark.parametrize("category", ["C07", "C25", "C27", "C28"])
def test_composite_categories_have_no_automatic_date(category):
    assert RULES[category].delay_years is None
    assert not RULES[category].never


def test_only_weapons_of_mass_destruction_are_never_communicable():
    assert [rule.id for rule in RULES.values() if rule.never] == ["C24"]


def test_the_legal_delays_of_requests_are_those_of_the_code():
    delays = load_request_delays()
    months = {kind: delay.months for kind, delay in delays.items()}
    rights = dict.fromkeys((f"rgpd-{article}" for article in (15, 16, 17, 18, 20, 21)), 1)  # RGPD art. 12, 3
    assert months == {"crpa": 1, "derogation": 2, "cada": 2, **rights}
    assert all(delay.is_of_personal_data == (kind in rights) for kind, delay in delays.items())


def test_the_isadg_contract_has_its_areas_elements_and_our_levels():
    isadg = json.loads((SCHEMAS / "isadg.json").read_text(encoding="utf-8"))
    fields = [field for area in isadg["areas"] for field in area["fields"]]
    assert (len(isadg["areas"]), len(fields)) == (7, 26)
    assert sum(field["essential"] for field in fields) == 6
    assert [level["level"] for level in isadg["levels"]] == [str(level) for level in Level]


def test_every_column_is_documented():
    readme = (SCHEMAS / "README.md").read_text(encoding="utf-8")
    for file in (contracts.SCHEDULE, contracts.DELAYS):
        assert f"## {file}" in readme
        for column in rows_of(SCHEMAS / file)[0]:
            assert f"`{column}`" in readme, column
    assert tuple(rows_of(SCHEMAS / contracts.SCHEDULE)[0]) == COLUMNS
    for event in (*StartEvent, *EVENT_FIELDS.values()):
        assert f"`{event}`" in readme, event


MONTHS = {"": None, "0.083": 1, "0.25": 3, "0.33": 4, "0.5": 6}
"""What the fractions of a year in the reference stand for."""


@pytest.mark.reference
def test_the_schedule_says_what_the_reference_says(reference):
    rows = rows_of(reference / "retention.csv")
    assert [row["code"] for row in rows] == list(SCHEDULE)
    for row in rows:
        rule, years = SCHEDULE[row["code"]], row["dua_years"]
        assert rule.dua_months == (MONTHS[years] if years in MONTHS else int(years) * 12), rule.code
        assert rule.sort_final == row["sort_final"], rule.code
        assert (rule.label, rule.trigger) == (row["label"], row["dua_trigger"])
        assert rule.active == (row["confidence"] != "low"), rule.code
        for confidence in (rule.duration_confidence, rule.fate_confidence):
            assert confidence in {row["confidence"], "low", "none"}, (
                f"{rule.code}: never surer than its source"
            )


@pytest.mark.reference
def test_every_wording_of_the_reference_has_one_code(reference):
    words = {row["dua_trigger"] for row in rows_of(reference / "retention.csv")}
    assert set(load_triggers().wordings) == words


@pytest.mark.reference
def test_the_communicability_table_says_what_the_reference_says(reference):
    rows = {row["id"]: row for row in rows_of(reference / "communicability.csv")}
    assert list(rows) == list(RULES)
    stricter = {"C07", "C28"}  # composite here: a person decides
    longer = {"C30": 50}  # the ten days of the electors are not access by anyone
    for category, rule in RULES.items():
        delay = rows[category]["delay_years"]
        expected = None if category in stricter or not delay else longer.get(category, int(delay))
        assert rule.delay_years == expected, category


# --- what is refused ---


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "retention_schedule.csv", "ADM-002,", "ADM-001,",
            r"retention_schedule.csv, line 3: ADM-001 is also on line 2 for the same days",
        ),
        ("retention_schedule.csv", "ADM-001,", ",", r"line 2: column code: '' is not a code of capitals"),
        ("retention_schedule.csv", ",1D,12,", ",1D,un,", r"dua_months: 'un' is not a whole number of months"),
        ("retention_schedule.csv", ",1D,12,", ",1D,-1,", r"dua_months: '-1' is not a whole number of months"),
        ("retention_schedule.csv", ",1D,12,", ",1D,0.5,", r"dua_months: '0.5' is not a whole number of months"),
        ("retention_schedule.csv", ",1D,12,", ",1D,12001,", r"dua_months: '12001' is not a whole number"),
        (
            "retention_schedule.csv", ",register_closed,C,", ",register_closed,K,",
            r"sort_final: 'K' is not one of C, T, E",
        ),
        ("retention_schedule.csv", "possible,high,high", "possible,sure,high", r"duration_confidence: 'sure' is not"),
        ("retention_schedule.csv", ",high,,,true", ",high,,,oui", r"column active: 'oui' is not one of"),
        ("retention_schedule.csv", ",high,,,true", ",high,,2026-02-30,true", r"valid_until: day .* month"),
        ("retention_schedule.csv", ",high,,,true", ",high,,true", r"line 2: the number of cells"),
        ("retention_schedule.csv", "sort_final", "sort", r"line 1: missing column sort_final"),
        ("retention_schedule.csv", ",register_closed,", ",closing,", r"'closing' is not a trigger of schemas/trig"),
        ("retention_schedule.csv", ",register_closed,", ",file_closed,", r"is register_closed in schemas/triggers"),
        ("triggers.json", '"unmapped"', '"unclear"', r"there is no code unmapped"),
        ("triggers.json", '"code": "permanent"', '"code": "document"', r"'document' or a wording of it .* twice"),
        ("triggers.json", '"look_for"', '"look"', r"triggers.json cannot be used: KeyError"),
        ("access_delays.csv", "C02,", "C01,", r"access_delays.csv, line 3, column id: 'C01' is already used"),
        ("access_delays.csv", ",date du document,", ",demain,", r"column start_event: 'demain' is not one of"),
        ("access_delays.csv", "false,25,", "false,25.5,", r"delay_years: '25.5' is not a whole number of years"),
        ("access_delays.csv", "false,25,", "false,,", r"column delay_years: '' does not go with start_event"),
        ("access_delays.csv", ",120,naissance", ",,naissance", r"column alt_start_event: .* goes with alt_delay"),
        ("access_delays.csv", "true,,jamais", "false,,jamais", r"column never: 'false' does not go with"),
        ("request_delays.json", '"months": 1', '"months": "1"', r"delay 1, column months: '1' is not a whole"),
        ("request_delays.json", '"kind": "cada"', '"kind": "cade"', r"there is no row 'cada'"),
        ("request_delays.json", '"delays"', '"delais"', r"request_delays.json, key delays: is not a list"),
        ("request_delays.json", "{", "", r"request_delays.json, line "),
        (
            "digitisation_credits.json", "source\\\\W{0,3}", "(source\\\\W{0,3}",
            r"credit 1, column pattern: .* is no regular expression",
        ),
        (
            "digitisation_credits.json", '"example": "Source gallica.bnf.fr', '"example": "Source ailleurs.fr',
            r"credit 1, column example: .* has nothing of the pattern",
        ),
        ("classification_plan.json", '"label": ', '"labels": ', r"class 1, column label: None is not a text"),
        ("classification_plan.json", '"retention_codes": [', '"retention_codes": [1, ', r"is not a list of texts"),
        (
            "classification_plan.json", '"retention_codes": ["', '"retention_codes": ["X',
            r"class 1 \(.*\), column retention_codes: 'X.*' does not exist",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_file_row_and_column(folder, file, old, new, message):
    spoil(folder, file, old, new)
    with pytest.raises(ScheduleError, match=message):
        check_contracts(folder)


def test_two_classes_of_the_same_code_are_refused(folder):
    path = folder / "classification_plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    plan["classes"].append(plan["classes"][0])
    path.write_text(json.dumps(plan), encoding="utf-8")
    with pytest.raises(ScheduleError, match="is already used by another class"):
        load_classification_plan(folder)


def test_a_missing_or_unreadable_or_empty_file_is_refused(folder):
    (folder / "access_delays.csv").unlink()
    with pytest.raises(
        ScheduleError, match=r"access_delays.csv cannot be read: .*; restore it, saved as UTF-8"
    ):
        load_access_rules(folder)
    path = folder / "retention_schedule.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_bytes("é".encode("latin-1"))
    with pytest.raises(ScheduleError, match=r"retention_schedule.csv cannot be read"):
        load_retention_schedule(folder)
    path.write_text(header + "\n", encoding="utf-8")
    with pytest.raises(ScheduleError, match="there is no row"):
        load_retention_schedule(folder)


def test_a_service_can_switch_a_rule_on_in_its_own_copy_saved_by_a_spreadsheet(folder):
    path = folder / "retention_schedule.csv"
    text = path.read_text(encoding="utf-8").replace(
        ",sensible,low,low,,,false", ",sensible,low,low,,,true", 1
    )
    path.write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    own = load_retention_schedule(folder)
    assert sum(rule.active for rule in own.values()) == sum(rule.active for rule in SCHEDULE.values()) + 1
    assert list(own) == list(SCHEDULE)


def test_changing_what_was_loaded_does_not_change_the_contract():
    load_retention_schedule().clear()
    assert load_retention_schedule() == SCHEDULE
