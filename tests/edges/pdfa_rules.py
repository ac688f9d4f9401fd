"""The rules of PDF/A-2b (ISO 19005-2) that concern scans, checked without the validator that the product relies on."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, pdfa
from PIL import ImageCms

from archiveia.edges.jp2_header import jp2_colour

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORBIDDEN_FILTERS = {"/LZWDecode", "/Crypt"}
FORBIDDEN_KEYS = {"/AA", "/JS", "/EF", "/OPI", "/Alternates", "/TR", "/HTP", "/FFilter"}
EMBEDDED = {"/FontFile", "/FontFile2", "/FontFile3"}
INFO = {
    "/Title": "dc:title",
    "/Creator": "xmp:CreatorTool",
    "/Producer": "pdf:Producer",
    "/CreationDate": "xmp:CreateDate",
}


def assert_archival(path: Path) -> None:
    """Passes when the file is PDF/A-2b by these rules, by pikepdf's validator and by qpdf where it is installed."""
    assert list(broken_rules(path)) == []
    unknown = [f for f in pdfa.validate_written(path, "2b").findings if "JPEG 2000" not in f.message]
    assert unknown == []
    if shutil.which("qpdf"):
        subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)


def claim(path: Path) -> str | None:
    """The conformance that the file says it has."""
    with pikepdf.open(path) as pdf, pdf.open_metadata() as xmp:
        return f"{xmp['pdfaid:part']}{xmp['pdfaid:conformance']}" if "pdfaid:part" in xmp else None


def broken_rules(path: Path) -> Iterator[str]:
    """What in the file is not as PDF/A-2b wants it."""
    data = path.read_bytes()
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", data):
        yield "6.1.2: the header"
    if not data.rstrip().endswith(b"%%EOF"):
        yield "6.1.3: bytes behind the end of the file"
    if claim(path) != "2B":
        yield f"6.6.4: it says that it is {claim(path)}"
    with pikepdf.open(path) as pdf:
        yield from _document(pdf)
        for thing in pdf.objects:
            if isinstance(thing, Dictionary | Stream):
                yield from _object(thing)
        for number, page in enumerate(pdf.pages, start=1):
            yield from (f"page {number}: {broken}" for broken in _page(page))


def _document(pdf: Pdf) -> Iterator[str]:
    if pdf.is_encrypted or "/ID" not in pdf.trailer:
        yield "6.1.3: encrypted, or without an identifier"
    with pdf.open_metadata() as xmp:
        for key, name in INFO.items():
            said = str(pdf.docinfo.get(key))
            if name.endswith("Date"):
                said = pikepdf.models.metadata.decode_pdf_date(said).isoformat()
            if xmp.get(name) != said:
                yield f"6.6.3: {key} is {said}, {name} is {xmp.get(name)}"
    intents = list(pdf.Root.get("/OutputIntents", []))
    if [intent.S for intent in intents] != [Name.GTS_PDFA1]:
        yield "6.2.3: not one output intent of PDF/A"
        return
    profile = intents[0].DestOutputProfile
    icc = ImageCms.ImageCmsProfile(io.BytesIO(profile.read_bytes())).profile
    if (icc.xcolor_space.strip(), icc.device_class.strip(), int(profile.N)) != ("RGB", "mntr", 3):
        yield "6.2.3: the output intent is no RGB profile"
    if {"/OpenAction", "/AcroForm", "/Collection"} & set(pdf.Root.keys()):
        yield "6.4, 6.5: actions or forms"


def _object(thing: Dictionary | Stream) -> Iterator[str]:
    keys = set(thing.keys())
    if keys & FORBIDDEN_KEYS:
        yield f"forbidden: {keys & FORBIDDEN_KEYS}"
    if isinstance(thing, Stream) and _filters(thing) & FORBIDDEN_FILTERS:
        yield f"6.1.7: {_filters(thing)}"
    if thing.get("/Subtype") == Name.Image:
        yield from _image(thing)
    if {"/ca", "/CA", "/SMask", "/BM", "/Group"} & keys:
        yield "6.2.10: transparency"
    if thing.get("/Type") == Name.FontDescriptor and not keys & EMBEDDED:
        yield "6.2.11.4: a font that is not embedded"


def _filters(stream: Stream) -> set[str]:
    found = stream.get("/Filter", [])
    return {str(name) for name in (found if isinstance(found, Array) else [found])}


def _image(image: Stream) -> Iterator[str]:
    if bool(image.get("/Interpolate", False)):
        yield "6.2.8: interpolated"
    if "/JPXDecode" in _filters(image):
        if jp2_colour(image.read_raw_bytes()) is None:
            yield "6.2.8.3: a JPEG 2000 of its own kind"
    elif int(image.BitsPerComponent) not in (1, 2, 4, 8, 16):
        yield f"6.2.8: {image.BitsPerComponent} bits"
    if image.ColorSpace == Name.DeviceCMYK:
        yield "6.2.4.3: CMYK where sRGB is the output"


def _page(page: pikepdf.Page) -> Iterator[str]:
    if not all(3 <= side <= 14400 for side in map(float, page.mediabox[2:])):
        yield f"6.1.13: {page.mediabox}"
    fonts = page.resources.get("/Font", {})
    font: Dictionary | None = None
    for operands, operator in pikepdf.parse_content_stream(page):
        if operator == pikepdf.Operator("Tf"):
            font = fonts[str(operands[0])]
        if operator == pikepdf.Operator("TJ") and font is not None and font.Subtype == Name.Type0:
            yield from _shown(font, b"".join(bytes(part) for part in operands[0]))


def _shown(font: Dictionary, codes: bytes) -> Iterator[str]:
    """Every letter that is shown has a shape in the font, and is told in Unicode."""
    (boxes,) = font.DescendantFonts
    shapes = boxes.CIDToGIDMap.read_bytes()
    told = set(
        re.findall(rb"^<([0-9a-f]{4})> <(?:[0-9a-f]{4})+>$", font.ToUnicode.read_bytes(), re.MULTILINE)
    )
    for at in range(0, len(codes), 2):
        code = int.from_bytes(codes[at : at + 2], "big")
        if shapes[2 * code : 2 * code + 2] in (b"", b"\0\0"):
            yield f"6.2.11.8: letter {code} has no shape"
        if codes[at : at + 2].hex().encode() not in told:
            yield f"letter {code} is not told in Unicode"
