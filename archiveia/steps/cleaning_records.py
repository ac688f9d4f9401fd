"""What looks wrong in the description of one record: its dates, its communes, its class against its text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archiveia.steps.classify import cue_strength, cues_found
from archiveia.steps.cleaning import Fault, Finding
from archiveia.steps.cleaning_dates import period
from archiveia.steps.cotes import cote_key
from archiveia.steps.describe.communes import key
from archiveia.steps.describe.date_forms import find_dates
from archiveia.steps.folding import fold
from archiveia.values import OriginKind, PageState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from archiveia.steps.describe.communes import Commune
    from archiveia.values import Assertion, DocumentClass, Record

    Named = Callable[[str], Sequence[Commune]]

_PAST_FIELDS = ("date", "closed_on", "decided_on", "birth_on", "death_on")
"""Days of what has happened. The point from which a delay runs, or an end of use, may well be to come."""
_CITES = re.compile(
    r"(?:^|\n)[\s\-–*]*vu\b[^;\n]{0,100}\b(?:loi|decret|ordonnance|arrete|circulaire|deliberation)\b[^;\n]{0,60}\bdu\s+$"
)
"""An act cannot rely on (*Vu la loi du...*) what comes after it."""
_STAMPED = re.compile(
    r"(?:(?:recue?s?|deposee?s?)\s+(?:a|en)\s+(?:la\s+)?(?:sous-)?prefecture|(?:tele)?transmi[st][a-z]*|affich[a-z]+)"
    r"[^.;\n]{0,30}$"
)
_OF_COMMUNE = re.compile(r"\b(?:communes?|ville|mairie|maire)\s+(?:de\s+(?:la\s+)?|d'|du\s+)$")
_CLEAR_CUES = 2.5
"""As strong as a long formula in the heading, or two in the text; one short formula is found in many documents."""
_CLEAR_LEAD = 1.5
"""So many times stronger than the formulae of any third class."""
_CLEAR_SCORE, _CLEAR_MARGIN = 0.6, 0.3
"""A machine that is this sure, so far before its second choice, is told beside an imported class."""


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """Since when a class of document exists (``YYYY-MM-DD``), by which text, and whether such acts are numbered."""

    not_before: str | None = None
    source: str = ""
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What records are held against: the plan, what is known of its classes, the communes, the day."""

    classes: Sequence[DocumentClass]
    facts: Mapping[str, ClassFacts]
    communes: Named
    today: date


def check_record(record: Record, said: Sequence[Assertion], known: Knowledge) -> list[Finding]:
    """What looks wrong in a record by itself; ``said`` is everything that was said of it, whoever said it."""
    pages = [(p.number, p.text) for p in record.pages if p.state is PageState.TEXT]
    found: dict[tuple[str, str, str], Finding] = {}
    for f in (
        *_days(record, known),
        *_day_against_text(record, pages, known),
        *_communes(record, pages, known),
        *_class_against_text(record, said, pages, known),
    ):
        same = found.get((f.fault, f.field, f.value))
        if same is not None:  # two reasons against one value
            f = replace(same, why=f"{same.why} ; {f.why}", mend=same.mend or f.mend)  # noqa: PLW2901 # they become one
        found[f.fault, f.field, f.value] = f
    return list(found.values())


# --- dates --------------------------------------------------------------------------------------


def _days(record: Record, known: Knowledge) -> Iterator[Finding]:
    days = {name: str(value) for name in _PAST_FIELDS if (value := record.value(name))}
    for name, value in days.items():
        first, last = period(value)
        if first > known.today.isoformat():
            mend = _own_day(record, known, but=value) if name == "date" else None
            yield _of_day(record, name, value, "cette date est dans l’avenir" + _signed(mend), mend)
        elif last < first:
            yield _of_day(record, name, value, "la fin précède le début")
    if "birth_on" in days and "death_on" in days and _is_before(days["death_on"], days["birth_on"]):
        yield _of_day(
            record, "death_on", days["death_on"], f"ce décès précède la naissance ({days['birth_on']})"
        )
    if "closed_on" in days and "date" in days and _is_before(days["closed_on"], days["date"]):
        why = f"clos avant la date du document ({days['date']})"
        yield _of_day(record, "closed_on", days["closed_on"], why)
    facts = known.facts.get(str(record.value("class")))
    if facts and facts.not_before and "date" in days and _is_before(days["date"], facts.not_before):
        label = next((c.label for c in known.classes if c.code == record.value("class")), "")
        yield _of_day(
            record, "date", days["date"], f"antérieure à ce qui a créé « {label} » : {facts.source}"
        )


def _day_against_text(
    record: Record, pages: Sequence[tuple[int, str]], known: Knowledge
) -> Iterator[Finding]:
    """A date before an act that the text relies on, or after the day on which the document was sent or posted."""
    value = str(record.value("date") or "")
    if not value or period(value)[0] > known.today.isoformat():
        return
    cited = max(_relied_on(pages), default=None)
    if cited and _is_before(value, cited):
        mend = _own_day(record, known, but=value, first=cited)
        why = f"le texte s’appuie (« Vu… ») sur un acte du {_french(cited)}, postérieur à cette date"
        yield _of_day(record, "date", value, why + _signed(mend), mend)
    stamped = min(_stamped(record, pages), default=None)
    if stamped and _is_before(stamped, value):
        mend = _own_day(record, known, but=value, last=stamped)
        why = f"le document a été transmis, reçu en préfecture ou affiché le {_french(stamped)}, avant cette date"
        yield _of_day(record, "date", value, why + _signed(mend), mend)


def _own_day(
    record: Record, known: Knowledge, *, but: str, first: str = "", last: str | None = None
) -> str | None:
    """The only day of session or signature that the text names within these days; ``None``: none, or several."""
    last = min(last or known.today.isoformat(), known.today.isoformat())
    days = {str(v) for field in ("session_on", "signed_on") for v in record.values(field)}
    fitting = {day for day in days if first <= day <= last and day != but}
    return fitting.pop() if len(fitting) == 1 else None


def _relied_on(pages: Sequence[tuple[int, str]]) -> Iterator[str]:
    for _number, text in pages:
        folded = fold(text)
        for mention in find_dates(text):
            if mention.is_full and _CITES.search(folded[max(0, mention.start - 250) : mention.start]):
                yield mention.value


def _stamped(record: Record, pages: Sequence[tuple[int, str]]) -> Iterator[str]:
    texts = dict(pages)
    for a in record.assertions:
        span = a.evidence
        text = texts.get(span.page) if span and a.field == "stamped_on" else None
        if span and text and _STAMPED.search(fold(text[max(0, span.start - 80) : span.start])):
            yield str(a.value)


def _is_before(one: str, other: str) -> bool:
    """Whether the first date is over before the second can begin."""
    return period(one)[1] < period(other)[0]


def _french(day: str) -> str:
    return "/".join(reversed(day.split("-")))


def _signed(mend: str | None) -> str:
    return f" ; le document porte la date de séance ou de signature du {_french(mend)}" if mend else ""


def _of_day(record: Record, name: str, value: str, why: str, mend: str | None = None) -> Finding:
    return Finding(Fault.IMPOSSIBLE_DATE, (record.id,), name, value, why, mend)


# --- communes -----------------------------------------------------------------------------------


def _communes(record: Record, pages: Sequence[tuple[int, str]], known: Knowledge) -> Iterator[Finding]:
    """Communes that the official list does not have, today or as a part of another one."""
    texts = dict(pages)
    for place in (a for a in record.assertions if a.field == "place"):
        span, written = place.evidence, str(place.value)
        before = fold(texts.get(span.page, "")[max(0, span.start - 30) : span.start]) if span else ""
        is_commune = _OF_COMMUNE.search(before) is not None
        by_hand = place.origin.kind in (OriginKind.PERSON, OriginKind.IMPORT)
        near = {c.name for c in known.communes(written)} if is_commune or by_hand else set()
        if written == "" or any(key(name) == key(written) for name in near) or not (is_commune or near):
            continue
        mend = near.pop() if len(near) == 1 else None
        why = (
            f"« {written} » n’est pas dans la liste officielle des communes (actuelles, déléguées, associées)"
        )
        why += f" ; « {mend} » y est" if mend else " : commune disparue, lieu-dit ou faute"
        yield Finding(Fault.UNKNOWN_COMMUNE, (record.id,), "place", written, why, mend)


def once_a_name(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, a commune that no list has told once for all the records that name it."""
    records: dict[str, list[str]] = defaultdict(list)
    for f in findings:
        if _is_of_a_name(f):
            records[key(f.value)] += f.where
    kept, told = [], set[str]()
    for f in findings:
        if not _is_of_a_name(f):
            kept.append(f)
        elif key(f.value) not in told:
            told.add(key(f.value))
            kept.append(replace(f, where=tuple(dict.fromkeys(records[key(f.value)]))))
    return kept


def _is_of_a_name(finding: Finding) -> bool:
    return finding.fault is Fault.UNKNOWN_COMMUNE and finding.mend is None


def subject_of(finding: Finding) -> str | None:
    """What a finding about several records is about, however it is written; ``None``: it is about one record."""
    match finding.fault:
        case Fault.DUPLICATE_COTE:
            return cote_key(finding.value)
        case Fault.DUPLICATE_NUMBER:
            return finding.value
        case Fault.UNKNOWN_COMMUNE if finding.mend is None:
            return key(finding.value)
    return None


# --- class --------------------------------------------------------------------------------------


def _class_against_text(
    record: Record, said: Sequence[Assertion], pages: Sequence[tuple[int, str]], known: Knowledge
) -> Iterator[Finding]:
    """Formulae of another class and none of its own, or a machine that is far surer of another class.

    A person has read the document: only both together are told of what a person said.
    """
    own = record.assertion("class")
    labels = {c.code: c.label for c in known.classes}
    if own is None or own.value not in labels:
        return
    by_cues, by_machine = _by_cues(own.value, pages, known), _by_machine(said, own.value)
    kind = own.origin.kind
    if kind is OriginKind.PERSON:
        other = by_cues[0] if by_cues and by_machine and by_machine[0] == by_cues[0] else None
    elif kind is OriginKind.IMPORT:
        other = by_cues[0] if by_cues else by_machine[0] if by_machine else None
    else:
        other = by_cues[0] if by_cues else None
    if other is None or other not in labels:
        return
    reasons = []
    if by_cues and by_cues[0] == other:
        cues = ", ".join(f"« {cue} »" for cue in by_cues[1][:3])
        reasons.append(
            f"le texte porte {cues}, formules de « {labels[other]} », et aucune de « {labels[own.value]} »"
        )
    if by_machine and by_machine[0] == other and kind is not OriginKind.MODEL:
        score, second = (f"{100 * s:.0f} %" for s in by_machine[1:])
        reasons.append(f"le calcul donne « {labels[other]} » ({score}, second choix {second})")
    yield Finding(Fault.CLASS_AGAINST_TEXT, (record.id,), "class", own.value, " ; ".join(reasons), other)


def _by_cues(
    own: str, pages: Sequence[tuple[int, str]], known: Knowledge
) -> tuple[str, tuple[str, ...]] | None:
    """The class whose formulae the text carries, with them, where it carries none of its own class."""
    text = "\n".join(text for _number, text in pages)[:_READ_CHARS]
    strengths = cue_strength(text, known.classes)
    ranked = sorted(range(len(strengths)), key=lambda i: -strengths[i])
    codes = [c.code for c in known.classes]
    best, second = ranked[0], ranked[1]
    is_clear = strengths[best] >= max(_CLEAR_CUES, _CLEAR_LEAD * strengths[second])
    if not is_clear or strengths[codes.index(own)] > 0:
        return None
    return codes[best], cues_found(text, [known.classes[best]])[0]


_READ_CHARS = 4000
"""What a document is stands at its beginning."""


def _by_machine(said: Sequence[Assertion], own: str) -> tuple[str, float, float] | None:
    """The machine's class with its score and that of its second choice, where it is sure of another one."""
    machine = [a for a in said if a.origin.kind in (OriginKind.RULE, OriginKind.MODEL)]
    best = next((a for a in machine if a.field == "class"), None)
    second = next((a.value for a in machine if a.field == "class_runner_up" and a.value), None)
    if best is None or best.value in (None, own) or best.score is None or best.score < _CLEAR_SCORE:
        return None
    runner_up = float(second["score"]) if second else 0.0
    if best.score - runner_up < _CLEAR_MARGIN or (second and second["code"] == own):
        return None
    return best.value, best.score, runner_up
