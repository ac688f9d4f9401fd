from __future__ import annotations

import numpy as np
import pytest

from archiveia.engines.ocr import open_engine
from archiveia.settings import read_settings
from archiveia.steps.layout import text_of
from archiveia.values import PageImage

from .pages import printed

pytest.importorskip("rapidocr", reason="extra ppocr is not installed")


@pytest.fixture(scope="module")
def engine():
    return open_engine("ppocr", read_settings())


def test_columns_are_read_one_after_the_other(engine):
    page = printed("La mairie\nest ouverte\nle matin", "Le marché\nest ouvert\nle jeudi")
    (text,) = engine.read([page])
    assert text_of(text.words).split() == (
        ["La", "mairie", "est", "ouverte", "le", "matin", "Le", "marché", "est", "ouvert", "le", "jeudi"]
    )
    assert all(0.5 < word.score <= 1 for word in text.words)
    assert text.words[-1].left_px > 600


def test_an_empty_page_has_no_words(engine):
    assert engine.read([PageImage(1, np.full((400, 300), 255, np.uint8))])[0].words == ()


def test_a_large_page_is_seen_in_bands_and_found_whole():
    from archiveia.engines.ocr_ppocr import in_bands

    page = np.random.default_rng(1).random((1, 3, 2720, 64), np.float32)
    seen = []

    def network(part):
        seen.append(part.shape[2])
        return part[:, :1]

    assert (in_bands(network)(page) == page[:, :1]).all()
    assert seen == [1056, 1184, 992]
    assert all(height % 32 == 0 for height in seen)
