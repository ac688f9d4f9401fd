"""What was learned weighs the rules anew and may stop an elimination; it never brings one about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiveia.edges.contracts import load_retention_schedule
from archiveia.steps.retain import propose
from archiveia.steps.retention_learned import Heard, in_french, weighed
from archiveia.steps.retention_rank import Prediction, Ranked, may_be_signed
from archiveia.steps.retention_reading import read_rules, rules_read
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
)

SIGNATURE = Signature("MARTIN, maire", date(2026, 1, 10), "avis favorable")
SCHEDULE = {code: replace(rule, signature=SIGNATURE) for code, rule in load_retention_schedule().items()}
ELIMINATING = {code for code, rule in SCHEDULE.items() if rule.sort_final is SortFinal.ELIMINATE}
GO = tuple(sorted(code for code, rule in SCHEDULE.items() if may_be_signed(rule)))[:3]
STAY = tuple(sorted(c for c, rule in SCHEDULE.items() if rule.active and c not in ELIMINATING))[:2]
CODES = (*GO, *STAY)
"""Few rules, so that those of the text, of the class and of what was learned meet."""
SHARES = st.dictionaries(
    st.sampled_from(CODES), st.sampled_from([0.0, 0.02, 0.1, 0.5, 1.0, 5.0, 50.0]), min_size=1
)
HEARD = st.builds(
    lambda shares, likeness, sure_from: Heard(normal(shares, 0.0), likeness, sure_from=sure_from),
    SHARES,
    st.floats(0, 1),
    st.floats(0, 1.01),
)
CLASS = st.lists(st.sampled_from(CODES), min_size=1, unique=True).map(
    lambda codes: DocumentClass("X", "X", "", None, tuple(codes), ())
)
ORIGINS = st.sampled_from([Origin(OriginKind.MODEL, "usem3"), Origin(OriginKind.PERSON, "MARTIN")])


def ranked(**probabilities: float) -> tuple[Ranked, ...]:
    codes = {name.replace("_", "-"): p for name, p in probabilities.items()}
    return tuple(Ranked(code, p, is_sure=p >= 0.8, score=p, hits=()) for code, p in codes.items())


def normal(shares: dict[str, float], silence: float) -> dict[str, float]:
    total = sum(shares.values()) + silence or 1.0
    return {code: share / total for code, share in shares.items()}


@st.composite
def predictions(draw: st.DrawFn) -> Prediction:
    """What cues may say: probabilities of any rules, elimination only by the best one."""
    shares = normal(draw(SHARES), draw(st.sampled_from([0.0, 0.1, 1.0])))
    ordered = dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))
    found = ranked(**{code.replace("-", "_"): p for code, p in ordered.items()})
    goes = found[0].code in GO and draw(st.booleans())
    return Prediction(found, found[0].code if goes else None)


def proposed(found: Prediction, plan: dict[str, DocumentClass], origin: Origin) -> RetentionProposal:
    said = (Assertion("class", "X", origin, score=0.9), rules_read(found))
    page = RecordPage("p", 1, "s", 1, PageState.TEXT, "texte " * 40)
    record = Record("r", "default", "d", (page,), said)
    return propose(record, plan, SCHEDULE, today=date(2026, 6, 15), good_cer=0.05)


@given(predictions(), HEARD, CLASS, ORIGINS)
@settings(max_examples=500, deadline=None)
def test_whatever_was_learned_no_elimination_is_proposed_that_the_cues_alone_would_not(
    alone: Prediction, heard: Heard, of_class: DocumentClass, origin: Origin
):
    both = weighed(alone, heard, ELIMINATING, 0.8)
    assert both.to_eliminate in {None, alone.to_eliminate}
    with_it, without = (proposed(found, {"X": of_class}, origin) for found in (both, alone))
    if with_it.fate is SortFinal.ELIMINATE:
        assert without.fate is SortFinal.ELIMINATE
        assert with_it.rule == without.rule
    assert sum(r.probability for r in both.ranked) <= 1 + 1e-9


def test_a_rule_that_eliminates_is_not_sure_where_the_cues_named_another_first():
    alone = Prediction(ranked(FIN_005=0.52, RH_024=0.45), None)
    both = weighed(alone, Heard({"FIN-005": 0.0, "RH-024": 1.0}), {"RH-024"}, 0.8)
    assert both.ranked[0].code == "RH-024"
    assert both.ranked[0].probability > 0.8
    assert not both.ranked[0].is_sure


def test_what_was_learned_orders_the_rules_anew():
    alone = Prediction(ranked(FIN_005=0.5, FIN_004=0.3), None)
    both = weighed(alone, Heard({"FIN-005": 0.1, "FIN-004": 0.9}), ELIMINATING, 0.8)
    assert [r.code for r in both.ranked] == ["FIN-004", "FIN-005"]
    assert both.ranked[0].probability == pytest.approx(0.3 / 3 + 0.9 * 2 / 3)


def test_the_less_a_text_is_like_those_taught_the_less_is_heard():
    alone = Prediction(ranked(FIN_005=0.5, FIN_004=0.3), None)
    both = weighed(alone, Heard({"FIN-005": 0.1, "FIN-004": 0.9}, likeness=0.1), ELIMINATING, 0.8)
    assert [r.code for r in both.ranked] == ["FIN-005", "FIN-004"]


def test_a_rule_that_nobody_taught_keeps_the_probability_that_the_cues_gave_it():
    alone = Prediction(ranked(FIN_005=0.5, RH_024=0.3), None)
    both = weighed(alone, Heard({"FIN-004": 0.9, "FIN-005": 0.1}), ELIMINATING, 0.8)
    assert {r.code: r.probability for r in both.ranked}["RH-024"] == 0.3


def test_a_rule_that_no_cue_speaks_for_is_named_but_is_never_sure_alone():
    (only,) = weighed(Prediction((), None), Heard({"DELIB-1": 1.0}), ELIMINATING, 0.8).ranked
    assert only.probability == pytest.approx(2 / 3)
    assert not only.is_sure
    assert only.as_value().passages == ()


@pytest.mark.parametrize(
    ("heard", "stays"),
    [
        pytest.param(Heard({"FIN-001": 0.9, "RH-024": 0.1}), False, id="its best rule keeps"),
        pytest.param(Heard({"FIN-001": 0.05, "RH-024": 0.95}), True, id="it agrees"),
        pytest.param(Heard({"FIN-001": 0.55, "RH-024": 0.45}), False, id="its probability is low"),
        pytest.param(Heard({"FIN-001": 1.0}, sure_from=0.9), False, id="it is sure of another rule"),
        pytest.param(Heard({"FIN-001": 1.0}, 0.4, sure_from=0.9), True, id="the text is like none taught"),
        pytest.param(
            Heard({"FIN-001": 0.6}, sure_from=0.9), True, id="it was not taught the rule, and is unsure"
        ),
    ],
)
def test_what_was_learned_may_stop_an_elimination(heard: Heard, stays: bool):
    assert "FIN-001" not in ELIMINATING
    assert "RH-024" in ELIMINATING
    found = weighed(Prediction(ranked(RH_024=0.97), "RH-024"), heard, ELIMINATING, 0.8)
    assert found.to_eliminate == ("RH-024" if stays else None)
    if not stays:
        assert found.why == (
            f"Les décisions déjà prises ici ne parlent pas pour cette élimination ({heard.best} plutôt).",
        )


def test_the_words_that_weighed_are_told_and_kept():
    heard = Heard({"FIN-004": 0.9, "FIN-005": 0.1}, words=("marché", "travaux"))
    said = in_french(heard)
    assert said == (
        "Les décisions déjà prises ici parlent pour FIN-004 d’après les mots « marché », « travaux » "
        "(probabilité 0.90)."
    )
    kept = rules_read(Prediction((), None), Origin(OriginKind.MODEL, "learned rules", "1"), [said])
    record = Record("r", "default", "d", (), (kept,))
    read = read_rules(record)
    assert read is not None
    assert read.learned == (said,)
    assert said in propose(record, {}, SCHEDULE, today=date(2026, 6, 15), good_cer=0.05).why
