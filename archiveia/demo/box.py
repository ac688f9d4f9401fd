"""The sample box: which files it holds, how each is made, and what each should become.

Everything is invented and made here, the same bytes each time with the same versions of the libraries.
"""

from __future__ import annotations

import time
import zipfile
import zlib
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from archiveia.demo import texts
from archiveia.demo.render import Scan, Writing, blank_ink, date_stamp, round_stamp, scan, write
from archiveia.engines.barcodes import separator_sheet
from archiveia.values import Outcome, PageState, SheetKind

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.random import Generator

    from archiveia.demo.render import Ink

DPI = 200
JPEG_QUALITY = 55
SEAL = "MAIRIE DE SAINT-AUBIN-DES-PRÉS * "

TYPED = Writing("CourierPrime.otf", 11, leading=1.6, jitter=0.012, fading=0.3)
TYPED_WIDE = Writing("CourierPrime.otf", 8.8, leading=1.75, jitter=0.008, fading=0.2)
PRINTED = Writing("LiberationSerif.ttf", 13, leading=1.5, margin_pt=70, fading=0.15)
MODERN = Writing("LiberationSerif.ttf", 11.5, leading=1.4, margin_pt=64)
PEN = Writing("EcolierCourt.ttf", 21, leading=1.5, jitter=0.025, fading=0.45, slant=0.42)

OLD_PAPER = Scan(paper=216, ink=58, noise=5)
PLAIN_PAPER = Scan(paper=232, ink=45, noise=4)
BENT_PAPER = Scan(paper=210, ink=70, noise=5, wave_px=6)
CLEAN_PAPER = Scan(paper=252, ink=10, noise=0, shadow=0)


@dataclass(frozen=True, slots=True)
class Expected:
    """What one file of the box should become.

    ``classes`` has, for each record that the file's pages belong to, the code of the classification plan
    that a person would choose (no machine can for the letter); ``pages`` the state of each page.
    """

    outcome: Outcome
    classes: tuple[str, ...] = ()
    pages: tuple[PageState, ...] = ()


_TEXT, _BLANK = PageState.TEXT, PageState.BLANK

EXPECTED: dict[str, Expected] = {
    "arrete-circulation.tif": Expected(Outcome.INDEXED, ("ARRETE-T",), (_TEXT, _TEXT)),
    "carton-12.pdf": Expected(
        Outcome.INDEXED,
        ("DELIB", "AGENT", "HOSPIT", "LISTE-ELEC", "FACTURE"),
        # délibération, sheet, agent's file and blank verso, sheet, order, sheet, list, sheet, invoice
        (_TEXT, _TEXT, _BLANK, _TEXT, _TEXT, _BLANK, _BLANK, _TEXT, _BLANK, _TEXT, _BLANK, _TEXT),
    ),
    "deliberation-1923.pdf": Expected(Outcome.INDEXED, ("DELIB",), (_TEXT, _TEXT)),
    "deliberation-copie.pdf": Expected(Outcome.DUPLICATE, ("DELIB",)),
    "fichier-casse.pdf": Expected(Outcome.REJECTED),
    "lettre-manuscrite.jpg": Expected(Outcome.INDEXED, ("COURRIER",), (PageState.HANDWRITTEN,)),
    "notes.docx": Expected(Outcome.REJECTED),
    "registre-arretes-1931_p1.jpg": Expected(Outcome.INDEXED, ("ARRETE-P",), (_TEXT,)),
    "registre-arretes-1931_p2.jpg": Expected(Outcome.INDEXED, ("ARRETE-P",), (_TEXT,)),
}
"""What each file should become, by name; the two images of the register make one record together."""

RECORD_COUNT = 9
"""How many records the box makes: five in the box file, and one each for the order of 2024, the second
scan of the délibération, the letter, and the order of 1931 (two files)."""


def write_samples(folder: Path) -> list[Path]:
    """The files of the sample box, written into ``folder`` (made if need be), sorted by path."""
    folder.mkdir(parents=True, exist_ok=True)
    deliberation = _pdf(_deliberation("second scan", replace(PLAIN_PAPER, skew_degrees=-0.9)))
    contents = {
        "arrete-circulation.tif": _tiff(_traffic_order()),
        "carton-12.pdf": _pdf(_box_pages()),
        "deliberation-1923.pdf": deliberation,
        "deliberation-copie.pdf": deliberation,
        "fichier-casse.pdf": deliberation[: len(deliberation) // 2],
        "lettre-manuscrite.jpg": _jpeg(_letter()),
        "notes.docx": _docx(texts.REJECTED_NOTE),
    }
    for number, page in enumerate(_police_order(), start=1):
        contents[f"registre-arretes-1931_p{number}.jpg"] = _jpeg(page)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return sorted(folder / name for name in contents)


def _chance(page: str) -> Generator:
    """The chance of one page: always the same for the same page."""
    return np.random.default_rng(zlib.crc32(page.encode()))


# --- the pieces ---------------------------------------------------------------------------------


def _page(
    text: str, writing: Writing, how: Scan, seed: str, seal_at: tuple[float, float] | None
) -> Image.Image:
    """One page, scanned; the mairie's stamp at ``seal_at`` (shares of the width and height) if any."""
    rng = _chance(seed)
    ink = write(text, writing, DPI, rng)
    if seal_at:
        round_stamp(ink, seal_at, SEAL, DPI, rng)
    return scan(ink, how, rng)


def _deliberation(which: str, how: Scan) -> list[Image.Image]:
    """The délibération of 1923. The paper is the same at each scan, the copier's defects are not."""
    scans = []
    for number, text in enumerate(texts.DELIBERATION_1923, start=1):
        rng = _chance(f"deliberation {number}")
        ink = write(text, TYPED, DPI, rng)
        if number == 2:
            round_stamp(ink, (0.24, 0.86), SEAL, DPI, rng)
            date_stamp(ink, (0.70, 0.91), "REÇU À LA SOUS-PRÉFECTURE\n14 AVRIL 1923", DPI, rng)
        scans.append(scan(ink, how, _chance(f"{which} {number}")))
    return scans


def _box_pages() -> list[Image.Image]:
    """Five pieces as they come from the feeder, a separator sheet before each but the first."""
    front, marks = texts.AGENT_FILE
    agent_file = [
        _page(front, TYPED, replace(PLAIN_PAPER, skew_degrees=0.5), "agent 1", (0.25, 0.90)),
        _page(marks, TYPED, replace(PLAIN_PAPER, skew_degrees=-0.3), "agent 2", (0.45, 0.85)),
        _verso(write(marks, TYPED, DPI, _chance("agent 2"))),
    ]
    order = _page(texts.COMMITTAL_1958, TYPED, replace(OLD_PAPER, skew_degrees=-0.6), "order", (0.22, 0.90))
    electors = _page(
        texts.ELECTORAL_LIST_1974, TYPED_WIDE, replace(PLAIN_PAPER, skew_degrees=0.4), "list", (0.5, 0.88)
    )
    invoice = _page(texts.INVOICE_1986, TYPED, replace(PLAIN_PAPER, skew_degrees=0.8), "invoice", None)
    turned = invoice.transpose(Image.Transpose.ROTATE_270)
    pages = _deliberation("first scan", replace(OLD_PAPER, skew_degrees=0.7))
    for piece in (agent_file, [order], [electors], [turned]):
        pages += [_sheet(len(pages)), *piece]
    return pages


def _verso(recto: Ink) -> Image.Image:
    """The blank back of a page, whose writing shows through."""
    return scan(blank_ink(DPI), PLAIN_PAPER, _chance("verso"), recto)


def _sheet(place: int) -> Image.Image:
    """A separator sheet, printed and scanned."""
    printed = np.asarray(separator_sheet(SheetKind.NEW_DOSSIER, DPI).convert("L"), dtype=np.float32)
    ink = np.asarray(1 - printed / 255, dtype=np.float32)
    return scan(ink, Scan(paper=240, noise=3, skew_degrees=0.3), _chance(f"sheet {place}"))


def _police_order() -> list[Image.Image]:
    """The order of 1931, a printed placard scanned to one image a page."""
    first, second = texts.POLICE_ORDER_1931
    return [
        _page(first, PRINTED, replace(OLD_PAPER, skew_degrees=-0.5), "police 1", None),
        _page(second, PRINTED, replace(OLD_PAPER, skew_degrees=0.7), "police 2", (0.3, 0.80)),
    ]


def _letter() -> Image.Image:
    """A letter that stands for handwriting: a school hand, shaken and bent until Tesseract fails on it.

    It is no real hand: it shows what becomes of a page that OCR cannot read, and measures nothing else.
    """
    return _page(texts.LETTER_1911, PEN, BENT_PAPER, "letter", None)


def _traffic_order() -> list[Image.Image]:
    """The order of 2024 as a modern copier gives it: black and white, no grey."""
    first, second = texts.TRAFFIC_ORDER_2024
    pages = [
        _page(first, MODERN, replace(CLEAN_PAPER, skew_degrees=0.2), "traffic 1", None),
        _page(second, MODERN, replace(CLEAN_PAPER, skew_degrees=-0.2), "traffic 2", (0.3, 0.55)),
    ]
    return [page.point([0] * 180 + [255] * 76).convert("1") for page in pages]


# --- the files ----------------------------------------------------------------------------------


def _pdf(pages: list[Image.Image]) -> bytes:
    """A scanned PDF: a grey JPEG a page, no text layer, no date of its own."""
    data = BytesIO()
    epoch = time.gmtime(0)
    pages[0].save(
        data,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=DPI,
        quality=JPEG_QUALITY,
        creationDate=epoch,
        modDate=epoch,
    )
    return data.getvalue()


def _jpeg(page: Image.Image) -> bytes:
    data = BytesIO()
    page.save(data, "JPEG", quality=JPEG_QUALITY, dpi=(DPI, DPI))
    return data.getvalue()


def _tiff(pages: list[Image.Image]) -> bytes:
    data = BytesIO()
    pages[0].save(data, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(DPI, DPI))
    return data.getvalue()


def _docx(text: str) -> bytes:
    """A Word document of one paragraph."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="word/document.xml" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>",
    }
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name, xml in parts.items():
            package.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}')
    return data.getvalue()
