"""Cotes and numbers of acts that several records bear."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.cleaning import Fault, Finding
from archiveia.steps.cotes import cote_key
from archiveia.steps.folding import fold
from archiveia.values import OriginKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from archiveia.steps.cleaning_records import ClassFacts
    from archiveia.values import Record

_HEADING_CHARS = 400
"""The number of an act stands in its heading; further down are those that it cites."""
_CITED = re.compile(r"\b(?:vu|modifi|abroge|susvise|en application)[^;\n]{0,120}$")
_YEAR_INSIDE = re.compile(r"(?<!\d)(?:1[89]|20)\d{2}(?!\d)")
_SIGNS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A cote or number of a record. ``scope``: within what no other record may bear it; ``field`` holds ``value``."""

    record_id: str
    fault: Fault
    scope: tuple[str, ...]
    field: str
    value: str
    dossier_id: str


def numbers_of(record: Record, facts: Mapping[str, ClassFacts]) -> Iterator[Numbered]:
    """The cote of the record, and its own number where acts of its class are numbered."""
    cote = record.value("cote")
    if cote:
        key = (cote_key(str(cote)),)
        yield Numbered(record.id, Fault.DUPLICATE_COTE, key, "cote", str(cote), record.dossier_id)
    code = str(record.value("class"))
    if code not in facts or not facts[code].is_numbered:
        return
    number = own_number(record)
    year = str(record.value("date") or "")[:4]
    if number and _YEAR_INSIDE.search(number):
        year = "-"  # the number says it
    if number and year:
        scope = (record.batch, code, year, _SIGNS.sub(" ", fold(number)).strip())
        yield Numbered(record.id, Fault.DUPLICATE_NUMBER, scope, "reference", number, record.dossier_id)


def own_number(record: Record) -> str | None:
    """The number that the record itself bears: the only one in its heading or title; ``None`` when in doubt."""
    references = [a for a in record.assertions if a.field == "reference"]
    if len(references) == 1 and references[0].origin.kind in (OriginKind.PERSON, OriginKind.IMPORT):
        return str(references[0].value)
    first = record.pages[0] if record.pages else None
    title = fold(str(record.value("title") or ""))
    found = []
    for a in references:
        span = a.evidence
        in_heading = (
            first is not None
            and span is not None
            and span.page == first.number
            and span.start < _HEADING_CHARS
            and not _CITED.search(fold(first.text[max(0, span.start - 150) : span.start]))
        )
        if in_heading or (title and re.search(rf"(?<!\w){re.escape(fold(str(a.value)))}(?!\w)", title)):
            found.append(str(a.value))
    return found[0] if len(found) == 1 else None


def same_numbers(numbered: Iterable[Numbered], are_copies: Callable[[Sequence[str]], bool]) -> list[Finding]:
    """One finding for each cote or number that several records bear; which of them is wrong is not known.

    Pieces of one dossier share its cote. ``are_copies``: whether records are copies of one document.
    """
    groups: dict[tuple[Fault, tuple[str, ...]], list[Numbered]] = defaultdict(list)
    for one in numbered:
        groups[one.fault, one.scope].append(one)
    found = []
    for (fault, _scope), group in groups.items():
        is_cote = fault is Fault.DUPLICATE_COTE
        records = tuple(dict.fromkeys(n.record_id for n in group))
        if len({n.dossier_id for n in group} if is_cote else records) < 2 or are_copies(records):
            continue
        written = list(dict.fromkeys(f"« {n.value} »" for n in group))
        what = "la cote" if is_cote else "le numéro"
        why = f"{what} {', '.join(written)} est porté{'e' if is_cote else ''} par {len(records)} documents"
        why += " de dossiers différents" if is_cote else " du même lot, de la même sorte et de la même année"
        found.append(Finding(fault, records, group[0].field, group[0].value, why))
    return found
