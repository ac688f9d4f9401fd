"""Subject indexing by people: thesauri imported, descriptors accepted and refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions, decisions, thesauri, units, work
from archiveia.edges.xml_files import read_xml
from archiveia.errors import BadRequestError
from archiveia.pipeline.order import redo
from archiveia.pipeline.subjects import STEP, finish_subjects, run_subjects
from archiveia.steps.folding import fold_tokens
from archiveia.steps.intake import stable_id
from archiveia.steps.skos import REMEDY, changes, thesaurus_in
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Concept, Json, Thesaurus, ThesaurusChanges

ACCEPTED, REFUSED = "subject", "subject_refused"


class Verdict(StrEnum):
    """What a person says of a descriptor for a piece; ``OPEN`` takes back what was said."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Imported:
    """A thesaurus as it is now. ``changes`` is ``None`` for a first import.

    ``orphans``: accepted descriptors that the new version has no more; they stay on their pieces.
    """

    thesaurus: Thesaurus
    changes: ThesaurusChanges | None
    orphans: int
    pieces: int


# --- thesauri -----------------------------------------------------------------------------------


def import_thesaurus(path: Path, *, actor: str, edges: Edges) -> Imported:
    """The thesaurus of a SKOS file in the place of its former version, and new proposals for every piece.

    Accepted descriptors keep their address and take its new label. The same version again changes nothing.

    Raises:
        BadRequestError: the file cannot be read, or is no thesaurus.
    """
    new = thesaurus_in(read_xml(path, remedy=REMEDY), path.name)
    with database.reading(edges.database) as connection:
        former = next((t for t in thesauri.load(connection, edges.entity) if t.uri == new.uri), None)
    if former is not None and _same(former, new):
        finish_subjects(edges)  # what an import that was cut off left
        return Imported(new, changes(former.concepts, new.concepts), 0, 0)
    with database.writing(edges.database) as connection:
        thesauri.replace(
            connection,
            stable_id("thesaurus", edges.entity, new.uri),
            edges.entity,
            new,
            file_name=path.name,
            actor=actor,
            now=edges.now(),
        )
        renamed, orphans = _follow(connection, former, new, edges)
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=actor,
            action="thesaurus",
            subject="",
            before={"descriptors": len(former.concepts)} if former else {},
            after={"descriptors": len(new.concepts), "uri": new.uri, "modified": new.modified},
            now=edges.now(),
        )
        everything = units.record_ids(connection, edges.entity)
        work.forget(connection, everything, [STEP])
    run_subjects(everything, edges)
    redo(renamed, ("index",), edges)
    said = changes(former.concepts, new.concepts) if former else None
    return Imported(new, said, orphans, len(everything))


def _same(one: Thesaurus, other: Thesaurus) -> bool:
    by_uri = [{c.uri: c for c in t.concepts} for t in (one, other)]
    heads = [(t.title, t.modified, t.rights, t.is_companion) for t in (one, other)]
    return by_uri[0] == by_uri[1] and heads[0] == heads[1]


def _follow(
    connection: Connection, former: Thesaurus | None, new: Thesaurus, edges: Edges
) -> tuple[list[str], int]:
    """The pieces whose descriptors took another label, and how many descriptors the new version lacks."""
    labels, before = (
        {c.uri: c.label for c in new.concepts},
        {c.uri for c in former.concepts} if former else set(),
    )
    said = thesauri.accepted(connection, edges.entity)
    changed = {
        number: (unit, {**value, "label": labels[value["uri"]]})
        for number, unit, value in said
        if labels.get(value["uri"], value["label"]) != value["label"]
    }
    thesauri.rename(connection, {number: value for number, (_unit, value) in changed.items()})
    pieces = sorted({unit for unit, _value in changed.values()})
    work.set_stale(connection, pieces, now=edges.now())
    work.forget(connection, pieces, ["index"])
    return pieces, sum(value["uri"] in before - labels.keys() for _number, _unit, value in said)


def find_concepts(words: str, edges: Edges, *, most: int = 12) -> list[tuple[Concept, Thesaurus]]:
    """The descriptors of which a label has these words (the beginnings of words do), shortest labels first."""
    wanted = fold_tokens(words)
    if not wanted:
        return []
    with database.reading(edges.database) as connection:
        known = thesauri.load(connection, edges.entity)
    found = [
        (min(fits), t.is_companion, c.label, c, t)
        for t in known
        for c in t.concepts
        if (fits := [len(label) for label in (c.label, *c.alt_labels) if _has(fold_tokens(label), wanted)])
    ]
    return [(concept, thesaurus) for *_order, concept, thesaurus in sorted(found, key=lambda f: f[:3])[:most]]


def _has(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in wanted)


# --- decisions ----------------------------------------------------------------------------------


def decide_subject(record_id: str, uri: str, verdict: Verdict, *, actor: str, edges: Edges) -> None:
    """The descriptor is accepted or refused for the piece by this person, or open again.

    What was refused is not proposed for that piece again; what was accepted is searched and counted.

    Raises:
        BadRequestError: there is no such descriptor.
        UnknownUnitError: there is no such piece here.
    """
    now = edges.now()
    with database.writing(edges.database) as connection:
        record = units.load_record(connection, record_id, edges.entity)
        said = assertions.said_of(connection, [record_id]).get(record_id, [])
        decided = [a for a in said if a.field in {ACCEPTED, REFUSED} and a.origin.kind is OriginKind.PERSON]
        before = next((a for a in decided if a.value["uri"] == uri), None)
        value = _described(connection, uri, [*said, *record.assertions], edges)
        kept = [a for a in decided if a.value["uri"] != uri]
        if verdict is not Verdict.OPEN:
            field = ACCEPTED if verdict is Verdict.ACCEPTED else REFUSED
            kept.append(Assertion(field, value, Origin(OriginKind.PERSON, actor)))
        assertions.replace(connection, record_id, [ACCEPTED, REFUSED], [OriginKind.PERSON], kept, now=now)
        work.set_stale(connection, [record_id], now=now)
        work.forget(connection, [record_id], ["index"])
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=actor,
            action="subject",
            subject=record_id,
            before={"verdict": _verdict_of(before), "label": value["label"], "uri": uri},
            after={"verdict": verdict, "label": value["label"], "uri": uri},
            now=now,
        )
    redo([record_id], ("index",), edges)


def _verdict_of(decided: Assertion | None) -> Verdict:
    if decided is None:
        return Verdict.OPEN
    return Verdict.ACCEPTED if decided.field == ACCEPTED else Verdict.REFUSED


def _described(connection: Connection, uri: str, said: Sequence[Assertion], edges: Edges) -> dict[str, Json]:
    """The address, label and thesaurus of a descriptor: of the thesauri, else as it was said of the piece."""
    for thesaurus in thesauri.load(connection, edges.entity):
        for concept in thesaurus.concepts:
            if concept.uri == uri:
                return {
                    "uri": uri,
                    "label": concept.label,
                    "thesaurus": thesaurus.title,
                    "thesaurus_uri": thesaurus.uri,
                }
    for a in said:
        if a.field in {ACCEPTED, REFUSED} and a.value["uri"] == uri:
            return dict(a.value)
    raise BadRequestError(f"no descriptor {uri!r} in the thesauri", "choose one that is proposed or found")
