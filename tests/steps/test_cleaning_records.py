"""What looks wrong in records: told with its reason, mended only by what the document itself or a list says."""

from __future__ import annotations

import shutil
from datetime import date
from typing import Any

import pytest

from archiveia.edges.class_facts import load_class_facts
from archiveia.edges.communes import load_communes
from archiveia.edges.contracts import SCHEMAS, load_classification_plan
from archiveia.errors import ScheduleError
from archiveia.steps.cleaning import Fault
from archiveia.steps.cleaning_numbers import numbers_of, own_number, same_numbers
from archiveia.steps.cleaning_records import Knowledge, check_record, once_a_name
from archiveia.steps.describe import describe
from archiveia.values import Assertion, Origin, OriginKind, PageState, Record, RecordPage

ORDER = """RÉPUBLIQUE FRANÇAISE
COMMUNE DE DINAN
ARRÊTÉ N° 2017-12
Vu la loi n° 82-213 du 2 mars 1982 relative aux droits et libertés des communes ;
Vu le code de la route ;
Le Maire arrête :
Article 1er. Le stationnement est interdit à titre permanent rue Haute.
Fait à Dinan, le 4 avril 2017
Transmis en préfecture le 6 avril 2017
"""
INVOICE = (
    "FACTURE N° 86-417\nDoit la commune\nPrix unitaire\nTotal HT 52,00\nMontant TTC 61,00\nTotal TTC 61,00\n"
)
PERSON, IMPORT, MODEL = (Origin(k, "x") for k in (OriginKind.PERSON, OriginKind.IMPORT, OriginKind.MODEL))
RULE = Origin(OriginKind.RULE, "x")


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return Knowledge(
        load_classification_plan(), load_class_facts(), load_communes().named, today=date(2026, 3, 1)
    )


def record(
    text: str = ORDER, *, name: str = "r1", dossier: str = "d1", batch: str = "Lot", **values: Any
) -> Record:
    """A record as its text describes it, with these values instead: those of a person, unless an assertion is given."""
    said = [a for a in describe([(1, text)], communes=load_communes()) if a.field not in values]
    said += [
        v if isinstance(v, Assertion) else Assertion(f.rstrip("_"), v, PERSON) for f, v in values.items()
    ]
    page = RecordPage(f"{name}-p1", 1, "s", 1, PageState.TEXT, text)
    return Record(name, "default", dossier, (page,), tuple(said), batch)


def found(known: Knowledge, checked: Record, *more: Assertion):
    return check_record(checked, [*checked.assertions, *more], known)


# --- dates ---


def test_a_sound_description_has_no_finding(known):
    assert found(known, record(class_="ARRETE-P")) == []


def test_a_date_to_come_is_mended_by_the_only_day_that_the_text_signs(known):
    (one,) = found(known, record(date="2171-04-04"))
    assert (one.fault, one.field, one.value, one.mend) == (
        Fault.IMPOSSIBLE_DATE,
        "date",
        "2171-04-04",
        "2017-04-04",
    )
    assert (
        one.why
        == "cette date est dans l’avenir ; le document porte la date de séance ou de signature du 04/04/2017"
    )


def test_a_date_before_a_law_that_the_text_relies_on_is_told(known):
    (one,) = found(known, record(date="1971-04-04"))
    assert "acte du 02/03/1982, postérieur" in one.why
    assert one.mend == "2017-04-04"


def test_a_date_after_the_document_was_sent_is_told(known):
    (one,) = found(known, record(date="2017-04-14"))
    assert "transmis, reçu en préfecture ou affiché le 06/04/2017, avant cette date" in one.why
    assert one.mend == "2017-04-04"


def test_no_day_is_proposed_where_the_text_has_none(known):
    (one,) = found(known, record("Note de service sans autre date, pour la mairie.", date="2171"))
    assert one.mend is None


def test_a_year_that_may_hold_the_law_is_no_contradiction(known):
    assert found(known, record(date="1982")) == []


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"birth_on": "1901-05-01", "death_on": "1890"}, "ce décès précède la naissance (1901-05-01)"),
        ({"date": "2017-04-04", "closed_on": "2016-12-31"}, "clos avant la date du document"),
        (
            {"class_": "PLU", "date": "1850"},
            "antérieure à ce qui a créé « Plan d'urbanisme (PLU, POS) » : loi du 14 mars",
        ),
    ],
)
def test_dates_that_exclude_one_another_are_told(known, values, why):
    text = "Note pour le dossier, qui ne porte aucune date."
    told = found(known, record(text, **values))
    assert [why in f.why for f in told if f.fault is Fault.IMPOSSIBLE_DATE] == [True]


def test_two_reasons_against_one_date_are_one_finding(known):
    (one,) = (f for f in found(known, record(class_="PLU", date="1850")) if f.fault is Fault.IMPOSSIBLE_DATE)
    assert "loi du 14 mars 1919" in one.why
    assert "02/03/1982" in one.why


def test_a_trigger_may_be_to_come(known):
    assert found(known, record(class_="ARRETE-P", trigger_on="2040-01-01")) == []


# --- communes ---


def test_a_commune_that_is_on_no_list_is_told_and_nothing_is_made_up(known):
    (one,) = found(known, record("MAIRIE DE TRIFOUILLY\nAvis à la population sur la fontaine."))
    assert (one.fault, one.field, one.mend) == (Fault.UNKNOWN_COMMUNE, "place", None)


def test_an_imported_commune_with_a_slip_is_mended_from_the_list(known):
    (one,) = found(known, record("Note.", place=Assertion("place", "Bazouges-la-Perousse", IMPORT)))
    assert one.mend == "Bazouges-la-Pérouse"


def test_an_imported_hamlet_is_no_unknown_commune(known):
    assert found(known, record("Note.", place=Assertion("place", "Ker Izella", IMPORT))) == []


def test_an_unknown_commune_of_many_records_is_one_finding(known):
    text = "MAIRIE DE TRIFOUILLY\nAvis à la population sur la fontaine."
    told = [f for n in (1, 2, 3) for f in found(known, record(text, name=f"r{n}"))]
    (one,) = once_a_name(told)
    assert one.where == ("r1", "r2", "r3")


# --- classes ---


def scored(code: str, score: float, second: str, second_score: float) -> list[Assertion]:
    return [
        Assertion("class", code, MODEL, score=score),
        Assertion("class_runner_up", {"code": second, "score": second_score}, MODEL),
    ]


def test_an_imported_class_against_the_formulae_is_told_with_them(known):
    (one,) = found(known, record(INVOICE, class_=Assertion("class", "DELIB", IMPORT)))
    assert (one.fault, one.value, one.mend) == (Fault.CLASS_AGAINST_TEXT, "DELIB", "FACTURE")
    assert "formules de « Facture ou mémoire », et aucune de « Délibération »" in one.why


def test_a_person_is_contradicted_only_by_the_formulae_and_the_machine_together(known):
    checked = record(INVOICE, class_="DELIB")
    assert found(known, checked) == []
    assert found(known, checked, *scored("BUDGET", 0.9, "FACTURE", 0.05)) == []
    (one,) = found(known, checked, *scored("FACTURE", 0.9, "BUDGET", 0.05))
    assert one.mend == "FACTURE"
    assert "le calcul donne « Facture ou mémoire » (90 %, second choix 5 %)" in one.why


def test_a_machine_that_is_not_far_surer_says_nothing_of_an_imported_class(known):
    checked = record("Lettre sans formule connue.", class_=Assertion("class", "DELIB", IMPORT))
    assert found(known, checked, *scored("FACTURE", 0.55, "BUDGET", 0.1)) == []
    assert found(known, checked, *scored("FACTURE", 0.65, "BUDGET", 0.4)) == []
    assert [f.mend for f in found(known, checked, *scored("FACTURE", 0.9, "BUDGET", 0.05))] == ["FACTURE"]


def test_a_class_with_a_formula_of_its_own_is_not_contradicted(known):
    text = INVOICE + "après en avoir délibéré, le conseil municipal décide"
    assert found(known, record(text, class_=Assertion("class", "DELIB", IMPORT))) == []


# --- numbers ---


def doubles(known: Knowledge, *records: Record, are_copies: bool = False):
    numbered = [n for r in records for n in numbers_of(r, known.facts)]
    return same_numbers(numbered, lambda _ids: are_copies)


def test_one_number_on_two_orders_of_one_batch_is_told_and_not_mended(known):
    (one,) = doubles(known, record(class_="ARRETE-P"), record(name="r2", class_="ARRETE-P"))
    assert (one.fault, one.where, one.value, one.mend) == (
        Fault.DUPLICATE_NUMBER,
        ("r1", "r2"),
        "2017-12",
        None,
    )


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"batch": "Autre lot"}, id="another batch"),
        pytest.param({"class_": "ARRETE-T"}, id="another class"),
        pytest.param({"text": ORDER.replace("2017-12", "2017-13")}, id="another number"),
    ],
)
def test_numbers_of_other_series_are_not_compared(known, other):
    other = {"class_": "ARRETE-P"} | other
    assert doubles(known, record(class_="ARRETE-P"), record(name="r2", **other)) == []


def test_a_number_that_begins_again_each_year_is_no_duplicate(known):
    text = ORDER.replace("2017-12", "12")
    one, other = (
        record(text, name=i, class_="ARRETE-P", date=d) for i, d in (("r1", "2016"), ("r2", "2017"))
    )
    assert own_number(one) == "12"
    assert doubles(known, one, other) == []


def test_copies_of_one_order_bear_its_number_rightly(known):
    assert (
        doubles(known, record(class_="ARRETE-P"), record(name="r2", class_="ARRETE-P"), are_copies=True) == []
    )


def test_a_number_that_is_only_cited_is_not_the_records_own():
    text = "ARRÊTÉ\nVu l'arrêté n° 2016-99 du 3 mai 2016 ;\nLe Maire arrête :\n"
    assert own_number(record(text, class_="ARRETE-P")) is None


def test_a_cote_belongs_to_one_dossier_whatever_its_spelling(known):
    one, other = record(cote="1 D 12"), record(name="r2", dossier="d2", cote="1D12")
    (told,) = doubles(known, one, other)
    assert (told.fault, told.where) == (Fault.DUPLICATE_COTE, ("r1", "r2"))
    assert "« 1 D 12 », « 1D12 »" in told.why


def test_the_pieces_of_a_dossier_share_its_cote(known):
    assert doubles(known, record(cote="1 D 12"), record(name="r2", cote="1 D 12")) == []


# --- facts of the classes ---


def test_the_facts_are_of_classes_of_the_plan_and_carry_their_source():
    facts = load_class_facts()
    assert set(facts) <= {c.code for c in load_classification_plan()}
    assert all(f.source for f in facts.values() if f.not_before)


def test_a_spoiled_file_of_facts_is_refused(tmp_path):
    shutil.copy(SCHEMAS / "class_facts.json", tmp_path)
    path = tmp_path / "class_facts.json"
    path.write_text(path.read_text("utf-8").replace("1838-06-30", "1838-06-31"), "utf-8")
    with pytest.raises(ScheduleError, match=r"class_facts.json cannot be used"):
        load_class_facts(tmp_path)
