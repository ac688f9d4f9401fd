"""Papers as PDF on A4: reportlab lays them out, pikepdf, where it is installed, makes them PDF/A-2b for keeping."""

from __future__ import annotations

import io
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from archiveia import VERSION
from archiveia.edges.qr_codes import dark_squares

if TYPE_CHECKING:
    from archiveia.values.papers import Paper

FONT = "LiberationSerif"
_MARGIN_PT = 36
_CODE_PT = 58
"""The side of the code, at the foot of each page: 20 mm, which any scanner reads."""


def pdf_bytes(paper: Paper) -> bytes:
    """The paper as PDF, with page numbers, the foot and the code on every page."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import SimpleDocTemplate

    _register()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=landscape(A4),
        leftMargin=_MARGIN_PT,
        rightMargin=_MARGIN_PT,
        topMargin=_MARGIN_PT,
        bottomMargin=_CODE_PT + 24,
        title=paper.title,
        creator=f"archiveia {VERSION}",
        lang="fr-FR",
    )
    document.build(_story(paper, document.width), canvasmaker=_counting(paper))
    return _archival(out.getvalue())


def _register() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if FONT not in pdfmetrics.getRegisteredFontNames():
        data = files("archiveia.demo").joinpath("fonts", f"{FONT}.ttf").read_bytes()
        pdfmetrics.registerFont(TTFont(FONT, io.BytesIO(data)))


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle

    plain = ParagraphStyle("plain", fontName=FONT, bulletFontName=FONT, fontSize=9, leading=11.5)
    return {
        "plain": plain,
        "cell": ParagraphStyle("cell", plain, fontSize=8, leading=9.6),
        "title": ParagraphStyle("title", plain, fontSize=17, leading=22, spaceAfter=6),
        "heading": ParagraphStyle("heading", plain, fontSize=11, leading=15, spaceBefore=8, keepWithNext=1),
    }


def _story(paper: Paper, width_pt: float) -> list[Any]:
    from reportlab.platypus import KeepTogether, Paragraph, Spacer

    styles = _styles()
    story: list[Any] = [Paragraph(escape(paper.title), styles["title"])]
    story += [Paragraph(f"{escape(name)} : {escape(value)}", styles["plain"]) for name, value in paper.facts]
    story += [Spacer(1, 8), _table(paper, width_pt, styles)]
    for section in paper.sections:
        story.append(Paragraph(escape(section.heading), styles["heading"]))
        story += [Paragraph(escape(sentence), styles["plain"]) for sentence in section.sentences]
    if paper.signatures:
        story += [Spacer(1, 10), KeepTogether(_signatures(paper, width_pt, styles))]
    return story


def _table(paper: Paper, width_pt: float, styles: dict[str, Any]) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    table = paper.table
    rows = [table.heads, *table.rows, *([table.total] if table.total else [])]
    cells = [[Paragraph(escape(cell), styles["cell"]) for cell in row] for row in rows]
    whole = sum(table.widths)
    laid = Table(cells, colWidths=[width_pt * w / whole for w in table.widths], repeatRows=1)
    look = [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("FONTNAME", (0, 0), (-1, -1), FONT),  # reportlab's own is not embedded
        ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.92, 0.92, 0.92)),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    if table.total:
        look.append(("BACKGROUND", (0, -1), (-1, -1), colors.Color(0.96, 0.96, 0.96)))
    laid.setStyle(TableStyle(look))
    return laid


def _signatures(paper: Paper, width_pt: float, styles: dict[str, Any]) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    cells = [[Paragraph(f"{escape(a)}<br/>{escape(b)}", styles["cell"]) for a, b in paper.signatures]]
    share = width_pt / len(paper.signatures)
    laid = Table(cells, colWidths=[share] * len(paper.signatures), rowHeights=[84])
    whole = ((0, 0), (-1, -1))
    look = [("GRID", *whole, 0.4, colors.black), ("VALIGN", *whole, "TOP"), ("FONTNAME", *whole, FONT)]
    laid.setStyle(TableStyle(look))
    return laid


def _counting(paper: Paper) -> Any:
    """A canvas that numbers its pages once it knows how many there are, with foot and code on each."""
    from reportlab.pdfgen.canvas import Canvas

    class Counting(Canvas):  # type: ignore[misc] # reportlab has no types
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **(named | {"initialFontName": FONT}))  # reportlab's own is not embedded
            self._states: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self._states.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, state in enumerate(self._states, start=1):
                self.__dict__.update(state)
                self._foot(number, len(self._states))
                super().showPage()
            super().save()

        def _foot(self, number: int, count: int) -> None:
            self.setFont(FONT, 7)
            right = self._pagesize[0] - _MARGIN_PT
            self.drawString(_MARGIN_PT, 24, paper.foot)
            self.drawRightString(right - _CODE_PT - 6, 24, f"page {number} / {count}")
            side, dark = dark_squares(paper.code)
            square = _CODE_PT / side
            for row, column in dark:
                left, top = right - _CODE_PT + column * square, 14 + _CODE_PT - row * square
                self.rect(left, top - square, square, square, stroke=0, fill=1)

    return Counting


def _archival(data: bytes) -> bytes:
    """The PDF as PDF/A-2b; as it is where the extra ``pdf`` is not installed, or where it cannot be vouched for."""
    if find_spec("pikepdf") is None or find_spec("fontTools") is None:
        return data
    import pikepdf
    from pikepdf.pdfa import PdfaError

    from archiveia.edges.pdf_archival import save_archival

    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data)) as made:
            for page in made.pages:
                if "/Trans" in page.obj:  # how a screen turns pages: not for keeping
                    del page.obj["/Trans"]
            save_archival(made, out)
    except PdfaError:
        return data
    return out.getvalue()
