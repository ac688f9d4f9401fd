"""Where the name of a place ends: at the end of its column, or on the line below."""

from __future__ import annotations

import pytest

from archiveia.steps.describe import column_ends, describe
from archiveia.steps.describe.communes import Commune, Communes
from archiveia.steps.layout import text_of
from archiveia.values import Origin, OriginKind, Word

MODEL = Origin(OriginKind.MODEL, "spacy fr_core_news_md", "3.8.0")
LIST = Communes(
    [
        Commune("33063", "Bordeaux", "current", "33"),
        Commune("35253", "Saint-Aubin-du-Cormier", "current", "35"),
        Commune("73054", "Bourg-Saint-Maurice", "current", "73"),
        Commune("33067", "Bourg", "current", "33"),
        Commune("72181", "Le Mans", "current", "72"),
    ],
    {},
)


def line(*pieces: tuple[str, int], line=1, height_px=20):
    """Words of one line: (text, pixels of white before it)."""
    words, left = [], 0
    for text, before_px in pieces:
        left += before_px
        words.append(Word(text, left, line * 40, 10 * len(text), height_px, 0.9, 1, line))
        left += 10 * len(text)
    return words


def places(text, words=(), mentions=()):
    found = describe(
        [(1, text)],
        communes=LIST,
        ends={1: column_ends(text, words)},
        mentions={1: list(mentions)},
        mentions_origin=MODEL,
    )
    said = [a for a in found if a.field == "place"]
    assert all(text[a.evidence.start : a.evidence.end] == a.evidence.text for a in said)
    return [a.value for a in said]


@pytest.mark.parametrize(
    ("white_px", "expected"),
    [pytest.param(200, ["Bordeaux"], id="column"), pytest.param(20, ["Bordeaux Liberté"], id="space")],
)
def test_a_place_ends_where_its_column_ends(white_px, expected):
    words = line(("Canton", 0), ("de", 10), ("Bordeaux", 10), ("Liberté", white_px))
    text = text_of(words)
    assert places(text, words) == expected
    mention = ("place", text.index("Bordeaux"), len(text), "Bordeaux Liberté")
    assert places(text, words, [mention]) == expected


def test_what_a_model_finds_across_columns_is_cut_and_nothing_of_it_stays_that_is_no_name():
    words = [*line(("Vu", 0), ("Dinan", 10), ("Bureau", 300)), *line(("X", 0), ("Bureau", 300), line=2)]
    text = text_of(words)
    across = [("place", 3, 15, "Dinan Bureau"), ("place", 16, 24, "X Bureau")]
    assert places(text, words, across) == ["Dinan"]


def test_boxes_of_another_text_tell_nothing_of_this_one():
    assert column_ends("Canton de Dinan", line(("Canton", 0), ("de", 100), ("Vitré", 10))) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("COMMUNE DE SAINT-AUBIN-\nDU-CORMIER\nBureau", ["SAINT-AUBIN-DU-CORMIER"]),
        ("la commune de Saint-Aubin-du-\nCormier et", ["Saint-Aubin-du-Cormier"]),
        ("la commune de Saint\nAubin du Cormier", ["Saint Aubin du Cormier"]),
        ("la commune de Bourg-\nSaint-Maurice", ["Bourg-Saint-Maurice"]),
        ("la commune de Bourg\nSaint-Maurice", ["Bourg"]),
        ("MAIRIE DE BORDEAUX\nBureau des écoles", ["BORDEAUX"]),
        ("la commune de Saint-Aubin.\nDu Cormier", ["Saint-Aubin"]),
        ("COMMUNE DE SAINT-AUBIN\n\nDU CORMIER", ["SAINT-AUBIN"]),
    ],
)
def test_only_the_incomplete_name_of_a_commune_goes_on_below(text, expected):
    assert places(text) == expected
