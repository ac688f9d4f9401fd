"""When a record may be read by anyone (*communicabilité*): the machine may close, only persons open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.access_delays import (
    EVENT_FIELDS,
    StartEvent,
    concerns_one_person,
    confirmed_day,
    in_words,
    is_cleared,
    latest,
    opening,
    what_clears,
    what_is_missing,
)
from archiveia.steps.confirmed import best, by_person, confirmed
from archiveia.steps.legal_dates import in_french, is_partial, last_day
from archiveia.steps.quality import doubts_about
from archiveia.values import AccessState, PageState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from archiveia.steps.access_delays import Opening
    from archiveia.values import AccessRule, DocumentClass, Record

READ_STATES = frozenset({PageState.TEXT, PageState.BLANK})
"""Pages in any other state may hide what closes the dossier: illegible, failed, not read yet."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What counts of one record.

    ``rules`` are its possible categories, ``None`` when they are not all known. ``believed_on`` is its
    last day whoever says so, ``confirmed_on`` only if a person does. ``may_open`` is true when a person
    chose the category and every page was read. ``blockers`` say what a person still has to decide,
    ``doubts`` what a machine read on a page that was not read well.
    """

    record: Record
    rules: tuple[AccessRule, ...] | None
    believed_on: date | None
    confirmed_on: date | None
    may_open: bool
    blockers: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    """When a piece opens, the category that keeps it closed longest, and the delay that counted."""

    on: date | None
    by: AccessRule | None
    after: Opening | None = None


def access_of_dossier(
    records: Sequence[Record],
    classes: Mapping[str, DocumentClass],
    rules: Mapping[str, AccessRule],
    *,
    today: date,
    good_cer: float,
) -> dict[str, AccessState]:
    """The access state of every piece of one dossier, by record identifier.

    The dossier opens as a whole, with the piece that opens last: the delays run from the most recent
    document that it holds (C. patr. L213-2) and the longest one governs it (CADA's practice). A text with
    more than ``good_cer`` of its letters probably wrong is a doubt, and is told.
    """
    pieces = [_piece(record, classes, rules, today=today, good_cer=good_cer) for record in records]
    believed, sure = latest(p.believed_on for p in pieces), latest(p.confirmed_on for p in pieces)
    proposed = {p.record.id: _opened(p, p.believed_on, believed, today=today) for p in pieces}
    ends = {p.record.id: _opened(p, p.confirmed_on, sure, today=today) for p in pieces if p.may_open}
    blockers = {p.record.id: (*p.blockers, *_prolonged(p, ends.get(p.record.id))) for p in pieces}
    opened = {i: ends[i].on if i in ends and not todo else None for i, todo in blockers.items()}
    opens_on = latest(opened.values())
    last = _last(opened if opens_on else {i: o.on for i, o in proposed.items()})
    todo = Counter(sentence for sentences in blockers.values() for sentence in sentences)
    return {
        p.record.id: AccessState(
            category=by.id if (by := proposed[p.record.id].by) else None,
            proposed_on=latest(o.on for o in proposed.values()),
            opens_on=opens_on,
            controlling_id=last,
            why=(
                *_why(p, proposed[p.record.id], believed),
                *_conclusion(opens_on, last if len(pieces) > 1 else None),
            ),
            blockers=(*blockers[p.record.id], *_others(todo, blockers[p.record.id])),
            last_on=_last_on(pieces, sure, today=today),
            died_on=_died_on(p, today=today),
        )
        for p in pieces
    }


def _prolonged(piece: _Piece, opened: _Opened | None) -> tuple[str, ...]:
    """What a person has to confirm at the end of a delay that the law may prolong."""
    if opened is None or opened.by is None or opened.on is None:
        return ()
    prolongable = [r for r in piece.rules or () if not is_cleared(r, piece.record, opened.on)]
    return tuple(what_clears(rule, opened.on) for rule in prolongable)


def _last_on(pieces: Sequence[_Piece], sure: date | None, *, today: date) -> date | None:
    """The last day of the dossier that persons confirmed, the closing of a register among them."""
    closed = [confirmed_day(p.record, "closed_on", today=today) for p in pieces]
    return None if sure is None else max([sure, *(day for day in closed if day is not None)])


def _died_on(piece: _Piece, *, today: date) -> date | None:
    """The death that a person gave of the only person whom a piece concerns."""
    alone = piece.rules and all(concerns_one_person(piece.record, rule) for rule in piece.rules)
    return confirmed_day(piece.record, EVENT_FIELDS[StartEvent.DEATH], today=today) if alone else None


def _piece(
    record: Record,
    classes: Mapping[str, DocumentClass],
    rules: Mapping[str, AccessRule],
    *,
    today: date,
    good_cer: float,
) -> _Piece:
    ids, by_persons = _categories(record, classes)
    known = tuple(rules[i] for i in ids) if ids and all(i in rules for i in ids) else None
    confirmed_on, dated = confirmed_day(record, "date", today=today), best(record, "date")
    hidden = _may_hide(record)
    missing = [
        what_is_missing(r) for r in known or () if opening(r, record, today, today, today=today) is None
    ]
    doubts = {
        "La catégorie de communicabilité est inconnue : une personne doit la choisir.": known is None,
        "La catégorie de communicabilité n’est pas confirmée par une personne.": not by_persons,
        "La date n’est pas confirmée par une personne, ou n’est pas utilisable.": confirmed_on is None,
        "Des pages ne sont pas lisibles, ou pas encore lues : une personne doit les relire.": hidden,
    }
    return _Piece(
        record=record,
        rules=known,
        believed_on=last_day(dated.value, today=today) if dated else None,
        confirmed_on=confirmed_on,
        may_open=by_persons and not hidden,
        blockers=(*(sentence for sentence, holds in doubts.items() if holds), *missing),
        doubts=(
            *(() if by_persons else doubts_about(record, best(record, "class"), good_cer=good_cer)),
            *doubts_about(record, dated, good_cer=good_cer),
        ),
    )


def _categories(record: Record, classes: Mapping[str, DocumentClass]) -> tuple[tuple[str, ...], bool]:
    """The categories that may apply, and whether a person chose them.

    Those that a person set stand alone. Else they are those of the class and of machines together, and they
    only close: were one of them enough to open, a text read worse, in which a machine no more finds a
    stricter one, would open earlier.
    """
    said = [a for a in record.assertions if a.field == "access_category"]
    chosen = tuple(dict.fromkeys(str(a.value) for a in said if by_person(a)))
    if chosen:
        return chosen, True
    assertion = best(record, "class")
    known = classes.get(str(assertion.value)) if assertion else None
    if known is None or not known.access_categories:
        return (), False
    return tuple(dict.fromkeys((*known.access_categories, *(str(a.value) for a in said)))), False


def _may_hide(record: Record) -> bool:
    """Whether a page may hide something, and no person said that enough can be read.

    Handwritten pages are illegible too. A record without pages has not been read.
    """
    answer = confirmed(record, "legible_enough")
    if answer is not None and answer.value is True:
        return False
    return not record.pages or any(page.state not in READ_STATES for page in record.pages)


def _opened(piece: _Piece, own_on: date | None, dossier_on: date | None, *, today: date) -> _Opened:
    """The latest opening of the piece's categories; ``on`` is ``None`` when one of them gives no day."""
    if piece.rules is None:
        return _Opened(None, None)
    ends = {rule: opening(rule, piece.record, own_on, dossier_on, today=today) for rule in piece.rules}

    def strictness(rule: AccessRule) -> tuple[bool, bool, str, int, str]:
        end = ends[rule]
        has_no_delay = rule.delay_years is None
        return rule.never, has_no_delay, end.on.isoformat() if end else "9999", rule.delay_years or 0, rule.id

    strictest = max(piece.rules, key=strictness)
    return _Opened(latest(e.on if e else None for e in ends.values()), strictest, ends[strictest])


def _last(days: Mapping[str, date | None]) -> str:
    """The piece that opens last, a closed one first; the smallest identifier among equals."""
    closed = [i for i, day in days.items() if day is None]
    end = latest(days.values())
    return min(closed or [i for i, day in days.items() if day == end])


# --- words ---------------------------------------------------------------------------------------


def _why(piece: _Piece, proposed: _Opened, dossier_on: date | None) -> list[str]:
    if proposed.by is None or piece.rules is None:
        return ["Catégorie inconnue : fermé tant que personne ne l’a choisie.", *piece.doubts]
    why = [in_words(proposed.by, proposed.after)]
    if proposed.by.start_event == StartEvent.LIST and proposed.by.condition:
        why.append(f"{proposed.by.condition[0].upper()}{proposed.by.condition[1:]}.")
    if len(piece.rules) > 1:
        why.append(f"C’est la plus restrictive des {len(piece.rules)} catégories possibles.")
    dated = best(piece.record, "date")
    if dated is not None and piece.believed_on is not None and is_partial(dated.value):
        why.append(
            f"Date partielle « {dated.value} » : le délai est compté du {in_french(piece.believed_on)}."
        )
    if dossier_on is None:
        why.append("La date d’une pièce du dossier est inconnue : aucune date ne peut être calculée.")
    else:
        why.append(f"Document le plus récent du dossier : {in_french(dossier_on)}.")
    return [*why, *piece.doubts]


def _conclusion(opens_on: date | None, last: str | None) -> list[str]:
    follows = [f"Le dossier suit la pièce {last}, qui s’ouvre en dernier."] if last else []
    if opens_on is None:
        return [*follows, "Fermé : une proposition est calculée, l’ouverture est une décision humaine."]
    return [*follows, f"Communicable à partir du {in_french(opens_on)}."]


def _others(todo: Counter[str], own: tuple[str, ...]) -> list[str]:
    """What is left to decide on the other pieces of the dossier, counted."""
    left = {sentence: n - (sentence in own) for sentence, n in todo.items()}
    return [f"Autres pièces du dossier ({n}) : {sentence}" for sentence, n in left.items() if n]
