from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from archiveia.edges.xml_files import read_xml
from archiveia.steps.alto import ALTO_NAMESPACE, alto, reading_from_json, words_json
from archiveia.steps.transcription import as_reading, transcription
from archiveia.values import PageReading, PageState, Word

WORDS = (
    Word("Le", 100, 50, 30, 20, 0.95),
    Word("maire\x00\x0b", 140, 50, 80, 20, 0.5),
    Word("<&>\"'", 100, 80, 30, 20, 1.0, line=2),
    Word("Œuvre", 100, 200, 90, 20, 1 / 3, block=2),
)
TEXT = PageReading(
    state=PageState.TEXT,
    text="Le maire\n<&>\"'\n\nŒuvre",
    words=WORDS,
    width_px=800,
    height_px=600,
    engine="tesseract",
    engine_version="5.3.0 fra",
    score=0.7,
    turned_degrees=90,
    prepared=("denoised",),
)
BLANK = PageReading(PageState.BLANK, "", (), 800, 600, "pdf-text", "", reason=None)
NAMES = {"a": ALTO_NAMESPACE}


@pytest.fixture(scope="module")
def schema(reference):
    """The official schema of ALTO 4.4."""
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    folder = reference / "schemas-officiels"
    xlink = next(folder.rglob("xlink.xsd"))
    tree = etree.parse(folder / "alto" / "alto-4-4.xsd")
    for node in tree.iter("{http://www.w3.org/2001/XMLSchema}import"):
        if "xlink" in node.get("namespace", ""):
            node.set("schemaLocation", xlink.as_uri())
    return etree.XMLSchema(tree)


def assert_valid(schema, document):
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    schema.assertValid(etree.fromstring(document.encode()))


@pytest.mark.reference
def test_the_document_is_valid_against_the_official_schema(schema):
    assert_valid(schema, alto([TEXT, BLANK, TEXT], "scan\x01 n° 1.pdf"))
    assert_valid(schema, alto([BLANK], "blank.png"))


@pytest.mark.reference
@pytest.mark.corpora
def test_real_pages_are_exported_validly_and_come_back_as_they_were(schema, corpora, tmp_path):
    """Printed, typed and handwritten pages of eScriptorium, and newspapers, imported and exported again."""
    paths = [
        *corpora.glob("ocr-*/*.xml"),
        *corpora.glob("htr-*/*.xml"),
        *corpora.glob("xml-alto*/sample*.xml"),
    ]
    for path in sorted(paths):
        read = transcription(read_xml(path))
        was = as_reading(read.pages[0], read, replace(BLANK, width_px=0, height_px=0))
        document = alto([was], path.name)
        assert_valid(schema, document)
        (tmp_path / "again.xml").write_text(document, "utf-8")
        again = transcription(read_xml(tmp_path / "again.xml"))
        assert again.pages[0].text == was.text, path.name
    assert len(paths) > 100


def test_the_reading_order_is_that_of_the_words():
    across = [replace(word, block=block) for word, block in zip(WORDS, (2, 1, 2, 3), strict=True)]
    root = ET.fromstring(alto([replace(TEXT, words=tuple(across)), BLANK, TEXT], "scan.pdf"))  # noqa: S314 (our own)
    groups = root.findall("./a:ReadingOrder/a:OrderedGroup", NAMES)
    ordered = [ref.get("REF") for group in groups for ref in group.findall("a:ElementRef", NAMES)]
    blocks = root.findall(".//a:TextBlock", NAMES)
    assert len(groups) == 2
    assert ordered == [block.get("ID") for block in blocks]
    assert len(blocks) == len(set(ordered)) == 6
    first = [block.find(".//a:String", NAMES).get("CONTENT") for block in blocks[:4]]
    assert first == ["Le", "maire", "<&>\"'", "Œuvre"]


def test_words_are_found_with_their_boxes_and_scores():
    root = ET.fromstring(alto([TEXT], "scan.pdf"))  # noqa: S314 (our own document)
    strings = root.findall(".//a:String", NAMES)
    assert [s.get("CONTENT") for s in strings] == ["Le", "maire", "<&>\"'", "Œuvre"]
    assert {k: strings[0].get(k) for k in ("HPOS", "VPOS", "WIDTH", "HEIGHT", "WC")} == {
        "HPOS": "100",
        "VPOS": "50",
        "WIDTH": "30",
        "HEIGHT": "20",
        "WC": "0.950",
    }
    assert len(root.findall(".//a:TextBlock", NAMES)) == 2
    assert len(root.findall(".//a:TextLine", NAMES)) == 3
    assert len(root.findall(".//a:SP", NAMES)) == 1


def test_every_page_is_there_with_its_size_turn_and_engine():
    root = ET.fromstring(alto([TEXT, BLANK], "scan.pdf", numbers=[4, 9]))  # noqa: S314 (our own document)
    first, second = root.findall(".//a:Page", NAMES)
    assert (first.get("PHYSICAL_IMG_NR"), first.get("WIDTH"), first.get("HEIGHT")) == ("4", "800", "600")
    assert (first.get("ROTATION"), second.get("ROTATION")) == ("90", None)
    assert second.get("PHYSICAL_IMG_NR") == "9"
    assert [e.text for e in root.findall(".//a:softwareName", NAMES)] == ["tesseract", "pdf-text"]
    assert root.findtext(".//a:fileName", namespaces=NAMES) == "scan.pdf"


@pytest.mark.parametrize("reading", [TEXT, BLANK])
def test_a_reading_survives_json_whole(reading):
    assert reading_from_json(json.loads(json.dumps(words_json(reading)))) == reading
