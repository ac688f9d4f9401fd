"""The lines of an elimination list: made from records and rules, checked, sealed by their SHA-256.

What a line must say: number, title or type, extreme dates, DUA, legal basis, quantity with a total in linear
metres, observations (C. patr. R212-14, R212-51; guides of the departmental archives).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from archiveia.steps.confirmed import best, confirmed
from archiveia.steps.legal_dates import day_range
from archiveia.steps.retain import duration_in_french, why_no_fate
from archiveia.values import SortFinal
from archiveia.values.eliminations import Answer, Bordereau, Line, ListedRecord, Support, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from archiveia.values import Json, Record, RetentionProposal, RetentionRule

BORN_DIGITAL = "nativement numérique"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins so is run by a spreadsheet (OWASP, CSV injection)."""
SUPPORTS: dict[Support, str] = {
    Support.PAPER: "papier seul (la copie numérique fiable reste)",
    Support.DIGITAL: "numérique seul (le papier, s’il existe, reste)",
    Support.BOTH: "papier et numérique",
}


def fingerprint(pages: Iterable[tuple[str, int]]) -> str:
    """What a record is made of: SHA-256 over (digest of the file, page in it) of its pages, in their order."""
    text = "\n".join(f"{sha256}:{number}" for sha256, number in pages)
    return hashlib.sha256(text.encode()).hexdigest()


def listed(record: Record, sources: Mapping[str, tuple[str, int, int]], *, today: date) -> ListedRecord:
    """The record as the list has it. ``sources``: of each file its digest, size in bytes and number of pages."""
    said = best(record, "date")
    days = day_range(said.value, today=today) if said is not None else None
    shares = [sources[page.source_id][1] / max(1, sources[page.source_id][2]) for page in record.pages]
    cote, support = record.value("cote"), record.value("support")
    return ListedRecord(
        id=record.id,
        cote=str(cote) if cote else None,
        dates=f"{days[0].year}/{days[1].year}" if days else None,
        support=str(support) if support else None,
        pages=len(record.pages),
        size_bytes=round(sum(shares)),
        fingerprint=fingerprint((sources[p.source_id][0], p.source_page) for p in record.pages),
    )


def lines_by_rule(
    records: Sequence[tuple[ListedRecord, RetentionRule]], support: Support
) -> tuple[Line, ...]:
    """One line for each rule, in the order of the codes; what a person adds (metres, boxes...) is still to come."""
    by_rule: dict[str, list[tuple[ListedRecord, RetentionRule]]] = defaultdict(list)
    for record, rule in records:
        by_rule[rule.code].append((record, rule))
    return tuple(
        _line(number, found[0][1], [record for record, _ in found], support)
        for number, (_, found) in enumerate(sorted(by_rule.items()), start=1)
    )


def _line(number: int, rule: RetentionRule, records: Sequence[ListedRecord], support: Support) -> Line:
    years = [int(year) for record in records if record.dates for year in record.dates.split("/")]
    undated = sum(record.dates is None for record in records)
    return Line(
        number=number,
        title=rule.label,
        rule=rule.code,
        dua=duration_in_french(rule),
        trigger=rule.trigger,
        legal_basis=rule.source,
        support=support,
        records=tuple(records),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        observations=f"{undated} pièce{'s' if undated > 1 else ''} sans date connue" if undated else "",
    )


def obstacles_to_list(list_: Bordereau) -> list[str]:
    """What a list lacks before it can be issued, in French."""
    found = [] if list_.lines else ["Le bordereau est vide."]
    if not list_.service.strip():
        found.append("Le service producteur manque.")
    ids = [record.id for record in list_.records]
    if len(set(ids)) < len(ids):
        found.append("Une pièce est deux fois sur le bordereau.")
    for line in list_.lines:
        found += [f"Ligne {line.number} : {lack}" for lack in _lacks(line)]
    return found


def _lacks(line: Line) -> list[str]:
    found = {
        "l’intitulé manque.": not line.title.strip(),
        "la DUA manque.": not line.dua.strip(),
        "la base légale manque.": not line.legal_basis.strip(),
        "aucune pièce.": not line.records,
        "le métrage linéaire manque (le total est obligatoire).": line.support.has_paper
        and line.metres is None,
        "le métrage n’est pas une longueur.": line.metres is not None and not 0 <= line.metres < math.inf,
        "le nombre de boîtes est négatif.": line.boxes is not None and line.boxes < 0,
        "des pièces sont nativement numériques : il n’y a pas de papier à éliminer.": (
            line.support.has_paper and any(r.support == BORN_DIGITAL for r in line.records)
        ),
    }
    if line.support is Support.PAPER:
        # a copy is presumed reliable by the traces of how it was made and kept (C. civ. 1379; décret 2016-1673)
        found |= {
            "copie fiable : le procédé de numérisation manque (C. civ. 1379).": not line.copy_process.strip(),
            "copie fiable : le lieu de conservation de la copie manque (C. civ. 1379).": (
                not line.copy_storage.strip()
            ),
        }
    return [lack for lack, is_true in found.items() if is_true]


def paper_obstacles(record: Record, proposal: RetentionProposal, *, today: date) -> list[str]:
    """Why the paper of a record that stays may not go: its DUA may run on, its fate must be settled."""
    rule = proposal.rule
    doubts = {
        "La classe n’est pas confirmée par une personne.": confirmed(record, "class") is None,
        "Aucune règle de conservation n’est arrêtée.": rule is None,
        "L’original d’archives à conserver ou à trier ne s’élimine pas parce qu’il est numérisé.": (
            rule is not None and rule.sort_final is not SortFinal.ELIMINATE
        ),
    }
    holds = [f"Gel en cours : {hold}." for hold in record.values("hold")]
    unsettled = why_no_fate(rule, today=today) if rule is not None else ()
    return [*holds, *(sentence for sentence, is_true in doubts.items() if is_true), *unsettled]


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """The names of persons that a text of the list bears: a list is kept for ever, and holds none."""
    said = text.casefold()
    return [name for name in names if name and name.casefold() in said]


def as_json(list_: Bordereau) -> Json:
    """The list as JSON, from which ``bordereau_of`` makes it again."""
    return asdict(list_) | {"prepared_on": list_.prepared_on.isoformat()}


def seal(list_: Bordereau) -> str:
    """SHA-256 of the list: what is signed and visaed is what was issued, to the letter."""
    text = json.dumps(as_json(list_), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def bordereau_of(said: Json) -> Bordereau:
    """The list that ``as_json`` wrote."""
    lines = tuple(
        Line(
            **(line | {"support": Support(line["support"])})
            | {"records": tuple(ListedRecord(**record) for record in line["records"])}
        )
        for line in said["lines"]
    )
    prepared_on = date.fromisoformat(said["prepared_on"])
    return Bordereau(**(said | {"prepared_on": prepared_on, "lines": lines}))


def answer_of(said: Json) -> Answer:
    """What a visa says of a line, from JSON."""
    return Answer(
        said["line"], Verdict(said["verdict"]), tuple(said["granted"]), said.get("observations", "")
    )


def in_metres(metres: float | None) -> str:
    """``1,20 ml``."""
    return "à mesurer" if metres is None else f"{metres:.2f} ml".replace(".", ",")


def in_bytes(size_bytes: int) -> str:
    """``12,3 Mo``, counted by thousands."""
    for unit, size in (("Go", 10**9), ("Mo", 10**6), ("ko", 10**3)):
        if size_bytes >= size:
            return f"{size_bytes / size:.1f} {unit}".replace(".", ",")
    return f"{size_bytes} o"


def quantity(line: Line) -> str:
    """How much a line is, as printed: metres and boxes of paper, records and bytes of files."""
    count = len(line.records)
    parts = [in_metres(line.metres)] if line.support.has_paper else []
    if line.boxes is not None and line.support.has_paper:
        parts.append(f"{line.boxes} boîte{'s' if line.boxes > 1 else ''}")
    parts.append(f"{count} pièce{'s' if count > 1 else ''}")
    if line.support.has_digital:
        parts.append(in_bytes(line.size_bytes))
    return ", ".join(parts)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
