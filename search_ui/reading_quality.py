"""What the staff sees of how well a page was read: in words, by which engines, and what was set aside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archiveia.steps.alto import reading_from_json
from archiveia.steps.layout import text_of
from archiveia.steps.quality import Quality, quality_of
from archiveia.values import PageState
from search_ui.showing import MAX_BOXES, Boxes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from archiveia.edges.storage import Storage
    from archiveia.values import Record, RecordPage

_BADGES = {"good": "good", "doubtful": "wide", "unknown": "plain-badge", "blank": "plain-badge"}
_TO_READ_AGAIN = {PageState.ILLEGIBLE, PageState.HANDWRITTEN, PageState.FAILED}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well a page was read. ``label`` is a code of ``labels.qualities``, ``percent`` its number."""

    label: str
    badge: str
    percent: int
    engines: str
    is_to_check: bool


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was seen on a page and is no part of its text, and where."""

    text: str
    boxes: Boxes


def verdicts(readings: Mapping[str, sa.Row[Any]], *, good_cer: float) -> dict[str, Verdict]:
    """How well each page was read, by page id."""
    return {page_id: _verdict(row, good_cer) for page_id, row in readings.items()}


def _verdict(row: sa.Row[Any], good_cer: float) -> Verdict:
    quality = quality_of(row.state, row.cer_estimate, good_cer=good_cer)
    label: str = quality or row.state
    return Verdict(
        label=label,
        badge=_BADGES.get(label, "closed"),
        percent=round(100 * (row.cer_estimate or 0)),
        engines=_engines(row.engine, row.engine_version),
        is_to_check=quality is Quality.DOUBTFUL or row.state in _TO_READ_AGAIN,
    )


def _engines(names: str, versions: str) -> str:
    """Each engine with its version; two engines that read together are kept as ``a+b`` and ``1 + 2``."""
    apart = list(zip(names.split("+"), versions.split(" + "), strict=False))
    return " + ".join(" ".join(one) for one in apart) if len(apart) > 1 else f"{names} {versions}".strip()


def to_check(record: Record, known: Mapping[str, Verdict]) -> list[tuple[int, Verdict]]:
    """The pages of a record that a person should look at, by number."""
    return [(p.number, known[p.id]) for p in record.pages if p.id in known and known[p.id].is_to_check]


def set_aside(page: RecordPage, storage: Storage) -> SetAside | None:
    """The passages of a page that are no part of its text; ``None`` when there are none. For the staff alone."""
    path = storage.words(page.id)
    if not path.exists():
        return None
    reading = reading_from_json(json.loads(path.read_text(encoding="utf-8")))
    if not reading.aside:
        return None
    boxes = tuple((w.left_px, w.top_px, w.width_px, w.height_px) for w in reading.aside[:MAX_BOXES])
    return SetAside(text_of(reading.aside), Boxes(reading.width_px, reading.height_px, boxes))
