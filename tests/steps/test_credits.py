from __future__ import annotations

import pytest

from archiveia.edges.contracts import load_digitisation_credits
from archiveia.steps.credits import without_credits
from archiveia.steps.layout import Box, in_reading_order, split_line, text_of

CREDIT = "Source gallica.bnf.fr / Bibliothèque nationale de France. Département des Manuscrits. NAF 12345"


def parted(*lines: tuple[int, str]):
    """The text kept and left out of a page 2,000 pixels high, given (top, text) of each line."""
    words = in_reading_order(split_line(text, Box(100, top, 15 * len(text), 25), 0.9) for top, text in lines)
    kept, left_out = without_credits(words, load_digitisation_credits(), height_px=2000)
    return text_of(kept), text_of(left_out)


@pytest.mark.parametrize("top", [30, 1950])
def test_the_line_of_a_digital_library_at_the_edge_is_left_out(top):
    kept, left_out = parted((1000, "Le conseil municipal délibère"), (top, CREDIT))
    assert kept == "Le conseil municipal délibère"
    assert left_out == CREDIT


@pytest.mark.parametrize(
    "credit", ["Source galica.bnf.fr / Bibliothèque nationale de Franc", "gallica. bnf.fr"]
)
def test_a_credit_read_with_errors_is_left_out_too(credit):
    assert parted((1950, credit)) == ("", credit)


def test_a_document_that_names_the_library_keeps_the_line():
    said = "La Bibliothèque nationale de France met sur gallica.bnf.fr les journaux de la ville"
    assert parted((900, said)) == (said, "")


def test_a_sentence_at_the_edge_about_the_library_stays():
    said = "déposés à la Bibliothèque nationale de France par le maire"
    assert parted((1950, said)) == (said, "")
