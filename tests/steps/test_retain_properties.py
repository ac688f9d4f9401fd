"""What holds of every retention proposal, whatever the record: holds win, doubt never eliminates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from archiveia.edges.contracts import load_classification_plan, load_retention_schedule
from archiveia.steps.retain import elimination_obstacles, propose
from archiveia.values import (
    Assertion,
    DocumentClass,
    Origin,
    OriginKind,
    PageState,
    Record,
    RecordPage,
    RetentionProposal,
    Signature,
    SortFinal,
    in_force,
)

TODAY = date(2026, 6, 15)
SIGNATURE = Signature("MARTIN, maire", date(2026, 1, 10), "avis favorable")
SCHEDULE = {code: replace(rule, signature=SIGNATURE) for code, rule in load_retention_schedule().items()}
PLAN = {c.code: c for c in load_classification_plan()}
ALONE = {code: DocumentClass(code, code, "", None, (code,), ()) for code in SCHEDULE}
CLASSES = {**PLAN, **ALONE}
"""The plan, and a class for every rule, so that rules are proposed without a person's choice too."""

ORIGINS = st.sampled_from([Origin(kind, "quelqu’un") for kind in OriginKind])
DAYS = st.one_of(
    st.dates(date(1400, 1, 1), date(2040, 1, 1)).map(str),
    st.integers(1400, 2040).map(str),
    st.sampled_from(["open", "illisible", "1990/1995", "2020-02"]),
)
FIELDS = st.one_of(
    st.tuples(st.just("class"), st.sampled_from([*CLASSES, "ailleurs"])),
    st.tuples(st.just("retention_rule"), st.sampled_from([*SCHEDULE, "XXX-999"])),
    st.tuples(st.sampled_from(["date", "trigger_on", "closed_on", "decided_on", "birth_on"]), DAYS),
    st.tuples(st.just("class_to_review"), st.booleans()),
)
SAID = st.builds(lambda field, origin: Assertion(*field, origin), FIELDS, ORIGINS)
PAGES = st.builds(
    lambda number, rate: RecordPage(
        f"p{number}", number, "s", number, PageState.TEXT, "texte " * 40, cer_estimate=rate
    ),
    st.integers(1, 3),
    st.sampled_from([None, 0.0, 0.04, 0.3]),
)
RECORDS = st.builds(
    lambda said, pages: Record("r", "e", "d", tuple(pages), in_force(said)),
    st.lists(SAID, max_size=8),
    st.lists(PAGES, max_size=3),
)


def proposed(record: Record, schedule: dict[str, object] = SCHEDULE) -> RetentionProposal:
    return propose(record, CLASSES, schedule, today=TODAY, good_cer=0.05)


def eliminates_alone(proposal: RetentionProposal) -> bool:
    """Elimination is proposed, and no person is asked."""
    return proposal.fate is SortFinal.ELIMINATE and not proposal.to_review


def is_said_by(origin: OriginKind, record: Record) -> Record:
    said = tuple(replace(a, origin=Origin(origin, "quelqu’un")) for a in record.assertions)
    return replace(record, assertions=said)


@settings(max_examples=300, deadline=None)
@given(RECORDS, st.text(max_size=20), ORIGINS)
def test_a_hold_always_wins(record: Record, reason: str, origin: Origin):
    held = replace(record, assertions=(*record.assertions, Assertion("hold", reason, origin)))
    proposal = proposed(held)
    assert (proposal.fate, proposal.to_review, proposal.alert) == (None, True, None)
    assert elimination_obstacles(held, proposal, visa="AD-1", holds=(), today=TODAY)
    before = proposed(record)
    assert elimination_obstacles(held, before, visa="AD-1", holds=(), today=TODAY), (
        "even set after the proposal"
    )


@settings(max_examples=300, deadline=None)
@given(RECORDS)
def test_a_machine_alone_eliminates_nothing(record: Record):
    for origin in (OriginKind.RULE, OriginKind.MODEL, OriginKind.IMPORT):
        assert not eliminates_alone(proposed(is_said_by(origin, record)))


@settings(max_examples=300, deadline=None)
@given(RECORDS, st.sampled_from([0.06, 0.3, 0.9]))
def test_a_worse_text_only_moves_a_proposal_towards_a_person(record: Record, rate: float):
    worse = replace(record, pages=tuple(replace(page, cer_estimate=rate) for page in record.pages))
    good, bad = proposed(record), proposed(worse)
    assert (bad.rule, bad.due_on, bad.fate) == (good.rule, good.due_on, good.fate), "never shorter"
    assert bad.to_review or not eliminates_alone(good) or good == bad
    assert not eliminates_alone(bad) or eliminates_alone(good)


@settings(max_examples=300, deadline=None)
@given(RECORDS)
def test_nothing_is_eliminated_of_a_schedule_that_nobody_signed(record: Record):
    unsigned = {code: replace(rule, signature=None) for code, rule in SCHEDULE.items()}
    proposal = proposed(record, unsigned)
    assert proposal.fate is not SortFinal.ELIMINATE
    assert elimination_obstacles(record, proposal, visa="AD-1", holds=(), today=TODAY)


@settings(max_examples=300, deadline=None)
@given(RECORDS, st.integers(0, 12_000))
def test_a_longer_duration_never_ends_earlier(record: Record, more: int):
    proposal = proposed(record)
    rule = proposal.rule
    if rule is None or rule.dua_months is None:
        return
    longer = min(rule.dua_months + more, 12_000)
    later = proposed(record, {**SCHEDULE, rule.code: replace(rule, dua_months=longer)})
    assert later.due_on == proposal.due_on is None or later.due_on >= proposal.due_on >= proposal.trigger_on


@settings(max_examples=300, deadline=None)
@given(RECORDS)
def test_every_proposal_explains_itself_and_names_its_version(record: Record):
    proposal = proposed(record)
    assert proposal.why[-1].startswith("Aucune élimination sans visa")
    assert proposal.rule_set.startswith("livrée (")
    assert proposal.rule is not None or proposal.to_review
