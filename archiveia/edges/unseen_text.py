"""Text that a page of a PDF holds and nobody sees: it is found, marked and copied where it stands."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pikepdf

    from archiveia.values import Word

_UNSEEN = 3
"""The mode of text that is neither filled nor drawn (ISO 32000-1, 9.3.6)."""
_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
_HIGH, _WIDE = 1000, 500
"""Every letter, in thousandths of the size of the font."""
_MOST_LETTERS = 0xFFFF
_BLOCK = 100
"""Letters that one block of a CMap may name (ISO 32000-1, 9.10.3)."""


class UnseenText:
    """Words put over those of the pages of a PDF, in one font of boxes that says which letters they are."""

    def __init__(self, made: pikepdf.Pdf) -> None:
        from pikepdf import Dictionary, Name

        self._made = made
        self._font = made.make_indirect(Dictionary(Type=Name.Font))
        self._letters: dict[str, int] = {}

    def put(self, page: pikepdf.Page, words: Iterable[Word], place: tuple[float, ...]) -> None:
        """The page has these words, and no unseen ones of an earlier reading.

        Args:
            page: a page of the PDF.
            words: each is as wide and as high as its box, and a space follows it.
            place: the matrix from pixels of the boxes to points of the page.
        """
        from pikepdf import Matrix
        from pikepdf.canvas import ContentStreamBuilder

        self._remove_earlier(page)
        name = self._name_on(page)
        text = ContentStreamBuilder().push().cm(Matrix(*place)).begin_text().set_text_rendering(_UNSEEN)
        for word in words:
            size = max(1, word.height_px)
            wide = word.width_px / max(1, len(word.text)) / (size * _WIDE / 1000)
            text.set_text_font(name, size)
            text.set_text_matrix(Matrix(wide, 0, 0, -1, word.left_px, word.top_px + word.height_px))
            text.show_text(self._coded(word.text + " "))
        page.contents_add(b"q\n", prepend=True)
        page.contents_add(b"\nQ\n" + text.end_text().pop().build())

    def finish(self) -> None:
        """The font is whole: to be called once, after the last page."""
        from pikepdf import Array, Dictionary, Name, String

        if not self._letters:
            return
        stream = self._made.make_stream
        program = _font_program()
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name.Unseen,
            Flags=4,  # its letters are in no alphabet
            FontBBox=[0, 0, _WIDE, _HIGH],
            ItalicAngle=0,
            Ascent=_HIGH,
            Descent=0,
            CapHeight=_HIGH,
            StemV=_WIDE,
            FontFile2=stream(program, Length1=len(program)),
        )
        boxes = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name.Unseen,
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=self._made.make_indirect(descriptor),
            DW=_WIDE,
            CIDToGIDMap=stream(b"\0\0" + b"\0\1" * len(self._letters)),
        )
        self._font.Subtype = Name.Type0
        self._font.BaseFont = Name.Unseen
        self._font.Encoding = Name("/Identity-H")
        self._font.DescendantFonts = Array([self._made.make_indirect(boxes)])
        self._font.ToUnicode = stream(_to_unicode(self._letters))

    def _coded(self, text: str) -> bytes:
        """Two bytes a letter, counted from 1 as they come: code 0 is that of letters which a font does not have."""
        return b"".join(
            self._letters.setdefault(letter, min(len(self._letters) + 1, _MOST_LETTERS)).to_bytes(2, "big")
            for letter in text
        )

    def _name_on(self, page: pikepdf.Page) -> pikepdf.Name:
        """The name of the font in the resources of the page, where no other has it."""
        from pikepdf import Name

        fonts = page.resources.get(Name.Font, {})
        number = 0
        while (name := f"/Unseen{number}") in fonts:
            if (
                fonts[name].is_indirect and fonts[name].objgen == self._font.objgen
            ):  # pages may share resources
                return Name(name)
            number += 1
        return page.add_resource(self._font, Name.Font, Name(name))

    def _remove_earlier(self, page: pikepdf.Page) -> None:
        """The page has no unseen text of an earlier reading any more; what can be seen stays."""
        import pikepdf
        from pikepdf.models import PdfParsingError

        try:
            steps = pikepdf.parse_content_stream(page)
        except (TypeError, pikepdf.PdfError, PdfParsingError):
            return  # drawn by what is no PDF; readers pass over it, and so do we
        kept, modes, mode, is_changed = [], list[int](), 0, False
        for step in steps:
            operator = str(step.operator)
            if operator == "q":
                modes.append(mode)
            elif operator == "Q" and modes:
                mode = modes.pop()
            elif operator == "Tr":
                mode = int(step.operands[0])
            if mode == _UNSEEN and operator in _SHOWING:
                is_changed = True
            else:
                kept.append(step)
        if is_changed:
            page.obj.Contents = self._made.make_stream(pikepdf.unparse_content_stream(kept))


def _font_program() -> bytes:
    """A TrueType font of one letter, a box."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, _HIGH), (_WIDE, _HIGH), (_WIDE, 0)):
        pen.lineTo(corner)
    pen.closePath()
    glyphs = dict.fromkeys((".notdef", "box"), pen.glyph())
    font = FontBuilder(unitsPerEm=1000)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap({})
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics(dict.fromkeys(glyphs, (_WIDE, 0)))
    font.setupHorizontalHeader(ascent=_HIGH, descent=0)
    font.setupPost(keepGlyphNames=False)
    program = io.BytesIO()
    font.save(program)
    return program.getvalue()


def _to_unicode(letters: dict[str, int]) -> bytes:
    """The CMap of the font: the letter of each code."""
    rows = [
        f"<{code:04x}> <{letter.encode('utf-16-be', 'replace').hex()}>" for letter, code in letters.items()
    ]
    blocks = [rows[start : start + _BLOCK] for start in range(0, min(len(rows), _MOST_LETTERS), _BLOCK)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Unseen def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
