"""Transcriptions from elsewhere: their text is that of people, their boxes lie on our pages."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import XML

import pytest

from archiveia.edges.xml_files import read_xml
from archiveia.errors import BadRequestError
from archiveia.steps.alto import alto
from archiveia.steps.layout import text_of
from archiveia.steps.transcription import Transcription, as_reading, transcription
from archiveia.values import PageReading, PageState, Word

PAGE = """<PcGts><Metadata><Creator>Transkribus</Creator></Metadata>
<Page imageWidth="200" imageHeight="100">
<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="1" regionRef="low"/>
<RegionRefIndexed index="0" regionRef="high"/></OrderedGroup></ReadingOrder>
<TextRegion id="low"><TextLine><Coords points="10,60 110,60 110,70 10,70"/>
<TextEquiv index="1"><Unicode>unsure</Unicode></TextEquiv>
<TextEquiv index="0"><Unicode>le 6  avril 1923</Unicode></TextEquiv></TextLine></TextRegion>
<TextRegion id="high"><TextLine><Coords points="10,10 110,10 110,20 10,20"/>
<Word><Coords points="10,10 50,20"/><TextEquiv><Unicode>Mairie</Unicode></TextEquiv></Word>
<Word><Coords><Point x="60" y="10"/><Point x="110" y="20"/></Coords>
<TextEquiv><Unicode>de</Unicode></TextEquiv></Word>
{line}</TextLine></TextRegion></Page></PcGts>"""


def reading(width_px=200, height_px=100, turned_degrees=0):
    return PageReading(
        PageState.ILLEGIBLE,
        "???",
        (),
        width_px,
        height_px,
        "tesseract",
        "5",
        0.2,
        turned_degrees,
        (),
        "manuscrite",
    )


def boxes(page, **before: int):
    words = as_reading(page.pages[0], page, reading(**before)).words
    return [(w.left_px, w.top_px, w.width_px, w.height_px) for w in words]


def test_a_page_file_is_read_in_its_reading_order_word_by_word():
    read = transcription(XML(PAGE.format(line="")))
    assert read.origin == "import: Transkribus PAGE"
    assert read.pages[0].text == "Mairie de\n\nle 6 avril 1923"
    assert boxes(read)[:2] == [(10, 10, 40, 10), (60, 10, 50, 10)]
    assert len(boxes(read)) == 6


def test_a_line_that_was_corrected_after_its_words_holds():
    corrected = "<TextEquiv><Unicode>Mairie du Bourg</Unicode></TextEquiv>"
    read = transcription(XML(PAGE.format(line=corrected)))
    assert read.pages[0].text == "Mairie du Bourg\n\nle 6 avril 1923"
    assert [w.text for w in read.pages[0].words][:3] == ["Mairie", "du", "Bourg"]


def test_text_without_boxes_is_kept_without_words():
    region = "<TextRegion><TextEquiv><Unicode>un\ndeux</Unicode></TextEquiv></TextRegion>"
    read = transcription(XML(f"<PcGts><Page>{region}</Page></PcGts>"))
    new = as_reading(read.pages[0], read, reading())
    assert (new.state, new.text, new.words, new.reason) == (PageState.TEXT, "un\ndeux", (), None)
    assert (new.engine, new.score) == ("import: PAGE", None)


def test_a_text_that_comes_in_has_nothing_of_what_was_estimated_of_the_one_before():
    read = transcription(XML(PAGE.format(line="")))
    before = replace(reading(), cer_estimate=0.3, aside=(Word("LIBRARY", 0, 0, 9, 9, 0.2),))
    new = as_reading(read.pages[0], read, before)
    assert (new.cer_estimate, new.aside) == (None, ())


def test_a_page_without_text_says_nothing():
    assert [p.text for p in transcription(XML("<alto><Layout><Page/></Layout></alto>")).pages] == [""]


@pytest.mark.parametrize("root", ["<mets/>", "<html/>"])
def test_other_xml_is_refused(root):
    with pytest.raises(BadRequestError, match="neither ALTO nor PAGE: the first element is <"):
        transcription(XML(root))


ALTO = """<alto><Layout><Page WIDTH="400" HEIGHT="200"><PrintSpace><TextBlock><TextLine>
<String CONTENT="Con-" HPOS="40" VPOS="20" WIDTH="80" HEIGHT="20"/></TextLine><TextLine>
<String CONTENT="seil" HPOS="40" VPOS="60" WIDTH="80" HEIGHT="0"/><HYP CONTENT="\u00ad"/></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>"""


def test_boxes_are_scaled_to_our_page():
    read = transcription(XML(ALTO))
    assert read.pages[0].text == "Con-\nseil-"
    assert boxes(read) == [(20, 10, 40, 10), (20, 30, 40, 1)]


@pytest.mark.parametrize(
    ("degrees", "size", "expected"),
    [
        pytest.param(90, (100, 200), (80, 20, 10, 40), id="turned a quarter"),
        pytest.param(180, (200, 100), (140, 80, 40, 10), id="upside down"),
        pytest.param(270, (100, 200), (10, 140, 10, 40), id="turned three quarters"),
        pytest.param(90, (200, 100), (20, 10, 40, 10), id="made from the upright page"),
    ],
)
def test_boxes_follow_a_page_that_was_turned(degrees, size, expected):
    read = transcription(XML(ALTO))
    found = boxes(read, width_px=size[0], height_px=size[1], turned_degrees=degrees)
    assert found[0] == expected


def test_boxes_of_an_image_of_another_shape_are_left_out():
    read = transcription(XML(ALTO))
    assert boxes(read, height_px=120) == []


def test_a_page_that_could_not_be_decoded_takes_the_size_of_the_file():
    new = as_reading(transcription(XML(ALTO)).pages[0], Transcription((), "import: ALTO"), reading(0, 0))
    assert (new.width_px, new.height_px, len(new.words)) == (400, 200, 2)


@pytest.mark.parametrize("side", ["nan", "inf", "-1", "1e300", "x", ""])
def test_numbers_that_cannot_be_are_no_boxes(side):
    read = transcription(XML(ALTO.replace('HPOS="40"', f'HPOS="{side}"')))
    new = as_reading(read.pages[0], read, reading())
    assert new.text == "Con-\nseil-"
    assert all(0 <= w.left_px < 200 for w in new.words)


def test_our_own_alto_comes_back_as_it_was(tmp_path):
    words = (
        Word("Mairie", 10, 10, 40, 10, 0.9),
        Word("de", 60, 10, 20, 10, 0.8),
        Word("X", 5, 50, 9, 9, 1.0, 2),
    )
    was = PageReading(PageState.TEXT, text_of(words), words, 200, 100, "tesseract", "5.3", 0.9)
    path = tmp_path / "scan.alto.xml"
    path.write_text(alto([was, was], "scan.pdf"), "utf-8")
    read = transcription(read_xml(path))
    assert (read.origin, read.version, len(read.pages)) == ("import: tesseract ALTO", "5.3", 2)
    assert as_reading(read.pages[1], read, reading()).words == words


def test_the_text_of_real_files_is_that_of_their_transcription(corpora):
    """ALTO of eScriptorium, of printed, typed and handwritten pages."""
    compared = 0
    for path in sorted(p for kind in ("ocr-*", "htr-*") for p in corpora.glob(f"{kind}/*.xml")):
        page = transcription(read_xml(path)).pages[0]
        assert page.text.split() == path.with_suffix(".gt.txt").read_text("utf-8").split(), path.name
        assert page.words or not page.text, path.name
        compared += 1
    assert compared > 90


@pytest.mark.parametrize(
    ("name", "origin", "words"),
    [
        ("sample_ALTO-BnF-V2.xml", "import: ALTO", 2618),
        ("sample_00001.xml", "import: FineReader ALTO", 209),
        ("sample_00002.xml", "import: FineReader ALTO", 180),
    ],
)
def test_alto_of_newspapers_is_read_with_its_scores(corpora, name, origin, words):
    read = transcription(read_xml(corpora / "xml-alto-page-mets" / name))
    (page,) = read.pages
    assert (read.origin, len(page.words)) == (origin, words)
    assert 0.9 < page.score <= 1


@pytest.mark.corpora
def test_every_sample_of_the_formats_is_imported_or_refused_with_its_reason(corpora):
    outcomes = {}
    for path in sorted((corpora / "xml-alto-page-mets").glob("*.xml")):
        try:
            outcomes[path.name] = len(transcription(read_xml(path)).pages)
        except BadRequestError as error:
            outcomes[path.name] = error.message
    samples = [f"sample_0000{n}{kind}.xml" for n in (1, 2) for kind in ("", "_Glyph", "_GlyphShortened")]
    imported = [*samples, "sample_00003.xml", "sample_ALTO-BnF-V2.xml"]
    refused = [
        "archivematica-demo-transfer-mets1.xml",
        "archivematica-demo-transfer-mets2.xml",
        "hathitrust-mets2.xml",
        "mets2-example-borndigital.xml",
        "simple-mets2.xml",
    ]
    why = "neither ALTO nor PAGE: the first element is <mets>"
    assert outcomes == dict.fromkeys(imported, 1) | dict.fromkeys(refused, why)


VALID_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/{version}"><Metadata><Creator>Transkribus</Creator>
<Created>2026-01-02T03:04:05</Created><LastChange>2026-01-02T03:04:05</LastChange></Metadata>
<Page imageFilename="vue_0012.jpg" imageWidth="200" imageHeight="100">
<ReadingOrder><OrderedGroup id="o"><RegionRefIndexed index="1" regionRef="r1"/>
<RegionRefIndexed index="0" regionRef="r2"/></OrderedGroup></ReadingOrder>
<TextRegion id="r1"><Coords points="10,60 110,60 110,70 10,70"/>
<TextLine id="l1"><Coords points="10,60 110,60 110,70 10,70"/><Baseline points="10,69 110,69"/>
<TextEquiv conf="0.9"><Unicode>le 6 avril 1923</Unicode></TextEquiv></TextLine></TextRegion>
<TextRegion id="r2"><Coords points="10,10 110,10 110,20 10,20"/>
<TextLine id="l2"><Coords points="10,10 110,10 110,20 10,20"/>
<Word id="w1"><Coords points="10,10 50,10 50,20 10,20"/><TextEquiv><Unicode>Mairie</Unicode></TextEquiv></Word>
<TextEquiv><Unicode>Mairie de Saint-Aubin</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"""


@pytest.mark.reference
@pytest.mark.parametrize("version", ["2019-07-15", "2024-07-15"])
def test_a_page_file_as_the_official_schema_wants_it_is_read(reference, tmp_path, version):
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    path = tmp_path / "vue_0012.xml"
    path.write_text(VALID_PAGE.format(version=version), "utf-8")
    folder = reference / "schemas-officiels" / "pagexml"
    etree.XMLSchema(etree.parse(folder / f"pagecontent-{version}.xsd")).assertValid(etree.parse(path))
    read = transcription(read_xml(path))
    assert (read.origin, read.pages[0].text) == (
        "import: Transkribus PAGE",
        "Mairie de Saint-Aubin\n\nle 6 avril 1923",
    )
    assert len(boxes(read)) == 7
