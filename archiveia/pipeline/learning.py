"""What the machine learns at night from what reviewers decided, and whether that is put to use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from archiveia.edges import database
from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.database import assertions, decisions, units, work
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.learned_heads import StoredHead, load_head, save_head
from archiveia.engines.classifier_learned import LearnedClassifier, with_learned
from archiveia.engines.classifiers import open_classifier
from archiveia.engines.text_evidence import described_classes, gather, open_reader
from archiveia.pipeline.each import CHUNK
from archiveia.pipeline.order import redo
from archiveia.pipeline.understanding import record_text
from archiveia.steps.classify import is_classifiable
from archiveia.steps.head import profile
from archiveia.steps.head_training import train
from archiveia.steps.lessons import CLASSES, digest, is_better, lessons
from archiveia.values import Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from archiveia.engines.text_evidence import Reader
    from archiveia.pipeline.workplace import Edges
    from archiveia.settings import Settings
    from archiveia.steps.lessons import Decided, Lesson
    from archiveia.values import Json, Record

Piece = TypeVar("Piece")

AFTER_LEARNING = ("classify", "retain", "access", "index")
"""What is done again for a record that a new head classifies."""
_SEED = 1
_FEWEST_OF_A_CLASS = 3
"""A class with fewer lessons is not taught: calibration needs some that were not learned from."""
_FEWEST_HELD = 20
"""On fewer, chance would decide which of two classifiers is better."""


@dataclass(frozen=True, slots=True)
class NightSchool:
    """What a night taught: lessons and held-out decisions, who had how many of those right, the version adopted."""

    taught: int
    held: int
    right: int
    right_before: int
    adopted: str | None


@dataclass(frozen=True, slots=True)
class School(Generic[Piece]):
    """What is taught: the decisions, how they are described, and who is asked what before and after.

    ``step`` names the switch of ``ARCHIVEIA_AI`` and the folder of the heads; ``piece`` what is kept of a record to
    measure; ``right`` of how many held pieces a head (``None``: what is in use) has the person's value.
    """

    step: str
    decided: Decided
    described: Callable[[Edges], Mapping[str, tuple[str, str]]]
    """Of each code: its label and description."""
    reader: Callable[[Settings], Reader | None]
    piece: Callable[[Record], Piece]
    text: Callable[[Piece], str]
    right: Callable[[StoredHead | None, Sequence[tuple[Lesson, Piece]], Edges], int]


def learn(edges: Edges) -> NightSchool | None:
    """What was learned of classes; ``None`` with models off, or where too little or nothing new is there."""
    return attend(OF_CLASSES, edges)


def attend(school: School[Piece], edges: Edges) -> NightSchool | None:
    """What was learned at this school; ``None`` with models off, or where too little or nothing new is there."""
    if not edges.settings.may_use_models(school.step):
        return None
    return taught_at(school, lessons_of(school, edges), edges)


def taught_at(
    school: School[Piece], found: Sequence[tuple[Lesson, Piece]], edges: Edges
) -> NightSchool | None:
    """What these lessons teach; put to use where the held-out ones go better than before."""
    held = [(lesson, piece) for lesson, piece in found if lesson.held]
    taught = _taught([(lesson, school.text(piece)) for lesson, piece in found if not lesson.held])
    home, seen = edges.storage.home, digest([lesson for lesson, _ in found])
    former = load_head(home, edges.entity, school.step)
    if former is not None and former.card["lessons_digest"] == seen:
        return None
    enough = len(taught) >= edges.settings.learn_min_decisions and len(held) >= _FEWEST_HELD
    if not enough or len({lesson.label for lesson, _ in taught}) < 2:
        return None
    stored = _train(taught, school, edges)
    right, before = school.right(stored, held, edges), school.right(None, held, edges)
    adopted = is_better(right, before)
    if adopted:
        scores = {"held": len(held), "right": right, "right_before": before}
        card = {**stored.card, "lessons_digest": seen, "scores": scores}
        save_head(home, edges.entity, StoredHead(stored.head, stored.terms, card), school.step)
        edges.forget_learned()
    return NightSchool(len(taught), len(held), right, before, stored.card["version"] if adopted else None)


def classify_again(edges: Edges) -> int:
    """How many records the head in use classified again: those of another classifier, and of no person.

    Safe to cut off: the next night goes on with the others.
    """
    classifier = edges.classifier
    if not isinstance(classifier, LearnedClassifier):
        return 0
    origin = Origin(OriginKind.MODEL, classifier.name, classifier.version)
    with database.reading(edges.database) as connection:
        waiting = assertions.said_by_another(connection, edges.entity, "class", origin)
    return do_again(waiting, AFTER_LEARNING, edges)


def do_again(waiting: Sequence[str], steps: Sequence[str], edges: Edges) -> int:
    """For how many of these records the steps were done again: all but those that failed before."""
    with database.reading(edges.database) as connection:
        failed = work.failures(connection, waiting)
    going = [i for i in waiting if i not in failed]
    for chunk in in_chunks(going, CHUNK):
        with database.writing(edges.database) as connection:
            work.reopen(connection, chunk, steps, now=edges.now())
        redo(chunk, steps, edges)
    return len(going)


def lessons_of(school: School[Piece], edges: Edges) -> list[tuple[Lesson, Piece]]:
    """The lessons of the database whose value is known here and whose text has enough words."""
    known = school.described(edges)
    with database.reading(edges.database) as connection:
        ids = units.record_ids(connection, edges.entity)
        said = assertions.said_of(connection, ids, only=[school.decided.field])
        confirmed = decisions.confirmations(connection, edges.entity)
        entries = [(row.subject, row.before, row.after) for row in confirmed]
        found = [one for one in lessons(said, entries, school.decided) if one.label in known]
        records = units.load_records(connection, [lesson.record_id for lesson in found], edges.entity)
    return [
        (one, school.piece(record))
        for one, record in zip(found, records, strict=True)
        if is_classifiable(record_text(record))
    ]


def _taught(found: Sequence[tuple[Lesson, str]]) -> list[tuple[Lesson, str]]:
    labels = Counter(lesson.label for lesson, _ in found)
    return [(lesson, text) for lesson, text in found if labels[lesson.label] >= _FEWEST_OF_A_CLASS]


def _train(taught: Sequence[tuple[Lesson, str]], school: School[Piece], edges: Edges) -> StoredHead:
    reader = school.reader(edges.settings)
    described = school.described(edges)
    evidence = gather([text for _, text in taught], reader)
    phrases, vectors = described_classes(described.values(), reader)
    known = profile(evidence, list(described), phrases, vectors)
    labels = [lesson.label for lesson, _ in taught]
    head = train(known, evidence, labels, seed=_SEED)
    card: Json = {
        "version": f"{edges.now():%Y%m%d-%H%M%S}",
        "encoder": reader.name if reader else "",
        "classes": dict(sorted(Counter(labels).items())),
        "lessons": len(taught),
        "blind_lessons": sum(lesson.blind for lesson, _ in taught),
        "threshold": head.threshold,
    }
    return StoredHead(head, {kind: bag.terms for kind, bag in evidence.bags.items()}, card)


def _classes_right(stored: StoredHead | None, held: Sequence[tuple[Lesson, str]], edges: Edges) -> int:
    """Of how many held texts the first class is the one that a person gave."""
    plan, classifier = load_classification_plan(), edges.classifier
    if stored is not None:
        zero_shot = open_classifier(edges.settings)
        classifier = with_learned(stored.head, stored.terms, stored.card, zero_shot, edges.settings)
    rows = classifier.scores([text for _, text in held], plan)
    return sum(
        plan[max(range(len(plan)), key=row.__getitem__)].code == lesson.label
        for row, (lesson, _) in zip(rows, held, strict=True)
    )


def _text_itself(text: str) -> str:
    return text


def _reader(settings: Settings) -> Reader | None:
    return open_reader(settings)


OF_CLASSES: School[str] = School(
    step="classify",
    decided=CLASSES,
    described=lambda _: {c.code: (c.label, c.description) for c in load_classification_plan()},
    reader=_reader,
    piece=record_text,
    text=_text_itself,
    right=_classes_right,
)
"""Classes, by their texts."""
