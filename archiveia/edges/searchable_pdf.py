"""PDFs whose pages are the scans as they are, with the words that were read, unseen, over those of the image."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING

from archiveia.edges.pdf_images import add_image
from archiveia.edges.storage import write_atomically
from archiveia.errors import MissingToolError, UnreadableScanError
from archiveia.values import FileKind, PageState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import BinaryIO

    import pikepdf

    from archiveia.values import PageReading, ScanLimits, Word

OWN_TEXT = "pdf-text"
"""The engine of a page whose text is that of its PDF: it needs no second one."""
_UNSEEN = 3
"""The mode of text that is neither filled nor drawn (PDF 32000-1, 9.3.6)."""
_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
_CODES = 255
"""Letters of one font."""
_HIGH, _WIDE = 1000, 500
"""A letter without a shape, in thousandths of the size of the font."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page of a file, and what was read on it (``None``: nothing)."""

    path: Path
    kind: FileKind
    number: int
    reading: PageReading | None


def write_pdf(target: Path, pages: Iterable[ScannedPage], *, title: str, limits: ScanLimits) -> None:
    """A PDF of these pages in this order, upright, in which their words can be searched and marked.

    Raises:
        MissingToolError: the extra ``pdf`` is not installed.
        UnreadableScanError: a PDF cannot be copied.
        PageFailedError: an image cannot be decoded.
        StorageError: the PDF cannot be written.
    """
    require_pikepdf()
    import pikepdf

    with ExitStack() as stack:
        made = stack.enter_context(pikepdf.new())
        opened: dict[Path, pikepdf.Pdf] = {}
        fonts = _Fonts(made)
        for scanned in pages:
            try:
                if scanned.kind is FileKind.PDF:
                    if scanned.path not in opened:
                        opened[scanned.path] = stack.enter_context(pikepdf.open(scanned.path))
                    made.pages.append(opened[scanned.path].pages[scanned.number - 1])
                    page = made.pages[-1]
                else:
                    page = add_image(made, scanned.path, scanned.kind, scanned.number, limits=limits)
                if scanned.reading is not None:
                    _add_text(made, page, scanned.reading, fonts)
            except (pikepdf.PdfError, pikepdf.PasswordError, OSError, IndexError) as error:
                msg = f"page {scanned.number} cannot be put into a PDF: {error}"
                raise UnreadableScanError(msg, "scan it again or convert it") from error
        made.docinfo["/Title"] = title
        fonts.finish()
        write_atomically(target, lambda out: _save(made, out))


def require_pikepdf() -> None:
    """Returns when PDFs can be written here.

    Raises:
        MissingToolError: the extra ``pdf`` is not installed.
    """
    if find_spec("pikepdf") is None:
        raise MissingToolError("pikepdf is not installed", "pip install 'archiveia[pdf]'")


def _save(made: pikepdf.Pdf, out: BinaryIO) -> None:
    from pikepdf import ObjectStreamMode

    made.save(out, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)


def _add_text(made: pikepdf.Pdf, page: pikepdf.Page, reading: PageReading, fonts: _Fonts) -> None:
    """The page is upright and has the words; one that brought its text along, or is illegible, is only turned."""
    if reading.turned_degrees:
        page.rotate(reading.turned_degrees, relative=True)
    if reading.state is not PageState.TEXT or not reading.words or reading.engine == OWN_TEXT:
        return
    turn = int(page.obj.get("/Rotate", 0)) % 360
    x0, y0, x1, y1 = (float(side) for side in page.cropbox)
    sides = (y1 - y0, x1 - x0) if turn in (90, 270) else (x1 - x0, y1 - y0)
    across, down = sides[0] / reading.width_px, sides[1] / reading.height_px
    place = {
        0: (across, 0, 0, -down, x0, y1),
        90: (0, across, down, 0, x0, y0),
        180: (-across, 0, 0, down, x1, y0),
        270: (0, -across, -down, 0, x1, y1),
    }[turn]
    _remove_unseen(made, page)
    shown = [b"q %.5f %.5f %.5f %.5f %.5f %.5f cm BT %d Tr" % (*place, _UNSEEN)]
    names: dict[int, str] = {}
    for word in reading.words:
        runs = fonts.coded(word.text + " ")
        names |= {n: fonts.on_page(page, n) for n, _ in runs if n not in names}
        shown.append(_shown(word, [(names[n], codes) for n, codes in runs]))
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\nQ\n" + b"\n".join([*shown, b"ET Q\n"]))


def _remove_unseen(made: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """The page has no unseen text of an earlier reading any more; what can be seen stays."""
    import pikepdf

    kept, modes, mode, is_changed = [], list[int](), 0, False
    for step in pikepdf.parse_content_stream(page):
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
        page.obj.Contents = made.make_stream(pikepdf.unparse_content_stream(kept))


def _shown(word: Word, runs: Iterable[tuple[str, bytes]]) -> bytes:
    """The word from the left to the right side of its box and as high, a space after it."""
    size = max(1, word.height_px)
    wide = word.width_px / max(1, len(word.text)) / (size * _WIDE / 1000)
    out = [b"%.4f 0 0 -1 %d %d Tm" % (wide, word.left_px, word.top_px + word.height_px)]
    out += [b"%s %d Tf <%s> Tj" % (font.encode(), size, codes.hex().encode()) for font, codes in runs]
    return b" ".join(out)


class _Fonts:
    """Fonts of empty letters that say which letters they are, made as the words need them.

    Type 3 fonts hold their own letters: there is no font file to embed, and every letter can be had.
    """

    def __init__(self, made: pikepdf.Pdf) -> None:
        self._made = made
        self._letters: dict[str, int] = {}
        self._fonts: list[pikepdf.Object] = []

    def coded(self, text: str) -> list[tuple[int, bytes]]:
        """The text as runs of codes, each with the number of its font."""
        runs: list[tuple[int, bytes]] = []
        for letter in text:
            number, code = divmod(self._letters.setdefault(letter, len(self._letters)), _CODES)
            while number >= len(self._fonts):
                self._fonts.append(self._made.make_indirect(self._empty()))
            if runs and runs[-1][0] == number:
                runs[-1] = number, runs[-1][1] + bytes([code])
            else:
                runs.append((number, bytes([code])))
        return runs

    def on_page(self, page: pikepdf.Page, number: int) -> str:
        """The name of a font in the resources of a page, where other fonts keep theirs."""
        from pikepdf import Dictionary, Name

        if "/Resources" not in page.obj:
            page.obj.Resources = Dictionary()
        if "/Font" not in page.obj.Resources:
            page.obj.Resources.Font = Dictionary()
        taken = page.obj.Resources.Font
        name = next(name for n in count(number) if (name := f"/Unseen{n}") not in taken)
        taken[Name(name)] = self._fonts[number]
        return name

    def _empty(self) -> pikepdf.Dictionary:
        from pikepdf import Array, Dictionary, Name

        glyph = self._made.make_stream(b"%d 0 0 0 %d %d d1" % (_WIDE, _WIDE, _HIGH))
        names = [Name(f"/g{code}") for code in range(_CODES)]
        return Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=[0, 0, _WIDE, _HIGH],
            FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
            CharProcs=Dictionary({str(name): glyph for name in names}),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([0, *names])),
            FirstChar=0,
            LastChar=_CODES - 1,
            Widths=[_WIDE] * _CODES,
            Resources=Dictionary(),
        )

    def finish(self) -> None:
        """Each font says which letters its codes are."""
        letters = list(self._letters)
        for number, font in enumerate(self._fonts):
            font.ToUnicode = self._made.make_stream(
                _to_unicode(letters[number * _CODES : (number + 1) * _CODES])
            )


def _to_unicode(letters: Sequence[str]) -> bytes:
    """The CMap of a font: the letter of each code (PDF 32000-1, 9.10.3: at most 100 in a block)."""
    rows = [f"<{code:02x}> <{letter.encode('utf-16-be').hex()}>" for code, letter in enumerate(letters)]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Unseen def\n/CMapType 2 def\n1 begincodespacerange\n<00> <ff>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
