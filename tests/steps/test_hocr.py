"""hOCR that other programs can read: well-formed XHTML, every word with its box and its score."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import XML

from archiveia.steps.hocr import hocr
from archiveia.values import PageReading, PageState, Word

XHTML = "{http://www.w3.org/1999/xhtml}"
WORDS = (
    Word("Mairie", 10, 10, 40, 10, 0.914),
    Word("d'Aubin & <Cie>", 60, 12, 20, 10, 0.8),
    Word("Séance", 10, 30, 30, 10, 1.0, line=2),
    Word("\x00œuvre", 100, 50, 30, 10, 0.5, block=2),
)


def reading(words=WORDS, text="", state=PageState.TEXT):
    return PageReading(state, text, words, 200, 100, "tesseract", "5.3")


def of_class(root, name):
    return [e for e in root.iter() if e.get("class") == name]


def test_every_word_stands_in_its_line_block_and_page_with_box_and_score():
    root = XML(hocr([reading(), reading(WORDS[:1])], "scan.pdf"))
    first, second = of_class(root, "ocr_page")
    assert first.get("title") == 'image "scan.pdf"; bbox 0 0 200 100; ppageno 0'
    assert second.get("title").endswith("ppageno 1")
    lines = [[w.text for w in of_class(line, "ocrx_word")] for line in of_class(first, "ocr_line")]
    assert lines == [["Mairie", "d'Aubin & <Cie>"], ["Séance"], ["œuvre"]]
    assert [e.get("title") for e in of_class(first, "ocr_par")] == ["bbox 10 10 80 40", "bbox 100 50 130 60"]
    assert of_class(first, "ocrx_word")[0].get("title") == "bbox 10 10 50 20; x_wconf 91"
    assert root.find(f".//{XHTML}meta[@name='ocr-system']").get("content") == "tesseract 5.3"


def test_no_identifier_is_given_twice():
    ids = re.findall(r' id="([^"]+)"', hocr([reading(), reading()], "scan.pdf"))
    assert len(ids) == len(set(ids)) == 24


def test_a_browser_reads_the_same_words():
    class Words(HTMLParser):
        found = ""

        def handle_data(self, data):
            self.found += data

    parser = Words()
    parser.feed(hocr([reading(), reading((), state=PageState.BLANK)], "a.png"))
    assert parser.found.split() == ["a.png", "Mairie", "d'Aubin", "&", "<Cie>", "Séance", "œuvre"]


def test_a_page_without_boxes_has_its_text_alone():
    (page,) = of_class(XML(hocr([reading((), "Texte\nimporté")], 'a "b" <c>.png')), "ocr_page")
    assert page.text.split() == ["Texte", "importé"]
    assert page.get("title").startswith("image \"a 'b' <c>.png\"; ")
