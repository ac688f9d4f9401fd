from __future__ import annotations

from archiveia.steps.layout import (
    Box,
    by_lines,
    in_reading_order,
    scaled,
    split_line,
    text_of,
    word_spans,
)
from archiveia.values import Word


def word(text, left=0, top=0, *, block=1, line=1):
    return Word(text, left, top, 10 * len(text), 20, 0.9, block, line)


WORDS = (
    word("Le", 0, 0),
    word("maire", 30, 0),
    word("expose", 0, 30, line=2),
    word("Vu", 0, 90, block=2),
)


def test_the_text_has_a_newline_after_each_line_and_an_empty_line_after_each_block():
    assert text_of(WORDS) == "Le maire\nexpose\n\nVu"


def test_every_span_gives_back_its_word():
    text = text_of(WORDS)
    assert [text[start:end] for start, end in word_spans(WORDS)] == [w.text for w in WORDS]


def test_no_words_make_an_empty_text():
    assert text_of(()) == ""
    assert word_spans(()) == []


def test_boxes_follow_a_change_of_size_and_never_vanish():
    assert scaled([Word("a", 10, 20, 1, 40, 0.5)], 0.25) == (Word("a", 2, 5, 1, 10, 0.5),)


def test_a_line_boxed_as_a_whole_is_split_in_proportion():
    assert split_line("au  feu", Box(100, 5, 70, 20), 0.8) == (
        Word("au", 100, 5, 20, 20, 0.8),
        Word("feu", 140, 5, 30, 20, 0.8),
    )


def column(left, texts, top=100):
    return [split_line(text, Box(left, top + 30 * i, 400, 20), 1.0) for i, text in enumerate(texts)]


def test_two_columns_under_a_heading_are_read_one_after_the_other():
    left = column(0, ["un", "deux", "trois", "quatre"])
    right = column(500, ["cinq", "six", "sept", "huit"])
    heading = split_line("TITRE DU JOURNAL", Box(0, 60, 900, 20), 1.0)
    words = in_reading_order([*right, *left, heading])
    assert text_of(words).split() == [
        "TITRE",
        "DU",
        "JOURNAL",
        "un",
        "deux",
        "trois",
        "quatre",
        "cinq",
        "six",
        "sept",
        "huit",
    ]


def test_columns_that_are_less_than_a_line_apart_are_still_columns():
    left = column(0, ["un", "deux", "trois", "quatre"])
    right = column(412, ["cinq", "six", "sept", "huit"])
    assert text_of(in_reading_order([*right, *left])).split() == [
        "un",
        "deux",
        "trois",
        "quatre",
        "cinq",
        "six",
        "sept",
        "huit",
    ]


def test_a_table_is_read_row_by_row():
    rows = [
        split_line(text, Box(left, 30 * row, width, 20), 1.0)
        for row in range(4)
        for left, width, text in ((0, 400, f"article{row}"), (900, 50, f"{row},00"))
    ]
    assert text_of(in_reading_order(reversed(rows))).split("\n")[0] == "article0 0,00"


def test_white_between_lines_begins_a_new_block():
    words = in_reading_order(
        [split_line("haut", Box(0, 0, 40, 20), 1.0), split_line("bas", Box(0, 60, 30, 20), 1.0)]
    )
    assert text_of(words) == "haut\n\nbas"


def test_words_of_a_slightly_slanted_line_stay_in_one_line():
    line = [split_line(f"mot{i}", Box(100 * i, 2 * i, 80, 20), 1.0) for i in range(4)]
    assert text_of(in_reading_order(line)) == "mot0 mot1 mot2 mot3"


def test_no_segments_give_no_words():
    assert in_reading_order([]) == ()


def test_lines_drawn_in_any_order_are_read_from_the_top():
    drawn = [word("pied", top=500), word("de", 60, 500), word("titre", top=40, line=2)]
    assert text_of(in_reading_order(by_lines(drawn))) == "titre\n\npied de"
