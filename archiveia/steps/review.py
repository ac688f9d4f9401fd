"""What a person sees of a proposal, as a digest; and which pieces a decision on many of them leaves out."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from archiveia.values import SortFinal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from archiveia.values import Json, Record, RetentionRule

FATE_E = "sort final E : l’élimination se décide pièce par pièce, puis sur bordereau et visa"
"""Why a decision on many leaves a piece out (C. patr. R212-14): nobody consents to an elimination in bulk."""


def seen_digest(record: Record, fields: Iterable[str]) -> str:
    """What is the same while the piece has the same pages and the same values of these fields."""
    said: list[Json] = [record.id, [page.id for page in record.pages]]
    said += [[name, record.values(name)] for name in fields]
    return _digest(said)


def set_digest(value: str, seen: Sequence[str]) -> str:
    """What is the same while a decision on many pieces is about the same value and the same proposals."""
    return _digest([value, *seen])


def _digest(said: Json) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def left_out(
    record: Record, field: str, value: str, schedule: Mapping[str, RetentionRule], *, blind: bool, kept: bool
) -> str | None:
    """Why this piece is not decided with the others, in French; ``None`` when it is.

    ``blind``: it is shown without its proposal. ``kept``: the person may not read it before saying why.
    """
    retention = record.value("retention") or {}
    codes = (retention.get("rule"), *(retention.get("candidates") or ()))
    reasons = {
        "gel en cours": bool(record.values("hold")),
        "une question attend sa réponse": record.value("question") is not None,
        "présentée sans proposition, pour la mesure": blind,
        "document sensible : à lire seul, après en avoir dit le motif": kept,
        "proposition différente": _proposed(record, field) != value,
        FATE_E: any(schedule[c].sort_final is SortFinal.ELIMINATE for c in codes if c in schedule),
    }
    return next((reason for reason, is_true in reasons.items() if is_true), None)


def _proposed(record: Record, field: str) -> Json:
    return (record.value("retention") or {}).get("rule") if field == "retention_rule" else record.value(field)
