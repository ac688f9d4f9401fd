"""Page text as safe HTML: everything escaped, the words that were searched in ``<mark>``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

_OPEN, _CLOSE = Markup("<mark>"), Markup("</mark>")


def marked(text: str, marks: Iterable[tuple[int, int]]) -> Markup:
    """The text with its spans marked; spans that overlap or lie outside are dropped."""
    parts, at = [], 0
    for start, end in sorted(marks):
        if not at <= start < end <= len(text):
            continue
        parts += [escape(text[at:start]), _OPEN, escape(text[start:end]), _CLOSE]
        at = end
    parts.append(escape(text[at:]))
    return Markup("").join(parts)
