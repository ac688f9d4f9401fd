"""What the machine learns at night from what reviewers decided, and whether that is put to use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from archiveia.steps.lessons import digest, is_better, lessons
from archiveia.values import Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.engines.classifiers import Classifier
    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.lessons import Lesson
    from archiveia.values import Json

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


def learn(edges: Edges) -> NightSchool | None:
    """What was learned; ``None`` with models off, or where too little or nothing new is there."""
    if not edges.settings.may_use_models("classify"):
        return None
    return study(_lessons(edges), edges)


def study(found: Sequence[tuple[Lesson, str]], edges: Edges) -> NightSchool | None:
    """What these lessons, with their texts, teach; put to use where the held-out ones go better than before."""
    held = [(lesson, text) for lesson, text in found if lesson.held]
    taught = _taught([(lesson, text) for lesson, text in found if not lesson.held])
    home, seen = edges.storage.home, digest([lesson for lesson, _ in found])
    former = load_head(home, edges.entity)
    if former is not None and former.card["lessons_digest"] == seen:
        return None
    enough = len(taught) >= edges.settings.learn_min_decisions and len(held) >= _FEWEST_HELD
    if not enough or len({lesson.label for lesson, _ in taught}) < 2:
        return None
    stored = _train(taught, edges)
    new = with_learned(
        stored.head, stored.terms, stored.card, open_classifier(edges.settings), edges.settings
    )
    right, before = _right(new, held), _right(edges.classifier, held)
    adopted = is_better(right, before)
    if adopted:
        scores = {"held": len(held), "right": right, "right_before": before}
        card = {**stored.card, "lessons_digest": seen, "scores": scores}
        save_head(home, edges.entity, StoredHead(stored.head, stored.terms, card))
        edges.forget_classifier()
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
        failed = work.failures(connection, waiting)
    waiting = [i for i in waiting if i not in failed]
    for chunk in in_chunks(waiting, CHUNK):
        with database.writing(edges.database) as connection:
            work.reopen(connection, chunk, AFTER_LEARNING, now=edges.now())
        redo(chunk, AFTER_LEARNING, edges)
    return len(waiting)


def _lessons(edges: Edges) -> list[tuple[Lesson, str]]:
    """The lessons of the database whose class is in the plan and whose text can be classified, with that text."""
    known = {c.code for c in load_classification_plan()}
    with database.reading(edges.database) as connection:
        said = assertions.said_of(connection, units.record_ids(connection, edges.entity))
        confirmed = decisions.confirmations(connection, edges.entity)
        found = lessons(said, [(row.subject, row.before, row.after) for row in confirmed])
        records = units.load_records(connection, [lesson.record_id for lesson in found], edges.entity)
    texts = map(record_text, records)
    return [
        (one, text)
        for one, text in zip(found, texts, strict=True)
        if one.label in known and is_classifiable(text)
    ]


def _taught(found: Sequence[tuple[Lesson, str]]) -> list[tuple[Lesson, str]]:
    labels = Counter(lesson.label for lesson, _ in found)
    return [(lesson, text) for lesson, text in found if labels[lesson.label] >= _FEWEST_OF_A_CLASS]


def _train(taught: Sequence[tuple[Lesson, str]], edges: Edges) -> StoredHead:
    reader = open_reader(edges.settings)
    plan = load_classification_plan()
    evidence = gather([text for _, text in taught], reader)
    phrases, vectors = described_classes({c.label: c.description for c in plan}, reader)
    known = profile(evidence, [c.code for c in plan], phrases, vectors)
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


def _right(classifier: Classifier, held: Sequence[tuple[Lesson, str]]) -> int:
    """Of how many held records the classifier's first class is the one that a person gave."""
    plan = load_classification_plan()
    rows = classifier.scores([text for _, text in held], plan)
    return sum(
        plan[max(range(len(plan)), key=row.__getitem__)].code == lesson.label
        for row, (lesson, _) in zip(rows, held, strict=True)
    )
