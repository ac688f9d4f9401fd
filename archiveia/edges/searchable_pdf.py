"""PDFs whose pages are the scans as they are, with the words that were read, unseen, over those of the image."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from itertools import groupby
from typing import TYPE_CHECKING

from archiveia import VERSION
from archiveia.edges.pdf_archival import reason, save_archival
from archiveia.edges.pdf_images import ImagePages
from archiveia.edges.storage import write_atomically
from archiveia.edges.unseen_text import UnseenText
from archiveia.errors import MissingToolError, UnreadableScanError
from archiveia.values import FileKind, PageState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    import pikepdf

    from archiveia.values import PageReading, ScanLimits

OWN_TEXT = "pdf-text"
"""The engine of a page whose text is that of its PDF: it needs no second one."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page of a file, and what was read on it (``None``: nothing)."""

    path: Path
    kind: FileKind
    number: int
    reading: PageReading | None

    @property
    def was_decoded(self) -> bool:
        """Whether the page could be read, or seen to be blank: its image is whole."""
        return self.reading is not None and self.reading.state is not PageState.FAILED


def write_pdf(target: Path, pages: Iterable[ScannedPage], *, title: str, limits: ScanLimits) -> str | None:
    """Why the PDF of these pages in this order is not PDF/A-2b; ``None``: it is.

    The pages are upright, and their words can be searched and marked. What a PDF of another program holds may
    not be vouched for: then it is kept as it was, and the PDF does not say that it is PDF/A.

    Raises:
        MissingToolError: the extra ``pdf`` is not installed.
        UnreadableScanError: a PDF cannot be copied.
        PageFailedError: an image cannot be decoded.
        StorageError: the PDF cannot be written.
    """
    require_pikepdf()
    from pikepdf.pdfa import PdfaError

    pages = list(pages)
    try:
        _write(target, pages, title, limits, save_archival)
    except PdfaError as refusal:
        _write(target, pages, title, limits, _save_plain)
        return reason(refusal)
    return None


def require_pikepdf() -> None:
    """Returns when PDFs can be written here.

    Raises:
        MissingToolError: the extra ``pdf`` is not installed.
    """
    try:
        import_module("pikepdf.pdfa")
    except ImportError as error:
        raise MissingToolError(
            f"PDF cannot be written here: {error}", "pip install 'archiveia[pdf]'"
        ) from error


def _write(
    target: Path,
    pages: Sequence[ScannedPage],
    title: str,
    limits: ScanLimits,
    save: Callable[[pikepdf.Pdf, BinaryIO], None],
) -> None:
    import pikepdf
    from pikepdf.models.metadata import encode_pdf_date

    with ExitStack() as stack:
        made = stack.enter_context(pikepdf.new())
        images, text = ImagePages(made, limits), UnseenText(made)
        for path, together in groupby(pages, key=lambda page: page.path):
            run = list(together)
            if run[0].kind is FileKind.PDF:
                with _copying(run[0].number):  # together: forms and links lead from page to page
                    source = stack.enter_context(pikepdf.open(path))
                    made.add_pages_from(source, [page.number - 1 for page in run])
                placed = made.pages[-len(run) :]
            else:
                placed = [
                    images.add(path, page.kind, page.number, is_known_good=page.was_decoded) for page in run
                ]
            for scanned, page in zip(run, placed, strict=True):
                if scanned.reading is not None:
                    with _copying(scanned.number):
                        _add_text(page, scanned.reading, text)
        text.finish()
        made.docinfo["/Title"] = title
        made.docinfo["/Creator"] = f"archiveia {VERSION}"
        made.docinfo["/CreationDate"] = encode_pdf_date(datetime.now(UTC))
        write_atomically(target, lambda out: save(made, out))


@contextmanager
def _copying(number: int) -> Iterator[None]:
    """What pikepdf says against a page is that its file cannot be copied."""
    import pikepdf

    try:
        yield
    except (pikepdf.PdfError, pikepdf.PasswordError, OSError, IndexError) as error:
        msg = f"page {number} cannot be put into a PDF: {error}"
        raise UnreadableScanError(msg, "scan it again or convert it") from error


def _save_plain(made: pikepdf.Pdf, out: BinaryIO) -> None:
    from pikepdf import ObjectStreamMode

    made.save(out, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)


def _add_text(page: pikepdf.Page, reading: PageReading, text: UnseenText) -> None:
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
    text.put(page, reading.words, place)
