"""The mail that tells the service and the DPO what is kept longer than the law allows: numbers, never a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.legal_dates import in_french

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

MOST_LINES = 100
"""Records that one mail lists; the desk has all."""


@dataclass(frozen=True, slots=True)
class PassedMaximum:
    """A record kept longer than the longest duration of its ``rule``, since ``due_on``; ``alert`` says it in French."""

    record: str
    rule: str
    due_on: date
    alert: str
    service: str | None = None
    """The producing service; ``None`` where it is not known, or where there are several."""


def mail_of(
    passed: Sequence[PassedMaximum], *, entity_name: str, today: date, desk_url: str
) -> tuple[str, str]:
    """Subject and text, the longest late first; titles and typed words stay out, for they may name a person."""
    desk = desk_url.rstrip("/")
    late = sorted(passed, key=lambda one: (one.due_on, one.record))
    lines = [
        f"- {one.record} : règle {one.rule}, {one.service or 'service inconnu'}, "
        f"{(today - one.due_on).days} jours de retard (depuis le {in_french(one.due_on)})\n"
        f"  {desk}/bureau/documents/{one.record}"
        for one in late[:MOST_LINES]
    ]
    if len(late) > MOST_LINES:
        lines.append(f"- et {len(late) - MOST_LINES} autres")
    listed = "\n".join(lines)
    text = f"""{entity_name}, le {in_french(today)}

Documents gardés au-delà de la durée maximale de leur règle : {len(late)}.

{listed}

Tous : {desk}/bureau/tableau-de-gestion?alertes=1

Rien n’est détruit sans décision : le service producteur et le délégué à la protection des données
décident de la suite. Ce message part une fois par jour tant qu’un document est dans ce cas.
"""
    return f"Durées maximales dépassées : {len(late)}, {entity_name}", text
