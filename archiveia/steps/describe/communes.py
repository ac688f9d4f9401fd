"""Places linked to the official list of communes, where one commune alone can be meant.

The list holds the communes of today and those that became a part of one (*déléguées*, *associées*).
A name that several communes bear is narrowed by the departments that the document names, else its
candidates are told: none is ever chosen for being bigger.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract

from archiveia.steps.describe.departments import FORMER
from archiveia.steps.folding import fold
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ORIGIN = Origin(OriginKind.RULE, "describe.communes", "1")
MAX_CANDIDATES = 12
"""More communes of one name are no help to whoever chooses."""
_FORGIVEN = ((12, 2), (7, 1))
"""From so many letters on, so many may be misread."""
_SIGNS = re.compile(r"[^a-z0-9]+")
_SAINT = re.compile(r"\b(?:saint|st|s)(?= )")
_SAINTE = re.compile(r"\b(?:sainte|ste)(?= )")
_LEZ = re.compile(r"(?<= )lez(?= )")
_SUR = re.compile(r"(?<= )s(?= )")
_TURNED = re.compile(r"(.+) (les?|la|l)")
"""*Havre (Le)*, as lists write it."""
_ARTICLE = re.compile(r"^(?:la|le|les|l) ")
_IN_BRACKETS = re.compile(r"\(([^()\n]{3,30})\)")
_NO_DEPARTMENT = re.compile(
    r"(?:\b(?:communes?|ville|mairie|maire|canton|arrondissement)\s+(?:de\s+(?:la\s+|l')?|d'|du\s+|des\s+)|\ba\s+)$"
)
_CONTRACTED = (("du ", "le "), ("au ", "le "), ("des ", "les "), ("aux ", "les "))
"""*Commune du Mans*: the article of the name has gone into the word before it."""
_DEPARTMENT = re.compile(r"departement\s+(?:de\s+la\s+|de\s+l'|des\s+|du\s+|de\s+|d'|:\s*)([a-z' -]{2,30})")


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of the official list. ``part_of``: the code of the commune that it became a part of."""

    code: str
    name: str
    kind: str
    department: str
    part_of: str | None = None


class Communes:
    """The list of communes, found by their names as people and OCR write them."""

    def __init__(self, communes: Iterable[Commune], departments: dict[str, str]) -> None:
        """Takes the communes, and the name of each department by its code."""
        by_name: dict[str, list[Commune]] = defaultdict(list)
        for commune in communes:
            by_name[key(commune.name)].append(commune)
        self._by_name = dict(by_name)
        self._names = list(by_name)
        self._departments: dict[str, tuple[str, ...]] = {
            key(name): (code,) for code, name in departments.items()
        }
        self._departments |= {key(name): codes for name, codes in FORMER.items()}

    def words(self) -> frozenset[str]:
        """The names of one word, folded."""
        return frozenset(name for name in self._names if " " not in name and len(name) > 2)

    def named(self, written: str) -> tuple[Commune, ...]:
        """The communes that bear the name, one a code; a slip of OCR is forgiven in long names."""
        wanted = key(written)
        found = self._by_name.get(wanted) or self._by_name.get(_ARTICLE.sub("", wanted))
        if found is None:
            forgiven = next((edits for length, edits in _FORGIVEN if len(wanted) >= length), 0)
            near = (
                extract(wanted, self._names, scorer=Levenshtein.distance, score_cutoff=forgiven, limit=5)
                if forgiven
                else []
            )
            least = min((distance for _name, distance, _at in near), default=0)
            found = [c for name, distance, _at in near if distance == least for c in self._by_name[name]]
        by_code: dict[str, Commune] = {}
        for commune in found:
            if commune.code not in by_code or commune.kind == "current":
                by_code[commune.code] = commune
        return tuple(by_code.values())

    def is_official(self, written: str) -> bool:
        """Whether a commune bears the very name, but for case, accents, signs and *Saint* shortened."""
        return key(written) in self._by_name

    def officially(self, written: str) -> frozenset[str]:
        """The official names of which this is a spelling, without forgiving a slip."""
        return frozenset(c.name for c in self._by_name.get(key(written), ()))

    def told_apart(self, name: str, code: str) -> str:
        """The official name, with the department where another commune or a department bears it too."""
        bearers = {c.code: c.department for c in self._by_name.get(key(name), ())}
        is_alone = len(bearers) == 1 and not self.is_department(name)
        return name if is_alone or code not in bearers else f"{name} ({bearers[code]})"

    def departments_of(self, pages: Sequence[tuple[int, str]]) -> frozenset[str]:
        """The codes of the departments that a document names (*département de l'Orne*, *(Orne)*)."""
        found: set[str] = set()
        for _number, text in pages:
            folded = fold(text)
            for match in _IN_BRACKETS.finditer(folded):
                found.update(self._departments.get(key(match[1]), ()))
            for match in _DEPARTMENT.finditer(folded):
                words = key(match[1]).split()
                wholes = (" ".join(words[:count]) for count in range(len(words), 0, -1))
                found.update(next((self._departments[w] for w in wholes if w in self._departments), ()))
        return frozenset(found)

    def is_department(self, name: str) -> bool:
        """Whether a department bears the name, today or once."""
        return key(name) in self._departments


def key(name: str) -> str:
    """What all spellings of a name of a place share: no case, accents or signs, *Saint* shortened."""
    words = _SIGNS.sub(" ", fold(name)).strip()
    words = _LEZ.sub("les", _SAINTE.sub("ste", _SAINT.sub("st", _SUR.sub("sur", words))))
    turned = _TURNED.fullmatch(words)
    return f"{turned[2]} {turned[1]}" if turned else words


def link_places(
    places: Sequence[Assertion], pages: Sequence[tuple[int, str]], communes: Communes
) -> list[Assertion]:
    """A commune for each place that can be one only, its candidates for a name that several bear.

    The field is ``commune``; its value has the ``name`` and the ``code`` of the official list, or the
    ``candidates``; what is no commune has no assertion.
    """
    departments, texts = communes.departments_of(pages), dict(pages)
    found: dict[str, Assertion] = {}
    for place in places:
        evidence = place.evidence
        before = fold(texts[evidence.page][max(0, evidence.start - 30) : evidence.start]) if evidence else ""
        if communes.is_department(place.value) and not _NO_DEPARTMENT.search(before):
            continue
        article = next((article for word, article in _CONTRACTED if before.endswith(word)), "")
        named = communes.named(article + place.value) or communes.named(place.value)
        if not named:
            continue
        near = [c for c in named if c.department in departments]
        chosen = near if len(near) == 1 else named
        value = _linked(chosen[0]) if len(chosen) == 1 else _unsure(place.value, near or list(named))
        found.setdefault(key(place.value), Assertion("commune", value, ORIGIN, evidence, place.score))
    return list(found.values())


def official_names(said: Iterable[Assertion], communes: Communes) -> dict[str, str]:
    """The official name of each place that is linked to one commune, by the ``key`` of the place."""
    return {
        key(a.evidence.text): communes.told_apart(a.value["name"], a.value["code"])
        for a in said
        if a.field == "commune" and "code" in a.value and a.evidence
    }


def _linked(commune: Commune) -> dict[str, object]:
    value: dict[str, object] = {"name": commune.name, "code": commune.code, "kind": commune.kind}
    return value | ({"part_of": commune.part_of} if commune.part_of else {})


def _unsure(written: str, named: Sequence[Commune]) -> dict[str, object]:
    shown = sorted(named, key=lambda c: c.code)[:MAX_CANDIDATES]
    return {
        "name": written,
        "candidates": [{"name": c.name, "code": c.code} for c in shown],
        "candidate_count": len(named),
    }
