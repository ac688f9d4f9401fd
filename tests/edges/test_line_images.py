"""Transcribed pages give the images of their words, and no handwriting, no doubtful word."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from archiveia.edges.line_images import cut_pages, find_pages
from archiveia.edges.rendered_pages import boxed_page, whole
from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from pathlib import Path

FONT = str(files("archiveia.demo").joinpath("fonts", "LiberationSerif.ttf"))


def drawn(path: Path, *lines: str) -> None:
    page = Image.new("L", (900, 60 * len(lines) + 40), 240)
    for at, text in enumerate(lines):
        ImageDraw.Draw(page).text((40, 30 + 60 * at), text, fill=20, font=ImageFont.truetype(FONT, 32))
    page.save(path)


def alto(*lines: str, tag: str = "") -> str:
    rows = "".join(
        f'<TextLine TAGREFS="{tag}"><Shape><Polygon POINTS="20 {20 + 60 * at} 880 {20 + 60 * at} '
        f'880 {75 + 60 * at} 20 {75 + 60 * at}"/></Shape><String CONTENT="{text}"/></TextLine>'
        for at, text in enumerate(lines)
    )
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Tags>'
        '<OtherTag ID="T1" LABEL="DefaultLine:Handwritten"/></Tags>'
        f"<Layout><Page><TextBlock>{rows}</TextBlock></Page></Layout></alto>"
    )


def page_xml(*lines: str) -> str:
    rows = "".join(
        f'<TextLine><Coords points="20,{20 + 60 * at} 880,{20 + 60 * at} 880,{75 + 60 * at} 20,{75 + 60 * at}"/>'
        f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>"
        for at, text in enumerate(lines)
    )
    return f"<PcGts><Page><TextRegion>{rows}</TextRegion></Page></PcGts>"


def words_of(folder: Path) -> list[list[str]]:
    return [[word.text for word in line.words] for line in cut_pages(find_pages(folder))]


@pytest.mark.parametrize("form", [alto, page_xml])
def test_the_words_of_alto_and_page_are_cut_out(tmp_path: Path, form):
    drawn(tmp_path / "vue.png", "Le conseil municipal", "de la commune -")
    (tmp_path / "vue.xml").write_text(form("Le conseil municipal", "de la commune -"), "utf-8")
    assert words_of(tmp_path) == [["Le", "conseil", "municipal"], ["de", "la", "commune", "-"]]
    (first, _) = cut_pages(find_pages(tmp_path))
    word = first.words[1]
    ink = first.pixels[word.top_px : word.bottom_px, word.left_px : word.right_px] < 128
    assert 0.1 < ink.mean() < 0.6
    assert first.source == f"{tmp_path.name}/vue"


def test_the_last_word_of_a_line_is_left_out_where_no_hyphen_was_ever_transcribed(tmp_path: Path):
    drawn(tmp_path / "vue.png", "Le conseil muni-", "cipal de la commune")
    (tmp_path / "vue.xml").write_text(page_xml("Le conseil municipal", "de la commune"), "utf-8")
    assert ["Le", "conseil"] in words_of(tmp_path) or words_of(tmp_path) == []
    assert all("municipal" not in line for line in words_of(tmp_path))


def test_what_is_written_by_hand_is_left_out(tmp_path: Path):
    drawn(tmp_path / "vue.png", "Le conseil municipal -")
    (tmp_path / "vue.xml").write_text(alto("Le conseil municipal -", tag="T1"), "utf-8")
    assert words_of(tmp_path) == []


def test_marks_that_the_readme_names_are_removed_and_handwritten_words_left_out(tmp_path: Path):
    (tmp_path / "README.md").write_text("Conventions: `_` underlined, `~~~` by hand.", "utf-8")
    drawn(tmp_path / "vue.png", "Le conseil municipal de Vaubourg -")
    (tmp_path / "vue.xml").write_text(alto("Le _conseil ~~~municipal de Vaubourg -"), "utf-8")
    assert words_of(tmp_path) == [["Le", "conseil"], ["de", "Vaubourg", "-"]]


def test_a_line_that_was_partly_struck_out_is_left_out(tmp_path: Path):
    drawn(tmp_path / "vue.png", "Le conseil municipal -")
    (tmp_path / "vue.xml").write_text(alto("Le ⟦conseil⟧ municipal -"), "utf-8")
    assert words_of(tmp_path) == []


def test_a_file_that_hides_entities_is_refused(tmp_path: Path):
    drawn(tmp_path / "vue.png", "Le conseil")
    (tmp_path / "vue.xml").write_text('<!DOCTYPE a [<!ENTITY e "x">]><alto>&e;</alto>', "utf-8")
    with pytest.raises(BadRequestError, match="declares a document type"):
        find_pages(tmp_path)


def test_a_folder_without_ground_truth_is_refused(tmp_path: Path):
    drawn(tmp_path / "vue.png", "Le conseil")
    with pytest.raises(BadRequestError, match="no ALTO or PAGE file beside an image"):
        find_pages(tmp_path)


def test_a_page_for_a_detector_has_a_box_for_each_word_and_nothing_else(tmp_path: Path):
    drawn(tmp_path / "vue.png", "Le conseil municipal -", "illisible ici")
    (tmp_path / "vue.xml").write_text(alto("Le conseil municipal -", "un deux trois quatre"), "utf-8")
    (page,) = find_pages(tmp_path)
    boxed = boxed_page(page)
    assert len(boxed.boxes) == 4
    assert boxed.pixels[80:140].min() > 200  # the second line could not be cut: painted over
    square, boxes = whole(boxed, 512)
    assert square.shape == (512, 512)
    for left, top, right, bottom in np.round(boxes * 512).astype(int):
        assert square[top:bottom, left:right].min() < 120


@pytest.mark.corpora
def test_most_lines_of_typescripts_are_cut(corpora: Path):
    pages = find_pages(corpora / "ocr-tapuscorpus")[:6]
    lines = sum(len(page.lines) for page in pages)
    cut = list(cut_pages(pages))
    assert len({id(line.pixels) for line in cut}) > lines * 0.6
