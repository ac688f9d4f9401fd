"""The journal as a chain of hashes: every entry carries the hash of the one before, so that no change goes unseen.

The hash of an entry is the SHA-256 of ``sealed_text``: JSON with sorted keys, ASCII, no spaces. Whoever has that text
can check the chain without this program.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from archiveia.values import Json

GENESIS = "0" * 64
"""What stands in the first entry for the hash of the one before."""
CHAINED = "chain"
"""The action of the entry that a migration writes: the entries before it were chained then, not when they were made."""
CLOCK = "clock"
"""The action of the entry that tells a clock set back."""
LONGEST_ID = 80
CLOCK_TOLERANCE = timedelta(minutes=5)
"""Writers that wait for each other may be entered out of order; by more than this, a clock was set back."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a journal at some moment: kept elsewhere, it proves all that was written until then."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is chained. ``actor`` and personal values are salted hashes (``steps.journal_values``)."""

    entity_id: str
    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: Json
    after: Json
    undoes: int | None = None
    previous_hash: str = GENESIS
    hash: str = ""

    @property
    def head(self) -> Head:
        """The head of the journal that ends with this entry."""
        return Head(self.sequence, self.hash)


class FlawKind(StrEnum):
    """What can be wrong with a chain."""

    ALTERED = "altered"
    """The entry is not what was sealed."""
    MISSING = "missing"
    REORDERED = "reordered"
    """The entry stands after a later one, or twice."""
    REPLACED = "replaced"
    """The entry was changed and sealed anew: the next one does not follow from it."""
    CUT = "cut"
    """The last entries are gone: a head kept elsewhere knows them."""
    REWRITTEN = "rewritten"
    """Entries up to a head kept elsewhere were changed and the chain was sealed anew."""
    VALUE_ALTERED = "value_altered"
    """A value that the entry refers to is not what was written."""
    VALUE_MISSING = "value_missing"
    """A value that the entry refers to is gone, and no purge tells of it."""
    PURGE_MISCOUNTED = "purge_miscounted"
    """The entry tells a purge of another number of values than are gone in its name."""


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """Something that was done to the journal, with the first and the last entry that it concerns."""

    first: int
    last: int
    kind: FlawKind


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found. ``set_back``: entries dated before the former one; ``chained_later``: see ``CHAINED``."""

    entries: int
    head: Head | None
    flaws: tuple[Flaw, ...] = ()
    set_back: tuple[int, ...] = ()
    chained_later: int = 0
    heads: int = 0
    purged: int = 0

    @property
    def sound(self) -> bool:
        """Nothing was altered, removed, reordered, cut or rewritten, as far as the given heads tell."""
        return not self.flaws


def records_in(subject: str) -> list[str]:
    """The identifiers that a subject names, each once; what is too long for one is none."""
    return [one for one in dict.fromkeys(subject.split()) if len(one) <= LONGEST_ID]


def plain(document: Json) -> Json:
    """The document as JSON gives it back: enumerations as their values, tuples as lists."""
    return json.loads(canonical(document))


def canonical(document: Json) -> str:
    """The one text of a document: sorted keys, ASCII, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sealed_text(entry: Entry) -> str:
    """The text whose SHA-256 is the hash of the entry."""
    return canonical(
        {
            "entity": entry.entity_id,
            "sequence": entry.sequence,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "before": entry.before,
            "after": entry.after,
            "undoes": entry.undoes,
            "previous": entry.previous_hash,
        }
    )


def hash_of(entry: Entry) -> str:
    """The hash that the entry must carry."""
    return hashlib.sha256(sealed_text(entry).encode("ascii")).hexdigest()


def seal(entry: Entry, last: Head | None) -> Entry:
    """The entry at the end of the chain whose head is ``last``."""
    linked = replace(
        entry,
        sequence=1 + (last.sequence if last else 0),
        previous_hash=last.hash if last else GENESIS,
        before=plain(entry.before),
        after=plain(entry.after),
    )
    return replace(linked, hash=hash_of(linked))


def is_set_back(at: datetime, last_at: datetime) -> bool:
    """The clock says less than it did when the former entry was written."""
    return last_at - at > CLOCK_TOLERANCE


def verify(
    entries: Iterable[Entry], heads: Sequence[Head] = (), *, after: Head | None = None
) -> Verification:
    """What was done to these entries, in the order of their storage; ``heads`` were kept elsewhere.

    Without a head, a cut tail and a chain that was sealed anew from some entry to the end cannot be seen.
    ``after``: the entries are those behind this one, which is known to be sound.
    """
    last: Entry | None = None
    start = after or Head(0, GENESIS)
    count, chained_later = 0, 0
    flaws: list[Flaw] = []
    missing: set[int] = set()
    set_back: list[int] = []
    known = {head.sequence: head.hash for head in reversed(heads)}
    seen: dict[int, str] = {}
    for entry in entries:
        count += 1
        former = last.head if last else start
        number, expected = entry.sequence, 1 + former.sequence
        if hash_of(entry) != entry.hash:
            flaws.append(Flaw(number, number, FlawKind.ALTERED))
        if number in known:
            seen[number] = entry.hash
        if number < expected:
            flaws.append(Flaw(number, number, FlawKind.REORDERED))
            missing.discard(number)
            continue
        missing.update(range(expected, number))
        if number == expected and entry.previous_hash != former.hash:
            flaws.append(Flaw(max(number - 1, 1), max(number - 1, 1), FlawKind.REPLACED))
        if last is not None and is_set_back(entry.at, last.at):
            set_back.append(number)
        if entry.action == CHAINED:
            chained_later = number - 1
        last = entry
    flaws += [Flaw(first, end, FlawKind.MISSING) for first, end in _runs(missing)]
    head = last.head if last else after
    flaws += _against(known, seen, head.sequence if head else 0)
    return Verification(count, head, tuple(sorted(flaws)), tuple(set_back), chained_later, len(heads))


def _against(known: dict[int, str], seen: dict[int, str], last: int) -> Iterator[Flaw]:
    """What the heads kept elsewhere tell: the first that differs bounds what was rewritten."""
    proven = 0
    for number in sorted(n for n in known if n in seen):
        if seen[number] != known[number]:
            yield Flaw(proven + 1, number, FlawKind.REWRITTEN)
            break
        proven = number
    if known and max(known) > last:
        yield Flaw(last + 1, max(known), FlawKind.CUT)


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The numbers as runs without gaps: first and last of each."""
    first = end = None
    for number in sorted(numbers):
        if first is None or end is None:
            first = end = number
        elif number == end + 1:
            end = number
        else:
            yield first, end
            first = end = number
    if first is not None and end is not None:
        yield first, end
