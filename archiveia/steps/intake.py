"""What comes in: the kind of a file, which files are one record, where a scan is cut into pieces.

Which image files are pages of ONE record (``groups``); every other file is a record of its own:

(a) all the files of a sub-folder below the given folder, when they are images of one kind whose
    names share one prefix and end in consecutive numbers (two files at least; hidden files and the
    droppings of file managers do not count): ``registre/0012.tif``, ``registre/0013.tif``;
(b) anywhere, images whose names say that they are pages: a prefix, then ``p``, ``page``, ``f``,
    ``folio`` or ``vue``, then consecutive numbers from 0 or 1 (two files at least):
    ``deliberation_p1.jpg``, ``registre-page-02.tif``, ``bail vue 3.png``.

Pages follow their numbers, so that 10 comes after 9. A sub-folder is a dossier; a file that lies
directly in the given folder is a dossier of its own (``dossier_key``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from archiveia.errors import BadRequestError, UnreadableScanError
from archiveia.steps.cuts import ProposedCut, propose_cuts
from archiveia.values import FileKind, SheetKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archiveia.values import ProbedPage


__all__ = [
    "Piece",
    "ProposedCut",
    "cut",
    "dossier_key",
    "groups",
    "kind_of",
    "merge_pages",
    "propose_cuts",
    "reorder_pages",
    "split_pages",
    "stable_id",
]


def stable_id(*parts: str) -> str:
    """An identifier of 20 hexadecimal characters: the same parts always give the same one."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


# --- the kind of a file -------------------------------------------------------------------------

_SCANS = (
    (FileKind.TIFF, (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    (FileKind.JPEG, (b"\xff\xd8\xff",)),
    (FileKind.PNG, (b"\x89PNG\r\n\x1a\n",)),
    (FileKind.JP2, (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")),
)
_CONVERT_OFFICE = "open it and save it as PDF"
_UNPACK = "unpack it and give the scans that it holds"
_CONVERT_IMAGE = "convert it to TIFF or PNG"
_RESCAN = "scan it again, or convert it to PDF, TIFF, JPEG, PNG or JP2"
_OTHERS = (
    ("an old Office document or message (OLE)", (b"\xd0\xcf\x11\xe0",), _CONVERT_OFFICE),
    ("an RTF document", (b"{\\rtf",), _CONVERT_OFFICE),
    ("a 7z archive", (b"7z\xbc\xaf\x27\x1c",), _UNPACK),
    ("a RAR archive", (b"Rar!\x1a\x07",), _UNPACK),
    ("a gzip, bzip2 or xz archive", (b"\x1f\x8b", b"BZh", b"\xfd7zXZ"), _UNPACK),
    ("a GIF image", (b"GIF8",), _CONVERT_IMAGE),
    ("a Photoshop image", (b"8BPS",), _CONVERT_IMAGE),
    ("a PostScript or EPS file", (b"%!PS", b"\xc5\xd0\xd3\xc6"), "convert it to PDF"),
    ("a DjVu document", (b"AT&TFORM",), "convert it to PDF"),
)
_INSIDE = (
    ("a TAR archive", 257, b"ustar", _UNPACK),
    ("a WebP image", 8, b"WEBP", _CONVERT_IMAGE),
    ("a HEIC or AVIF image, or a film", 4, b"ftyp", _CONVERT_IMAGE),
)
_MAIL = re.compile(
    rb"(?:from|to|subject|received|return-path|message-id|date|mime-version|delivered-to): ?", re.IGNORECASE
)
_PDF_HEADER_BYTES = 1024
"""Readers accept the header anywhere in there (PDF Reference 1.7, appendix H.3, note 13)."""


def kind_of(head: bytes) -> FileKind:
    """The kind of a scan, told by its first bytes (4,096 are enough) and never by its name.

    Raises:
        UnreadableScanError: it is something else; the message says what it looks like.
    """
    for kind, starts in _SCANS:
        if head.startswith(starts):
            return kind
    looks_like, remedy = _looks_like(head)
    if looks_like is None and b"%PDF-" in head[:_PDF_HEADER_BYTES]:
        return FileKind.PDF
    if not head:
        raise UnreadableScanError("the file is empty (0 bytes)", "copy or scan it again")
    if looks_like is None:
        looks_like, remedy = _looks_like_text(head)
    raise UnreadableScanError(f"not a PDF, TIFF, JPEG, PNG or JP2: {looks_like}", remedy)


def _looks_like(head: bytes) -> tuple[str | None, str]:
    """What a file with a signature is, and what to do about it; ``None`` when it bears none."""
    for name, starts, remedy in _OTHERS:
        if head.startswith(starts):
            return f"it looks like {name}", remedy
    for name, at, signature, remedy in _INSIDE:
        if head[at : at + len(signature)] == signature:
            return f"it looks like {name}", remedy
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        office = (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/", b"opendocument")
        if any(mark in head for mark in office):
            return "it looks like a Word, Excel, PowerPoint or LibreOffice document", _CONVERT_OFFICE
        return "it looks like a ZIP archive", _UNPACK
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "it looks like a BMP image", _CONVERT_IMAGE
    return None, ""


def _looks_like_text(head: bytes) -> tuple[str, str]:
    """What a file without a signature is, and what to do about it."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "it looks like a web page (HTML)", "print it to PDF"
    if text.startswith((b"<?xml", b"<")):
        return "it looks like an XML file", "give the scan that it describes"
    if _MAIL.match(text):
        return "it looks like an e-mail", "print it to PDF, and give its attachments on their own"
    if text and not re.search(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]", head):
        return "it looks like plain text", "print it to PDF if it is a record"
    return f"nothing known starts with {head[:8]!r}", _RESCAN


# --- which files are one record -----------------------------------------------------------------

_NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<number>\d{1,9})", re.DOTALL)
_SAYS_PAGE = re.compile(
    r"(?P<prefix>(?:.*[\W\d_])?(?:p|pages?|f|fol|folio|vue)[ ._-]*)(?P<number>\d{1,9})",
    re.IGNORECASE | re.DOTALL,
)
_NOT_SCANS = frozenset({"thumbs.db", "desktop.ini"})


def groups(kinds: Mapping[str, FileKind | None]) -> dict[str, tuple[str, int]]:
    """The key of the record that each scan is part of, and its rank in it (from 1).

    Args:
        kinds: the place of EVERY file found, with ``None`` for one that is not a scan: it keeps its
            folder from being one record. Only scans come back. A file that is a record of its own
            has its place for key.
    """
    folders: dict[str, dict[str, FileKind | None]] = defaultdict(dict)
    for place, kind in kinds.items():
        folder, slash, name = place.rpartition("/")
        if kind or not (name.startswith(".") or name.lower() in _NOT_SCANS):
            folders[folder + slash][name] = kind
    found = {place: (place, 1) for place, kind in kinds.items() if kind}
    for folder, names in folders.items():
        whole = _whole_folder(names) if folder.count("/") > 1 else []
        for suffix, pages in ({"": whole} if whole else _named_pages(names)).items():
            found |= {folder + name: (folder + suffix, rank) for rank, name in enumerate(pages, start=1)}
    return found


def _whole_folder(kinds: Mapping[str, FileKind | None]) -> list[str]:
    """The files of a folder in page order when they are one record (rule a), else nothing."""
    pages = {name: _NUMBERED.fullmatch(_stem(name)) for name in kinds}
    same_kind = len(set(kinds.values())) == 1 and not set(kinds.values()) & {None, FileKind.PDF}
    if not same_kind or len({m and m["prefix"] for m in pages.values()}) != 1:
        return []
    return _in_order({name: int(m["number"]) for name, m in pages.items() if m})


def _named_pages(kinds: Mapping[str, FileKind | None]) -> dict[str, list[str]]:
    """Files whose names say that they are pages, in page order, under the name of the series (rule b)."""
    series: dict[tuple[str, str, FileKind], dict[str, int]] = defaultdict(dict)
    for name, kind in kinds.items():
        match = _SAYS_PAGE.fullmatch(_stem(name))
        if match and kind and kind is not FileKind.PDF:
            series[match["prefix"], name[len(_stem(name)) :], kind][name] = int(match["number"])
    ordered = {f"{prefix}*{suffix}": (_in_order(n), n) for (prefix, suffix, _), n in series.items()}
    return {key: pages for key, (pages, numbers) in ordered.items() if pages and numbers[pages[0]] in {0, 1}}


def _stem(name: str) -> str:
    """A file's name without its extension."""
    return name.rpartition(".")[0] or name


def _in_order(numbers: Mapping[str, int]) -> list[str]:
    """Two names or more whose numbers follow one another, in order; else nothing."""
    ordered = sorted(numbers, key=lambda name: numbers[name])
    first = numbers[ordered[0]] if ordered else 0
    follows = [numbers[name] for name in ordered] == list(range(first, first + len(ordered)))
    return ordered if follows and len(ordered) > 1 else []


def dossier_key(record_key: str) -> str:
    """The key of the dossier of a record, given the record's key of ``groups``.

    The dossier is the folder that holds the record. A folder that is itself one record lies in the
    folder above, unless this is the given folder; what lies directly in the given folder is a
    dossier of its own.
    """
    key = record_key.rstrip("/")
    folder = key.rpartition("/")[0]
    return folder if "/" in folder else key


# --- cutting and arranging ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """The pages of one file that make one piece, and whether it opens a new dossier."""

    pages: tuple[int, ...]
    starts_dossier: bool = False


def cut(pages: Sequence[ProbedPage], *, blank_page_cuts: bool, blank_ink_share: float) -> list[Piece]:
    """The pieces of one file, cut at its separator sheets (and at its blank pages when asked).

    Separators belong to no piece. What stands before the first separator is a piece too; two
    separators in a row make no empty one. A file of nothing but separators has no piece.
    """
    pieces: list[Piece] = []
    current: list[int] = []
    starts_dossier = False

    def close() -> None:
        nonlocal starts_dossier
        if current:
            pieces.append(Piece(tuple(current), starts_dossier))
            current.clear()
            starts_dossier = False

    for page in pages:
        blank = page.reason is None and page.ink_share is not None and page.ink_share < blank_ink_share
        if page.sheet is not SheetKind.PAGE:
            close()
            starts_dossier = starts_dossier or page.sheet is SheetKind.NEW_DOSSIER
        elif blank_page_cuts and blank:
            close()
        else:
            current.append(page.number)
    close()
    return pieces


def split_pages(pages: Sequence[str], at: Sequence[int]) -> list[tuple[str, ...]]:
    """The pages as several lists; ``at`` are the page numbers (from 2) that begin a new one.

    Raises:
        BadRequestError: nothing to split at, a number out of range or given twice.
    """
    if not at or len(set(at)) != len(at) or not all(1 < number <= len(pages) for number in at):
        msg = f"a record of {len(pages)} pages cannot be split before pages {list(at)}"
        raise BadRequestError(msg, f"give different page numbers from 2 to {len(pages)}")
    bounds = [1, *sorted(at), len(pages) + 1]
    return [tuple(pages[a - 1 : b - 1]) for a, b in pairwise(bounds)]


def reorder_pages(pages: Sequence[str], order: Sequence[int]) -> tuple[str, ...]:
    """The pages in a new order: ``order[0]`` is the present number of the page to come first.

    Raises:
        BadRequestError: ``order`` does not name each page exactly once.
    """
    if sorted(order) != list(range(1, len(pages) + 1)):
        msg = f"{list(order)} is not an order of {len(pages)} pages"
        raise BadRequestError(msg, f"give each number from 1 to {len(pages)} once")
    return tuple(pages[number - 1] for number in order)


def merge_pages(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The pages of several records, one after the other.

    Raises:
        BadRequestError: fewer than two records, one without pages, or a page that is in two.
    """
    merged = tuple(page for pages in lists for page in pages)
    if len(lists) < 2 or not all(lists):
        msg = f"{len(lists)} record(s) with {[len(pages) for pages in lists]} pages cannot be merged"
        raise BadRequestError(msg, "choose two records or more that have pages")
    if len(set(merged)) != len(merged):
        twice = next(page for page in merged if merged.count(page) > 1)
        raise BadRequestError(f"page {twice} would be there twice", "choose each record once")
    return merged
