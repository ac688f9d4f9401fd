from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from archiveia.errors import PageFailedError
from archiveia.steps.ocr import (
    Seen,
    best_turn,
    is_by_hand,
    is_poor,
    mean_score,
    on_the_page,
    parted,
    plausible_layer,
    real_share,
    state_of,
)
from archiveia.values import PageState, Word


def words(text, score=0.9):
    """A line of words, 10 pixels a letter, from the left of row 100."""
    found, left = [], 100
    for piece in text.split():
        found.append(Word(piece, left, 100, 10 * len(piece), 20, score))
        left += 10 * len(piece) + 10
    return found


SENTENCE = "Le conseil municipal de la commune, réuni le 12 mars 1954 sous la présidence du maire, délibère"


def state(found, ink=0.05, **seen: object):
    return state_of(Seen(found, **seen), ink, min_score=0.4, max_cer=0.35, blank_ink_share=0.002)


def lines(text, count, score=0.9):
    """The same line of words several times, one below the other."""
    return [
        replace(word, line=row, top_px=100 + 40 * row)
        for row in range(1, count + 1)
        for word in words(text, score)
    ]


def test_a_page_with_confident_words_is_text():
    assert state(words(SENTENCE)) == (PageState.TEXT, None)


def test_a_single_typed_line_is_text_however_little_ink_it_takes():
    assert state(words("Pour copie conforme"), ink=0.0005) == (PageState.TEXT, None)


def test_a_page_without_ink_is_blank():
    assert state([], ink=0.0) == (PageState.BLANK, None)


def test_specks_read_as_words_leave_the_page_blank():
    assert state(words("; . -", score=0.2), ink=0.001) == (PageState.BLANK, None)


def test_a_drawing_without_words_is_illegible():
    assert state([]) == (PageState.ILLEGIBLE, "aucun texte trouvé")


def test_a_page_whose_lines_run_down_it_stands_on_its_side_however_sure_its_short_words_are():
    upright = lines(SENTENCE, 6)
    on_end = [replace(w, width_px=w.height_px, height_px=w.width_px) for w in upright]
    assert not is_poor(upright)
    assert is_poor(on_end)
    short = lines("les des une par son ils", 6)
    assert is_poor([*on_end, *short])


def test_lines_read_without_confidence_are_handwriting():
    found, reason = state(lines(SENTENCE, 4, score=0.25))
    assert found is PageState.HANDWRITTEN
    assert reason == "écriture manuscrite (lecture peu sûre : 25 %)"


def test_lines_on_a_grainy_page_may_as_well_be_damaged_print():
    found, reason = state(lines(SENTENCE, 4, score=0.25), is_grainy=True)
    assert found is PageState.ILLEGIBLE
    assert reason == "lecture peu sûre (25 %) : page abîmée ou manuscrite"


def test_a_page_that_neither_engine_can_read_is_handwritten_however_sure_they_are_of_some_words():
    assert state(lines(SENTENCE, 4, score=0.5), by_hand=True)[0] is PageState.HANDWRITTEN


def test_handwriting_is_what_both_engines_are_unsure_of():
    unsure, sure = words(SENTENCE, 0.3), words(SENTENCE, 0.9)
    assert is_by_hand(unsure, unsure)
    assert is_by_hand(unsure, [])
    assert not is_by_hand(sure, unsure)
    assert not is_by_hand(unsure, sure)


def test_a_page_with_too_many_letters_probably_wrong_is_illegible():
    assert state(words(SENTENCE), cer=0.5) == (PageState.ILLEGIBLE, "environ 50 % de lettres fausses")
    assert state(words(SENTENCE), cer=0.2) == (PageState.TEXT, None)


def test_lines_too_unsure_to_be_print_are_told_from_the_others():
    print_, stamp = words(SENTENCE, 0.9), words("PREFECTVRE", 0.1)
    assert parted([*print_, *stamp]) == (tuple(print_), tuple(stamp))


def test_a_few_shapes_without_one_sure_word_are_illegible():
    assert state(words("ne tu vas", score=0.45))[0] is PageState.ILLEGIBLE
    assert state([*words("ne tu vas", score=0.45), *words("maire")])[0] is PageState.TEXT


def test_confident_nonsense_is_illegible():
    found, reason = state(words("|~|=;: _)(§ ]]} #/^ {{|>", score=0.9))
    assert found is PageState.ILLEGIBLE
    assert reason == "les caractères lus ne forment pas des mots"


def test_the_mean_score_counts_long_words_more():
    assert mean_score([*words("a", score=0.0), *words("bcd", score=1.0)]) == pytest.approx(0.75)
    assert mean_score([]) is None


@pytest.mark.parametrize(
    "text",
    ["maire", "«commune»,", "l'œuvre", "M.", "12,50", "1er", "03/04/1954", "Saint-Étienne", "N°", "(Loire)"],
)
def test_words_and_numbers_of_french_records_are_real(text):
    assert real_share(words(text)) == 1.0


@pytest.mark.parametrize("text", ["rtgbl", "|~|", "a]b[c", "§§", "x7k9"])
def test_noise_is_not_real(text):
    assert real_share(words(text)) == 0.0


# --- which way up ---


def test_a_good_reading_is_not_poor():
    assert not is_poor(words(SENTENCE))


@pytest.mark.parametrize(
    "found", [[], words(SENTENCE, 0.3), words("Vu")], ids=["nothing", "unsure", "few words"]
)
def test_a_page_that_reads_badly_may_be_turned(found):
    assert is_poor(found)


def test_lines_that_run_up_the_page_do_not_count_as_a_good_reading():
    standing = [Word(w.text, 100, w.left_px, 20, w.width_px, 0.95) for w in words(SENTENCE)]
    assert is_poor(standing)
    assert best_turn(standing, {90: [], 180: [], 270: words(SENTENCE)}) == 270


def test_the_turn_that_reads_clearly_better_wins():
    assert best_turn(words("i l ;", 0.3), {90: [], 180: words(SENTENCE), 270: words("Vu le")}) == 180


def test_a_turn_that_is_only_a_little_better_is_not_made():
    assert best_turn(words(SENTENCE), {180: [*words(SENTENCE), *words("mairie")]}) == 0
    assert best_turn([], {180: words("non")}) == 0
    assert best_turn([], {}) == 0


# --- a PDF's own text ---


def ink_under(found, more=()):
    """The coarse mask (one cell for four pixels) of a page of 1200 x 400 pixels with ink in these boxes."""
    ink = np.zeros((100, 300), bool)
    for box in [*((w.left_px, w.top_px, w.width_px, w.height_px) for w in found), *more]:
        left, top, width, height = (side // 4 for side in box)
        ink[top : top + height, left : left + width] = True
    return ink


def plausible(found, ink):
    return plausible_layer(found, ink, width_px=1200, height_px=400)


def test_a_layer_that_covers_the_ink_with_words_is_used():
    layer = words(SENTENCE)
    assert plausible(layer, ink_under(layer))


def test_a_layer_that_holds_only_a_stamp_is_not_used():
    stamp = words("Reçu en préfecture")
    assert not plausible(stamp, ink_under(stamp, more=[(100, 200, 1000, 150)]))


def test_a_layer_that_lies_beside_the_ink_is_not_used():
    assert not plausible(words(SENTENCE), ink_under([], more=[(100, 300, 400, 40)]))


@pytest.mark.parametrize(
    "text",
    [
        "(cid:12)(cid:7) (cid:33)(cid:4)",
        "aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa",
        "\ue001\ue002\ue003 \ue004\ue005",
        "�� ��� ����",
        "xkcd fghj qwrt zxcv bnmp",
        "",
    ],
)
def test_a_layer_of_font_codes_is_not_used(text):
    layer = words(text)
    assert not plausible(layer, ink_under(layer))


def test_boxes_outside_of_the_page_do_no_harm():
    outside = [Word("commune", -500, -500, 100, 20, 1.0), Word("maire", 5000, 5000, 100, 20, 1.0)]
    assert not plausible(outside, ink_under([], more=[(100, 100, 100, 100)]))


def test_a_layer_on_a_page_without_ink_is_not_believed():
    words = [Word(text, 10, 10, 50, 20, 1.0) for text in ("commune", "conseil", "maire")]
    assert not plausible(words, ink_under([]))


# --- what an engine may give ----------------------------------------------------------------------


def cleaned(*given: Word) -> tuple[Word, ...]:
    return on_the_page(given, width_px=100, height_px=50)


def test_a_box_that_sticks_out_of_the_page_is_cut_off():
    (word,) = cleaned(Word("maire", -3, 45, 110, 9, 0.8))
    assert (word.left_px, word.top_px, word.width_px, word.height_px) == (0, 45, 100, 5)
    (edge,) = cleaned(Word("maire", 100, 50, 0, 0, 0.8))
    assert (edge.left_px, edge.top_px, edge.width_px, edge.height_px) == (99, 49, 1, 1)


def test_characters_that_print_nothing_are_left_out():
    assert [w.text for w in cleaned(*(Word(t, 1, 1, 5, 5, 0.9) for t in ("a\0b\x1f", "\ud800", "œ€")))] == [
        "ab",
        "œ€",
    ]


@pytest.mark.parametrize(
    "word",
    [
        pytest.param(Word("x", 101, 0, 5, 5, 0.9), id="right of the page"),
        pytest.param(Word("x", 0, -9, 5, 5, 0.9), id="above the page"),
        pytest.param(Word("x", 0, 10**12, 5, 5, 0.9), id="far below"),
        pytest.param(Word("x", 10, 10, -5, 5, 0.9), id="negative width"),
        pytest.param(Word("x", 10, 10, 5, 5, float("nan")), id="a score that is no number"),
        pytest.param(Word("x", 10, 10, 5, 5, 1.5), id="surer than sure"),
    ],
)
def test_a_word_that_cannot_be_fails_the_page(word):
    with pytest.raises(PageFailedError, match=r"gave a word that cannot be \(-?\d+ x 5 at .* score"):
        cleaned(Word("bon", 1, 1, 5, 5, 0.9), word)
