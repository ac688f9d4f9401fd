"""What a reading's own opinion of its quality is worth: estimated error rates beside the true ones."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from archiveia.steps import measure
from archiveia.steps.quality import Quality, quality_of
from archiveia.values import PageState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.pipeline.evaluating import MeasuredPage
    from archiveia.values import Json


@dataclass(frozen=True, slots=True)
class Judgement:
    """How the estimates compare with the truth.

    ``correlation`` is that of the ranks of the estimated and the true CER in any order of lines, over
    ``estimated`` pages; ``correlation_in_order`` with the plain CER. ``called_good`` pages have an estimate up to
    ``good_cer``; ``rightly_good`` of them a true CER (in any order) up to it too, which ``truly_good`` pages have.
    """

    good_cer: float
    estimated: int
    correlation: float | None
    correlation_in_order: float | None
    called_good: int
    rightly_good: int
    truly_good: int
    handwritten: int
    illegible: int

    def as_json(self) -> Json:
        """The judgement as JSON."""
        return asdict(self)


def judged(pages: Sequence[MeasuredPage], *, good_cer: float) -> Judgement:
    """The worth of the estimates of these pages; a page without a transcribed letter proves nothing."""
    known = [
        (page, page.reading.cer_estimate, rate, plain)
        for page in pages
        if (rate := page.unordered.rate) is not None
        and (plain := page.letters.rate) is not None
        and page.reading.cer_estimate is not None
    ]
    estimates = [estimate for _, estimate, _, _ in known]
    called = [
        rate
        for page, estimate, rate, _ in known
        if quality_of(page.reading.state, estimate, good_cer=good_cer) is Quality.GOOD
    ]
    return Judgement(
        good_cer=good_cer,
        estimated=len(known),
        correlation=measure.rank_correlation(estimates, [rate for _, _, rate, _ in known]),
        correlation_in_order=measure.rank_correlation(estimates, [plain for *_, plain in known]),
        called_good=len(called),
        rightly_good=sum(rate <= good_cer for rate in called),
        truly_good=sum(rate <= good_cer for _, _, rate, _ in known),
        handwritten=sum(page.reading.state is PageState.HANDWRITTEN for page in pages),
        illegible=sum(page.reading.state is PageState.ILLEGIBLE for page in pages),
    )
