"""Where a new act probably begins in a scan that nobody cut: proposals for a person, never cuts.

Acts of French administrations open with the same words (the State's device, the extract of a
register, the number of the act) and close with a signature. One weak sign is not enough; "Page 2/3"
or "Annexe" at the top of a page outweighs them all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MIN_SCORE = 0.6
_HEAD_LINES = 12
_FOOT_LINES = 12
_EDGE_LINES = 4
"""Page numbers stand this near to the top or bottom."""
_SAME = 0.84
"""Likeness from which a line is taken for a heading misread by OCR."""
_EVERYWHERE = 0.8
"""A heading on this share of the pages may be printed on the paper: it counts for less."""
_EVERYWHERE_WEIGHT = 0.6

_HEADINGS = (
    ("EXTRAIT DU REGISTRE DES DELIBERATIONS", 0.75, "« Extrait du registre des délibérations » en tête"),
    ("EXTRAIT DU REGISTRE DES ARRETES", 0.75, "« Extrait du registre des arrêtés » en tête"),
    ("REPUBLIQUE FRANCAISE", 0.65, "« République française » en tête"),
    ("BORDEREAU D'ENVOI", 0.6, "« Bordereau d'envoi » en tête"),
    ("LIBERTE EGALITE FRATERNITE", 0.5, "la devise de la République en tête"),
    ("PROCES-VERBAL", 0.5, "« Procès-verbal » en tête"),
)
_DATE = r"\d{1,2}(ER)? [A-Z]{3,9} (1[89]|20)\d\d"
_NUMBER = r"\bN ?[O°º.]*:? ?"
_SERVICE = r"DEPARTEMENT|(SOUS-)?PREFECTURE|PREFETE?|MAIRIE|COMMUNE|VILLE"
_OPENINGS = tuple(
    (re.compile(pattern), score, why)
    for pattern, score, why in (
        (
            rf"ARRETE\b.{{0,40}}({_NUMBER}\d|\bDU {_DATE}).{{0,150}}",
            0.65,
            "un numéro ou une date d'arrêté en tête",
        ),
        (rf"DELIBERATION\b.{{0,30}}{_NUMBER}\d.{{0,40}}", 0.65, "un numéro de délibération en tête"),
        (
            rf"(FACTURE|DECISION|CONVENTION)\b.{{0,20}}{_NUMBER}\S{{0,6}}\d.{{0,30}}",
            0.6,
            "un numéro d'acte en tête",
        ),
        (rf"({_SERVICE})\b.{{2,45}}", 0.35, "l'en-tête d'un service"),
        (r"OBJET ?:.+", 0.3, "« Objet : » en tête"),
        (rf"[A-Z' -]{{3,35}},? LE {_DATE}\W*", 0.25, "un lieu et une date en tête"),
    )
)
_SIGNATURE = re.compile(
    r"(POUR )?(LE|LA) (MAIRE|PREFETE?|PRESIDENTE?|SECRETAIRE)\b.{0,40}"
    r"|POUR (EXTRAIT|COPIE) (CERTIFIEE? )?CONFORME.*|FAIT A .{2,40}LE .{4,20}"
)
_PAGE_OF = re.compile(
    r"(?:.* )?PAGE ?(?P<page>[\dIL]{1,3}) ?(?:/|SUR|DE) ?(?P<last>\d{1,3})|(?P<a>\d{1,2}) ?/ ?(?P<b>\d{1,2})"
)
_CONTINUES = re.compile(r"ANNEXE\b.*|SUITE\b.{0,20}|\W*\(SUITE\).*|[-–—] ?([2-9]|[1-9]\d) ?[-–—]")


@dataclass(frozen=True, slots=True)
class ProposedCut:
    """A new act probably begins before this page; ``why`` is for archivists."""

    before_page: int
    score: float
    why: str


def propose_cuts(page_texts: Sequence[str]) -> list[ProposedCut]:
    """Where new acts probably begin, in page order; never before page 1. An illegible page is ``""``."""
    pages = [[_plain(line) for line in text.splitlines() if line.strip()] for text in page_texts]
    signs = [dict(_opening_signs(lines)) for lines in pages]
    met = Counter(why for found in signs for why in found)
    frequent = {why for why, count in met.items() if len(pages) >= 4 and count >= _EVERYWHERE * len(pages)}
    cuts = []
    for number, (before, lines, found) in enumerate(zip(pages, pages[1:], signs[1:], strict=False), start=2):
        numbered = _page_of(lines)
        if not lines or _continues(lines) or (numbered is not None and numbered[0] > 1):
            continue
        weights = {
            why: score * (_EVERYWHERE_WEIGHT if why in frequent else 1) for why, score in found.items()
        }
        if numbered is not None:
            weights["la page est numérotée 1"] = 0.85
        if _has_visas(lines[1:]) and not _has_visas((*before, lines[0])):
            weights["les visas (« Vu… ») commencent"] = 0.4
        weights |= _closing_signs(before)
        score = 1 - prod(1 - weight for weight in weights.values())
        if score >= _MIN_SCORE:
            cuts.append(ProposedCut(number, round(score, 2), " ; ".join(weights)))
    return cuts


def _plain(line: str) -> str:
    """The line in capitals without accents, ornaments and runs of spaces; ``~ `` before what went on."""
    letters = unicodedata.normalize("NFKD", line.upper().replace("’", "'"))
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    plain = re.sub(r"\s+", " ", kept).strip(" *#_|.")
    return f"~ {plain}" if line.lstrip()[:1].islower() else plain


def _opening_signs(lines: Sequence[str]) -> Iterator[tuple[str, float]]:
    """What at the top of a page says that an act begins there."""
    head = lines[:_HEAD_LINES]
    for phrase, score, why in _HEADINGS:
        if any(_is_heading(line, phrase) for line in head):
            yield why, score
    for pattern, score, why in _OPENINGS:
        if any(pattern.fullmatch(line) for line in head):
            yield why, score


def _is_heading(line: str, phrase: str) -> bool:
    """Whether a line is that heading, misread letters and spaced-out letters allowed."""
    found, wanted = (re.sub(r"[^A-Z0-9]", "", text) for text in (line, phrase))
    if not 0.8 * len(wanted) <= len(found) <= 1.5 * len(wanted) + 6:
        return False
    return SequenceMatcher(None, found[: len(wanted)], wanted, autojunk=False).ratio() >= _SAME


def _has_visas(lines: Sequence[str]) -> bool:
    """Whether the texts that an act rests on are listed here."""
    return any(re.match(r"V[UL][ ,:]", line) for line in lines)


def _closing_signs(lines: Sequence[str]) -> dict[str, float]:
    """What at the bottom of the page before says that an act ends there."""
    signs = {}
    numbered = _page_of(lines)
    if numbered is not None and numbered[0] == numbered[1]:
        signs["la page précédente est la dernière de son acte"] = 0.6
    if any(_SIGNATURE.fullmatch(line) for line in lines[-_FOOT_LINES:]):
        signs["la page précédente finit par une signature"] = 0.3
    return signs


def _continues(lines: Sequence[str]) -> bool:
    return any(_CONTINUES.fullmatch(line) for line in lines[:_EDGE_LINES])


def _page_of(lines: Sequence[str]) -> tuple[int, int] | None:
    """The page and the number of pages that a page claims ("Page 2/3"); ``None`` when it does not."""
    for line in (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]):
        match = _PAGE_OF.fullmatch(line)
        if match:
            page = int(re.sub("[IL]", "1", match["page"] or match["a"]))
            last = int(match["last"] or match["b"])
            if 1 <= page <= last:
                return page, last
    return None
