"""Numbers on a page: digits that OCR may have misread, words of French, Roman numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiveia.steps.folding import TolerantWords

_SIMPLE = {
    "un": 1, "une": 1, "premier": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "octante": 80, "nonante": 90,
    "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "cinquieme": 5, "sixieme": 6, "septieme": 7,
    "huitieme": 8, "neuvieme": 9, "dixieme": 10, "onzieme": 11, "douzieme": 12, "treizieme": 13, "quatorzieme": 14,
    "quinzieme": 15, "seizieme": 16, "vingtieme": 20, "trentieme": 30, "unieme": 1, "neufvieme": 9,
}  # fmt: skip
_WORDS = TolerantWords([*_SIMPLE, "cent", "cents", "cens", "mil", "mille"], tolerant_from=4)
_WORD = re.compile(r"[a-z]+1?(?![0-9])")
_JOIN = re.compile(r"[\s-]+(?:et[\s-]+)?")
_DIGITS = re.compile(r"(?<![\w/.])([0-9OoIil|S]{1,4})(?:(?:er|ère|ere|ème|eme|e|°)(?!\w)|(?![\w]))")
_LOOKALIKES = str.maketrans("OoIil|S", "0011115")
_FIRST = re.compile(r"(?<!\w)[1Il|i](?:[ ]?er|[ ]?ER|cr|°r|°'|ᵉʳ|'r|\"|')(?!\w)")
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Number:
    """A number and where it stands. ``spelled`` when it is written in words."""

    value: int
    start: int
    end: int
    spelled: bool = False
    digits: int = 0


def _add(total: int, current: int, word: str) -> tuple[int, int]:
    if word in {"mil", "mille"}:
        return total + max(current, 1) * 1000, 0
    if word in {"cent", "cents", "cens"}:
        return total, max(current, 1) * 100
    value = _SIMPLE[word]
    if value == 20 and current % 100 == 4:  # quatre-vingts
        return total, current + 76
    return total, current + value


def spelled_numbers(folded: str) -> list[Number]:
    """The numbers written in words in a folded text; OCR slips are forgiven, not in short words."""
    found: list[Number] = []
    start = end = -1
    total = current = 0
    for match in _WORD.finditer(folded):
        word = _WORDS.only(match[0].replace("rn", "m").replace("1", "l"))  # as OCR reads "mil"
        joined = end >= 0 and _JOIN.fullmatch(folded, end, match.start()) is not None
        if end >= 0 and match[0] == "et":  # may join this number and the next word
            continue
        if end >= 0 and (word is None or not joined):
            found.append(Number(total + current, start, end, spelled=True))
            end = -1
        if word is not None:
            if end < 0:
                start, total, current = match.start(), 0, 0
            total, current = _add(total, current, word)
            end = match.end()
    if end >= 0:
        found.append(Number(total + current, start, end, spelled=True))
    return [n for n in found if not _is_torn(folded, n)]


def _is_torn(folded: str, number: Number) -> bool:
    """Whether a hyphen ties the number to a word that was not read: *viu.t-cinq* is not five."""
    before, after = folded[max(0, number.start - 1) : number.start], folded[number.end : number.end + 2]
    return before == "-" or (after[:1] == "-" and after[1:].isalnum())


def digit_numbers(text: str) -> list[Number]:
    """The numbers of one to four digits, ``l923`` and ``19O4`` included, and ``1er`` as 1."""
    found = {m.start(): Number(1, m.start(), m.end(), digits=1) for m in _FIRST.finditer(text)}
    for match in _DIGITS.finditer(text):
        written = match[1]
        if any(c.isdigit() for c in written) and match.start() not in found:
            value = int(written.translate(_LOOKALIKES))
            found[match.start()] = Number(value, match.start(), match.end(), digits=len(written))
    return sorted(found.values(), key=lambda n: n.start)


def roman(folded: str) -> int | None:
    """The value of a folded Roman numeral up to 39; ``None`` when it is none."""
    letters = folded.replace("l", "i").replace("1", "i")
    if not re.fullmatch(r"x{0,3}(?:ix|iv|v?i{0,4})", letters) or not letters:
        return None
    values = [_ROMAN[c] for c in letters]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
