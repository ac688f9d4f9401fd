"""Which values of a record a person confirmed: the only ones that open or destroy anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.values import OriginKind

if TYPE_CHECKING:
    from archiveia.values import Assertion, Record


def by_person(assertion: Assertion) -> bool:
    """Whether a person said so (an import is not a person: nobody looked)."""
    return assertion.origin.kind is OriginKind.PERSON


def confirmed(record: Record, name: str) -> Assertion | None:
    """What a person said of one field; ``None`` when nobody did."""
    return next((a for a in record.assertions if a.field == name and by_person(a)), None)


def best(record: Record, name: str) -> Assertion | None:
    """What a person said of one field, else what is in force."""
    return confirmed(record, name) or record.assertion(name)
