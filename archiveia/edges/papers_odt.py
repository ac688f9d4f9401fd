"""Papers as ODT (ISO/IEC 26300): text that an office suite opens, made of four small XML files in a ZIP."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from archiveia.edges.qr_codes import code_png

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiveia.values.papers import Paper, Table

MIMETYPE = "application/vnd.oasis.opendocument.text"
_WIDTH_CM = 27.2
"""Of the text: A4 lying, margins of 1.25 cm."""
_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
}
_CODE = "Pictures/code.png"
_FILES = {
    "/": MIMETYPE,
    "content.xml": "text/xml",
    "styles.xml": "text/xml",
    "meta.xml": "text/xml",
    _CODE: "image/png",
}


def odt_bytes(paper: Paper) -> bytes:
    """The paper as ODT, with page numbers, the foot and the code on every page."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as odt:
        # the kind of the file comes first and plain, so that it is told by its first bytes
        odt.writestr(zipfile.ZipInfo("mimetype"), MIMETYPE, zipfile.ZIP_STORED)
        odt.writestr("content.xml", _content(paper))
        odt.writestr("styles.xml", _styles(paper))
        odt.writestr("meta.xml", _meta(paper))
        odt.writestr(_CODE, code_png(paper.code))
        odt.writestr("META-INF/manifest.xml", _manifest())
    return out.getvalue()


def _root(name: str, inside: str) -> str:
    names = " ".join(f'xmlns:{short}="{uri}"' for short, uri in _NAMES.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} {names} office:version="1.3">{inside}</{name}>'


def _p(text: str, style: str = "Plain") -> str:
    return f'<text:p text:style-name="{style}">{escape(text)}</text:p>'


def _content(paper: Paper) -> str:
    table = paper.table
    columns = "".join(
        f'<style:style style:name="C{n}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{_WIDTH_CM * width / sum(table.widths):.2f}cm"/></style:style>'
        for n, width in enumerate(table.widths, start=1)
    )
    count = max(1, len(paper.signatures))
    styles = (
        f"<office:automatic-styles>{columns}"
        '<style:style style:name="Cell" style:family="table-cell"><style:table-cell-properties '
        'fo:border="0.4pt solid #000000" fo:padding="0.08cm"/></style:style>'
        '<style:style style:name="Sign" style:family="table-row"><style:table-row-properties '
        'style:min-row-height="3cm"/></style:style>'
        '<style:style style:name="S" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{_WIDTH_CM / count:.2f}cm"/></style:style></office:automatic-styles>'
    )
    body = [_p(paper.title, "Title")]
    body += [_p(f"{name} : {value}") for name, value in paper.facts]
    body.append(_table(table))
    for section in paper.sections:
        body += [_p(section.heading, "Heading"), *map(_p, section.sentences)]
    if paper.signatures:
        cells = "".join(_cell([who, what]) for who, what in paper.signatures)
        body.append(
            '<table:table table:name="Signatures"><table:table-column table:style-name="S" '
            f'table:number-columns-repeated="{count}"/><table:table-row table:style-name="Sign">{cells}'
            "</table:table-row></table:table>"
        )
    inside = f"<office:body><office:text>{''.join(body)}</office:text></office:body>"
    return _root("office:document-content", styles + inside)


def _table(table: Table) -> str:
    columns = "".join(f'<table:table-column table:style-name="C{n + 1}"/>' for n in range(len(table.widths)))
    rows = [*table.rows, *([table.total] if table.total else [])]
    return (
        f'<table:table table:name="Lignes">{columns}'
        f"<table:table-header-rows>{_row(table.heads)}</table:table-header-rows>"
        f"{''.join(map(_row, rows))}</table:table>"
    )


def _row(cells: Iterable[str]) -> str:
    return f"<table:table-row>{''.join(_cell([cell]) for cell in cells)}</table:table-row>"


def _cell(texts: Iterable[str]) -> str:
    inside = "".join(_p(text, "Small") for text in texts)
    return f'<table:table-cell table:style-name="Cell" office:value-type="string">{inside}</table:table-cell>'


def _styles(paper: Paper) -> str:
    fonts = (
        '<office:font-face-decls><style:font-face style:name="Serif" svg:font-family="\'Liberation Serif\'" '
        'style:font-family-generic="roman"/></office:font-face-decls>'
    )
    sizes = {"Plain": 9, "Small": 8, "Heading": 11, "Title": 17, "Foot": 7}
    texts = "".join(
        f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties '
        f'fo:margin-top="{0.2 if name == "Heading" else 0}cm" fo:keep-with-next='
        f'"{"always" if name == "Heading" else "auto"}"/>'
        f'<style:text-properties style:font-name="Serif" fo:font-size="{size}pt" fo:language="fr" fo:country="FR"/>'
        "</style:style>"
        for name, size in sizes.items()
    )
    layout = (
        '<office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties '
        'fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" fo:margin="1.25cm"/>'
        '<style:footer-style/></style:page-layout><style:style style:name="Code" style:family="graphic">'
        '<style:graphic-properties style:wrap="none"/></style:style></office:automatic-styles>'
    )
    foot = (
        f'<text:p text:style-name="Foot"><draw:frame draw:style-name="Code" draw:name="code" '
        'text:anchor-type="as-char" svg:width="2cm" svg:height="2cm"><draw:image xlink:type="simple" '
        f"xlink:href={quoteattr(_CODE)}/></draw:frame> {escape(paper.foot)} ; page <text:page-number/> / "
        "<text:page-count/></text:p>"
    )
    master = (
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4">'
        f"<style:footer>{foot}</style:footer></style:master-page></office:master-styles>"
    )
    return _root("office:document-styles", f"{fonts}<office:styles>{texts}</office:styles>{layout}{master}")


def _meta(paper: Paper) -> str:
    title = f"<dc:title>{escape(paper.title)}</dc:title><dc:language>fr-FR</dc:language>"
    return _root("office:document-meta", f"<office:meta>{title}</office:meta>")


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in _FILES.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="{_NAMES["manifest"]}" '
        f'manifest:version="1.3">{entries}</manifest:manifest>'
    )
