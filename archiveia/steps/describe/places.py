"""Names of places that end where their column ends, and go on below where a commune's name does."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from archiveia.steps.layout import text_of, word_spans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archiveia.steps.describe.communes import Communes
    from archiveia.values import Assertion, Word

_COLUMN_GAP = 2.0
"""In heights of the higher word. A typewriter's space has up to 1.4, the gap of a letterhead 7 and more."""
_LEAST = 3
_LINE_END = re.compile(
    r"(?:[- ](?:sur|sous|en|lès|les|la|le|de|du|des|aux?|et))*-?[ \t]*\n[ \t]*", re.IGNORECASE
)
_NEXT_WORDS = re.compile(r"[\w'’]+(?:[- ][\w'’]+){0,5}")
_WORD = re.compile(r"[\w'’]+")


def column_ends(text: str, words: Sequence[Word]) -> tuple[int, ...]:
    """Where in a page's text a line goes on in another column: behind these characters stands a wide gap."""
    if text_of(words) != text:  # the text was given by somebody else, the boxes are not its own
        return ()
    spans = word_spans(words)
    return tuple(
        span[1]
        for (before, word), span in zip(pairwise(words), spans, strict=False)
        if (before.block, before.line) == (word.block, word.line)
        and word.left_px - before.left_px - before.width_px
        >= _COLUMN_GAP * max(before.height_px, word.height_px)
    )


def bounded(
    found: Sequence[Assertion],
    pages: Sequence[tuple[int, str]],
    ends: Mapping[int, Sequence[int]],
    communes: Communes | None,
) -> list[Assertion]:
    """The names, those of places cut where their column ends, or with what stands on the next line.

    Only the name of a commune goes on there, where it is not complete on its first line.

    Args:
        found: names of any field.
        pages: (page number, text).
        ends: where columns end in the text of a page (``column_ends``).
        communes: the official list; without it nothing goes on on the next line.

    """
    texts = dict(pages)
    bounds = []
    for name in found:
        evidence = name.evidence
        if name.field != "place" or evidence is None:
            bounds.append(name)
            continue
        text, start = texts[evidence.page], evidence.start
        end = min(
            (at for at in ends.get(evidence.page, ()) if start < at < evidence.end), default=evidence.end
        )
        if end == evidence.end and communes:
            end = _end_below(text, start, end, communes)
        if end == evidence.end:
            bounds.append(name)
        elif len(value := re.sub(r"-\s+", "-", " ".join(text[start:end].split())).strip(" ,;.'’-")) >= _LEAST:
            bounds.append(
                replace(name, value=value, evidence=replace(evidence, end=end, text=text[start:end]))
            )
    return bounds


def _end_below(text: str, start: int, end: int, communes: Communes) -> int:
    """Where the name ends on the next line; the same end where it does not go on there.

    A first line that is a commune of its own (*Bourg*, above *Saint-Maurice*) and has no hyphen is complete.
    """
    over = _LINE_END.match(text, end)
    below = _NEXT_WORDS.match(text, over.end()) if over else None
    if not over or not below or ("-" not in over[0] and communes.is_official(text[start:end])):
        return end
    last_first = reversed([word.end() for word in _WORD.finditer(text, *below.span())])
    return next((at for at in last_first if communes.is_official(text[start:at])), end)
