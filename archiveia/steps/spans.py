"""How many names that people marked a machine found: with the same bounds, or with bounds that overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import NameSpan


def common_names(true: Sequence[NameSpan], found: Sequence[NameSpan]) -> int:
    """How many names are in both."""
    return len(set(true) & set(found))


def overlapping_names(true: Sequence[NameSpan], found: Sequence[NameSpan]) -> int:
    """How many names found share a letter and the field with a marked one; each counts once."""
    left, right = sorted(true), 0
    for name in sorted(found):
        near = next(
            (t for t in left if t.field == name.field and t.start < name.end and name.start < t.end), None
        )
        if near is not None:
            left.remove(near)
            right += 1
    return right
