"""The sample box is what it says: the same each time, readable or broken where it should be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pypdfium2
import pytesseract
import pytest
from PIL import Image

from archiveia.demo.box import EXPECTED, RECORD_COUNT, write_samples
from archiveia.demo.texts import SURNAME
from archiveia.engines.barcodes import read_sheet
from archiveia.errors import UnreadableScanError
from archiveia.steps.intake import cut, groups, kind_of
from archiveia.steps.prepare import ink_mask
from archiveia.values import FileKind, Outcome, ProbedPage

ROOT = Path(__file__).resolve().parents[2]
MISPRINT = "Lefehvre"
"""What Tesseract reads where the foot of the ``b`` is worn off."""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "box"
    write_samples(folder)
    return folder


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")


@pytest.fixture(scope="module")
def deliberations(box: Path) -> tuple[str, str]:
    """The first page of the délibération as read from its two scans."""
    return read(page_of(box / "carton-12.pdf", 1)), read(page_of(box / "deliberation-1923.pdf", 1))


def page_of(path: Path, number: int) -> Image.Image:
    with pypdfium2.PdfDocument(path) as pdf:
        return pdf[number - 1].render(scale=200 / 72, grayscale=True).to_pil()


def read(image: Image.Image) -> str:
    return pytesseract.image_to_string(image, lang="fra", config="--psm 3")


def mean_confidence(image: Image.Image) -> float:
    data = pytesseract.image_to_data(image, lang="fra", config="--psm 3", output_type=pytesseract.Output.DICT)
    words = [
        (len(text), float(score) / 100)
        for text, score in zip(data["text"], data["conf"], strict=True)
        if text.strip()
    ]
    return sum(length * score for length, score in words) / sum(length for length, _ in words)


def test_the_box_holds_the_files_it_announces(box):
    assert {path.name for path in box.iterdir()} == set(EXPECTED)


def test_the_box_is_the_same_each_time(box, tmp_path):
    again = write_samples(tmp_path / "again")
    assert [path.name for path in again] == sorted(EXPECTED)
    for path in again:
        assert path.read_bytes() == (box / path.name).read_bytes(), path.name


def test_the_copy_comes_after_its_original_and_has_the_same_bytes(box):
    copies = [name for name, expected in EXPECTED.items() if expected.outcome is Outcome.DUPLICATE]
    for copy in copies:
        same = [name for name in EXPECTED if (box / name).read_bytes() == (box / copy).read_bytes()]
        assert same == sorted(same) == ["deliberation-1923.pdf", copy]


def test_the_second_scan_of_the_deliberation_is_near_the_first_but_not_equal(box, deliberations):
    first, second = (page_of(box / name, 1) for name in ("carton-12.pdf", "deliberation-1923.pdf"))
    assert first.tobytes() != second.tobytes()
    words, others = (set(text.split()) for text in deliberations)
    assert len(words & others) / len(words | others) > 0.85


def test_the_images_of_the_register_are_one_record(box):
    kinds: dict[str, FileKind | None] = {}
    for path in box.iterdir():
        try:
            kinds[f"box/{path.name}"] = kind_of(path.read_bytes()[:4096])
        except UnreadableScanError:
            kinds[f"box/{path.name}"] = None
    grouped = groups(kinds)
    assert grouped["box/registre-arretes-1931_p1.jpg"] == (grouped["box/registre-arretes-1931_p2.jpg"][0], 1)
    assert len({key for key, _ in grouped.values()}) == len(grouped) - 1


def test_the_expected_classes_are_in_the_plan():
    plan = json.loads((ROOT / "schemas" / "classification_plan.json").read_text(encoding="utf-8"))
    codes = {entry["code"] for entry in plan["classes"]}
    assert {code for e in EXPECTED.values() for code in e.classes} <= codes


def test_the_expected_records_add_up():
    indexed = [e for e in EXPECTED.values() if e.outcome is Outcome.INDEXED]
    assert sum(len(e.classes) for e in indexed) - 1 == RECORD_COUNT  # the register's two files share one


@pytest.mark.parametrize("name", [name for name, e in EXPECTED.items() if e.pages])
def test_each_file_has_the_pages_it_announces(box, name):
    if name.endswith(".pdf"):
        with pypdfium2.PdfDocument(box / name) as pdf:
            count = len(pdf)
    else:
        with Image.open(box / name) as image:
            count = getattr(image, "n_frames", 1)
    assert count == len(EXPECTED[name].pages)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        pytest.param(4, ["DOSSIER INDIVIDUEL D'AGENT", "LEFEBVRE", "né le 14 mars 1927"], id="agent's file"),
        pytest.param(8, ["placement d'office", "LEFEBVRE", "certificat médical"], id="committal order"),
        pytest.param(10, ["LISTE ELECTORALE", "LEFEBVRE", "28 février 1974"], id="electoral list"),
    ],
)
def test_the_typed_pages_can_be_read(box, page, words):
    text = read(page_of(box / "carton-12.pdf", page))
    for word in words:
        assert word in text


def test_the_deliberation_can_be_read(deliberations):
    for text in deliberations:
        for word in ("DELIBERATIONS", "six avril", "lavoir public"):
            assert word in text


def test_the_surname_of_the_deliberation_is_only_found_with_tolerance(deliberations):
    for text in deliberations:
        assert SURNAME not in text
        assert MISPRINT in text
    assert sum(a != b for a, b in zip(SURNAME, MISPRINT, strict=True)) == 1


def test_the_invoice_lies_on_its_side(box):
    page = page_of(box / "carton-12.pdf", 12)
    assert page.width > page.height
    assert "FACTURE N° 86-0417" in read(page.transpose(Image.Transpose.ROTATE_90))


def test_the_images_and_the_tiff_can_be_read(box):
    with Image.open(box / "registre-arretes-1931_p1.jpg") as page:
        assert "vidange des fosses" in read(page)
    with Image.open(box / "arrete-circulation.tif") as scan:
        assert "2024-037" in read(scan)
        assert scan.mode == "1"


def test_the_letter_cannot_be_read(box):
    with Image.open(box / "lettre-manuscrite.jpg") as letter:
        assert mean_confidence(letter) < 0.45
        assert "chemin rural" not in read(letter)


def test_only_the_blank_verso_of_the_box_has_no_ink(box):
    shares = [ink_mask(np.asarray(page_of(box / "carton-12.pdf", n))).mean() for n in range(1, 13)]
    assert [n for n, share in enumerate(shares, start=1) if share < 0.002] == [6]


def test_the_box_is_cut_where_its_separator_sheets_lie(box):
    pages = [
        ProbedPage(
            number=n, width_px=1, height_px=1, sheet=read_sheet(np.asarray(page_of(box / "carton-12.pdf", n)))
        )
        for n in range(1, 13)
    ]
    pieces = cut(pages, blank_page_cuts=False, blank_ink_share=0.0)
    assert [piece.pages for piece in pieces] == [(1, 2), (4, 5, 6), (8,), (10,), (12,)]
    assert len(pieces) == len(EXPECTED["carton-12.pdf"].classes)
    assert all(piece.starts_dossier for piece in pieces[1:])


def test_the_broken_file_is_broken(box):
    assert kind_of((box / "fichier-casse.pdf").read_bytes()[:4096]) is FileKind.PDF
    with pytest.raises(pypdfium2.PdfiumError, match="Failed to load document"):
        pypdfium2.PdfDocument(box / "fichier-casse.pdf")


def test_the_office_file_is_refused_with_a_remedy(box):
    with pytest.raises(UnreadableScanError, match=r"Word.*save it as PDF"):
        kind_of((box / "notes.docx").read_bytes()[:4096])
