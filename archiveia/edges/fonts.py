"""The fonts of this machine and of this program that have every letter of French.

A typewriter's are told from print by their equal widths.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont

from archiveia.errors import MissingToolError

if TYPE_CHECKING:
    from collections.abc import Sequence

FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/usr/share/texmf/fonts/opentype"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
_NEEDED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789àâçéèêëîïôùûüÉÈ'.,;:!?()-"
_NO_BOOK_FONT = re.compile(
    r"math|symbol|emoji|ornament|initial|icon|chorus|chancery|z003|outline|swash|ecolier|dancing|script|"
    r"thin|hairline|extralight|ultralight|extracondensed|fraktur|small ?caps",
    re.IGNORECASE,
)
_SANS = re.compile(
    r"sans|arial|helvet|heros|adventor|lato|carlito|open|arimo|gothic|cantarell|avant", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Font:
    """A font file: its family and style, and whether it is a typewriter's, a book's or a modern one."""

    path: str
    family: str
    style: str
    kind: str
    covers: frozenset[str]


def find_fonts(vocabulary: str, folders: Sequence[Path] = FONT_FOLDERS) -> list[Font]:
    """The fonts that have every letter of French, in order of their files.

    Raises:
        MissingToolError: there is none.
    """
    own = Path(str(files("archiveia.demo"))) / "fonts"
    found: dict[tuple[str, str], Font] = {}
    for folder in (own, *folders):
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in {".ttf", ".otf"}:
                font = _examined(file, vocabulary)
                if font is not None:
                    found.setdefault((font.family, font.style), font)
    if not found:
        raise MissingToolError("no font has the letters of French", "install fonts, e.g. fonts-liberation")
    return [found[name] for name in sorted(found)]


def _examined(file: Path, vocabulary: str) -> Font | None:
    try:
        face = ImageFont.truetype(str(file), 20, layout_engine=ImageFont.Layout.BASIC)
        family, style = (name or "" for name in face.getname())
        if _NO_BOOK_FONT.search(f"{family} {style}"):
            return None
        missing = bytes(face.getmask("\uffff"))
        covers = frozenset(
            letter for letter in vocabulary if letter == " " or bytes(face.getmask(letter)) != missing
        )
        mono = face.getlength("i") == face.getlength("M")
    except (OSError, ValueError):  # no font after all, or one that FreeType cannot draw
        return None
    if not covers.issuperset(set(_NEEDED) & set(vocabulary)):
        return None
    kind = "mono" if mono else "sans" if _SANS.search(family) else "serif"
    return Font(str(file), family, style, kind, covers)
