"""Readings on disk: ALTO 4 for other programs, compact JSON for this one."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archiveia.steps.layout import around
from archiveia.values import Json, PageReading, PageState, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archiveia.steps.layout import Box

ALTO_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""What no XML 1.0 document may hold: https://www.w3.org/TR/xml/#charsets"""


# --- ALTO ---------------------------------------------------------------------------------------


def alto(readings: Sequence[PageReading], file_name: str, *, numbers: Sequence[int] | None = None) -> str:
    """An ALTO 4.4 document with one ``Page`` a reading, boxes in pixels of the upright page.

    The blocks of a page stand in reading order, and ``ReadingOrder`` says that they do.

    Args:
        readings: the pages in order.
        file_name: the scan they were read from.
        numbers: their page numbers in that scan; 1, 2, 3... when not given.
    """
    root = Element(
        "alto",
        {
            "xmlns": ALTO_NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{ALTO_NAMESPACE} {_SCHEMA}",
            "SCHEMAVERSION": "4.4",
        },
    )
    engines = _describe(SubElement(root, "Description"), readings, file_name)
    order, layout = Element("ReadingOrder"), Element("Layout")
    for number, reading in zip(numbers or range(1, len(readings) + 1), readings, strict=True):
        blocks = _add_page(layout, number, reading, engines[reading.engine, reading.engine_version])
        if blocks:
            group = SubElement(order, "OrderedGroup", {"ID": f"P{number}_R"})
            for block in blocks:
                SubElement(group, "ElementRef", {"ID": f"{block}_R", "REF": block})
    root.extend([order, layout] if len(order) else [layout])
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _describe(
    description: Element, readings: Iterable[PageReading], file_name: str
) -> dict[tuple[str, str], str]:
    """Fills in the description; the id of each engine in it."""
    _text(description, "MeasurementUnit", "pixel")
    _text(SubElement(description, "sourceImageInformation"), "fileName", file_name)
    engines: dict[tuple[str, str], str] = {}
    for reading in readings:
        key = reading.engine, reading.engine_version
        if key in engines:
            continue
        engines[key] = f"OCR_{len(engines) + 1}"
        processing = SubElement(description, "OCRProcessing", {"ID": engines[key]})
        software = SubElement(SubElement(processing, "ocrProcessingStep"), "processingSoftware")
        _text(software, "softwareName", reading.engine)
        _text(software, "softwareVersion", reading.engine_version)
    return engines


def _add_page(layout: Element, number: int, reading: PageReading, engine_id: str) -> list[str]:
    """Adds the page; the ids of its blocks in reading order."""
    size = {"HEIGHT": str(reading.height_px), "WIDTH": str(reading.width_px)}
    attributes = {"ID": f"P{number}", "PHYSICAL_IMG_NR": str(number), "PROCESSING": engine_id, **size}
    if reading.turned_degrees:
        attributes["ROTATION"] = str(reading.turned_degrees)
    if reading.score is not None:
        attributes["PC"] = f"{reading.score:.3f}"
    page = SubElement(layout, "Page", attributes)
    space = SubElement(page, "PrintSpace", {"HPOS": "0", "VPOS": "0", **size})
    blocks = []
    for place, (_, block_words) in enumerate(groupby(reading.words, key=lambda word: word.block), start=1):
        words = list(block_words)
        blocks.append(f"P{number}_B{place}")
        block = SubElement(space, "TextBlock", {"ID": blocks[-1], **_position(around(words))})
        for line, (_, line_words) in enumerate(groupby(words, key=lambda word: word.line), start=1):
            _add_line(block, f"{blocks[-1]}_L{line}", list(line_words))
    return blocks


def _add_line(block: Element, line_id: str, words: Sequence[Word]) -> None:
    line = SubElement(block, "TextLine", {"ID": line_id, **_position(around(words))})
    for place, word in enumerate(words, start=1):
        if place > 1:
            before = words[place - 2]
            start = before.left_px + before.width_px
            gap = {"HPOS": str(start), "VPOS": str(word.top_px), "WIDTH": str(max(0, word.left_px - start))}
            SubElement(line, "SP", gap)
        attributes = {"ID": f"{line_id}_W{place}", **_position(around([word]))}
        SubElement(line, "String", {**attributes, "CONTENT": legal(word.text), "WC": f"{word.score:.3f}"})


def _position(box: Box) -> dict[str, str]:
    left, top, width, height = box
    return {"HPOS": str(left), "VPOS": str(top), "WIDTH": str(width), "HEIGHT": str(height)}


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = legal(text)


def legal(text: str) -> str:
    """The text without what no XML document may hold."""
    return _FORBIDDEN.sub("", text)


# --- our own file -------------------------------------------------------------------------------


def words_json(reading: PageReading) -> Json:
    """A reading as JSON, without loss; a word is a row of eight."""
    return {
        "state": reading.state.value,
        "text": reading.text,
        "width_px": reading.width_px,
        "height_px": reading.height_px,
        "engine": reading.engine,
        "engine_version": reading.engine_version,
        "score": reading.score,
        "turned_degrees": reading.turned_degrees,
        "prepared": list(reading.prepared),
        "reason": reading.reason,
        "cer_estimate": reading.cer_estimate,
        "words": _rows(reading.words),
        "aside": _rows(reading.aside),
    }


def _rows(words: Sequence[Word]) -> list[list[str | float]]:
    return [[w.text, w.left_px, w.top_px, w.width_px, w.height_px, w.score, w.block, w.line] for w in words]


def reading_from_json(data: Json) -> PageReading:
    """The reading that ``words_json`` wrote."""
    whole = {
        **data,
        "state": PageState(data["state"]),
        "prepared": tuple(data["prepared"]),
        "words": tuple(Word(*row) for row in data["words"]),
        "aside": tuple(Word(*row) for row in data.get("aside", ())),
    }
    return PageReading(**whole)
