"""French words to render for a recogniser: of texts, of a word list, and of forms that offices write.

The share of capitals, digits and signs is far above that of running text: with too few of them a
recogniser never learns them.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

WORD_LISTS = (Path("/usr/share/dict/french"),)
"""Word lists of the system, used where they are (Debian: ``wfrench``)."""
MOST_LETTERS = 24
"""Longer words do not fit the 32 steps that a CRNN takes along a crop."""
_HELD_OUT = 20
"""One word of the list in so many is kept for validation."""
_UNFOLDED = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "ﬁ": "fi", "ﬂ": "fl", "ſ": "s", "‘": "’", "„": "“", "‑": "-"}
)
_MONTHS_IN_TURN = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre "
    "vendémiaire brumaire frimaire nivôse pluviôse ventôse germinal floréal prairial messidor thermidor "
    "fructidor"
)
_MONTHS = tuple(_MONTHS_IN_TURN.split())
_OFFICE_SHORT_FORMS = (
    "N° n° No no Nos nos M. MM. Mme Mlle Mr Me Dr St Ste Cie Sté S.A. S.A.R.L. R.F. B.P. C.C.P. P.T.T. S.N.C.F. "
    "Réf. réf. N/Réf. V/Réf. Objet P.J. p.o. P.S. Art. art. § al. id. ibid. etc. c.-à-d. f° r° v° t. p. pp. vol. "
    "fr. frs. Fr. F. NF € m² m3 kg km ha h. mn cm ° % francs Francs centimes 1er 1ère 2e 2ème 3e IIIe XIXe XXe "
    "XVIIIe Ier An an VIII XIV le la de du et à en au"
)
_OFFICE = tuple(_OFFICE_SHORT_FORMS.split())
_AFTER = tuple(',,,...;:)!?»”…-"/')
_BEFORE = tuple('(«“"—–-/[')
_ELIDED = ("l", "d", "qu", "n", "s", "j", "m", "c", "jusqu", "L", "D", "Qu", "N", "S", "J", "C", "aujourd")


class FrenchWords:
    """French words drawn at random, each with the letters of ``vocabulary`` alone.

    Args:
        files: texts (``.txt``), or documents with a ``text`` each (``.jsonl``).
        vocabulary: the characters that a recogniser knows.
        samples: more text.

    Raises:
        BadRequestError: a file cannot be read, or there is no French at all.
    """

    def __init__(self, files: Sequence[Path], vocabulary: str, samples: str = "") -> None:
        self._letters = frozenset(vocabulary)
        self._signs = sorted(self._letters - {" "})
        running = self._tokens([samples, *(_read(file) for file in files)])
        listed = self._tokens([_read(file) for file in WORD_LISTS if file.is_file()])
        words = sorted(set(listed) - set(running)) or sorted(set(running))
        if not words:
            raise BadRequestError("no French text to render", "give some with --texts, or install wfrench")
        self._running = running or listed
        self._listed = [word for at, word in enumerate(words) if at % _HELD_OUT]
        self._held_out = words[::_HELD_OUT]

    def __len__(self) -> int:
        return len(self._running) + len(self._listed)

    def unseen(self, rng: Generator) -> str:
        """A word that ``draw`` never gives: of the word list, and in no text."""
        word = self._cased(self._held_out[int(rng.integers(len(self._held_out)))], rng)
        return self._punctuated(word, rng) if len(word) < MOST_LETTERS - 2 else word

    def _tokens(self, documents: Sequence[str]) -> list[str]:
        tokens = (token for text in documents for token in _clean(text).split())
        return [token for token in tokens if len(token) <= MOST_LETTERS and self._letters.issuperset(token)]

    def draw(self, rng: Generator, *, phrases: float = 0.15) -> str:
        """A word as it stands on a page, or (a share ``phrases``) some short ones with their spaces."""
        if " " in self._letters and rng.random() < phrases:
            return self._phrase(rng)
        return self._word(rng)

    def _phrase(self, rng: Generator) -> str:
        if rng.random() < 0.7:
            at = int(rng.integers(len(self._running)))
            words = self._running[at : at + 4]
        else:
            words = [self._word(rng) for _ in range(3)]
        phrase = words[0]
        for word in words[1 : int(rng.integers(2, 5))]:
            if len(phrase) + len(word) > 18:
                break
            phrase += f" {word}"
        return self._cased(phrase, rng)

    def _word(self, rng: Generator) -> str:
        kind = rng.random()
        if kind < 0.48:
            word = self._cased(self._running[int(rng.integers(len(self._running)))], rng)
        elif kind < 0.74:
            word = self._from_list(rng)
        elif kind < 0.94:
            word = _number(rng)
        elif kind < 0.97:
            word = str(rng.choice(_OFFICE))
        else:
            word = "".join(rng.choice(self._signs, int(rng.integers(1, 7))))
        word = self._told(self._punctuated(word, rng), rng)
        return word if self._letters.issuperset(word) and len(word) <= MOST_LETTERS else "le"

    def _from_list(self, rng: Generator) -> str:
        word = self._listed[int(rng.integers(len(self._listed)))]
        if rng.random() < 0.12 and len(word) > 5:  # the half of a word at the end of a line
            return word[: int(rng.integers(2, len(word) - 2))] + "-"
        if rng.random() < 0.15 and word[0] in "aeiouyhéèêâàîôœ":
            word = str(rng.choice(_ELIDED)) + str(rng.choice(("'", "’"))) + word
        return self._cased(word, rng)

    @staticmethod
    def _cased(word: str, rng: Generator) -> str:
        case = rng.random()
        if case < 0.13:
            return word.upper()
        if case < 0.17:
            plain = unicodedata.normalize("NFD", word.upper())  # typewriters have no accented capitals
            return "".join(letter for letter in plain if not unicodedata.combining(letter))
        return word[:1].upper() + word[1:] if case < 0.28 else word

    @staticmethod
    def _punctuated(word: str, rng: Generator) -> str:
        if rng.random() < 0.16:
            word += str(rng.choice(_AFTER))
        if rng.random() < 0.04:
            word = str(rng.choice(_BEFORE)) + word
        return word

    @staticmethod
    def _told(word: str, rng: Generator) -> str:
        """The word with one kind of apostrophe: as often the typewriter's as the printer's."""
        return word.replace("'", "’") if rng.random() < 0.4 else word


def _number(rng: Generator) -> str:
    """A number, date, amount or reference as offices write them."""

    def whole(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    day, month, year = whole(1, 32), whole(1, 13), whole(1780, 2030)
    mark = str(rng.choice(("/", ".", "-", " ")))
    forms = (
        str(year),
        f"{whole(0, 10 ** whole(1, 8))}",
        f"{whole(0, 1000)},{whole(0, 100):02d}",
        f"{whole(1, 1000)}.{whole(0, 1000):03d}",
        f"{whole(1, 100)} {whole(0, 1000):03d}",
        f"{day:02d}{mark}{month:02d}{mark}{year if rng.random() < 0.6 else f'{year % 100:02d}'}",
        f"{day} {_MONTHS[whole(0, 24)]}",
        f"{_MONTHS[whole(0, 24)]} {year}",
        f"{whole(1, 5000)} {rng.choice(('F', 'fr.', '€', 'francs', 'h', '%', 'm', 'kg'))}",
        f"{whole(1, 100)}{rng.choice(('°', 'e', 'F', '%', 'h', ')', '/', 'bis', '€'))}",
        f"n° {whole(1, 10000)}",
        f"{whole(1, 100)}{rng.choice(('/', '-', '.'))}{whole(1, 1000)}",
        f"{chr(65 + whole(0, 26))}{whole(1, 1000)}",
        f"{chr(65 + whole(0, 26))}{mark}{chr(65 + whole(0, 26))}{mark}{whole(1, 100)}",
        f"{whole(0, 24)}h{whole(0, 60):02d}",
        f"({whole(1, 100)})",
        "".join(rng.choice(list("IVXLC"), whole(1, 6))),
        f"{whole(10, 100)}.{whole(10, 100)}.{whole(10, 100)}.{whole(10, 100)}",
        f"{year}-{year + whole(1, 10)}",
    )
    return forms[whole(0, len(forms))]


def _read(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".jsonl":
            return "\n".join(json.loads(line)["text"] for line in text.split("\n") if line.strip())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadRequestError(f"the text {file} cannot be read: {error}", "give UTF-8 text files") from error
    return text


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_UNFOLDED)
