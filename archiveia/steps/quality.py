"""How well a page was read, and what was proposed from a page that was not read well."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from archiveia.steps.classify import EXCERPT_CHARACTERS, excerpt
from archiveia.values import OriginKind, PageState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiveia.values import Assertion, Record, RecordPage

_MACHINES = (OriginKind.RULE, OriginKind.MODEL)
"""They know a document by its text alone; a person or an inventory knows it otherwise."""


class Quality(StrEnum):
    """What the text of a page is worth; ``UNKNOWN`` where no error rate can be estimated (an imported text)."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"


def quality_of(state: str | None, cer_estimate: float | None, *, good_cer: float) -> Quality | None:
    """What the text of a page is worth; ``None`` for a page without a text to rely on: its state says it all."""
    if state != PageState.TEXT:
        return None
    if cer_estimate is None:
        return Quality.UNKNOWN
    return Quality.GOOD if cer_estimate <= good_cer else Quality.DOUBTFUL


def doubts_about(record: Record, said: Assertion | None, *, good_cer: float) -> tuple[str, ...]:
    """Why a value that a machine read is not sure, in French: it stands on a page that was not read well."""
    if said is None or said.origin.kind not in _MACHINES:
        return ()
    doubtful = [page for page in _read_for(record, said) if _is_doubtful(page, good_cer)]
    if not doubtful:
        return ()
    what = "Le type est proposé" if said.field == "class" else "La date est lue"
    pages = ", ".join(f"page {p.number} : environ {round(100 * (p.cer_estimate or 0))} %" for p in doubtful)
    return (f"{what} sur un texte à vérifier ({pages} de lettres fausses) : comparez à l’image.",)


def _is_doubtful(page: RecordPage, good_cer: float) -> bool:
    return quality_of(page.state, page.cer_estimate, good_cer=good_cer) is Quality.DOUBTFUL


def _read_for(record: Record, said: Assertion) -> Iterator[RecordPage]:
    """The pages that a machine read a value on: that of its evidence; for a class those of the excerpt."""
    if said.field != "class":
        yield from (p for p in record.pages if said.evidence and p.number == said.evidence.page)
        return
    characters = 0
    for page in record.pages:
        if page.state is PageState.TEXT and characters < EXCERPT_CHARACTERS:
            yield page
            characters += len(excerpt(page.text, len(page.text))) + 1
