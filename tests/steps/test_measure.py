from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from archiveia.steps.measure import (
    NOTHING_READ,
    Errors,
    comparable,
    letter_errors,
    lines,
    marks_in,
    median_rate,
    pooled,
    rank_correlation,
    rate_interval,
    transcribed_lines,
    transcription,
    word_errors,
)

# --- what is compared ---


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param(unicodedata.normalize("NFD", "délibération à Ÿ"), "délibération à Ÿ", id="NFC"),
        pytest.param("ſoixante ﬁn ﬂeur aﬀaire eﬃcace aﬄuent preﬅ chriﬆ", None, id="ligatures"),
        pytest.param("l’an d‘un aujourd`hui d´or", "l'an d'un aujourd'hui d'or", id="apostrophes"),
        pytest.param("«oui» “non” „si‟", '"oui" "non" "si"', id="quotation marks"),
        pytest.param("1900–1910 — a ‐ b ‑ − \u00ad", "1900-1910 - a - b - - -", id="dashes"),
        pytest.param(" le\tmaire\n\n du\u00a0lieu\u202f: \n", "le maire du lieu :", id="white space"),
    ],
)
def test_what_does_not_count_is_made_one(text, same):
    same = same or "soixante fin fleur affaire efficace affluent prest christ"
    assert comparable(text) == same
    assert comparable(same) == same


@pytest.mark.parametrize("text", ["œuvre Œ æ", "Été été ETE", "M. le Maire, etc. ; (sic) !", "ç ÿ ï", "&"])
def test_case_accents_punctuation_and_spelling_count(text):
    assert comparable(text) == text


def test_a_hyphen_of_the_transcription_is_a_hyphen_at_a_line_end_only():
    assert transcription("con¬\nseil mu¬  \nnicipal non ¬ ici¬") == "con- seil mu- nicipal non ¬ ici-"


def test_marks_are_removed_where_they_are_known_to_be_marks():
    text = "_Le _maire ~~~ ~~~ M^me a⟦t⟧ ⟦⟧ fin"
    assert transcription(text, ("~~~", "_", "^")) == "Le maire Mme at fin"
    assert transcription(text) == "_Le _maire ~~~ ~~~ M^me at fin"


def test_a_reading_keeps_what_would_be_a_mark_in_a_transcription():
    assert comparable("a_b^c ~~~ con¬\n⟦d⟧") == "a_b^c ~~~ con¬ ⟦d⟧"


def test_the_lines_of_a_text_make_its_comparable_text():
    text = "Mairie  de\n\n « Dinan »\r\nle_ 6 avri¬\n1923\n"
    assert lines(text) == ["Mairie de", '" Dinan "', "le_ 6 avri¬", "1923"]
    assert " ".join(lines(text)) == comparable(text)
    assert transcribed_lines(text, ("_",)) == ["Mairie de", '" Dinan "', "le 6 avri-", "1923"]
    assert " ".join(transcribed_lines(text, ("_",))) == transcription(text, ("_",))


def test_a_readme_names_marks_between_backquotes():
    assert marks_in("`_` before each underlined word, `~~~` for a handwritten one") == ("~~~", "_")
    assert marks_in("files are `page_1.jpg`, columns `Col_1`, a ^ b") == ()


# --- error rates ---


def test_the_letters_to_change_are_counted():
    assert letter_errors("le conseil municipal", "le conseil municipal") == Errors(0, 20)
    assert letter_errors("le conseii municpal.", "le conseil municipal") == Errors(3, 20)
    assert letter_errors("", "mairie") == Errors(6, 6)
    assert letter_errors("séance 🖋", "seance") == Errors(3, 6)


def test_the_words_to_change_are_counted_with_their_punctuation():
    assert word_errors("le maire de Lyon", "le maire, de la ville") == Errors(3, 5)


def reference_distance(found, truth):
    row = list(range(len(truth) + 1))
    for i, a in enumerate(found, start=1):
        last, row[0] = row[0], i
        for j, b in enumerate(truth, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def test_the_distance_is_that_of_the_textbook():
    random = np.random.default_rng(3)
    for _ in range(50):
        found, truth = ("".join(random.choice(list("abcé "), size)) for size in random.integers(0, 90, 2))
        assert letter_errors(found, truth) == Errors(reference_distance(found, truth), len(truth))


def test_an_empty_transcription_has_no_rate():
    assert letter_errors("taches", "") == Errors(6, 0)
    assert Errors(6, 0).rate is None
    assert median_rate([Errors(6, 0)]) is None


def test_long_pages_weigh_more_in_the_pooled_rate_and_not_in_the_median():
    pages = [Errors(1, 10), Errors(0, 1000), Errors(3, 10)]
    assert pooled(pages) == Errors(4, 1020)
    assert median_rate(pages) == 0.1


def test_an_interval_holds_the_pooled_rate_and_narrows_with_more_pages():
    few = [Errors(edits, 100) for edits in (1, 2, 9, 30)]
    low, high = rate_interval(few, seed=1)
    assert low < pooled(few).rate < high
    assert (low, high) == rate_interval(few, seed=1)
    many_low, many_high = rate_interval(few * 25, seed=1)
    assert many_high - many_low < (high - low) / 3


@pytest.mark.parametrize("pages", [[], [Errors(1, 10)], [Errors(1, 10), Errors(2, 0)]])
def test_one_page_has_no_interval(pages):
    assert rate_interval(pages, seed=1) is None


def test_a_page_without_letters_does_not_break_an_interval():
    assert rate_interval([Errors(5, 0), Errors(1, 10), Errors(1, 10)], seed=1)[0] == pytest.approx(0.1)


def test_ranks_agree_whatever_the_scale():
    assert rank_correlation([0.1, 0.2, 0.9], [1.0, 40.0, 41.0]) == pytest.approx(1.0)
    assert rank_correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1.0)
    assert rank_correlation([0.5, 0.5], [0.1, 0.2]) is None
    assert rank_correlation([], []) is None


def test_nothing_read_is_over_any_rate_of_an_engine_that_reads():
    assert Errors(82, 100).rate < NOTHING_READ < Errors(96, 100).rate
