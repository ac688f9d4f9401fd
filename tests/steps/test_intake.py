"""Intake: told by content, grouped by name, cut at separators; nothing is guessed from an extension."""

from __future__ import annotations

import contextlib
import random

import pytest

from archiveia.errors import BadRequestError, UnreadableScanError
from archiveia.steps.intake import (
    Piece,
    cut,
    dossier_key,
    groups,
    kind_of,
    merge_pages,
    propose_cuts,
    reorder_pages,
    split_pages,
    stable_id,
)
from archiveia.values import FileKind, ProbedPage, SheetKind

PDF, TIFF, JPEG, PNG, JP2 = FileKind.PDF, FileKind.TIFF, FileKind.JPEG, FileKind.PNG, FileKind.JP2

# --- ids ---


def test_an_id_is_the_same_for_ever():
    assert stable_id("record", "entité", "1") == "4fe653e41be83e2e9b8c"
    assert len(stable_id()) == 20


def test_ids_do_not_depend_on_where_parts_meet():
    assert len({stable_id("ab", "c"), stable_id("a", "bc"), stable_id("abc"), stable_id("ab", "c", "")}) == 4


def test_an_undecodable_name_has_an_id():
    assert stable_id("\udce9") != stable_id("\udce8")


# --- kinds ---


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4\n", PDF),
        (b"\xef\xbb\xbf%PDF-1.7", PDF),
        (b"\n" * 1000 + b"%PDF-1.4", PDF),
        (b"II*\0\x08\0\0\0", TIFF),
        (b"MM\0*\0\0\0\x08", TIFF),
        (b"II+\0\x08\0\0\0", TIFF),
        (b"MM\0+\0\x08", TIFF),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", JPEG),
        (b"\x89PNG\r\n\x1a\n", PNG),
        (b"\0\0\0\x0cjP  \r\n\x87\n", JP2),
        (b"\xff\x4f\xff\x51\0", JP2),
    ],
)
def test_a_scan_is_told_by_its_first_bytes(head, kind):
    assert kind_of(head) is kind


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"", r"the file is empty \(0 bytes\); copy or scan it again"),
        (
            b"PK\x03\x04....word/document.xml",
            "Word, Excel, PowerPoint or LibreOffice document; open it and save it as PDF",
        ),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text", "LibreOffice document; open it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office document"),
        (b"PK\x03\x04" + b"a.pdf" + b"%PDF-1.4", "ZIP archive; unpack it"),
        (b"7z\xbc\xaf\x27\x1c", "7z archive"),
        (b"Rar!\x1a\x07\0", "RAR archive"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"a.pdf".ljust(257, b"\0") + b"ustar".ljust(255, b"\0") + b"%PDF-1.4", "TAR archive"),
        (b"From: a@example.org\r\nSubject: bail", "e-mail; print it to PDF"),
        (b"<?xml version='1.0'?>", "XML file"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "web page"),
        (b"GIF89a", "GIF image; convert it to TIFF or PNG"),
        (b"BM\x36\0\0\0\0\0\0\0", "BMP image"),
        (b"RIFF\0\0\0\0WEBP", "WebP image"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"%!PS-Adobe-3.0 EPSF", "EPS"),
        ("Délibération du conseil".encode(), "plain text"),
        ("Délibération".encode("latin-1"), "plain text"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07\x08", r"starts with b'\\x00\\x01.*; scan it again"),
        (b"\n" * 1020 + b"%PDF-1.4", "plain text"),
    ],
)
def test_what_is_not_a_scan_is_named_with_what_to_do(head, says):
    with pytest.raises(UnreadableScanError, match=says):
        kind_of(head)


def test_no_bytes_whatever_break_the_telling_of_kinds():
    chance = random.Random(1923)
    seeds = [
        b"%PDF-1.4",
        b"II*\0",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"PK\x03\x04word/",
        b"From: a",
        b"<html>",
        b"",
    ]
    told = 0
    for _ in range(5000):
        head = bytearray(chance.choice(seeds) + chance.randbytes(chance.randrange(40)))
        for _ in range(chance.randrange(3)):
            if head:
                head[chance.randrange(len(head))] = chance.randrange(256)
        with contextlib.suppress(UnreadableScanError):  # any other error fails the test
            told += kind_of(bytes(head)) in FileKind
    assert told > 500


# --- groups ---


def _grouped(kinds):
    """The records that the files make: key -> places in page order."""
    found = {}
    for place, (key, rank) in sorted(groups(kinds).items(), key=lambda item: item[1]):
        found.setdefault(key, []).append(place)
        assert rank == len(found[key])
    return found


def test_a_folder_of_numbered_images_is_one_record_in_the_order_of_its_numbers():
    kinds = {f"boite/registre/vue{n}.tif": TIFF for n in (10, 8, 9, 11)}
    assert _grouped(kinds) == {"boite/registre/": [f"boite/registre/vue{n}.tif" for n in (8, 9, 10, 11)]}


def test_hidden_files_and_droppings_of_file_managers_do_not_count():
    kinds = {"b/r/1.tif": TIFF, "b/r/2.tif": TIFF, "b/r/.DS_Store": None, "b/r/Thumbs.db": None}
    assert _grouped(kinds) == {"b/r/": ["b/r/1.tif", "b/r/2.tif"]}


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param({"b/1.tif": TIFF, "b/2.tif": TIFF}, id="directly in the given folder"),
        pytest.param({"b/r/1.tif": TIFF, "b/r/3.tif": TIFF}, id="a number is missing"),
        pytest.param({"b/r/1.tif": TIFF, "b/r/01.tif": TIFF}, id="a number comes twice"),
        pytest.param({"b/r/1.tif": TIFF, "b/r/2.jpg": JPEG}, id="two kinds"),
        pytest.param({"b/r/1.pdf": PDF, "b/r/2.pdf": PDF}, id="PDFs"),
        pytest.param({"b/r/a1.tif": TIFF, "b/r/b2.tif": TIFF}, id="two prefixes"),
        pytest.param({"b/r/1.tif": TIFF}, id="alone"),
        pytest.param(
            {"b/r/1.tif": TIFF, "b/r/2.tif": TIFF, "b/r/notes.txt": None}, id="something else lies there"
        ),
        pytest.param({"b/r/1.tif": TIFF, "b/r/2.tif": TIFF, "b/r/plan.tif": TIFF}, id="one is not numbered"),
        pytest.param({"rep1.jpg": JPEG, "rep2.jpg": JPEG}, id="p ends a word"),
        pytest.param({"b/x_p2.jpg": JPEG, "b/x_p3.jpg": JPEG}, id="pages from 2"),
        pytest.param({"b/x_p1.jpg": JPEG, "b/x_p3.jpg": JPEG}, id="a page is missing"),
        pytest.param({"b/x_p1.jpg": JPEG, "b/y_p2.jpg": JPEG}, id="pages of two things"),
        pytest.param({"b/x_p1.jpg": JPEG, "b/x_p2.tif": TIFF}, id="pages of two kinds"),
        pytest.param({"b/x_p1.pdf": PDF, "b/x_p2.pdf": PDF}, id="PDFs that say page"),
        pytest.param({"b/f1r.jpg": JPEG, "b/f1v.jpg": JPEG}, id="recto and verso"),
    ],
)
def test_in_doubt_each_file_is_a_record_of_its_own(kinds):
    scans = {place for place, kind in kinds.items() if kind}
    assert groups(kinds) == {place: (place, 1) for place in scans}


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        ("b/deliberation_p1.jpg", "b/deliberation_p2.jpg", "b/deliberation_p*.jpg"),
        ("b/registre-page-00.tif", "b/registre-page-01.tif", "b/registre-page-*.tif"),
        ("b/bail vue 1.png", "b/bail vue 2.png", "b/bail vue *.png"),
        ("b/c/Folio1.JPG", "b/c/Folio2.JPG", "b/c/"),
        ("page1.jpg", "page2.jpg", "page*.jpg"),
    ],
)
def test_names_that_say_page_make_one_record(first, second, key):
    kind = {"jpg": JPEG, "JPG": JPEG, "tif": TIFF, "png": PNG}[first.rpartition(".")[2]]
    assert groups({second: kind, first: kind}) == {first: (key, 1), second: (key, 2)}


def test_pages_are_found_among_other_files():
    kinds = {
        "b/acte.pdf": PDF,
        **{f"b/bail_p{n}.jpg": JPEG for n in range(1, 12)},
        "b/plan.jpg": JPEG,
        "b/lisez.txt": None,
    }
    grouped = _grouped(kinds)
    assert grouped["b/bail_p*.jpg"][-1] == "b/bail_p11.jpg"
    assert set(grouped) == {"b/acte.pdf", "b/bail_p*.jpg", "b/plan.jpg"}


@pytest.mark.parametrize(
    ("key", "dossier"),
    [
        ("boite/a.pdf", "boite/a.pdf"),
        ("a.pdf", "a.pdf"),
        ("boite/permis/a.pdf", "boite/permis"),
        ("boite/permis/plans/a.pdf", "boite/permis/plans"),
        ("boite/registre/", "boite/registre"),
        ("boite/permis/registre/", "boite/permis"),
        ("boite/x_p*.jpg", "boite/x_p*.jpg"),
    ],
)
def test_a_sub_folder_is_a_dossier(key, dossier):
    assert dossier_key(key) == dossier


# --- cuts ---


def _pages(signs):
    """One page per letter: p page, P piece separator, D dossier separator, b blank, x undecodable, ? not measured."""
    sheets = {"P": SheetKind.NEW_PIECE, "D": SheetKind.NEW_DOSSIER}
    inks = {"b": 0.0, "x": None, "?": None}
    return [
        ProbedPage(
            n, 10, 10, inks.get(s, 0.05), sheets.get(s, SheetKind.PAGE), "tronquée" if s == "x" else None
        )
        for n, s in enumerate(signs, start=1)
    ]


@pytest.mark.parametrize(
    ("signs", "pieces"),
    [
        ("", []),
        ("ppp", [((1, 2, 3), False)]),
        ("ppPp", [((1, 2), False), ((4,), False)]),
        ("PpDpPp", [((2,), False), ((4,), True), ((6,), False)]),
        ("DPpPp", [((3,), True), ((5,), False)]),
        ("PDpp", [((3, 4), True)]),
        ("pPPp", [((1,), False), ((4,), False)]),
        ("PD", []),
        ("pbp", [((1, 2, 3), False)]),
        ("pxp?", [((1, 2, 3, 4), False)]),
    ],
)
def test_a_scan_is_cut_at_its_separators(signs, pieces):
    cuts = cut(_pages(signs), blank_page_cuts=False, blank_ink_share=0.002)
    assert cuts == [Piece(pages, starts) for pages, starts in pieces]


@pytest.mark.parametrize(
    ("signs", "pieces"),
    [
        ("pbp", [(1,), (3,)]),
        ("bbppbb", [(3, 4)]),
        ("pxbp?", [(1, 2), (4, 5)]),
        ("bb", []),
    ],
)
def test_a_blank_page_cuts_when_asked(signs, pieces):
    assert [p.pages for p in cut(_pages(signs), blank_page_cuts=True, blank_ink_share=0.002)] == pieces


# --- arrangements ---


def test_pages_are_split_reordered_and_merged():
    assert split_pages("abcde", [4, 2]) == [("a",), ("b", "c"), ("d", "e")]
    assert reorder_pages("abc", [3, 1, 2]) == ("c", "a", "b")
    assert merge_pages(["ab", "c"]) == ("a", "b", "c")


@pytest.mark.parametrize("at", [[], [1], [4], [0], [-1], [2, 2]])
def test_a_senseless_split_is_refused(at):
    with pytest.raises(BadRequestError, match=r"3 pages cannot be split .* from 2 to 3"):
        split_pages("abc", at)


@pytest.mark.parametrize("order", [[], [1, 2], [1, 2, 2], [0, 1, 2], [1, 2, 3, 4]])
def test_a_senseless_order_is_refused(order):
    with pytest.raises(
        BadRequestError, match="is not an order of 3 pages; give each number from 1 to 3 once"
    ):
        reorder_pages("abc", order)


@pytest.mark.parametrize("lists", [[], ["ab"], ["ab", ""]])
def test_a_senseless_merge_is_refused(lists):
    with pytest.raises(BadRequestError, match="cannot be merged; choose two records or more"):
        merge_pages(lists)


def test_a_page_is_not_merged_twice():
    with pytest.raises(BadRequestError, match="page b would be there twice"):
        merge_pages(["ab", "bc"])


# --- proposed cuts ---

BODY = "Vu l'arrêté n° 12 du 3 mai 1998 ;\nConsidérant que la voirie communale doit être entretenue,\n" * 8
EXTRACT = "RÉPUBLIQUE FRANÇAISE\nCommune de Saint-Martin\nEXTRAIT DU REGISTRE DES DÉLIBÉRATIONS\n" + BODY


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param("RÉPUBLIQUE FRANÇAISE\nMAIRIE DE SAINT-MARTIN\n", id="the State's device"),
        pytest.param("REPUBLlQUE FRANCA1SE\nMAIRlE\n", id="misread"),
        pytest.param("R É P U B L I Q U E   F R A N Ç A I S E\n", id="spaced out"),
        pytest.param("Département du Gard\nExtrait du registre des délibérations du Conseil\n", id="extract"),
        pytest.param("ARRÊTÉ N° 2023-45\nportant règlement\n", id="number of an act"),
        pytest.param("Facture n° F-2021-33\n", id="invoice"),
        pytest.param("Note de service\nPage 1/3\n", id="page 1 of 3"),
        pytest.param("Note de service\nPage l sur 3\n", id="page 1 misread"),
    ],
)
def test_a_new_act_is_proposed_where_one_opens(opening):
    [proposed] = propose_cuts([BODY, opening + BODY])
    assert proposed.before_page == 2
    assert 0.6 <= proposed.score <= 1
    assert proposed.why


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(BODY, id="running text"),
        pytest.param("", id="illegible"),
        pytest.param("\n \n", id="blank"),
        pytest.param("Page 2/3\nRÉPUBLIQUE FRANÇAISE\n" + BODY, id="page 2 of 3"),
        pytest.param("2/3\nARRÊTÉ N° 12\n" + BODY, id="2/3"),
        pytest.param("ANNEXE 1\nRÉPUBLIQUE FRANÇAISE\n" + BODY, id="annex"),
        pytest.param("- 2 -\nARRÊTÉ N° 2023-45\n" + BODY, id="numbered 2"),
        pytest.param("Le Maire de la commune certifie\n" + BODY, id="one weak sign"),
        pytest.param(
            "il est dit que la République française, une et indivisible,\n" + BODY, id="in a sentence"
        ),
        pytest.param("arrêté n° 12 du 3 mai 1998 susvisé ;\n" + BODY, id="a sentence that goes on"),
        pytest.param("\ufffd" * 3000, id="garbage"),
    ],
)
def test_nothing_is_proposed_where_an_act_goes_on(page):
    assert propose_cuts([EXTRACT, page]) == []


def test_page_1_is_never_proposed():
    assert propose_cuts([EXTRACT]) == []
    assert propose_cuts([]) == []


def test_the_end_of_the_act_before_is_a_sign():
    ended = BODY + "Pour extrait conforme,\nLe Maire,\n"
    [proposed] = propose_cuts([ended, "Mairie de Saint-Martin\nObjet : voirie\n" + BODY])
    assert (
        proposed.why
        == "l'en-tête d'un service ; « Objet : » en tête ; la page précédente finit par une signature"
    )


def test_a_heading_printed_on_every_page_of_a_register_is_not_enough():
    assert propose_cuts(["RÉPUBLIQUE FRANÇAISE\n" + BODY] * 6) == []


def test_one_page_extracts_are_told_apart_although_all_bear_the_heading():
    assert [c.before_page for c in propose_cuts([EXTRACT + "Le Maire,\n"] * 5)] == [2, 3, 4, 5]


def test_cuts_are_found_in_real_acts_one_after_the_other(corpora):
    texts = [
        p.read_text()
        for p in sorted((corpora / "modern-arretes-prefectoraux").rglob("*.md"))
        if "mistral" in p.name
    ]
    assert len(texts) > 4
    acts = [[line for line in text.splitlines() if line.strip()] for text in texts]
    pages = ["\n".join(page) for act in acts for page in (act[:15], act[-15:])]
    found, starts = {c.before_page for c in propose_cuts(pages)}, set(range(3, len(pages), 2))
    assert not found - starts
    assert len(found) >= len(starts) - 1, "one of them bears its number as a formula"
