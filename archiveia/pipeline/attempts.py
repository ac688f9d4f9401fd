"""The engines at work on one page image: turned upright, prepared where it needs it, read by one engine or two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from archiveia.edges import shipped
from archiveia.edges.contracts import load_digitisation_credits
from archiveia.engines.ocr import OcrEngine, opened_engine, pair_of
from archiveia.engines.page_cleaner import can_clean, cleaned
from archiveia.errors import PageFailedError
from archiveia.steps import ocr
from archiveia.steps.borders import without_borders
from archiveia.steps.credits import without_credits
from archiveia.steps.estimate import Signs
from archiveia.steps.fusion import fused, unknown_share
from archiveia.steps.layout import by_lines, in_reading_order, scaled
from archiveia.steps.prepare import Prepared, ink_mask, is_noisy, prepare, sample, turned
from archiveia.steps.skew import LEAST_SKEW_DEGREES, leaning, skew_degrees, straight
from archiveia.steps.spread import fold_column, side_by_side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archiveia.settings import Settings
    from archiveia.values import PageImage, Word

_FINDS_NO_COLUMNS = "tesseract"
"""An engine whose own order of lines is worse than ours (ADR 13); the others have ours already."""
_NO_INK = 1e-5
"""Below this share a page is not even shown to the engine."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading of a page: the words in pixels of the page turned by ``turned_degrees``.

    ``aside`` are the words seen and left out of the text. ``cer_estimate`` is ``None`` where no formula
    was fitted for the engine. ``by_hand``: two engines agree that they cannot read this handwriting.
    """

    words: tuple[Word, ...]
    engine: str
    engine_version: str
    turned_degrees: int = 0
    prepared: tuple[str, ...] = ()
    aside: tuple[Word, ...] = ()
    signs: Signs | None = None
    cer_estimate: float | None = None
    by_hand: bool = False


_engine = opened_engine


def attempt(page: PageImage, ink: NDArray[np.bool_], settings: Settings) -> Attempt:
    """The best reading of a page image with the engine of the settings; ``ink`` is the page's ink mask."""
    clean = without_borders(page)
    if clean is page:
        return _without_grain(page, ink, settings)
    read = _without_grain(clean, ink_mask(clean.pixels), settings)
    return replace(read, prepared=("borders", *read.prepared))


def _without_grain(page: PageImage, ink: NDArray[np.bool_], settings: Settings) -> Attempt:
    """The reading of the page cleaned of its grain, where it has much of it."""
    if not is_noisy(page):
        return _laid_straight(page, ink, settings)
    ready = cleaned(page) if can_clean() and settings.may_use_models("ocr") else prepare(page)
    read = _laid_straight(ready.image, ink_mask(ready.image.pixels), settings)
    words, aside = (scaled(some, 1 / ready.scale) for some in (read.words, read.aside))
    return replace(read, words=words, aside=aside, prepared=(*ready.done, *read.prepared))


def _laid_straight(page: PageImage, ink: NDArray[np.bool_], settings: Settings) -> Attempt:
    """The reading of the page laid straight if its lines lean, its words boxed on the page as it leans."""
    degrees = skew_degrees(ink)
    if degrees is None or abs(degrees) < LEAST_SKEW_DEGREES:
        return _parted(page, ink, settings)
    sheet = straight(page, degrees)
    read = _parted(sheet, ink_mask(sheet.pixels), settings)
    sheet, page = turned(sheet, read.turned_degrees), turned(page, read.turned_degrees)
    words, aside = (leaning(some, degrees, sheet=sheet, page=page) for some in (read.words, read.aside))
    return replace(read, words=words, aside=aside, prepared=("deskewed", *read.prepared))


def _parted(page: PageImage, ink: NDArray[np.bool_], settings: Settings) -> Attempt:
    """The reading of the page; of a spread, that of its left page and then that of its right one."""
    fold = fold_column(ink)
    if fold is None:
        return _attempt(page, ink, settings)
    fold_px = round(fold * page.width_px / ink.shape[1])
    halves = [
        replace(page, pixels=np.ascontiguousarray(half)) for half in np.split(page.pixels, [fold_px], axis=1)
    ]
    left, right = (_laid_straight(half, ink_mask(half.pixels), settings) for half in halves)
    if left.turned_degrees or right.turned_degrees:  # no spread that stands upright
        return _attempt(page, ink, settings)
    return _together(left, right, fold_px)


def _together(left: Attempt, right: Attempt, fold_px: int) -> Attempt:
    """The readings of a spread's two pages as one, named after the engines of the page that needed more."""
    letters = ocr.letters(left.words), ocr.letters(right.words)
    rates = [
        (read.cer_estimate, weight) for read, weight in zip((left, right), letters, strict=True) if weight
    ]
    known = [rate * weight for rate, weight in rates if rate is not None]
    return replace(
        max(left, right, key=lambda read: len(read.engine)),
        words=side_by_side(left.words, right.words, fold_px),
        aside=side_by_side(left.aside, right.aside, fold_px),
        prepared=("parted", *dict.fromkeys(left.prepared + right.prepared)),
        signs=None,
        cer_estimate=sum(known) / sum(letters) if known and len(known) == len(rates) else None,
        by_hand=left.by_hand or right.by_hand,
    )


def _attempt(page: PageImage, ink: NDArray[np.bool_], settings: Settings) -> Attempt:
    pair = pair_of(settings.ocr_engine)
    first = _engine(pair[0] if pair else settings.ocr_engine, settings)
    if ink.mean() < _NO_INK:
        return Attempt((), first.name, first.version)
    one = _alone(read_image(first, page, ink, blank_ink_share=settings.blank_ink_share), page)
    if pair is None or _is_enough(one, ink, settings):
        return one
    return _with_second(one, _engine(pair[1], settings), page)


# --- one engine ---------------------------------------------------------------------------------


def read_image(
    engine: OcrEngine, page: PageImage, ink: NDArray[np.bool_], *, blank_ink_share: float
) -> Attempt:
    """The best reading of a page image by one engine.

    The page is read as it is. Only where nothing is found it is prepared, and where little is, turned:
    an ordinary page costs one reading.
    """
    best = _read(engine, Prepared(page))
    if not best.words and ink.mean() < blank_ink_share:
        return best
    if not best.words:
        best = _read(engine, prepare(page))
    if not ocr.is_poor(best.words):
        return best
    part = sample(page)
    turns = {degrees: engine.read([turned(part, degrees)])[0].words for degrees in (90, 180, 270)}
    degrees = ocr.best_turn(best.words, turns)
    if not degrees:
        return best
    return replace(_read(engine, Prepared(turned(page, degrees))), turned_degrees=degrees)


def _read(engine: OcrEngine, ready: Prepared) -> Attempt:
    """What an engine reads on an image, its words boxed on the page."""
    text = engine.read([ready.image])[0]
    words = text.words if ready.scale == 1 else scaled(text.words, 1 / ready.scale)
    width_px, height_px = (
        round(side / ready.scale) for side in (ready.image.width_px, ready.image.height_px)
    )
    words = ocr.on_the_page(words, width_px=width_px, height_px=height_px)
    return Attempt(words, text.engine, text.engine_version, prepared=ready.done)


def _alone(read: Attempt, page: PageImage) -> Attempt:
    """The attempt in reading order without the credits of a digital library, and its estimated error rate."""
    words = in_reading_order(by_lines(read.words)) if read.engine == _FINDS_NO_COLUMNS else read.words
    words, credit = without_credits(
        words, load_digitisation_credits(), height_px=turned(page, read.turned_degrees).height_px
    )
    signs = Signs(
        letters=ocr.letters(words),
        doubt=1 - (ocr.mean_score(words) or 0.0),
        unsure=ocr.unsure_share(words),
        unknown=unknown_share(words, shipped.lexicon()),
    )
    rate = _estimated(read.engine, signs)
    return replace(read, words=words, aside=credit, signs=signs, cer_estimate=rate)


def _estimated(engine: str, signs: Signs) -> float | None:
    formula = shipped.formulas().get(engine)
    return formula.error_rate(signs) if formula and signs.letters else None


# --- two engines --------------------------------------------------------------------------------


def _is_enough(one: Attempt, ink: NDArray[np.bool_], settings: Settings) -> bool:
    """Whether a second engine would be wasted on the page: it is blank, or (``auto``) read well enough."""
    if not one.words:
        return bool(ink.mean() < settings.blank_ink_share)
    if settings.ocr_engine == "best" or one.cer_estimate is None:
        return False
    return one.cer_estimate <= settings.ocr_sure_cer


def _with_second(one: Attempt, engine: OcrEngine, page: PageImage) -> Attempt:
    """The second engine's lines, with the words of the first where it read a word better.

    The second engine finds its lines without a sense of what is text: what it is not sure of on a page of
    print is a stamp, a note by hand or the grain of the paper, and is set aside.
    """
    upright = turned(page, one.turned_degrees)
    try:
        other = _read(engine, prepare(upright) if one.prepared else Prepared(upright))
    except (PageFailedError, MemoryError):
        return one  # what the first engine read is worth keeping
    lines, credit = without_credits(other.words, load_digitisation_credits(), height_px=upright.height_px)
    if not lines:
        return one
    by_hand = ocr.is_by_hand(lines, one.words)
    sure, unsure = (lines, ()) if by_hand else ocr.parted(lines)
    both = fused(sure, one.words, shipped.lexicon())
    signs = Signs(
        letters=ocr.letters(sure),
        doubt=1 - (ocr.mean_score(lines) or 0.0),
        unsure=ocr.letters(unsure) / ocr.letters(lines),
        unknown=unknown_share(both.words, shipped.lexicon()),
        difference=both.difference,
        second_doubt=1 - (ocr.mean_score(one.words) or 0.0),
    )
    name = f"{one.engine}+{other.engine}"
    return replace(
        one,
        words=both.words,
        aside=(*unsure, *credit),
        engine=name,
        engine_version=f"{one.engine_version} + {other.engine_version}",
        signs=signs,
        cer_estimate=_estimated(name, signs),
        by_hand=by_hand,
    )
