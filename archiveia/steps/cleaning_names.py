"""Variants of one name of a place or an organisation: case, accents, signs, *St* and *Saint*, a slip of a letter.

Persons are left out: nothing is gathered here about people who may be living.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from archiveia.steps.folding import fold, without_one

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Official = Callable[[str], Sequence[str]]

_WORD = re.compile(r"[a-z0-9]+")
_SHORT = {
    "st": "saint",
    "ste": "sainte",
    "cie": "compagnie",
    "dept": "departement",
    "dpt": "departement",
    "dep": "departement",
    "pref": "prefecture",
    "cne": "commune",
    "com": "commune",
    "etabl": "etablissement",
    "ets": "etablissements",
    "dir": "direction",
    "serv": "service",
    "adm": "administration",
    "mun": "municipal",
    "gal": "general",
    "gale": "generale",
    "nat": "national",
    "soc": "societe",
    "assoc": "association",
    "bur": "bureau",
}
"""Abbreviations of French inventories, folded."""
_ARTICLES = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "au", "aux"})
_FORGIVEN_FROM = 7
"""Shorter names differ by a letter too often (*Bray*, *Bracy*)."""
_MOST_CHARS = 100
"""A longer text is no name."""
_CLEAR_MAJORITY = 3
"""A form as many times commoner than its neighbour is what was meant."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A form that probably stands for ``other``. ``is_slip``: a letter differs, so they may be two names."""

    form: str
    other: str
    is_slip: bool
    mend: str | None


def name_key(name: str) -> str:
    """What all spellings of a name share: its words in full, without articles, accents, case and signs."""
    text = fold(
        re.sub(r"\bSté\b", "société", name, flags=re.IGNORECASE).replace("œ", "oe").replace("Œ", "Oe")
    )
    words = (_SHORT.get(word, word) for word in _WORD.findall(text))
    return " ".join(word for word in words if word not in _ARTICLES)


def variants(counts: Mapping[str, int], official: Official | None = None) -> list[Variant]:
    """The forms that are probably another form of the list, with the one that is to be preferred.

    Args:
        counts: how often each form stands in the list.
        official: the official names that a form is exactly one spelling of, for places.

    """
    by_key: dict[str, list[str]] = defaultdict(list)
    for form in counts:
        if key := name_key(form):
            by_key[key].append(form)
    preferred = {key: _preferred(forms, counts, official) for key, forms in by_key.items()}
    found = [
        Variant(form, preferred[key] or forms[0], is_slip=False, mend=preferred[key])
        for key, forms in by_key.items()
        if len(forms) > 1
        for form in forms
        if form != (preferred[key] or forms[0])
    ]
    return found + _slips(by_key, counts, preferred, official)


def _preferred(forms: Sequence[str], counts: Mapping[str, int], official: Official | None) -> str | None:
    """The form to keep: the official one, else the fullest and commonest; ``None`` where two are as good."""
    names = {name for form in forms for name in (official(form) if official else ())}
    if len(names) == 1 and len(forms) > 1:
        return names.pop()
    ranked = sorted(forms, key=lambda form: _rank(form, counts), reverse=True)
    if len(ranked) > 1 and _rank(ranked[0], counts) == _rank(ranked[1], counts):
        return None
    return ranked[0]


def _rank(form: str, counts: Mapping[str, int]) -> tuple[bool, bool, int, int]:
    words = _WORD.findall(fold(form))
    is_full = not any(word in _SHORT for word in words)
    accents = sum(not c.isascii() and c.isalpha() for c in form)
    return is_full, form not in {form.upper(), form.lower()}, accents, counts[form]


def _slips(
    by_key: Mapping[str, Sequence[str]],
    counts: Mapping[str, int],
    preferred: Mapping[str, str | None],
    official: Official | None,
) -> list[Variant]:
    """Names of which one letter differs, the rarer one first; two names of the official list are two names."""
    near: dict[str, list[str]] = defaultdict(list)
    for key in (k for k in by_key if len(k) <= _MOST_CHARS):
        for form in without_one(key, _FORGIVEN_FROM):
            near[form].append(key)
    pairs = {
        (a, b)
        for keys in near.values()
        if 1 < len(keys) < 100
        for a in keys
        for b in keys
        if a < b and _differ_by_a_letter(a, b)
    }
    found = []
    for a, b in sorted(pairs):
        total = {key: sum(counts[f] for f in by_key[key]) for key in (a, b)}
        known = {key for key in (a, b) if official and any(official(f) for f in by_key[key])}
        if len(known) == 2:
            continue
        rare, common = sorted((a, b), key=lambda key: (key in known, total[key]))
        sure = common in known or total[common] >= _CLEAR_MAJORITY * total[rare]
        other = preferred[common] or by_key[common][0]
        found += [Variant(form, other, is_slip=True, mend=other if sure else None) for form in by_key[rare]]
    return found


def _differ_by_a_letter(a: str, b: str) -> bool:
    """One letter, never a figure: *service 1* and *service 2* are two; nor the end of a plural alone."""
    if re.sub(r"\D", "", a) != re.sub(r"\D", "", b):
        return False
    return Levenshtein.distance(a, b, score_cutoff=1) <= 1
