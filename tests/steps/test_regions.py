"""Pages set as a typewriter or a printer sets them, each read upright, askew, and strewn with specks."""

from __future__ import annotations

import math
import random

import pytest

from archiveia.steps.layout import Box, in_reading_order, split_line, text_of
from archiveia.steps.regions import blocks_of, slope_of
from archiveia.values import Word

LETTER_PX, LINE_PX = 10, 20
PAGE_PX = (1400, 1600)
SPECK = "."


def lines(left, top, texts, pitch=30):
    """One line under another: what it says, and the left and the top of its box."""
    return [(text, left, top + pitch * number) for number, text in enumerate(texts)]


def prose(name, count, letters):
    """Lines of running text that fill their column, named by their first words."""
    return [(f"{name}{number} " + "mot " * letters)[: letters - 1] + "." for number in range(count)]


def set_askew(page, degrees=0.0):
    """The lines as an engine boxes them on a page that lies askew on the glass."""
    turn = math.radians(degrees)
    middle_x, middle_y = PAGE_PX[0] / 2, PAGE_PX[1] / 2
    segments = []
    for text, left, top in page:
        width = LETTER_PX * len(text)
        x, y = left + width / 2 - middle_x, top + LINE_PX / 2 - middle_y
        x, y = (
            middle_x + x * math.cos(turn) - y * math.sin(turn),
            middle_y + x * math.sin(turn) + y * math.cos(turn),
        )
        drop = round(width * math.sin(turn))
        height = LINE_PX + abs(drop)
        segments.append(
            split_line(
                text, Box(round(x - width / 2), round(y - height / 2), width, height), 0.9, drop_px=drop
            )
        )
    return segments


def specks(count):
    """What an engine makes of the grain of the paper."""
    chance = random.Random(7)
    return [
        (Word(SPECK, chance.randrange(PAGE_PX[0]), chance.randrange(PAGE_PX[1]), 3, 4, 0.1),)
        for _ in range(count)
    ]


def read(segments):
    """The first word of each line, in reading order."""
    said = text_of([word for word in in_reading_order(segments) if word.text != SPECK])
    return [line.split()[0] for line in said.split("\n") if line]


def names(name, count):
    """The first words of such lines."""
    return [f"{name}{number}" for number in range(count)]


TEXT = lines(40, 100, prose("t", 9, 80))
PAGES = {
    "two columns under a heading": (
        [
            ("GAZETTE DU DEPARTEMENT POUR L'ANNEE MIL NEUF CENT DIX", 400, 100),
            *lines(40, 160, prose("g", 8, 55)),
            *lines(700, 167, prose("d", 8, 55)),
        ],
        ["GAZETTE", *names("g", 8), *names("d", 8)],
    ),
    "a heading between two pairs of columns": (
        [
            *lines(40, 100, prose("a", 4, 55)),
            *lines(700, 100, prose("b", 4, 55)),
            ("DEUXIEME PARTIE DU JOURNAL, DU PREMIER AU TRENTE AVRIL", 400, 260),
            *lines(40, 320, prose("c", 4, 55)),
            *lines(700, 320, prose("d", 4, 55)),
        ],
        [*names("a", 4), *names("b", 4), "DEUXIEME", *names("c", 4), *names("d", 4)],
    ),
    "three columns": (
        [line for at, name in enumerate("abc") for line in lines(40 + 410 * at, 100, prose(name, 6, 38))],
        [*names("a", 6), *names("b", 6), *names("c", 6)],
    ),
    "a note in the left margin": (
        [*lines(300, 100, prose("t", 9, 80)), *lines(40, 160, ["Objet", "reparation", "du lavoir"])],
        ["Objet", "reparation", "du", *names("t", 9)],
    ),
    "a note in the right margin, beside the second paragraph": (
        [
            *TEXT,
            *lines(40, 430, prose("s", 8, 80)),
            *lines(900, 460, ["Approuve", "le prefet", "signe"], pitch=27),
        ],
        [*names("t", 9), "Approuve", "le", "signe", *names("s", 8)],
    ),
    "a table with numbers": (
        [
            cell
            for row in range(6)
            for cell in (
                (f"r{row} achat de" + " bois" * row, 40, 100 + 30 * row),
                (f"{row}2,50", 700, 100 + 30 * row),
                (f"{row}7,00", 900, 100 + 30 * row),
            )
        ]
        + lines(40, 320, prose("t", 9, 80)),
        [*names("r", 6), *names("t", 9)],
    ),
    "a header, a page number and a footnote": (
        [
            ("72", 40, 40),
            ("DROIT COUTUMIER", 500, 40),
            *TEXT,
            ("(1) Journal, 1850, 94.", 40, 480),
            ("- 4 -", 600, 560),
        ],
        ["72", *names("t", 9), "(1)", "-"],
    ),
    "a letterhead in two parts over a letter": (
        [
            *lines(40, 40, ["REPUBLIQUE FRANCAISE", "Departement de l'Ain", "Mairie de Saint-Aubin"]),
            *lines(800, 44, ["Saint-Aubin, le 3 mars", "Le maire", "a Monsieur le prefet de l'Ain"]),
            *lines(40, 220, prose("t", 9, 110)),
        ],
        ["REPUBLIQUE", "Departement", "Mairie", "Saint-Aubin,", "Le", "a", *names("t", 9)],
    ),
    "two signatures side by side": (
        [
            *TEXT,
            *lines(100, 450, ["Le maire,", "MARTIN"]),
            *lines(700, 450, ["Le secretaire,", "DURAND"]),
        ],
        [*names("t", 9), "Le", "MARTIN"],
    ),
    "a line that an engine tore in two": (
        [*TEXT, ("debut de la ligne qui suit", 40, 370), ("et sa fin", 340, 372)],
        [*names("t", 9), "debut"],
    ),
}
"""What stands on a page (text, left, top of each line), and the first words of its lines in reading order."""


@pytest.mark.parametrize("degrees", [0, -3, -1, 2, 3])
@pytest.mark.parametrize(("page", "order"), PAGES.values(), ids=PAGES)
def test_a_page_is_read_in_a_persons_order_however_it_lies(page, order, degrees):
    assert read(set_askew(page, degrees)) == order


@pytest.mark.parametrize("count", [10, 100])
@pytest.mark.parametrize(("page", "order"), PAGES.values(), ids=PAGES)
def test_specks_change_nothing_in_the_order_of_the_words(page, order, count):
    assert read([*specks(count), *set_askew(page)]) == order


def test_strokes_of_a_pen_beside_columns_are_no_column():
    columns = [*lines(100, 100, prose("g", 30, 55)), *lines(760, 100, prose("d", 30, 55))]
    strokes = lines(20, 300, ["il", "|"])
    order = [name for name in read(set_askew([*columns, *strokes])) if name not in {"il", "|"}]
    assert order == [name for name in [*names("g", 30), *names("d", 30)] if name in order]
    assert len(order) >= 58  # a stroke stands first in its line


def test_the_order_in_which_an_engine_finds_the_lines_does_not_matter():
    page, order = PAGES["two columns under a heading"]
    found = set_askew(page)
    random.Random(3).shuffle(found)
    assert read(found) == order


def test_lines_whose_boxes_overlap_are_read_one_after_the_other():
    # the boxes of an engine that leaves white around the ink, on a page typed without a space between lines
    tall = [split_line(text, Box(40, 100 + 22 * n, 800, 60), 0.9) for n, text in enumerate(prose("t", 6, 80))]
    assert read(reversed(tall)) == [f"t{n}" for n in range(6)]


def test_lines_of_a_page_that_curves_to_its_gutter_stay_whole():
    curved = [
        tuple(
            Word(f"m{line}.{at}", 40 + 100 * at, 100 + 30 * line + round(0.3 * at**2), 80, 20, 0.9)
            for at in range(10)
        )
        for line in range(6)
    ]
    assert read(curved) == [f"m{line}.0" for line in range(6)]


def test_the_slope_of_a_page_is_that_of_its_long_lines():
    page = set_askew(lines(40, 100, ["mot " * 20] * 9), 2)
    assert slope_of(page) == pytest.approx(math.tan(math.radians(2)), abs=0.002)


@pytest.mark.parametrize("segments", [[], [(Word("seul", 3, 4, 50, 20, 0.9),)]], ids=["none", "one word"])
def test_a_page_without_long_lines_lies_straight(segments):
    assert slope_of(segments) == 0


def test_a_steep_line_says_nothing_of_the_page():
    steep = tuple(Word("mot", 100 * at, 60 * at, 80, 20, 0.9) for at in range(6))
    assert slope_of([steep]) == 0


@pytest.mark.parametrize("seed", range(40))
def test_no_word_is_lost_or_read_twice_whatever_an_engine_finds(seed):
    chance = random.Random(seed)
    segments = [
        tuple(
            Word(
                f"{number}.{at}",
                left_px=chance.randrange(2000),
                top_px=chance.randrange(3000),
                width_px=chance.choice((1, 5, 80, 900)),
                height_px=chance.choice((1, 4, 20, 25, 400)),
                score=chance.random(),
            )
            for at in range(chance.randrange(5))
        )
        for number in range(chance.choice((1, 5, 60)))
    ]
    words = in_reading_order(segments)
    assert sorted(word.text for word in words) == sorted(
        word.text for segment in segments for word in segment
    )
    assert [word.block for word in words] == sorted(word.block for word in words)
    places = list(dict.fromkeys((word.block, word.line) for word in words))
    assert places == sorted(places)
    assert {line for _, line in places} <= set(range(1, len(words) + 1))


# --- paragraphs ---


@pytest.mark.parametrize(
    "pitch_px", [pytest.param(40, id="close lines"), pytest.param(75, id="a typewriter's wide lines")]
)
def test_paragraphs_are_parted_by_more_white_than_lines(pitch_px):
    tops = [100, 100 + pitch_px, 100 + 2 * pitch_px, 100 + 4 * pitch_px, 100 + 5 * pitch_px]
    lines = [split_line(f"ligne {row} du texte", Box(100, top, 700, 30), 0.9) for row, top in enumerate(tops)]
    assert [len(block) for block in blocks_of(lines)] == [3, 2]
