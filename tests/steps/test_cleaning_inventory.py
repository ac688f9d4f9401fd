"""What looks wrong in an inventory: found, told in French, mended only where nothing is guessed."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from typing import Any

import pytest

from archiveia.edges.communes import load_communes
from archiveia.errors import BadRequestError
from archiveia.steps.cleaning import LABELS, Fault, Finding, Inventory, InventoryRow
from archiveia.steps.cleaning_columns import asked_columns, columns_in, read_table
from archiveia.steps.cleaning_cotes import gaps, is_range, same_cotes
from archiveia.steps.cleaning_dates import extent, faults_of_dates
from archiveia.steps.cleaning_inventory import check_inventory
from archiveia.steps.cleaning_names import name_key, variants
from archiveia.steps.cleaning_report import as_csv, as_html

TODAY = date(2026, 3, 1)


def inventory(*rows: InventoryRow) -> Inventory:
    names = ("cote", "title", "dates", "begin", "end", "place", "organisation")
    return Inventory(rows, {name: name for name in names} | {"place": "Commune"})


def faults(*rows: InventoryRow, communes=None) -> list[Finding]:
    return check_inventory(inventory(*rows), today=TODAY, communes=communes)


def row(line: int, cote: str = "", title: str = "Registre", dates: str = "", **more: Any) -> InventoryRow:
    return InventoryRow(f"ligne {line}", cote, title, dates, **more)


# --- cotes ---


@pytest.mark.parametrize(
    ("one", "other"), [("1 D 12", "1D12"), ("4W103", "4 w 0103"), ("É dépôt 2/1", "e depot 2 1")]
)
def test_one_cote_is_one_whatever_its_spelling(one, other):
    assert same_cotes([one, "9 Z 9", other]) == [[0, 2]]


@pytest.mark.parametrize(
    ("one", "other"), [("1 D 12", "1 D 120"), ("1 D 12", "1 D 12 bis"), ("1D1/23", "1D12/3")]
)
def test_cotes_that_differ_are_not_one(one, other):
    assert same_cotes([one, other]) == []


def test_a_duplicate_cote_names_its_lines_and_spellings_and_proposes_no_new_number():
    (found,) = faults(row(2, "1 D 12", "Registre", "1801"), row(9, "1D12", "Plan", "1950"))
    assert found.fault is Fault.DUPLICATE_COTE
    assert found.where == ("ligne 2", "ligne 9")
    assert "« 1 D 12 », « 1D12 »" in found.why
    assert found.mend is None


def test_a_line_that_stands_twice_is_proposed_for_removal():
    (found,) = faults(row(2, "1 D 12", "Registre", "1801"), row(9, "1 D 12", "Registre", "1801"))
    assert found.mend == "retirer la description en double (ligne 9)"


def test_a_component_may_repeat_the_cote_of_the_one_above_it():
    top = InventoryRow("a", "1 D 1", "Fonds", is_leaf=False)
    assert faults(top, InventoryRow("b", "1 D 1", "Pièce", above=0)) == []


def test_the_parts_of_one_article_share_its_cote():
    top = InventoryRow("a", "74 J 40", "Publications", is_leaf=False)
    parts = [InventoryRow(w, "74 J 40", f"Brochure {w}", above=0) for w in ("b", "c", "d")]
    assert faults(top, *parts) == []


def test_missing_cotes_are_named_as_their_neighbours_are_written():
    (gap,) = gaps(["1 D 1", "1 D 2", "1 D 5", "1 D 6"])
    assert (gap.missing, gap.count) == ("1 D 3, 1 D 4", 2)


def test_a_range_of_cotes_covers_its_numbers():
    assert is_range("1 D 2-4")
    assert is_range("1 D 2 à 1 D 4")
    assert not is_range("FRAD061-4E12")
    assert gaps(["1 D 1", "1 D 2-4", "1 D 5"]) == []


def test_the_heading_of_a_series_does_not_hide_its_gaps():
    assert [g.missing for g in gaps(["1 D 1-5", "1 D 1", "1 D 2", "1 D 4"])] == ["1 D 3"]


def test_numbers_that_follow_no_order_make_one_finding():
    cotes = [f"1 J {n}" for n in (1, 40, 90, 300, 700)]
    (gap,) = gaps(cotes)
    assert gap.missing == "695 numéros sur 700"


def test_a_bis_fills_no_gap_and_makes_none():
    assert gaps(["1 D 1", "1 D 1 bis", "1 D 2", "1 D 3"]) == []


def test_subdivisions_are_a_series_of_their_own():
    assert [g.missing for g in gaps(["4 W 7/1", "4 W 7/2", "4 W 7/4"])] == ["4 W 7/3"]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_taken_out_of_a_full_series_is_what_is_missing(seed):
    draw = random.Random(seed)
    numbers = list(range(1, 60))
    out = set(draw.sample(numbers[1:-1], 8))
    spelled = [draw.choice(["2 O {}", "2O{}", "2 o 0{}"]).format(n) for n in numbers if n not in out]
    draw.shuffle(spelled)
    assert sum(g.count for g in gaps(spelled)) == len(out)
    assert same_cotes(spelled) == []


# --- dates ---


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1914", "1914-01-01", "1914-12-31"),
        ("1789-1800", "1789-01-01", "1800-12-31"),
        ("[1850] - 1860", "1850-01-01", "1860-12-31"),
        ("1er août 1914 - 3 mai 1919", "1914-08-01", "1919-05-03"),
        ("an IX-1815", "1800-09-23", "1815-12-31"),
        ("XIXe siècle", "1801-01-01", "1900-12-31"),
        ("1850, 1860-1870", "1850-01-01", "1870-12-31"),
        ("1601-01-01/1650-12-31", "1601-01-01", "1650-12-31"),
        ("1873/1953", "1873-01-01", "1953-12-31"),
    ],
)
def test_extreme_dates_are_read_as_inventories_write_them(text, first, last):
    assert extent(text) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "s.d.", "sans date", "1914", "1914-1918", "1914-18", "vers 1850", "2026", "18??"]
)
def test_nothing_is_said_of_dates_that_can_be(text):
    assert faults_of_dates(text, today=TODAY) == []


@pytest.mark.parametrize(
    ("text", "why", "mend"),
    [
        ("1930-1911", "la fin (1911) précède le début (1930)", "1911-1930"),
        ("[1930] - 1911", "précède", "[1911] - 1930"),
        ("31/02/1931", "n’existe pas dans le calendrier", None),
        ("30 février 1931", "n’existe pas dans le calendrier", None),
        ("04/25/1931", "intervertis", "25/04/1931"),
        ("1931-25-04", "intervertis", "1931-04-25"),
        ("1931-02-30/1931-03-01", "n’existe pas", None),
        ("1931-05-01/1930-03-01", "précède", "1930-03-01/1931-05-01"),
        ("2191", "est dans l’avenir", None),
        ("15 mars 2026", "est dans l’avenir", None),
        ("19145", "n’est pas une année", None),
        ("191", "aucune date ne se lit", None),
    ],
)
def test_an_impossible_date_is_told_and_mended_only_where_one_way_is_left(text, why, mend):
    found = faults_of_dates(text, today=TODAY)
    assert [(why in f.why, f.mend) for f in found] == [(True, mend)]


def test_an_end_before_its_beginning_in_two_columns_is_told():
    (found,) = faults(row(4, "1 D 1", begin="1930", end="1911"))
    assert found.mend == "begin : 1911 ; end : 1930"


def test_a_part_may_not_lie_outside_its_whole():
    top = InventoryRow("haut", "1 D", "Fonds", "1800-1900", is_leaf=False)
    (found,) = faults(top, InventoryRow("bas", "1 D 1", "Pièce", "1901", above=0))
    assert found.fault is Fault.IMPOSSIBLE_DATE
    assert "niveau supérieur (1800-1900, haut)" in found.why


def test_dates_for_people_and_for_machines_must_agree():
    (found,) = faults(InventoryRow("c", "1 D 1", "Pièce", "1761-1770", normal_dates="1661/1670"))
    assert "se contredisent" in found.why
    assert found.mend is None


def test_years_missing_in_a_run_of_registers_are_told():
    years = ("1789-1800", "1801-1815", "1816-1830", "1851-1870")
    rows = [row(n, f"1 D {n}", "Registre des délibérations", y) for n, y in enumerate(years, start=1)]
    (found,) = faults(*rows)
    assert (found.fault, found.value, found.mend) == (Fault.DATE_GAP, "1831-1850", None)
    assert "entre 1 D 3 (1816-1830) et 1 D 4 (1851-1870)" in found.why


def test_years_that_something_else_of_the_series_covers_are_not_missing():
    years = ("1789-1800", "1801-1815", "1816-1830", "1851-1870")
    rows = [row(n, f"1 D {n}", "Registre des délibérations", y) for n, y in enumerate(years, start=1)]
    assert faults(*rows, row(5, "1 D 5", "Table", "1831-1850")) == []


def test_files_whose_dates_never_follow_on_have_no_gaps():
    rows = [row(n, f"1 D {n}", "Dossier", str(1800 + 20 * n)) for n in range(1, 6)]
    assert faults(*rows) == []


def test_empty_cotes_are_one_finding_with_their_number_their_first_lines_and_what_to_do():
    (found,) = faults(row(2, "1 D 1"), *(row(line, "  " if line % 2 else "-") for line in range(3, 17)))
    assert (found.fault, found.field, found.value, found.mend) == (Fault.EMPTY_COTE, "cote", "", None)
    assert found.where == tuple(f"ligne {line}" for line in range(3, 17))
    assert found.why.startswith("14 descriptions n’ont pas de cote (ligne 3, ligne 4, ")
    assert "ligne 14 et 2 autres) : donnez la sienne à chacune" in found.why
    assert [f.why for f in faults(row(2))] == [
        "une description n’a pas de cote (ligne 2) : donnez la sienne à chacune, ou réunissez-la à son article"
    ]


def test_the_parts_of_an_article_need_no_cote_and_neither_do_those_that_hold_others():
    series = row(1, "", is_leaf=False)
    article = row(2, "1 D 12", above=0, is_leaf=False)
    assert faults(series, article, row(3, above=1)) == []
    group = row(3, "", above=1, is_leaf=False)
    assert faults(series, article, group, row(4, above=2)) == [], "however deep they are within it"
    loose = faults(row(1, "1 D", is_leaf=False), row(2, above=0))
    assert [(f.fault, f.where) for f in loose] == [(Fault.EMPTY_COTE, ("ligne 2",))]


def test_an_inventory_without_a_column_of_cotes_has_no_empty_ones():
    assert check_inventory(Inventory((row(2),), {"title": "Titre"}), today=TODAY) == []


# --- titles and names ---


@pytest.mark.parametrize("title", ["", "  ", "…", "-"])
def test_an_empty_title_is_told_and_none_is_made_up(title):
    (found,) = faults(row(2, "1 D 1", title))
    assert (found.fault, found.mend, found.why) == (Fault.EMPTY_TITLE, None, "aucun intitulé pour 1 D 1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St-Malo", "Saint Malo"),
        ("STE-MÈRE-ÉGLISE", "Sainte-Mère-Église"),
        ("Préf. de l'Orne", "Prefecture de l’Orne"),
        ("Sté des Mines", "Société des mines"),
        ("Le Havre", "Havre (Le)"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, other):
    assert name_key(one) == name_key(other)


def test_the_full_form_is_preferred_to_the_short_one_however_common():
    (found,) = variants({"St-Malo": 50, "Saint-Malo": 1})
    assert (found.form, found.mend, found.is_slip) == ("St-Malo", "Saint-Malo", False)


def test_two_forms_as_good_are_told_once_and_none_is_chosen():
    (found,) = variants({"Tribunal de commerce": 2, "Tribunal du commerce": 2})
    assert found.mend is None


def test_a_slip_of_a_letter_is_mended_only_by_what_is_much_commoner():
    assert [v.mend for v in variants({"Lambezelec": 1, "Lambezellec": 9})] == ["Lambezellec"]
    assert [v.mend for v in variants({"Lambezelec": 1, "Lambezellec": 2})] == [None]


@pytest.mark.parametrize("names", [("Service 1", "Service 2"), ("Bray", "Bracy"), ("Mairie", "Préfecture")])
def test_two_names_stay_two(names):
    assert variants(dict.fromkeys(names, 3)) == []


def test_two_communes_of_the_official_list_are_never_one():
    named = load_communes().named
    official = [next(iter(named(n))).name for n in ("Saint-Aubin-du-Cormier", "Bazouges-la-Pérouse")]
    assert variants(dict.fromkeys(official, 2), lambda form: [c.name for c in named(form)]) == []


def test_a_commune_that_does_not_exist_is_told_with_the_one_that_nearly_bears_its_name():
    rows = [
        row(2, "1 D 1", names=(("place", "Bazouges-la-Perousse"),)),
        row(3, "1 D 2", names=(("place", "Trifouilly"),)),
    ]
    found = faults(*rows, communes=load_communes().named)
    assert [(f.fault, f.value, f.mend) for f in found] == [
        (Fault.UNKNOWN_COMMUNE, "Bazouges-la-Perousse", "Bazouges-la-Pérouse"),
        (Fault.UNKNOWN_COMMUNE, "Trifouilly", None),
    ]


def test_persons_are_not_gathered():
    assert "person" not in inventory().headings
    assert columns_in(["Cote", "Intitulé", "Nom", "Personne"]) == {"cote": 0, "title": 1}


# --- columns ---


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["COTE", "Intitulé / Analyse", "Date(s) extrême(s)"], {"cote": 0, "title": 1, "dates": 2}),
        (
            ["N° d'article", "Objet", "Date de début", "Date de fin"],
            {"cote": 0, "title": 1, "begin": 2, "end": 3},
        ),
        (
            ["Commune", "Service producteur", "Cote", "Titre"],
            {"cote": 2, "title": 3, "place": 0, "organisation": 1},
        ),
        (["a", "b"], {}),
    ],
)
def test_columns_are_found_by_their_usual_headings(headings, expected):
    assert columns_in(headings) == expected


def test_a_heading_that_was_asked_for_goes_first():
    wanted = asked_columns(["cote=Numéro", "title=Contenu du carton"])
    assert columns_in(["Cote", "numero", "CONTENU DU CARTON"], wanted) == {"cote": 1, "title": 2}


@pytest.mark.parametrize("text", ["cote", "cote=", "nom=X"])
def test_a_column_that_cannot_be_understood_says_which_fields_there_are(text):
    with pytest.raises(
        BadRequestError, match="names no column; write FIELD=HEADING, FIELD being one of cote, title"
    ):
        asked_columns([text])


def test_lines_above_the_headings_and_empty_lines_are_left_out():
    lines = enumerate(
        [["Récolement", ""], [], ["Cote", "Titre"], ["1 D 1", "Registre"], ["", " "], ["1 D 2", ""]], 1
    )
    found, _fullest = read_table(lines, {})
    assert [(r.where, r.cote) for r in found.rows] == [("ligne 4", "1 D 1"), ("ligne 6", "1 D 2")]


# --- reports ---

HOSTILE = Finding(Fault.EMPTY_TITLE, ("ligne 2",), "=cmd", "=HYPERLINK(1)", "<script>alert(1)</script>", "@x")


def test_no_cell_of_the_report_is_a_formula():
    cells = list(csv.reader(io.StringIO(as_csv([HOSTILE])), delimiter=";"))[1]
    assert not any(cell.startswith(("=", "@", "+", "-")) for cell in cells)


def test_the_page_shows_what_a_file_holds_and_runs_none_of_it():
    page = as_html([HOSTILE], "<b>x</b>.csv", TODAY)
    assert "<script" not in page
    assert "&lt;b&gt;x&lt;/b&gt;.csv" in page
    assert "Intitulé vide (1)" in page


def test_every_fault_has_its_french_name():
    assert set(LABELS) == set(Fault)
