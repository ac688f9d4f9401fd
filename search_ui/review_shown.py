"""What the review screen shows of a piece: what is proposed and why, the other choices, where the evidence stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges.database.waiting import Review
from archiveia.pipeline.reviewing import FIELD_OF, digest_of, is_blind
from archiveia.pipeline.rules import classes_by_code, schedule_in_force
from archiveia.steps.access import READ_STATES
from archiveia.steps.highlight import matches
from archiveia.steps.retention_reading import read_rules
from search_ui.showing import page_of, span_boxes

if TYPE_CHECKING:
    from archiveia.pipeline import Edges
    from archiveia.values import Json, Record, RecordPage
    from search_ui.showing import Boxes

MAX_CHOICES = 8
"""Other choices that have a key of their own (2 to 9)."""
_CUE = re.compile("formule reconnue : « (.+) »")


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be chosen; ``probability`` is ``None`` where none was computed."""

    code: str
    label: str
    probability: float | None = None
    has_passages: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece on the review screen. ``proposed`` is ``None`` where nothing is proposed, or nothing may be shown.

    ``others`` are the next choices, ``every`` all that there are by code. ``lit`` is the choice whose passages
    are boxed.
    """

    record: Record
    field: str
    blind: bool
    digest: str
    proposed: Choice | None
    others: tuple[Choice, ...]
    every: dict[str, str]
    reasons: tuple[str, ...]
    retention: dict[str, Json]
    page: RecordPage | None
    boxes: Boxes | None
    lit: str
    cuts: tuple[int, ...]


def shown(record: Record, reason: Review, edges: Edges, *, page: int | None, lit: str) -> Shown:
    """The piece as the screen of this queue shows it; by default on the page that speaks for the proposal."""
    field = FIELD_OF[reason]
    blind = is_blind(record, field, edges)
    every = _every(field, edges)
    proposed, others, reasons = (None, (), ()) if blind else _PROPOSALS[field](record, every)
    lit = lit or (proposed.code if proposed else "")
    places = [] if blind else _places(record, field, lit)
    number = page or _first_page(record, reason, places)
    shown_page = page_of(record, number)
    spans = [(start, end) for at, start, end in places if shown_page and at == shown_page.number]
    return Shown(
        record=record,
        field=field,
        blind=blind,
        digest=digest_of(record, field, edges),
        proposed=proposed,
        others=others,
        every=every,
        reasons=reasons,
        retention={} if blind or field != "retention_rule" else record.value("retention") or {},
        page=shown_page,
        boxes=span_boxes(shown_page, spans, edges.storage) if shown_page and spans else None,
        lit=lit,
        cuts=_cuts(record),
    )


def _every(field: str, edges: Edges) -> dict[str, str]:
    if field == "class":
        ordered = sorted(classes_by_code().values(), key=lambda c: c.label)
        return {one.code: one.label for one in ordered}
    if field == "retention_rule":
        today = edges.today()
        return {c: r.label for c, r in schedule_in_force(edges).items() if r.is_usable(today)}
    return {}


_Proposal = tuple[Choice | None, tuple[Choice, ...], tuple[str, ...]]


def _of_class(record: Record, every: dict[str, str]) -> _Proposal:
    said = record.assertion("class")
    code = str(said.value) if said else ""
    best = Choice(code, every.get(code, code), said.score) if said else None
    second = record.value("class_runner_up")
    others = (Choice(second["code"], every.get(second["code"], ""), second["score"]),) if second else ()
    return best, others, tuple(record.value("class_reasons") or ())


def _of_rule(record: Record, every: dict[str, str]) -> _Proposal:
    retention, read = record.value("retention") or {}, read_rules(record)
    ranked = {r.code: r for r in (read.ranked if read else ())}

    def choice(code: str) -> Choice:
        found = ranked.get(code)
        return Choice(
            code,
            str(every.get(code) or retention.get("label") or ""),
            found.probability if found else None,
            has_passages=bool(found and found.passages),
        )

    best = retention.get("rule")
    codes = dict.fromkeys([*ranked, *(retention.get("candidates") or ())])
    others = [choice(code) for code in codes if code != best and code in every]
    return choice(best) if best else None, tuple(others[:MAX_CHOICES]), tuple(retention.get("why") or ())


def _of_cuts(record: Record, _every: dict[str, str]) -> _Proposal:
    said = record.values("proposed_cut")
    numbers = ", ".join(str(cut["before_page"]) for cut in said)
    reasons = tuple(f"avant la page {cut['before_page']} : {cut['why']}" for cut in said)
    return (Choice(numbers, numbers) if said else None), (), reasons


def _of_pages(record: Record, _every: dict[str, str]) -> _Proposal:
    unread = [page for page in record.pages if page.state not in READ_STATES]
    reasons = tuple(f"page {page.number} : {page.reason}" for page in unread if page.reason)
    return Choice("oui", ""), (), reasons


_PROPOSALS = {
    "class": _of_class,
    "retention_rule": _of_rule,
    "proposed_cut": _of_cuts,
    "legible_enough": _of_pages,
}


def _places(record: Record, field: str, lit: str) -> list[tuple[int, int, int]]:
    """Where what speaks for a choice stands: page, first and last letter."""
    if field == "class":
        cues = [m[1] for reason in record.value("class_reasons") or () if (m := _CUE.fullmatch(reason))]
        found = ((page.number, *span) for page in record.pages for c in cues for span in _find(page.text, c))
        return list(found)
    if field != "retention_rule":
        return []
    read = read_rules(record)
    passages = [e for r in (read.ranked if read else ()) if r.code == lit for e in r.passages]
    said = record.assertion("retention")
    if said and said.evidence:
        passages.append(said.evidence)
    return [(e.page, e.start, e.end) for e in passages]


def _find(text: str, cue: str) -> list[tuple[int, int]]:
    return matches(text, f'"{cue}"')


def _cuts(record: Record) -> tuple[int, ...]:
    return tuple(cut["before_page"] for cut in record.values("proposed_cut"))


def _first_page(record: Record, reason: Review, places: list[tuple[int, int, int]]) -> int:
    """The page that the decision is about."""
    if reason is Review.CUTS:
        return next(iter(_cuts(record)), 1)
    if reason is Review.ILLEGIBLE:
        return next((p.number for p in record.pages if p.state not in READ_STATES), 1)
    return places[0][0] if places else 1
