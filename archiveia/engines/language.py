"""The language of a text, among those that French archives hold."""

from __future__ import annotations

from math import exp, sqrt

LANGUAGES = frozenset({"fr", "la", "de", "en", "es", "it", "ca", "oc", "br", "eu", "nl", "pt"})
"""The languages worth telling apart here; fewer candidates make fewer errors on short or noisy text."""

MIN_LETTERS = 20
MIN_SCORE = 0.8
"""Under this share of the probability nothing is asserted: wrong answers on short French lie below."""


def detect_language(text: str) -> tuple[str, float] | None:
    """The ISO 639-1 code and its score (0-1); ``None`` when the text is too short or the answer unsure."""
    letters = sum(map(str.isalpha, text))
    if letters < MIN_LETTERS:
        return None
    import py3langid

    lowered = text.lower()
    ranked = [(code, score) for code, score in py3langid.rank(lowered) if code in LANGUAGES]
    best_code, best = ranked[0]
    # The log-likelihoods grow with the text; their square-root scale keeps long texts from all being "sure".
    shares = sum(exp((score - best) / sqrt(len(lowered.encode()))) for _, score in ranked)
    score = 1 / shares
    return (str(best_code), float(score)) if score >= MIN_SCORE else None


def language_version() -> str:
    """The version of the library, for the origin of the assertion."""
    from importlib.metadata import version

    return version("py3langid")
