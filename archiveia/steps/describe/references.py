"""References on a page: numbers of acts and permits, SIRET, IBAN, shelf marks (*cotes*)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiveia.steps.folding import fold
from archiveia.values import Assertion, Evidence, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ORIGIN = Origin(OriginKind.RULE, "describe.references", "1")

_ACT_NUMBER = re.compile(
    r"\b(?:arrete|deliberation|decision|marche|convention|facture|commande|mandat|titre|bordereau|circulaire|dossier|"
    r"acte|avenant|contrat|permis|lot|requete)s?(?:[ \t]+(?:de|du|d'|municipal|prefectoral|temporaire|permanent|public|"
    r"construire|recette|concession|[a-z]{4,15})){0,3}[ \t]*\n?[ \t]*(?:n[°ºo0*]s?\.?|num[eé]ro|no\.)[ \t]*:?[ \t]*"
    r"([0-9a-z][0-9a-z/._ -]*[0-9][0-9a-z/._-]*)"
)
_LINE_NUMBER = re.compile(
    r"(?:^|\n)[ \t]*(?:n[°º]|num[eé]ro|nos? ref(?:erence)?s?|ref(?:erence)?|nor)\.?[ \t]*:?[ \t]*"
    r"([0-9a-z][0-9a-z/._-]*[0-9][0-9a-z/._-]*)[ \t]*(?=\n|$)"
)
_INVOICE = re.compile(r"\bfacture[ \t]+((?=[a-z0-9/-]*\d)[a-z]{0,4}[-/]?[0-9][0-9a-z/-]{2,})")
_PERMIT = re.compile(
    r"(?<![a-z0-9])((?:pcmi|pc|dp|pa|pd|cu|at)[ \t]?(?:n°)?[ \t]?[0-9]{3}[ \t]?[0-9]{3}[ \t]?[0-9]{2}[ \t]?"
    r"[a-z]?[ \t]?[0-9]{4,5})(?![a-z0-9])"
)
_SIRET = re.compile(r"(?<!\d)(\d{3}[ .]?\d{3}[ .]?\d{3}[ .]?\d{5})(?!\d)")
_SIRET_CUE = re.compile(r"sire[tn]\D{0,15}$")
_IBAN = re.compile(r"(?<![a-z0-9])([a-z]{2}\d{2}(?:[ \t]?[a-z0-9]){11,30})(?![a-z0-9])")
_COTE = r"(?:\d{1,5}[ \t]?)?(?:[A-Z]{1,2}|Fi|AV|NUM|E[ -]?d[ée]p[ôo]t)[ \t]?\d+(?:/\d+)*"
"""A shelf mark: ``1D12``, ``4 W 103``, ``12 Fi 340``, ``E dépôt 12/4``."""
_COTE_CUE = re.compile(rf"(?i:\bcotes?\b[ \t]*:?[ \t]*)({_COTE})(?![\w/])")
_COTE_LINE = re.compile(
    r"(?:^|\n)[ \t]*(\d{1,5}[ \t]?W[ \t]?\d+(?:/\d+)*|\d{1,2}[A-Z][ \t]?\d+)[ \t]*(?=\n|$)"
)
_NO_NUMBER = re.compile(r"(?:1[5-9]|20)\d\d|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")
"""A year whose number was not read, or a date."""

_MAX_NUMBER_CHARS = 30


def _is_luhn(digits: str) -> bool:
    doubled = (int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def is_siret(digits: str) -> bool:
    """Whether 14 digits are a SIRET (Luhn; the offices of La Poste follow the sum of their digits)."""
    if len(digits) != 14 or not digits.isdigit() or len(set(digits)) == 1:
        return False
    return _is_luhn(digits) or (digits.startswith("356000000") and sum(map(int, digits)) % 5 == 0)


def is_iban(compact: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 13616); a French one has 27 characters."""
    if not 15 <= len(compact) <= 34 or (compact.startswith("FR") and len(compact) != 27):
        return False
    moved = compact[4:] + compact[:4]
    return moved.isalnum() and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def _numbers(text: str, folded: str) -> Iterator[tuple[int, int, str]]:
    for pattern in (_ACT_NUMBER, _LINE_NUMBER, _INVOICE):
        for match in pattern.finditer(folded):
            written = text[match.start(1) : match.end(1)]
            kept = re.match(r"\S+(?:[ \t](?=[A-Z0-9/]*[0-9/])\S+)?", written)
            value = (kept[0] if kept else written).rstrip("./- \t")
            if (
                len(value) <= _MAX_NUMBER_CHARS
                and any(map(str.isdigit, value))
                and not _NO_NUMBER.fullmatch(value)
            ):
                yield match.start(1), match.start(1) + len(value), " ".join(value.split())


def _checked(text: str, folded: str) -> Iterator[tuple[int, int, str]]:
    for match in _PERMIT.finditer(folded):
        yield *match.span(1), " ".join(text[match.start(1) : match.end(1)].upper().split())
    for match in _SIRET.finditer(folded):
        digits = re.sub(r"\D", "", match[1])
        if is_siret(digits) and (" " not in match[1] or _SIRET_CUE.search(folded[: match.start()])):
            yield *match.span(1), digits
    yield from find_ibans(folded)


def find_ibans(folded: str) -> Iterator[tuple[int, int, str]]:
    """Where IBANs with the right check digits stand in a folded text: start, end, the number without spaces."""
    for match in _IBAN.finditer(folded):
        whole = match[1]
        for end in range(len(whole), 14, -1):  # a word after the number may have been taken along
            compact = re.sub(r"\s", "", whole[:end]).upper()
            if not whole[end - 1].isspace() and is_iban(compact):
                yield match.start(1), match.start(1) + end, compact
                break


def _cotes(text: str) -> Iterator[tuple[int, int, str]]:
    for pattern in (_COTE_CUE, _COTE_LINE):
        for match in pattern.finditer(text):
            yield *match.span(1), match[1]


def find_references(pages: Sequence[tuple[int, str]], *, limit: int = 20) -> list[Assertion]:
    """The references of the document, each once, where it stands first.

    SIRET and IBAN only when their check digits are right; a shelf mark stays as written.
    """
    found: dict[str, Assertion] = {}
    for number, text in pages:
        folded = fold(text)
        spans = [*_checked(text, folded), *_cotes(text), *_numbers(text, folded)]
        taken: list[tuple[int, int]] = []
        for start, end, value in spans:
            if any(start < e and s < end for s, e in taken):
                continue
            taken.append((start, end))
            evidence = Evidence(number, start, end, text[start:end])
            found.setdefault(
                value.replace(" ", "").lower(), Assertion("reference", value, ORIGIN, evidence, 0.8)
            )
    return sorted(found.values(), key=_where)[:limit]


def _where(assertion: Assertion) -> tuple[int, int]:
    return (assertion.evidence.page, assertion.evidence.start) if assertion.evidence else (0, 0)
