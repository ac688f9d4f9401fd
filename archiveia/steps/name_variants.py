"""Which names may be one: variants of a place, an organisation or a person, proposed and never merged.

Two forms are variants where they have the same words but for case, accents, abbreviations and link words,
where the same letters are parted otherwise, or where one letter differs in a word that is none. What people said
is apart stays apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from rapidfuzz.distance import OSA

from archiveia.steps.describe.communes import key as place_key
from archiveia.steps.folding import fold, without_one

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

FIELDS = ("place", "organisation", "person")
MOST_FORM_CHARACTERS = 100
_SAME_WORDS = "mêmes mots, à la casse, aux accents, aux abréviations et aux petits mots près"
_SAME_LETTERS = "mêmes lettres, coupées autrement"
_COMPANY = re.compile(r"\b[Ss]t[ÉéEe]s?\b(?=[ .]+[A-ZÉ])")
_WORD = re.compile(r"[^\W_]+")
_CLEAN = re.compile(r"[\w '’.,&()/-]+")
_Hole: TypeAlias = "tuple[tuple[str, ...], int, str, tuple[str, ...]]"
"""A key with one of its words a letter short: what is before, which word, what is left of it, what is after."""
_LINKS = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"})
_WHOLE = {
    "ets": "etablissements", "etabl": "etablissements", "cie": "compagnie", "assoc": "association",
    "dept": "departement", "cne": "commune", "synd": "syndicat", "st": "saint", "ste": "sainte", "soc": "societe",
}  # fmt: skip
"""Abbreviations of letterheads and inventories, folded."""


@dataclass(frozen=True, slots=True)
class Variants:
    """Forms that are probably one name, the form proposed for all, and why (in French)."""

    field: str
    preferred: str
    forms: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What people decided: forms with the preferred one that they go by, and pairs of forms that are apart."""

    preferred_of: Mapping[str, str]
    apart: Collection[frozenset[str]]


def name_key(form: str, field: str) -> tuple[str, ...]:
    """What two spellings of one name share; the words of a person in any order."""
    text = (
        _COMPANY.sub("société", form) if field == "organisation" and re.search(r"\b[Ss]t[Éé]", form) else form
    )
    words = [_WHOLE.get(w, w) for w in place_key(text).split()]
    kept = tuple(w for w in words if w not in _LINKS) or tuple(words)
    return tuple(sorted(kept)) if field == "person" else kept


def find_variants(
    field: str,
    forms: Mapping[str, int],
    judged: Judged,
    *,
    is_word: Callable[[str], bool],
    is_official: Callable[[str], bool],
) -> list[Variants]:
    """The groups of forms that a person should look at, largest first.

    Args:
        field: ``place``, ``organisation`` or ``person``.
        forms: how many records have each form.
        judged: what people decided; what they joined is not proposed again without something new.
        is_word: tells a French word, or a name of the official lists, as it is written in lower case.
        is_official: tells a name of the official list of communes, exactly.

    """
    usable = {f: n for f, n in forms.items() if len(f) <= MOST_FORM_CHARACTERS and _is_usable(f, field)}
    keys = {form: name_key(form, field) for form in usable}
    links = list(_links(field, keys, is_word, is_official))
    groups: dict[str, list[str]] = {}
    why: dict[str, list[str]] = defaultdict(list)
    for form in sorted(judged.preferred_of):
        if form in usable:
            _join(groups, judged.preferred_of[form], form, frozenset())
    for one, other, reason in links:
        if _join(groups, one, other, judged.apart):
            why[one].append(reason)
            why[other].append(reason)
    found = []
    for group in {id(g): g for g in groups.values()}.values():
        joined = {judged.preferred_of[form] for form in group if form in judged.preferred_of}
        is_new = any(form not in judged.preferred_of and form not in joined for form in group)
        if len(group) > 1 and (is_new or len(joined) > 1):
            found.append(_variants(field, group, usable, judged, why, is_word, is_official))
    return sorted(found, key=lambda v: (-sum(usable.get(f, 0) for f in v.forms), v.preferred))


def _is_usable(form: str, field: str) -> bool:
    """A person needs two whole words: a surname alone is the name of many."""
    words = [w for w in _WORD.findall(form) if len(w) > 1 and not w.isdigit()]
    return len(words) > 1 if field == "person" else bool(words)


def _links(
    field: str,
    keys: Mapping[str, tuple[str, ...]],
    is_word: Callable[[str], bool],
    is_official: Callable[[str], bool],
) -> Iterator[tuple[str, str, str]]:
    """Pairs of forms that may be one, each with its reason, surest first."""
    by_key: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for form in sorted(keys):
        by_key[keys[form]].append(form)
    for same in by_key.values():
        yield from ((same[0], other, _SAME_WORDS) for other in same[1:])
    if field == "person":
        return  # a letter apart is another family: DUPONT, DUPOND
    heads = {key: same[0] for key, same in by_key.items()}
    by_letters: dict[str, list[str]] = defaultdict(list)
    for key, form in heads.items():
        by_letters["".join(key)].append(form)
    for same in by_letters.values():
        yield from ((same[0], other, _SAME_LETTERS) for other in same[1:])
    official = {form for form in heads.values() if field == "place" and is_official(form)}
    for one, other, word, for_word in _slips(heads, is_word):
        if not {one, other} <= official:
            yield one, other, f"« {word} » pour « {for_word} » : une lettre de différence"


def _slips(
    heads: Mapping[tuple[str, ...], str], is_word: Callable[[str], bool]
) -> Iterator[tuple[str, str, str, str]]:
    """Pairs of forms of which one word differs by a letter and is no word in one of them: (odd, other, words).

    An odd form that may be either of two names (*Nanles*: *Nantes*, *Naples*) is linked to none.
    """
    odd = {key: _odd_words(form, is_word) for key, form in heads.items()}
    meant: dict[tuple[str, ...], dict[tuple[str, ...], int]] = defaultdict(dict)
    for one, other, at in _a_letter_apart(heads):
        wrong, right = (one, other) if one[at] in odd[one] else (other, one)
        if wrong[at] in odd[wrong]:
            meant[wrong][right] = at
            if right[at] in odd[right]:
                meant[right][wrong] = at
    for wrong, rights in meant.items():
        sound = [key for key in rights if not odd[key]]
        if len(sound) < 2:
            for right in sound or rights:
                yield heads[wrong], heads[right], wrong[rights[right]], right[rights[right]]


def _a_letter_apart(
    keys: Iterable[tuple[str, ...]],
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], int]]:
    """Pairs of keys of which one word differs by a letter, or by two that changed places; and which word."""
    near: dict[_Hole, list[tuple[str, ...]]] = defaultdict(list)
    for key in keys:
        for at, word in enumerate(key):
            if word.isalpha():
                for form in without_one(word):
                    near[key[:at], at, form, key[at + 1 :]].append(key)
    seen = set()
    for (_before, at, _form, _after), places in near.items():
        for one, other in combinations(places, 2):
            pair = frozenset((one, other))
            if pair not in seen and OSA.distance(one[at], other[at], score_cutoff=1) <= 1:
                seen.add(pair)
                yield one, other, at


def _odd_words(form: str, is_word: Callable[[str], bool]) -> frozenset[str]:
    """The folded words of a form that are in no list."""
    return frozenset(fold(w) for w in _WORD.findall(form) if not is_word(w.lower()))


def _join(groups: dict[str, list[str]], one: str, other: str, apart: Collection[frozenset[str]]) -> bool:
    """Whether the groups of both forms are one now; they are not where two of their forms are apart."""
    mine, theirs = groups.setdefault(one, [one]), groups.setdefault(other, [other])
    if mine is theirs or any(frozenset((a, b)) in apart for a in mine for b in theirs):
        return False
    mine += theirs
    groups.update(dict.fromkeys(theirs, mine))
    return True


def _variants(  # noqa: PLR0917 -- a group, with all that tells which of its forms is the best
    field: str,
    group: Sequence[str],
    counts: Mapping[str, int],
    judged: Judged,
    why: Mapping[str, Sequence[str]],
    is_word: Callable[[str], bool],
    is_official: Callable[[str], bool],
) -> Variants:
    of_key: Counter[tuple[str, ...]] = Counter()
    for form in group:
        of_key[name_key(form, field)] += counts.get(form, 0)

    def rank(form: str) -> tuple[bool, bool, bool, int, bool, bool, int, int, int, str]:
        capitals = form.isupper()
        return (
            form in judged.preferred_of.values(),
            field == "place" and is_official(form),
            _CLEAN.fullmatch(form) is not None,
            of_key[name_key(form, field)],
            not capitals,
            capitals and not form.isascii(),  # capitals lose their accents, nothing adds them
            -len(_odd_words(form, is_word)),
            counts.get(form, 0),
            len(form),
            form,
        )

    joined = [p for p in dict.fromkeys(judged.preferred_of.get(f) for f in sorted(group)) if p]
    members = [*joined, *(form for form in group if form not in judged.preferred_of and form not in joined)]
    preferred = max(members, key=rank)
    reasons = [reason for form in sorted(group) for reason in why.get(form, ())]
    reasons += [f"rejoint « {p} », déjà retenu" for p in joined]
    members.sort(key=lambda f: (f != preferred, -counts.get(f, 0), f))
    return Variants(field, preferred, tuple(members), tuple(dict.fromkeys(reasons)))
