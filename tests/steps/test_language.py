from __future__ import annotations

import pytest

from archiveia.steps.language import language_by_words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Le maire de la commune décide que les travaux du lavoir seront faits par la ville et pour elle",
            "fr",
        ),
        (
            "Anno domini, die tertia, in ecclesia baptizatus est Petrus, et item qui supra cum patre non est",
            "la",
        ),
        ("Der Bürgermeister und die Gemeinde haben den Plan mit dem Amt in der Stadt nicht ein", "de"),
        ("The council of the town has given to the school that which was asked for by the parents", "en"),
    ],
)
def test_little_words_tell_the_language(text: str, language: str):
    found = language_by_words(text)
    assert found is not None
    assert found[0] == language


@pytest.mark.parametrize("text", ["", "1 240,00", "MARTIN DURAND LEFEBVRE Dinan Vitré Redon", "le maire"])
def test_nothing_is_asserted_without_little_words(text: str):
    assert language_by_words(text) is None
