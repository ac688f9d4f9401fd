from __future__ import annotations

from dataclasses import replace

import pytest

from archiveia.steps.fusion import fused, is_known, unknown_share
from archiveia.steps.layout import Box, in_reading_order, split_line, text_of

LEXICON = frozenset(
    {"le", "conseil", "municipal", "délibère", "avec", "la", "commune", "arc", "hôtel", "dieu", "ville"}
)


def page(*lines: str, score=0.9, down_px=0):
    """One line of words every 50 pixels."""
    return in_reading_order(
        split_line(line, Box(100, 100 + 50 * row + down_px, 20 * len(line), 30), score)
        for row, line in enumerate(lines)
    )


def text(first, second):
    return text_of(fused(first, second, LEXICON).words)


def test_a_word_that_the_lexicon_knows_replaces_one_that_it_does_not():
    assert (
        text(page("le conseil avee la commune"), page("le conseil avec la oommune"))
        == "le conseil avec la commune"
    )


def test_a_known_word_stays_whatever_the_second_engine_read():
    assert text(page("le conseil municipal"), page("le conscil rnunicipal")) == "le conseil municipal"


def test_words_that_nobody_knows_stay_as_the_first_engine_read_them():
    assert text(page("Ploumanac’h 1954"), page("Ploumanaeh 1951")) == "Ploumanac’h 1954"


def test_a_word_cut_in_two_is_replaced_by_the_whole_one():
    assert text(page("le conseil muni cipal"), page("le conseil municipal")) == "le conseil municipal"


def test_two_words_run_together_are_parted():
    assert text(page("le conseilmunicipal délibère"), page("le conseil municipal délibère")) == (
        "le conseil municipal délibère"
    )


def test_something_else_in_the_same_place_replaces_nothing():
    assert text(page("Xzwq"), page("commune")) == "Xzwq"


def test_each_line_is_compared_with_the_words_that_stand_on_it():
    first = page("le conseil avee", "la oommune")
    second = page("le conseil avec", "la commune", down_px=4)
    assert text(first, second) == "le conseil avec\nla commune"


def test_words_where_the_first_engine_saw_no_line_are_left_out():
    assert text(page("le conseil"), page("le conseil", "la commune")) == "le conseil"


def test_a_sloping_line_keeps_its_words():
    first = tuple(
        replace(word, top_px=word.top_px + word.left_px // 20) for word in page("le conseil avee la commune")
    )
    second = tuple(
        replace(word, top_px=word.top_px + word.left_px // 20) for word in page("le conseil avec la commune")
    )
    assert text(first, second) == "le conseil avec la commune"


def test_a_replaced_word_has_its_own_box_and_the_line_of_the_reading():
    first, second = page("le conseil avee"), page("le conseil avec", down_px=3)
    word = fused(first, second, LEXICON).words[2]
    assert (word.text, word.top_px, word.block, word.line) == ("avec", 103, 1, 1)


@pytest.mark.parametrize(
    ("second", "least", "most"),
    [
        pytest.param("le conseil municipal", 0, 0, id="the same"),
        pytest.param("le conseil nunicipal", 0.04, 0.06, id="one letter of twenty"),
        pytest.param("", 1, 1, id="nothing"),
    ],
)
def test_the_difference_tells_how_far_the_engines_agree(second, least, most):
    assert least <= fused(page("le conseil municipal"), page(second), LEXICON).difference <= most


def test_typographic_signs_are_no_difference():
    assert fused(page("l’arc « la ville »"), page('l\'arc "la ville"'), LEXICON).difference < 0.2
    assert fused(page("l’arc"), page("l'arc"), LEXICON).difference == 0


def test_a_page_without_words_stays_empty():
    assert fused((), page("le conseil"), LEXICON) == ((), 0.0)


@pytest.mark.parametrize("word", ["Conseil,", "l’arc", "L'ARC", "«ville»", "hôtel-dieu", "qu’avec"])
def test_punctuation_case_and_elision_do_not_hide_a_word(word):
    assert is_known(word, LEXICON) is True


@pytest.mark.parametrize("word", ["1954", "n°12", "—", "..."])
def test_numbers_and_signs_are_neither_known_nor_unknown(word):
    assert is_known(word, LEXICON) is None


def test_the_unknown_share_counts_letters_and_no_numbers():
    assert unknown_share(page("le oonseil 19541954"), LEXICON) == pytest.approx(7 / 9)
    assert unknown_share(page("1954"), LEXICON) == 0
