"""What looks wrong in an inventory that other tools made; nothing of it is changed."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from archiveia.steps.cleaning import LABELS, Fault, Finding
from archiveia.steps.cleaning_columns import NAME_FIELDS, heading_key
from archiveia.steps.cleaning_cotes import gaps, same_cotes
from archiveia.steps.cleaning_dates import extent, faults_of_dates
from archiveia.steps.cleaning_names import variants
from archiveia.steps.cotes import cote_key
from archiveia.steps.describe.communes import key
from archiveia.steps.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from archiveia.steps.cleaning import Inventory, InventoryRow
    from archiveia.steps.cleaning_names import Variant
    from archiveia.steps.describe.communes import Commune

    Named = Callable[[str], Sequence[Commune]]
    _Dated = tuple[int, int, InventoryRow]

_LEAST_OF_A_RUN = 3
"""Registers of one title make a run whose years follow one another from three on."""
_SHOWN_PLACES = 12
_MOST_SHOWN = 400
"""Letters of a value or a reason; no inventory needs more, a damaged one may have a page in a cell."""


def check_inventory(inventory: Inventory, *, today: date, communes: Named | None = None) -> list[Finding]:
    """Everything that looks wrong, the gravest kinds first, then in the order of the file."""
    found = [
        *_impossible_dates(inventory, today),
        *_duplicate_cotes(inventory),
        *_empty_cotes(inventory),
        *_empty_titles(inventory),
        *_cote_gaps(inventory),
        *_date_gaps(inventory, today),
        *_name_findings(inventory, communes),
    ]
    order = {fault: rank for rank, fault in enumerate(LABELS)}
    found.sort(key=lambda finding: order[finding.fault])
    return [replace(f, value=_short(f.value), why=_short(f.why)) for f in found]


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


# --- dates --------------------------------------------------------------------------------------


def _impossible_dates(inventory: Inventory, today: date) -> Iterator[Finding]:
    for row in inventory.rows:
        for name in ("dates", "begin", "end"):
            text = getattr(row, name)
            for fault in faults_of_dates(text, today=today) if text else ():
                yield _date_finding(inventory, row, name, text, why=fault.why, mend=fault.mend)
        yield from _disagreeing_dates(inventory, row)


def _date_finding(
    inventory: Inventory, row: InventoryRow, name: str, text: str, *, why: str, mend: str | None = None
) -> Finding:
    return Finding(Fault.IMPOSSIBLE_DATE, (row.where,), inventory.heading(name), text, why, mend)


def _disagreeing_dates(inventory: Inventory, row: InventoryRow) -> Iterator[Finding]:
    """Begin after end; dates that say otherwise to people than to machines; a part that lies outside its whole."""
    begin, end = extent(row.begin), extent(row.end)
    if begin and end and end[1] < begin[0]:
        why = f"la fin ({row.end}) précède le début ({row.begin}) : ils sont intervertis, ou l’un des deux est faux"
        mend = f"{inventory.heading('begin')} : {row.end} ; {inventory.heading('end')} : {row.begin}"
        yield _date_finding(inventory, row, "end", f"{row.begin} – {row.end}", why=why, mend=mend)
    said, normal = extent(row.dates), extent(row.normal_dates)
    if said and normal and (normal[1] < said[0] or said[1] < normal[0]):
        why = f"la date écrite ({row.dates}) et sa forme normalisée ({row.normal_dates}) se contredisent"
        yield _date_finding(inventory, row, "dates", row.dates, why=why)
    own = row_extent(row)
    above = inventory.rows[row.above] if row.above is not None else None
    whole = row_extent(above) if above else None
    if own and whole and above and (own[0] < whole[0] or whole[1] < own[1]):
        why = f"hors des dates du niveau supérieur ({above.dates or above.normal_dates}, {above.where})"
        yield _date_finding(inventory, row, "dates", row.dates or row.normal_dates, why=why)


def row_extent(row: InventoryRow) -> tuple[str, str] | None:
    """The first and last day of a row, from whatever columns say them; ``None``: unknown or impossible."""
    ends = [e for e in (extent(row.begin), extent(row.end)) if e]
    found = extent(row.normal_dates) or extent(row.dates)
    if found is None and ends:
        found = min(e[0] for e in ends), max(e[1] for e in ends)
    return found if found and found[0] <= found[1] else None


def _date_gaps(inventory: Inventory, today: date) -> Iterator[Finding]:
    """Years that are missing in a run of registers or files of one title whose dates otherwise follow on."""
    series: dict[tuple[int | None, str], list[_Dated]] = defaultdict(list)
    for row in inventory.rows:
        days = row_extent(row) if row.is_leaf else None
        if days and days[1] <= f"{today.year}-12-31":
            stem = re.sub(r"\d+(?:/\d+)*\s*\w*$", "", cote_key(row.cote))
            series[row.above, stem].append((int(days[0][:4]), int(days[1][:4]), row))
    for dated in series.values():
        runs: dict[str, list[_Dated]] = defaultdict(list)
        for one in dated:
            runs[re.sub(r"[\W\d_]+", " ", fold(one[2].title)).strip()].append(one)
        for title, run in runs.items():
            if len(run) >= _LEAST_OF_A_RUN and title:
                yield from _gaps_of_run(inventory, sorted(run, key=lambda one: one[:2]), dated)


def _gaps_of_run(inventory: Inventory, run: list[_Dated], dated: list[_Dated]) -> Iterator[Finding]:
    """The years that nothing else of the series covers either."""
    reach, holes = run[0][1], []
    for before, after in pairwise(run):
        reach = max(reach, before[1])
        if after[0] > reach + 1:
            holes.append((reach + 1, after[0] - 1, before[2], after[2]))
    if 2 * len(holes) > len(run) - 1:
        return  # dates that do not follow on are the rule here
    for first, last, before_row, after_row in holes:
        if any(begin <= last and first <= end for begin, end, _row in dated):
            continue
        years = f"{first}" if first == last else f"{first}-{last}"
        why = f"« {after_row.title} » : rien pour {years}, entre {_named(before_row)} et {_named(after_row)}"
        where = (after_row.where, before_row.where)
        heading = inventory.heading("dates" if after_row.dates or after_row.normal_dates else "begin")
        yield Finding(Fault.DATE_GAP, where, heading, years, why)


def _named(row: InventoryRow) -> str:
    dates = row.dates or row.normal_dates or " – ".join(filter(None, (row.begin, row.end)))
    return f"{row.cote or row.where} ({dates})"


# --- cotes --------------------------------------------------------------------------------------


def _duplicate_cotes(inventory: Inventory) -> Iterator[Finding]:
    rows = [row for row in inventory.rows if row.cote]
    for places in same_cotes([row.cote for row in rows]):
        same = [rows[place] for place in places]
        if sum(not _repeats_above(inventory, row) for row in same) < 2:
            continue  # the parts of one article repeat its cote
        first, others = same[0], same[1:]
        written = list(dict.fromkeys(f"« {row.cote} »" for row in same))
        lines = _places(row.where for row in same)
        why = f"la même cote est portée {len(same)} fois ({lines})"
        if len(written) > 1:
            why += f", sous les écritures {', '.join(written[:_SHOWN_PLACES])}"
        are_one = all((r.title, r.dates, r.begin, r.end) == _content(first) for r in others) and first.title
        if are_one:
            why += " ; tout le reste est identique : la description est sans doute en double"
        mend = (
            f"retirer la description en double ({_places(row.where for row in others)})" if are_one else None
        )
        where = tuple(row.where for row in same)
        yield Finding(Fault.DUPLICATE_COTE, where, inventory.heading("cote"), first.cote, why, mend)


def _empty_cotes(inventory: Inventory) -> Iterator[Finding]:
    """All descriptions without a cote as one finding; the parts of an article need none of their own."""
    if "cote" not in inventory.headings:
        return
    bare = [row for row in inventory.rows if not _has_cote(row) and row.is_leaf]
    where = [row.where for row in bare if not _is_within_article(inventory, row)]
    if where:
        count = "une description n’a" if len(where) == 1 else f"{len(where)} descriptions n’ont"
        mended = "donnez la sienne à chacune, ou réunissez-la à son article"
        why = f"{count} pas de cote ({_places(iter(where))}) : {mended}"
        yield Finding(Fault.EMPTY_COTE, tuple(where), inventory.heading("cote"), "", why)


def _is_within_article(inventory: Inventory, row: InventoryRow) -> bool:
    """Whether the nearest level above with a cote has one with its number (*1 D 12*; *1 D* is a series)."""
    while row.above is not None:
        row = inventory.rows[row.above]
        if _has_cote(row):
            return row.cote.rstrip()[-1:].isdigit()
    return False


def _has_cote(row: InventoryRow) -> bool:
    return any(c.isalnum() for c in row.cote)


def _content(row: InventoryRow) -> tuple[str, str, str, str]:
    return row.title, row.dates, row.begin, row.end


def _repeats_above(inventory: Inventory, row: InventoryRow) -> bool:
    return row.above is not None and cote_key(inventory.rows[row.above].cote) == cote_key(row.cote)


def _cote_gaps(inventory: Inventory) -> Iterator[Finding]:
    rows = [row for row in inventory.rows if row.cote and row.is_leaf]
    for gap in gaps([row.cote for row in rows]):
        after, before = rows[gap.after], rows[gap.before]
        count = "une cote manque" if gap.count == 1 else f"{gap.count} cotes manquent"
        why = f"{count} entre « {after.cote} » et « {before.cote} »"
        where = (before.where, after.where)
        yield Finding(Fault.COTE_GAP, where, inventory.heading("cote"), gap.missing, why)


# --- titles and names ---------------------------------------------------------------------------


def _empty_titles(inventory: Inventory) -> Iterator[Finding]:
    if "title" not in inventory.headings:
        return
    for row in inventory.rows:
        if not any(c.isalnum() for c in row.title):
            why = f"aucun intitulé pour {row.cote}" if row.cote else "aucun intitulé"
            yield Finding(Fault.EMPTY_TITLE, (row.where,), inventory.heading("title"), row.title, why)


def _name_findings(inventory: Inventory, communes: Named | None) -> Iterator[Finding]:
    for name in NAME_FIELDS:
        places: dict[str, list[str]] = defaultdict(list)
        for row in inventory.rows:
            for value in dict.fromkeys(v for f, v in row.names if f == name):
                places[value].append(row.where)
        official = _official(communes) if communes and name == "place" else None
        found = variants({form: len(where) for form, where in places.items()}, official)
        for variant in found:
            why = _why_one(variant, places)
            where = tuple(places[variant.form])
            yield Finding(Fault.NAME_VARIANT, where, inventory.heading(name), variant.form, why, variant.mend)
        if communes and name == "place" and heading_key(inventory.heading(name)).startswith("commune"):
            told = {variant.form for variant in found}
            yield from _unknown_communes(inventory, places, told, communes)


def _why_one(variant: Variant, places: Mapping[str, Sequence[str]]) -> str:
    often = len(places.get(variant.other, ()))
    other = f"« {variant.other} » ({f'{often} fois' if often else 'forme officielle'})"
    alike = "diffèrent d’une lettre" if variant.is_slip else "semblent être un même nom"
    return f"« {variant.form} » ({len(places[variant.form])} fois) et {other} {alike}"


def _unknown_communes(
    inventory: Inventory, places: Mapping[str, Sequence[str]], told: set[str], communes: Named
) -> Iterator[Finding]:
    """Names that no commune bears, today or as a part of another; the only one spelled nearly so is proposed."""
    exact = _official(communes, alone=False)
    for form, where in places.items():
        if form not in told and not exact(form):
            near = {c.name for c in communes(form)}
            why = f"« {form} » n’est pas dans la liste officielle des communes (actuelles, déléguées, associées)"
            mend = near.pop() if len(near) == 1 else None
            why += f" ; « {mend} » y est" if mend else " : une commune disparue, un lieu-dit ou une faute"
            yield Finding(Fault.UNKNOWN_COMMUNE, tuple(where), inventory.heading("place"), form, why, mend)


def _official(communes: Named, *, alone: bool = True) -> Callable[[str], list[str]]:
    """The official names that a form is exactly a spelling of; ``alone``: where there is one only."""

    def names(form: str) -> list[str]:
        found = {c.name for c in communes(form) if key(c.name) == key(form)}
        return list(found) if len(found) == 1 or not alone else []

    return names


def _places(where: Iterator[str]) -> str:
    listed = list(where)
    more = f" et {len(listed) - _SHOWN_PLACES} autres" if len(listed) > _SHOWN_PLACES else ""
    return ", ".join(listed[:_SHOWN_PLACES]) + more
