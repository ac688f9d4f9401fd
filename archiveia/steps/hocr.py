"""Readings as hOCR 1.2 (https://kba.github.io/hocr-spec/1.2/): an XHTML page with the box of every word."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archiveia.steps.alto import legal
from archiveia.steps.layout import around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.steps.layout import Box
    from archiveia.values import PageReading, Word

_DOCTYPE = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word"


def hocr(readings: Sequence[PageReading], file_name: str) -> str:
    """An hOCR document with one ``ocr_page`` a reading, boxes in pixels of the upright page.

    ``x_wconf`` is the score of a word in percent. A page that was read without boxes has its text alone.
    """
    root = Element("html", {"xmlns": "http://www.w3.org/1999/xhtml"})
    head = SubElement(root, "head")
    SubElement(head, "title").text = legal(file_name)
    SubElement(head, "meta", {"http-equiv": "Content-Type", "content": "text/html; charset=utf-8"})
    engines = dict.fromkeys(legal(f"{r.engine} {r.engine_version}".strip()) for r in readings)
    SubElement(head, "meta", {"name": "ocr-system", "content": ", ".join(engines)})
    SubElement(head, "meta", {"name": "ocr-capabilities", "content": _CAPABILITIES})
    body = SubElement(root, "body")
    for number, reading in enumerate(readings, start=1):
        _add_page(body, number, reading, file_name)
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_DOCTYPE}\n{tostring(root, encoding="unicode")}\n'


def _add_page(body: Element, number: int, reading: PageReading, file_name: str) -> None:
    image = legal(file_name).replace('"', "'")
    size = f"bbox 0 0 {reading.width_px} {reading.height_px}"
    page = _part(body, "div", "ocr_page", f"page_{number}", f'image "{image}"; {size}; ppageno {number - 1}')
    page.text = "\n" if reading.words else legal(reading.text) + "\n"
    for place, (_, block_words) in enumerate(groupby(reading.words, key=lambda word: word.block), start=1):
        words = list(block_words)
        name, box = f"{number}_{place}", _bbox(around(words))
        area = _part(page, "div", "ocr_carea", f"block_{name}", box)
        paragraph = _part(area, "p", "ocr_par", f"par_{name}", box)
        for line, (_, line_words) in enumerate(groupby(words, key=lambda word: word.line), start=1):
            _add_line(paragraph, f"{name}_{line}", list(line_words))


def _add_line(paragraph: Element, name: str, words: Sequence[Word]) -> None:
    line = _part(paragraph, "span", "ocr_line", f"line_{name}", _bbox(around(words)))
    for place, word in enumerate(words, start=1):
        title = f"{_bbox(around([word]))}; x_wconf {round(100 * word.score)}"
        _part(line, "span", "ocrx_word", f"word_{name}_{place}", title).text = legal(word.text)


def _part(parent: Element, tag: str, kind: str, name: str, title: str) -> Element:
    return SubElement(parent, tag, {"class": kind, "id": name, "title": title})


def _bbox(box: Box) -> str:
    left, top, width, height = box
    return f"bbox {left} {top} {left + width} {top + height}"
