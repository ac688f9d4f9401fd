"""Samplings: the share follows the population, the same seed draws the same, and the record says how."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiveia.edges.contracts import load_retention_schedule
from archiveia.edges.retention_files import load_samplings
from archiveia.steps.sampling import draw_sample
from archiveia.values import SortFinal

AID = load_samplings()["SOC-010"]
DOSSIERS = {f"d{year}-{n:02d}": year for year in (1990, 1991, 1992) for n in range(50)}


@pytest.mark.parametrize(
    ("population", "share"),
    [
        (0, 100), (3_499, 100), (3_500, 20), (10_000, 20), (10_001, 10), (50_000, 10), (50_001, 5),
        (300_000, 5), (300_001, 2),
    ],
)  # fmt: skip
def test_the_share_follows_the_population(population, share):
    """AD Var, tableau de gestion CCAS, 2015."""
    assert AID.share_percent(population) == share


def test_the_first_year_is_kept_in_full_and_the_others_by_their_share():
    sample = draw_sample(DOSSIERS, AID, rule="SOC-010", population=8_000, seed="2026-1")
    kept = [sum(DOSSIERS[i] == year for i in sample.kept) for year in (1990, 1991, 1992)]
    assert kept == [50, 10, 10]
    assert len(sample.left) == 80
    assert set(sample.kept).isdisjoint(sample.left)


def test_a_small_commune_keeps_everything():
    assert draw_sample(DOSSIERS, AID, rule="SOC-010", population=900, seed="x").left == ()


def test_what_has_no_known_year_is_kept():
    undated = {**DOSSIERS, "sans date": None}
    assert "sans date" in draw_sample(undated, AID, rule="SOC-010", population=400_000, seed="x").kept


def test_the_same_seed_draws_the_same_and_another_one_another():
    def kept(seed):
        return draw_sample(DOSSIERS, AID, rule="SOC-010", population=8_000, seed=seed).kept

    assert kept("a") == kept("a") != kept("b")


def test_the_record_is_enough_to_draw_the_sample_again():
    record = draw_sample(DOSSIERS, AID, rule="SOC-010", population=8_000, seed="2026-1").record
    assert (record["share_percent"], record["population"], record["dossiers"]) == (20, 8_000, 150)
    assert record["source"].startswith("AD Var")
    again = []
    for line in record["years"]:
        here = [i for i, year in DOSSIERS.items() if year == line["year"]]
        lots = sorted(here, key=lambda i: hashlib.sha256(f"{record['seed']}:{i}".encode()).digest())
        again += lots[: line["kept"]]
    assert sorted(again) == record["kept"]


def test_only_rules_that_select_have_a_share():
    schedule = load_retention_schedule()
    assert {schedule[code].sort_final for code in load_samplings()} == {SortFinal.SELECT}


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8), st.one_of(st.none(), st.integers(1900, 1910)), max_size=60
    ),
    st.integers(0, 1_000_000),
    st.text(max_size=8),
)
def test_every_dossier_is_kept_or_left_and_no_year_is_lost(years, population, seed):
    sample = draw_sample(years, AID, rule="SOC-010", population=population, seed=seed)
    assert sorted((*sample.kept, *sample.left)) == sorted(years)
    assert {years[i] for i in sample.kept} == set(years.values())
