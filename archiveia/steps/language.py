"""The language of a text by its little words, without a model."""

from __future__ import annotations

from archiveia.steps.folding import fold_tokens

_LITTLE_WORDS = {
    "fr": "le la les de des du d l un une et est en dans que qui au aux par pour sur ce il sera ont nous",
    "la": "et in ad cum non est qui quod sunt anno die eius dicti dicta pro per ex sub domini item vel",
    "de": "der die das und den von zu mit sich ist nicht ein eine auf dem des fur im wird wurde",
    "en": "the of and to in is that it was for on with as be by this are from which have",
    "es": "el la los las de y que en un una del se por con no para su al es como",
    "it": "il lo la gli di e che un una della del per con non sono alla nel dei si le",
}
_WORDS = {language: frozenset(words.split()) for language, words in _LITTLE_WORDS.items()}
_FEWEST = 5
"""On fewer little words nothing is asserted."""
_LEAST_SHARE = 0.15
_LEAST_LEAD = 1.3
"""Neighbouring languages share little words: the first must have so many times those of the second."""


def language_by_words(text: str) -> tuple[str, float] | None:
    """The ISO 639-1 code and the share of the little words that are its own; ``None`` where none stands out."""
    tokens = fold_tokens(text)
    counts = {language: sum(t in words for t in tokens) for language, words in _WORDS.items()}
    (best, count), (_, second) = sorted(counts.items(), key=lambda pair: -pair[1])[:2]
    if count < _FEWEST or count < _LEAST_SHARE * len(tokens) or count < _LEAST_LEAD * second:
        return None
    return best, count / (count + second)
