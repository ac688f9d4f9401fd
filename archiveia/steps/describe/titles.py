"""The title of a document: its own words, never composed.

In order: what follows *Objet*, the sentence of an act (*Arrêté portant...*), else the first line of the
heading that is neither a letterhead nor noise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiveia.steps.folding import fold
from archiveia.values import Assertion, Evidence, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ORIGIN = Origin(OriginKind.RULE, "describe.titles", "1")

MAX_CHARS = 250
_SEARCHED_CHARS = 3000
_HEADING_LINES = 25

_OBJECT = re.compile(
    r"(?:^|\n)[ \t>*|_-]*(?:l'?\s?)?[o0]b[ji]e[tl]s?(?:[ \t]+de[ \t]+la[ \t]+deliberation)?[ \t]*[:;.–-][ \t_-]*\n?"
)
_ACT = re.compile(
    r"(?:^|\n)[ \t]*(?:projet[ \t]d')?(?:arrete|decision|deliberation|decret|convention|avenant|reglement)s?\b"
    r"[^\n;]{0,70}?\n?[^\n;]{0,70}?\b(?:portant|relati(?:f|ve)s?\s+a|prescrivant|reglementant|autorisant|concernant|"
    r"fixant|modifiant|imposant|interdisant|accordant|approuvant|instituant|nommant)\b"
)
_END = re.compile(
    r"\n[ \t]*\n|\n[ \t]*(?:vu\b|le\s+(?:maire|prefet|president|conseil|sous-prefet)\b|"
    r"la\s+ministre|l'an\b|monsieur|madame)"
)
_LETTERHEAD = re.compile(
    r"(?:republique\s+fran|liberte|egalite|fraternite|(?:departement|arrondissement|canton|commune|ville|mairie|"
    r"prefecture|sous-prefecture|region|communaute|direction|service|bureau|pole|ministere|gouvernement|cabinet)\b|prefet\b|"
    r"tel\b|telephone|telecopie|fax|courriel|e-?mail|www|http|adresse|b\.?p\.?\s?\d|\d{5}\s|page\s|n/?ref|v/?ref|"
    r"nos? ref|vos? ref|affaire suivie|siret|monsieur|madame|messieurs|le\s+maire|le\s+prefet|recu\s|visa\b|copie\b)"
)
_KIND = re.compile(
    r"(?:factures?|memoire|bon de commande|deliberation|extrait d|proces[- ]verbal|compte[- ]rendu|rapport|arrete|"
    r"decision|convention|contrat|bail|avenant|budget|compte|registre|liste|tableau|permis|certificat|attestation|declaration|"
    r"bordereau|inventaire|circulaire|note|avis|plan|enquete|acte|titre|mandat|etat|matrice|bulletin|convocation|jugement)"
    r"\b(?! de (?:la )?(?:presentation|reglement))"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_DATE_LINE = re.compile(r"[^,\n]{0,40},?\s*(?:le|ce)\s[^\n]{0,40}\d{4}\W*$|[\W\d_]*$")


def _cleaned(text: str) -> str:
    joined = re.sub(r"(?<=\w)-[ \t]*\n[ \t]*(?=[a-zà-ÿ])", "", text)
    return " ".join(joined.split()).strip(" \t*_|•·–-:;,«»\"'")


def _is_readable(line: str) -> bool:
    """Whether most of the line is words; noise of stamps and logos is not, *Facture FA-2017-0009* is."""
    letters = sum(map(len, _WORD.findall(line)))
    share = 0.35 if _KIND.match(fold(line)) else 0.6
    return letters >= 6 and letters >= share * len(line.replace(" ", ""))


def _assertion(page: int, text: str, span: tuple[int, int], score: float) -> Assertion | None:
    start, end = span
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    end = start + len(raw.strip())
    value = _cleaned(text[start:end])
    if not _is_readable(value):
        return None
    return Assertion("title", value, ORIGIN, Evidence(page, start, end, text[start:end]), score)


def _until_end(folded: str, start: int) -> int:
    stop = _END.search(folded, start)
    end = min(stop.start() if stop else len(folded), start + MAX_CHARS)
    if end == start + MAX_CHARS:  # never in the middle of a word
        end = max(folded.rfind(" ", start, end), folded.rfind("\n", start, end), start)
    return end


def _heading(text: str, folded: str) -> Iterator[tuple[int, int]]:
    """The spans of the lines of the heading that may be a title."""
    at = 0
    for line in text.splitlines(keepends=True)[:_HEADING_LINES]:
        bare = line.strip()
        start = at + line.find(bare) if bare else at
        low = folded[start : start + len(bare)].lstrip(" *#_|-")
        if _is_readable(bare) and not _LETTERHEAD.match(low) and not _DATE_LINE.match(low):
            yield start, start + len(bare)
        at += len(line)


def find_title(pages: Sequence[tuple[int, str]]) -> Assertion | None:
    """The title with the text it was read from; ``None`` when the heading has no readable line."""
    for number, text in pages[:2]:
        folded = fold(text[:_SEARCHED_CHARS])
        for match in _OBJECT.finditer(folded):
            found = _assertion(number, text, (match.end(), _until_end(folded, match.end())), 0.9)
            if found:
                return found
        act = _ACT.search(folded)
        if act:
            found = _assertion(number, text, (act.start(), _until_end(folded, act.end())), 0.8)
            if found:
                return found
    for number, text in pages[:1]:
        folded = fold(text)
        lines = list(_heading(text, folded))
        named = [span for span in lines if _KIND.match(folded, span[0])]
        for start, end in [*named, *lines]:
            found = _assertion(number, text, (start, min(end, start + MAX_CHARS)), 0.6 if named else 0.4)
            if found:
                return found
    return None
