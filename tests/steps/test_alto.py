from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from archiveia.steps.alto import ALTO_NAMESPACE, alto, reading_from_json, words_json
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


@pytest.mark.reference
def test_the_document_is_valid_against_the_official_schema(reference):
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    folder = reference / "schemas-officiels"
    xlink = next(folder.rglob("xlink.xsd"))
    tree = etree.parse(folder / "alto" / "alto-4-4.xsd")
    for node in tree.iter("{http://www.w3.org/2001/XMLSchema}import"):
        if "xlink" in node.get("namespace", ""):
            node.set("schemaLocation", xlink.as_uri())
    schema = etree.XMLSchema(tree)
    document = etree.fromstring(alto([TEXT, BLANK, TEXT], "scan\x01 n° 1.pdf").encode())
    schema.assertValid(document)


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
