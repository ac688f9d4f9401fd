"""A line is cut into its words where the cut is sure, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from archiveia.steps.word_cuts import cut_line, is_named


def line(*runs: tuple[int, int], width: int = 200) -> np.ndarray:
    """The ink of a line, full between these columns."""
    ink = np.zeros((30, width), dtype=bool)
    for left, right in runs:
        ink[10:20, left:right] = True
    return ink


def letters(text: str, pitch: int = 8, space: int = 12) -> np.ndarray:
    """The ink of a text whose letters are all as wide, with a gap of 2 between them."""
    runs, x = [], 10
    for letter in text:
        if letter == " ":
            x += space
            continue
        runs.append((x, x + pitch - 2))
        x += pitch
    return line(*runs, width=x + 10)


def test_a_line_is_cut_at_its_widest_gaps():
    words = cut_line(letters("le conseil municipal"), "le conseil municipal")
    assert [word.text for word in words] == ["le", "conseil", "municipal"]
    assert [(word.left_px, word.right_px) for word in words] == [(10, 24), (38, 92), (106, 176)]
    assert {(word.top_px, word.bottom_px) for word in words} == {(10, 20)}


def test_a_line_with_fewer_gaps_than_spaces_gives_nothing():
    assert cut_line(letters("leconseil municipal"), "le conseil municipal") == ()


def test_gaps_that_do_not_stand_out_give_nothing():
    assert cut_line(letters("le conseil municipal", space=0), "le conseil municipal") == ()


def test_words_of_other_widths_than_their_letters_ask_for_give_nothing():
    assert cut_line(letters("municipal conseil le"), "le conseil municipal") == ()


def test_a_thin_space_before_a_sign_does_not_make_two_words():
    ink = letters("objet : la caserne", space=12)
    assert [word.text for word in cut_line(ink, "objet: la caserne")] == ["objet:", "la", "caserne"]


@pytest.mark.parametrize("text", ["", "  ", "mot"])
def test_a_line_without_ink_has_no_word(text: str):
    assert cut_line(np.zeros((20, 50), dtype=bool), text) == ()


def test_a_line_of_one_word_is_that_word():
    assert [word.text for word in cut_line(letters("mairie"), "mairie")] == ["mairie"]


def test_a_star_stands_for_any_characters():
    assert is_named("corpus/page_12", ["other/*", "corpus/page*"])
    assert not is_named("corpus/page_12", ["page*", "Corpus/*"])
