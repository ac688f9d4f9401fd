from __future__ import annotations

import pytest

from archiveia.steps.quality import Quality, doubts_about, quality_of
from archiveia.values import Assertion, Evidence, Origin, OriginKind, PageState, Record, RecordPage

GOOD_CER = 0.05
LONG = "Le conseil municipal de la commune délibère. " * 60


def record(*rates: float | None, text=LONG, state=PageState.TEXT):
    pages = (
        RecordPage(f"p{n}", n, "s", n, state, text, cer_estimate=rate)
        for n, rate in enumerate(rates, start=1)
    )
    return Record("r1", "e", "d1", tuple(pages))


def said(field, origin=OriginKind.RULE, page=None):
    evidence = None if page is None else Evidence(page, 0, 4, "1923")
    return Assertion(field, "1923", Origin(origin, "x"), evidence)


@pytest.mark.parametrize(
    ("state", "rate", "quality"),
    [
        ("text", 0.05, Quality.GOOD),
        ("text", 0.051, Quality.DOUBTFUL),
        ("text", None, Quality.UNKNOWN),
        ("handwritten", 0.5, None),
        ("illegible", None, None),
        ("blank", None, None),
        (None, None, None),
    ],
)
def test_a_text_is_good_up_to_the_setting_and_unknown_without_an_estimate(state, rate, quality):
    assert quality_of(state, rate, good_cer=GOOD_CER) is quality


def test_a_date_read_on_a_doubtful_page_is_doubtful():
    (why,) = doubts_about(record(0.01, 0.08), said("date", page=2), good_cer=GOOD_CER)
    assert why.startswith("La date est lue sur un texte à vérifier (page 2 : environ 8 % de lettres fausses)")
    assert doubts_about(record(0.01, 0.08), said("date", page=1), good_cer=GOOD_CER) == ()


def test_a_class_is_doubtful_where_the_pages_that_it_was_found_on_are():
    (why,) = doubts_about(record(0.08, 0.5), said("class", OriginKind.MODEL), good_cer=GOOD_CER)
    assert "Le type est proposé" in why
    assert "page 1 : environ 8 %" in why
    assert "page 2" not in why, "the first page fills the excerpt that was classified"
    both = record(0.01, 0.2, text="Facture du 4 mai")
    assert "(page 2 : environ 20 %" in doubts_about(both, said("class"), good_cer=GOOD_CER)[0]


@pytest.mark.parametrize("kind", [OriginKind.PERSON, OriginKind.IMPORT])
def test_what_a_person_or_an_inventory_says_rests_on_no_text(kind):
    for field in ("class", "date"):
        assert doubts_about(record(0.3), said(field, kind, page=1), good_cer=GOOD_CER) == ()


@pytest.mark.parametrize(
    "pages", [record(), record(None), record(0.3, state=PageState.ILLEGIBLE)], ids=["none", "unknown", "left"]
)
def test_there_is_no_doubt_without_a_doubtful_page(pages):
    assert doubts_about(pages, said("class"), good_cer=GOOD_CER) == ()
    assert doubts_about(pages, None, good_cer=GOOD_CER) == ()
