"""What a record page shows: the description with its standing, and where searched words are on the scan."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges.contracts import load_classification_plan
from archiveia.steps.highlight import matches
from archiveia.steps.retain_trigger import OPEN
from archiveia.steps.search_text import parse
from archiveia.values import OriginKind, PageState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.edges.storage import Storage
    from archiveia.values import Assertion, Json, Record, RecordPage

PUBLIC_FIELDS = (
    "class",
    "date",
    "subject",
    "reference",
    "organisation",
    "person",
    "place",
    "cote",
    "support",
)
"""What the public reads of a description; the title and the producer stand above it."""

MAX_BOXES = 300


@dataclass(frozen=True, slots=True)
class DescriptionRow:
    """One field of a description; ``is_validated`` when a person said so."""

    field: str
    values: tuple[str, ...]
    is_validated: bool
    origin: OriginKind


def class_labels() -> dict[str, str]:
    """The labels of the classification plan by code."""
    return {c.code: c.label for c in load_classification_plan()}


def words_of(field: str, value: Json) -> str:
    """A value as people read it."""
    if field == "class":
        return class_labels().get(str(value), str(value))
    if field in _COMPOSED and isinstance(value, dict):
        return _COMPOSED[field](value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    if field == "trigger_on" and value == OPEN:
        return "pas encore venu"
    return "inconnu" if value is None else str(value)


def _runner_up(value: dict[str, Json]) -> str:
    return f"{words_of('class', value['code'])} ({value['score']:.0%})"


def _cut(value: dict[str, Json]) -> str:
    return f"avant la page {value['before_page']} : {value['why']}"


def _commune(value: dict[str, Json]) -> str:
    """``Dinan (22050)``; for a name that several communes bear, how many and which."""
    if "code" in value:
        within = f", dans {value['part_of']}" if value.get("part_of") else ""
        return f"{value['name']} ({value['code']}{within})"
    codes = ", ".join(candidate["code"] for candidate in value["candidates"])
    more = "…" if value["candidate_count"] > len(value["candidates"]) else ""
    return f"{value['name']} : {value['candidate_count']} communes possibles ({codes}{more})"


def _subject(value: dict[str, Json]) -> str:
    return str(value["label"])


def _question(value: dict[str, Json]) -> str:
    return f"{value['question']} ({value['to']})"


def _finding(value: dict[str, Json]) -> str:
    return str(value["why"])


def _finding_decided(value: dict[str, Json]) -> str:
    said = "corrigé" if value["verdict"] == "mended" else "écarté"
    return f"{said} : {_finding(value['finding'])}"


_COMPOSED = {
    "class_runner_up": _runner_up,
    "commune": _commune,
    "finding": _finding,
    "finding_decided": _finding_decided,
    "proposed_cut": _cut,
    "question": _question,
    "subject": _subject,
    "subject_proposal": _subject,
    "subject_refused": _subject,
}


def description(record: Record, fields: Sequence[str] = PUBLIC_FIELDS) -> list[DescriptionRow]:
    """What is in force of these fields, those that are not known left out."""
    rows = []
    for field in fields:
        said = [a for a in record.assertions if a.field == field]
        if said:
            values = tuple(dict.fromkeys(words_of(field, a.value) for a in said))
            kind = said[0].origin.kind
            rows.append(DescriptionRow(field, values, kind is OriginKind.PERSON, kind))
    return rows


HIDDEN = ("access", "retention", "rules_read", "triggers_read", "personal_data")
"""What a record page shows in a place of its own."""


def by_field(said: Sequence[Assertion], hidden: Sequence[str] = HIDDEN) -> dict[str, list[Assertion]]:
    """Everything that was said, field by field in the order of the fields' names, persons first."""
    ranked = sorted(said, key=lambda a: (a.field, a.origin.kind is not OriginKind.PERSON, -(a.score or 0)))
    found: dict[str, list[Assertion]] = {}
    for assertion in ranked:
        if assertion.field not in hidden:
            found.setdefault(assertion.field, []).append(assertion)
    return found


def page_of(record: Record, number: int) -> RecordPage | None:
    """The page with this number; the first one when there is no such page; ``None`` in a record without any."""
    return next((p for p in record.pages if p.number == number), record.pages[0] if record.pages else None)


def public_text(page: RecordPage) -> str:
    """What the public reads of a page: nothing of one that could not be read well, which nobody can have judged."""
    return page.text if page.state is PageState.TEXT else ""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Where the searched words are on a page, in its pixels: (left, top, width, height)."""

    width_px: int
    height_px: int
    boxes: tuple[tuple[int, int, int, int], ...]


def boxes_of(page: RecordPage, question: str, storage: Storage) -> Boxes | None:
    """The boxes of the words that match the question; ``None`` when none does or where they are is not known."""
    asked = parse(question)
    path = storage.words(page.id)
    if asked.is_empty or not path.exists():
        return None
    reading = json.loads(path.read_text(encoding="utf-8"))
    whole = " ".join(str(word[0]) for word in reading["words"])
    spans = matches(whole, asked)
    found, start = [], 0
    for word in reading["words"]:
        end = start + len(str(word[0]))
        if any(a < end and start < b for a, b in spans):
            found.append((word[1], word[2], word[3], word[4]))
        start = end + 1
    if not found:
        return None
    return Boxes(reading["width_px"], reading["height_px"], tuple(found[:MAX_BOXES]))


def span_boxes(page: RecordPage, spans: Sequence[tuple[int, int]], storage: Storage) -> Boxes | None:
    """The boxes of the words that these spans of the page's text cover; ``None`` where they are is not known.

    Text and words have the same letters in the same order, whatever parts them.
    """
    path = storage.words(page.id)
    if not spans or not path.exists():
        return None
    reading = json.loads(path.read_text(encoding="utf-8"))
    wanted = [(_letters(page.text[:start]), _letters(page.text[:end])) for start, end in spans]
    found, at = [], 0
    for word in reading["words"]:
        end = at + _letters(str(word[0]))
        if any(a < end and at < b for a, b in wanted):
            found.append((word[1], word[2], word[3], word[4]))
        at = end
    return Boxes(reading["width_px"], reading["height_px"], tuple(found[:MAX_BOXES])) if found else None


def _letters(text: str) -> int:
    return sum(not c.isspace() for c in text)
