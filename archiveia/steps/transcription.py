"""Transcriptions that come from elsewhere: the pages of an ALTO or PAGE file, and their boxes on our own pages.

ALTO 1 to 4 (https://www.loc.gov/standards/alto/) and PAGE 2010 to 2024
(https://github.com/PRImA-Research-Lab/PAGE-XML). Trees come with names without their namespaces.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from archiveia.errors import BadRequestError
from archiveia.steps.layout import Box, split_line, text_of
from archiveia.steps.ocr import mean_score
from archiveia.values import PageReading, PageState, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from xml.etree.ElementTree import Element

    from archiveia.steps.layout import Segment

IMPORTED = "import:"
"""What the engine of a reading begins with that came from elsewhere."""
_VOUCHED = 1.0
"""The score of a word whose file gives none: a person, or the program that they chose, stands for it."""
_MOST_STRETCH = 0.05
"""Above this difference in shape the file speaks of another image: its text is kept, its boxes are not."""
_MOST_ORIGIN = 80
"""Characters of a program's name that are kept."""


@dataclass(frozen=True, slots=True)
class TranscribedPage:
    """One page as the file has it. Boxes and size are in the file's own unit, whatever it is.

    ``words`` is empty when a line has no box; ``width`` and ``height`` are ``None`` when the file does not say.
    ``score`` is that of the program that read it; ``None`` when it gives none.
    """

    text: str
    words: tuple[Word, ...]
    width: float | None
    height: float | None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Transcription:
    """The pages of a file in order, and what made it."""

    pages: tuple[TranscribedPage, ...]
    origin: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text; its words when they have boxes. ``scored``: the file gives their scores."""

    text: str
    words: Segment = ()
    scored: bool = False


def transcription(root: Element) -> Transcription:
    """What an ALTO or PAGE file says.

    Raises:
        BadRequestError: it is neither.
    """
    if root.tag == "alto":
        return _alto(root)
    if root.tag == "PcGts":
        return _page_xml(root)
    raise BadRequestError(
        f"neither ALTO nor PAGE: the first element is <{root.tag[:40]}>", "export it again as ALTO or PAGE"
    )


def _page(blocks: Iterable[Sequence[_Line]], width: float | None, height: float | None) -> TranscribedPage:
    kept = [lines for block in blocks if (lines := [line for line in block if line.text])]
    every = [line for lines in kept for line in lines]
    if not all(line.words for line in every):
        text = "\n\n".join("\n".join(line.text for line in lines) for lines in kept)
        return TranscribedPage(text, (), width, height)
    words = tuple(
        replace(word, block=b, line=n)
        for b, lines in enumerate(kept, start=1)
        for n, line in enumerate(lines, start=1)
        for word in line.words
    )
    score = mean_score(words) if all(line.scored for line in every) else None
    return TranscribedPage(text_of(words), words, width, height, score)


def _origin(kind: str, software: str | None) -> str:
    return " ".join(f"{IMPORTED} {(software or '')[:_MOST_ORIGIN]} {kind}".split())


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) and abs(number) < 1e7 else None


def _size(element: Element, width: str, height: str) -> tuple[float | None, float | None]:
    sizes = _number(element.get(width)), _number(element.get(height))
    return sizes if all(size is not None and size > 0 for size in sizes) else (None, None)


def _clean(text: str | None) -> str:
    return " ".join((text or "").split())


# --- ALTO ---------------------------------------------------------------------------------------


def _alto(root: Element) -> Transcription:
    software = root.find(".//ocrProcessingStep/processingSoftware")
    if software is None:  # ALTO 4 has no steps of preparation, of reading and after it
        software = root.find(".//processingSoftware")
    name = None if software is None else software.findtext("softwareName")
    version = "" if software is None else _clean(software.findtext("softwareVersion"))
    pages = tuple(
        _page(
            [[_alto_line(line) for line in block.iter("TextLine")] for block in page.iter("TextBlock")],
            *_size(page, "WIDTH", "HEIGHT"),
        )
        for page in root.iter("Page")
    )
    return Transcription(pages, _origin("ALTO", name), version[:_MOST_ORIGIN])


def _alto_line(line: Element) -> _Line:
    """A line; its strings may be words, or lines as a whole (eScriptorium)."""
    strings = [s for s in line.iter("String") if _clean(s.get("CONTENT"))]
    texts = [_clean(s.get("CONTENT")) for s in strings]
    hyphen = line.find("HYP")
    if hyphen is not None and texts:
        texts[-1] += (hyphen.get("CONTENT") or "").strip("\u00ad ") or "-"
    text = " ".join(texts)
    boxes = [_alto_box(s) for s in strings]
    scores = [_number(s.get("WC")) for s in strings]
    whole = _alto_box(line)
    words: Segment = ()
    if all(boxes):
        words = tuple(
            word
            for piece, box, score in zip(texts, boxes, scores, strict=True)
            if box is not None
            for word in split_line(piece, box, _sure(score))
        )
    elif whole is not None:
        words = split_line(text, whole, _VOUCHED)
    return _Line(text, words, scored=all(boxes) and None not in scores)


def _sure(score: float | None) -> float:
    return _VOUCHED if score is None else min(1.0, max(0.0, score))


def _alto_box(element: Element) -> Box | None:
    sides = [_number(element.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
    left, top, width, height = (None if side is None else round(side) for side in sides)
    if left is None or top is None or width is None or height is None:
        return None
    return Box(left, top, max(1, width), max(1, height))


# --- PAGE ---------------------------------------------------------------------------------------


def _page_xml(root: Element) -> Transcription:
    creator = _clean(root.findtext("Metadata/Creator"))
    return Transcription(tuple(_page_page(page) for page in root.iter("Page")), _origin("PAGE", creator))


def _page_page(page: Element) -> TranscribedPage:
    order = {ref: place for place, ref in enumerate(_reading_order(page.find("ReadingOrder")))}
    regions = [r for r in page.iter() if r.tag in ("TextRegion", "TableCell")]
    regions.sort(key=lambda region: order.get(region.get("id", ""), len(order)))
    return _page([_region(region) for region in regions], *_size(page, "imageWidth", "imageHeight"))


def _reading_order(group: Element | None) -> Iterator[str]:
    """The identifiers of the regions, in the order that the file gives."""
    for child in sorted(group if group is not None else (), key=lambda e: _number(e.get("index")) or 0):
        if child.get("regionRef"):
            yield child.get("regionRef", "")
        yield from _reading_order(child)


def _region(region: Element) -> list[_Line]:
    lines = [_page_line(line) for line in region.findall("TextLine")]
    if any(line.text for line in lines):
        return lines
    return [_Line(_clean(line)) for line in _equivalent(region).splitlines()]


def _page_line(line: Element) -> _Line:
    """A line; where its text was corrected after its words were found, the line's text holds."""
    text = _clean(_equivalent(line))
    found = [(_clean(_equivalent(word)), _page_box(word)) for word in line.findall("Word")]
    spoken = " ".join(piece for piece, _ in found if piece)
    if spoken and text in ("", spoken) and all(box is not None for _, box in found):
        pieces = [split_line(piece, box, _VOUCHED) for piece, box in found if box is not None]
        return _Line(spoken, tuple(word for piece in pieces for word in piece))
    box = _page_box(line)
    text = text or spoken
    return _Line(text, split_line(text, box, _VOUCHED) if box is not None else ())


def _equivalent(element: Element) -> str:
    """The text that the file prefers for an element."""
    texts = sorted(element.findall("TextEquiv"), key=lambda e: _number(e.get("index")) or 0)
    return next((u for e in texts if (u := e.findtext("Unicode"))), "")


def _page_box(element: Element) -> Box | None:
    coords = element.find("Coords")
    if coords is None:
        return None
    pairs = [pair.split(",") for pair in coords.get("points", "").split()]
    pairs += [[point.get("x", ""), point.get("y", "")] for point in coords.findall("Point")]  # before 2013
    numbers = [[_number(n) for n in pair] for pair in pairs if len(pair) == 2]
    points = [(x, y) for x, y in numbers if x is not None and y is not None]
    if len(points) < 2:
        return None
    xs, ys = zip(*points, strict=True)
    left, top = round(min(xs)), round(min(ys))
    width, height = round(max(xs)) - left, round(max(ys)) - top
    return Box(left, top, max(1, width), max(1, height))


# --- on our pages ---------------------------------------------------------------------------------


def as_reading(page: TranscribedPage, made_by: Transcription, before: PageReading) -> PageReading:
    """The page's new reading, its words on the page as it was read ``before``.

    Without a size of our own (the scan could not be decoded) the file's is taken. Boxes of a file that speaks
    of an image of another shape are left out.
    """
    width_px, height_px = before.width_px, before.height_px
    if not width_px or not height_px:
        width_px, height_px = round(page.width or 0), round(page.height or 0)
    words = _placed(page, width_px, height_px, before.turned_degrees)
    return replace(
        before,
        state=PageState.TEXT,
        text=page.text,
        words=words,
        width_px=width_px,
        height_px=height_px,
        engine=made_by.origin,
        engine_version=made_by.version,
        score=page.score,
        reason=None,
        cer_estimate=None,
        aside=(),
    )


def _placed(page: TranscribedPage, width_px: int, height_px: int, turned_degrees: int) -> tuple[Word, ...]:
    """The words in pixels of our upright page; the file was made from the scan as it is, or from it upright."""
    if page.width is None or page.height is None or not page.words:
        return ()
    width, height = page.width, page.height
    sideways = turned_degrees in (90, 270)
    if sideways and _alike(width / height, width_px / height_px):
        turned_degrees, sideways = 0, False
    if sideways:
        width, height = height, width
    if not _alike(width / height, width_px / height_px):
        return ()
    words = (_turned(word, turned_degrees, page.width, page.height) for word in page.words)
    placed = [_scaled(word, width_px / width, height_px / height) for word in words]
    inside = all(0 <= w.left_px < width_px and 0 <= w.top_px < height_px for w in placed)
    return tuple(placed) if inside else ()


def _alike(shape: float, other: float) -> bool:
    return abs(shape / other - 1) <= _MOST_STRETCH


def _turned(word: Word, degrees: int, width: float, height: float) -> Word:
    """The word on the page (of this size) turned clockwise."""
    if not degrees:
        return word
    x, y, w, h = word.left_px, word.top_px, word.width_px, word.height_px
    corners = {
        90: (height - y - h, x, h, w),
        180: (width - x - w, height - y - h, w, h),
        270: (y, width - x - w, h, w),
    }
    left, top, wide, high = (round(side) for side in corners[degrees])
    return replace(word, left_px=left, top_px=top, width_px=wide, height_px=high)


def _scaled(word: Word, across: float, down: float) -> Word:
    return replace(
        word,
        left_px=max(0, round(word.left_px * across)),
        top_px=max(0, round(word.top_px * down)),
        width_px=max(1, round(word.width_px * across)),
        height_px=max(1, round(word.height_px * down)),
    )
