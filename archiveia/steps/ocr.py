"""What a reading is worth: is the page upright, is it text, blank or illegible, is a PDF's own text good?

The thresholds come from the 98 shared pages (``bench/ocr_baseline.py``). Mean confidence of Tesseract: print
and typescript from 0.50 up, handwriting up to 0.31. Of PP-OCR: typescript from 0.74 up but for one page half
written by hand (0.41), handwriting up to 0.47.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from archiveia.errors import PageFailedError
from archiveia.values import PageState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from archiveia.values import Word

_REAL = re.compile(
    r"""[^\w]*(?:                       # a real word, with the punctuation around it:
        (?:[^\W\d_]{1,6}['’])?          # elided: l', qu', jusqu'
        (?=[^\W\d_]*[aeiouyàâäæéèêëîïôöœùûüÿ])[^\W\d_]+(?:['’.\-][^\W\d_]*)*  # letters with a vowel
        | [^\W\d_]{1,2}                 # or an abbreviation: M, Dr
        | \d+(?:[.,:/\-]\d+)* (?:er|o|°|e|ème|h|f|fr)?  # or a number, a date, an hour, a sum
        )[^\w]*""",
    re.IGNORECASE | re.VERBOSE,
)
_CONFIDENT = 0.6
"""A word below this is no witness for the side that is up."""
_FEW_LETTERS = 40
"""A page with fewer confident letters than this may be on its side."""
_POOR_SCORE = 0.65
_LEAST_REAL = 0.5
"""Share of letters in real words below which a text is noise."""
LEAST_COVERED = 0.6
"""Share of the page's ink that a page's words account for: more than a stamp or a heading."""
_SURE_LINE = 0.26
"""A line of print below this is none: a stamp, a note by hand, the grain of the paper."""
_HAND_SCORES = (0.55, 0.45)
"""Below both of these mean scores, of PP-OCR and of Tesseract, a page is handwritten."""
_HAND_LINES = 3
"""Fewer lines than this are too few to tell handwriting from a drawing."""
_LEAST_INKED = 0.7
"""Share of a layer's words that must lie on ink: a layer that is shifted or turned fails here."""


_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that print nothing: neither XML nor a database takes them all."""


# --- words --------------------------------------------------------------------------------------


def on_the_page(words: Sequence[Word], *, width_px: int, height_px: int) -> tuple[Word, ...]:
    """The words of an engine without unprintable characters, what sticks out of the page cut off.

    Raises:
        PageFailedError: a word that cannot be on this page, or a score that is none. The engine is at
            fault, and names would be blacked out in the wrong place.
    """
    kept = []
    for word in words:
        right, bottom = word.left_px + word.width_px, word.top_px + word.height_px
        outside = word.left_px > width_px or word.top_px > height_px or right < 0 or bottom < 0
        if outside or min(word.width_px, word.height_px) < 0 or not 0 <= word.score <= 1:
            box = f"{word.width_px} x {word.height_px} at {word.left_px}, {word.top_px}"
            raise PageFailedError(
                f"the OCR engine gave a word that cannot be ({box} px, score {word.score:g})",
                "read it with another engine (ARCHIVEIA_OCR_ENGINE)",
            )
        left, top = (min(max(0, word.left_px), width_px - 1), min(max(0, word.top_px), height_px - 1))
        size = {
            "width_px": max(1, min(right, width_px) - left),
            "height_px": max(1, min(bottom, height_px) - top),
        }
        if text := _NO_TEXT.sub("", word.text).strip():
            kept.append(replace(word, text=text, left_px=left, top_px=top, **size))
    return tuple(kept)


def letters(words: Sequence[Word]) -> int:
    """How many characters the words have."""
    return sum(len(word.text) for word in words)


def unsure_share(words: Sequence[Word]) -> float:
    """The share of the characters in words that an engine is not confident of."""
    unsure = sum(len(word.text) for word in words if word.score < _CONFIDENT)
    return unsure / letters(words) if unsure else 0.0


def parted(words: Sequence[Word]) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The words of a page of print, and those that PP-OCR is too unsure of for them to be print."""
    sure = tuple(word for word in words if word.score >= _SURE_LINE)
    return sure, tuple(word for word in words if word.score < _SURE_LINE)


def is_by_hand(by_ppocr: Sequence[Word], by_tesseract: Sequence[Word]) -> bool:
    """Whether neither engine can read the lines that are there: the page is handwritten."""
    scores = mean_score(by_ppocr) or 0.0, mean_score(by_tesseract) or 0.0
    return scores[0] < _HAND_SCORES[0] and scores[1] < _HAND_SCORES[1]


def mean_score(words: Sequence[Word]) -> float | None:
    """The mean confidence of the words weighted by their length; ``None`` without words."""
    total = letters(words)
    return sum(len(word.text) * word.score for word in words) / total if total else None


def real_share(words: Sequence[Word]) -> float:
    """The share of the characters that stand in something like a word or a number."""
    total = letters(words)
    real = sum(len(word.text) for word in words if _REAL.fullmatch(word.text))
    return real / total if total else 0.0


def confident_letters(words: Sequence[Word]) -> int:
    """How many letters of real, upright words the engine is sure of."""
    return sum(
        len(word.text)
        for word in words
        if word.score >= _CONFIDENT
        and len(word.text) > 2
        and not _stands_on_end(word)
        and _REAL.fullmatch(word.text)
    )


def _stands_on_end(word: Word) -> bool:
    """Whether the word runs up or down the page; Tesseract reads such lines too, in one of the two senses."""
    return word.height_px * len(word.text) > 5 * word.width_px


# --- which way up -------------------------------------------------------------------------------


def is_poor(words: Sequence[Word]) -> bool:
    """Whether the reading is so poor that the page may stand on its side or its head."""
    score = mean_score(words)
    if score is None or score < _POOR_SCORE or confident_letters(words) < _FEW_LETTERS:
        return True
    long = [word for word in words if len(word.text) > 3]  # the box of a short word has no longer side
    return 2 * letters([word for word in long if _stands_on_end(word)]) > letters(long)


def best_turn(upright: Sequence[Word], turns: Mapping[int, Sequence[Word]]) -> int:
    """The clockwise turn in degrees whose words are clearly better than those of no turn; else 0."""
    found = {degrees: confident_letters(words) for degrees, words in turns.items()}
    best = max(found, key=lambda degrees: found[degrees], default=0)
    return best if found.get(best, 0) > max(12, 2 * confident_letters(upright)) else 0


# --- the state of a page ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of a page: its words, their estimated error rate, and what two engines agree on.

    ``by_hand``: neither engine can read the lines. ``is_grainy``: the page had to be smoothed.
    """

    words: Sequence[Word]
    cer: float | None = None
    by_hand: bool = False
    is_grainy: bool = False


def state_of(
    seen: Seen, ink_share: float, *, min_score: float, max_cer: float, blank_ink_share: float
) -> tuple[PageState, str | None]:
    """What became of a page that was read, and, for one that nobody should rely on, why (in French)."""
    words, almost_no_ink = seen.words, ink_share < blank_ink_share
    score = mean_score(words)
    if score is None:
        return (PageState.BLANK, None) if almost_no_ink else (PageState.ILLEGIBLE, "aucun texte trouvé")
    unsure = score < min_score or (score < _CONFIDENT and not confident_letters(words))
    if unsure and almost_no_ink:
        return PageState.BLANK, None  # words made of specks
    if seen.by_hand or unsure:
        return _not_read(seen, round(100 * score))
    if real_share(words) < _LEAST_REAL:
        return PageState.ILLEGIBLE, "les caractères lus ne forment pas des mots"
    if seen.cer is not None and seen.cer > max_cer:
        return PageState.ILLEGIBLE, f"environ {round(100 * seen.cer)} % de lettres fausses"
    return PageState.TEXT, None


def _not_read(seen: Seen, percent: int) -> tuple[PageState, str]:
    """Handwriting, or damage: grain or too few lines to tell."""
    lines = len({(word.block, word.line) for word in seen.words})
    if seen.by_hand or (not seen.is_grainy and lines >= _HAND_LINES):
        return PageState.HANDWRITTEN, f"écriture manuscrite (lecture peu sûre : {percent} %)"
    return PageState.ILLEGIBLE, f"lecture peu sûre ({percent} %) : page abîmée ou manuscrite"


# --- a PDF's own text ---------------------------------------------------------------------------


def plausible_layer(words: Sequence[Word], ink: NDArray[np.bool_], *, width_px: int, height_px: int) -> bool:
    """Whether a PDF's own text is that of the whole page: real words, on the ink, and on most of it.

    Args:
        words: the layer's words, boxes in pixels of the page.
        ink: the page's coarse ink mask.
        width_px: the size of the page that the boxes refer to.
        height_px: the same.
    """
    text = "".join(word.text for word in words)
    if not text or "(cid:" in text or not _is_varied(text) or real_share(words) < _LEAST_REAL:
        return False
    inked, covered = _laid_on(words, ink, width_px=width_px, height_px=height_px)
    return covered >= LEAST_COVERED and inked >= _LEAST_INKED * len(words)


def _laid_on(
    words: Sequence[Word], ink: NDArray[np.bool_], *, width_px: int, height_px: int
) -> tuple[int, float]:
    """How many words have ink in their box, and the share of the ink in the boxes."""
    covered = np.zeros_like(ink)
    across, down = ink.shape[1] / width_px, ink.shape[0] / height_px
    inked = 0
    for word in words:
        top, left = int(word.top_px * down), int(word.left_px * across)
        bottom, right = ((word.top_px + word.height_px) * down, (word.left_px + word.width_px) * across)
        box = np.s_[max(0, top - 1) : max(0, int(bottom) + 2), max(0, left - 1) : max(0, int(right) + 2)]
        inked += bool(ink[box].any())
        covered[box] = True
    total = int(ink.sum())
    return inked, float((ink & covered).sum()) / total if total else 1.0


def _is_varied(text: str) -> bool:
    """Not one character over and over, and hardly any that fonts use as private codes."""
    odd = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (c < " " and c not in "\t\n\r") for c in text)
    commonest = max(text.count(c) for c in set(text))
    return odd <= 0.05 * len(text) and (len(text) < 10 or commonest <= 0.4 * len(text))
