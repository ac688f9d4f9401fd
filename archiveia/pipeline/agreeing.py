"""How good the proposed classes and rules are here, on what was reviewed: for the page of the desk and the command."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import desk, journal
from archiveia.edges.database.desk import Review
from archiveia.steps.agreement import agreement, rule_agreement
from archiveia.steps.lessons import blind_below

if TYPE_CHECKING:
    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.agreement import Agreement
    from archiveia.values import Json


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The figures; ``share`` of the records is shown without a proposal, ``waiting`` of these wait for a class."""

    found: Agreement
    rules: Agreement
    share: float
    waiting: int

    def as_json(self) -> Json:
        """The same as JSON."""
        return {
            "blind_share": self.share,
            "waiting": self.waiting,
            "blind": self.found.blind,
            "accepted": self.found.accepted,
            "corrected": self.found.corrected,
            "seen": [asdict(seen) for seen in self.found.seen],
            "rules": {
                "blind": self.rules.blind,
                "accepted": self.rules.accepted,
                "corrected": self.rules.corrected,
                "seen": [asdict(seen) for seen in self.rules.seen],
            },
        }


def class_agreement(edges: Edges) -> Reviewed:
    """What reviewers' decisions say of the proposed classes and retention rules."""
    share, good_cer = edges.settings.blind_share, edges.settings.ocr_good_cer
    with database.reading(edges.database) as connection:
        confirmed = journal.confirmations(connection, edges.entity, with_undone=False)
        counts = desk.review_counts(
            connection, edges.entity, good_cer=good_cer, blind_below=blind_below(share)
        )
    said = [(row.subject, row.before, row.after) for row in confirmed]
    return Reviewed(agreement(said), rule_agreement(said), share, counts[Review.BLIND])
