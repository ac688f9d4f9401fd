"""``archiveia evaluate classify``: a classifier on labelled texts, and the rules alone beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.energy import Meter
from archiveia.edges.labelled_texts import read_labelled
from archiveia.engines.classifiers import LexicalClassifier, open_classifier
from archiveia.engines.text_evidence import described_classes, gather, open_reader
from archiveia.pipeline.workplace import no_progress
from archiveia.steps.classify import EXCERPT_CHARACTERS, decide, excerpt
from archiveia.steps.head import profile
from archiveia.steps.head_training import train, zero_shot
from archiveia.steps.measure_classes import Answer, accuracy_of, folds, measure, some_of_each
from archiveia.values import DocumentClass, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np

    from archiveia.edges.labelled_texts import LabelledFolder
    from archiveia.engines.classifiers import Classifier
    from archiveia.pipeline.workplace import Progress
    from archiveia.settings import Settings
    from archiveia.steps.head import Evidence, Profile
    from archiveia.values import Json

_SEED = 1
_FOLDS = 5
_ORIGIN = Origin(OriginKind.RULE, "evaluate", "1")
"""Asked for by ``decide``; nothing is kept."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One part of the texts to answer for, with the texts that may be learned from."""

    train: list[int]
    unlabelled: list[int]
    test: list[int]


@dataclass
class _Said:
    """What one way of classifying answered, and what that cost."""

    answers: list[Answer] = field(default_factory=list)
    part_accuracies: list[float] = field(default_factory=list)
    learning: Meter = field(default_factory=Meter)
    answering: Meter = field(default_factory=Meter)
    how: str = ""

    def add(self, answers: list[Answer]) -> None:
        self.answers += answers
        self.part_accuracies.append(accuracy_of(answers))

    def as_json(self) -> Json:
        return {
            **measure(self.answers, seed=_SEED),
            "classifier": self.how,
            "accuracy_of_folds": self.part_accuracies,
            "cost": {
                "texts": len(self.answers),
                "learning": self.learning.as_json(),
                "answering": self.answering.as_json(),
            },
        }


def evaluate_classify(
    folder: Path,
    settings: Settings,
    *,
    without_labels: bool = False,
    labels_per_class: int | None = None,
    progress: Progress = no_progress,
) -> Json:
    """The figures of the classifier on a folder's texts (at the top), and of the rules alone (``rules``).

    Measured on ``test.jsonl``; where there is none, on each fifth of ``train.jsonl`` after learning from the others.
    Without labels, a folder whose classes are those of the classification plan is asked of the classifier that
    classifies records, with all classes of the plan. With ``ARCHIVEIA_AI=off`` the rules alone are measured,
    and stand at the top.

    Raises:
        BadRequestError: the folder's texts cannot be used.
        MissingToolError: the library or the model of the classifier is not there.
    """
    labelled = read_labelled(folder)
    texts = [t.text for t in (*labelled.train, *(labelled.test or ()))]
    truth = [t.label for t in (*labelled.train, *(labelled.test or ()))]
    asked = _parts(labelled, truth, labels_per_class)
    descriptions = {label: labelled.descriptions.get(label, label) for label in sorted(set(truth))}
    plan = _plan(labelled)
    classes = plan or tuple(
        DocumentClass(label, label, text, None, (), ()) for label, text in descriptions.items()
    )
    asking = _Asking(texts, truth, asked, classes, settings)
    rules = asking.of(LexicalClassifier())
    document = {
        "name": labelled.name,
        "measured_on": "test" if labelled.test else f"{_FOLDS} folds",
        "zero_shot": without_labels,
        "labels_per_class": labels_per_class,
        "undescribed": [] if plan else list(labelled.undescribed),
        "classification_plan": plan is not None,
    }
    if not settings.may_use_models("classify"):
        return {**document, **rules.as_json(), "rules": rules.as_json()}
    if without_labels and plan:
        return {**document, **asking.of(open_classifier(settings)).as_json(), "rules": rules.as_json()}
    model = _Said()
    reader = open_reader(settings)
    with model.answering:
        evidence = gather(texts, reader)
    phrases, vectors = described_classes(descriptions.items(), reader)
    for done, part in enumerate(asked, start=1):
        known = profile(evidence.rows(part.train + part.unlabelled), list(descriptions), phrases, vectors)
        answer = _without_labels if without_labels else _learned
        answer(model, known, evidence, truth, part)
        progress("parts", done, len(asked))
    model.how += f"; {reader.name if reader else 'no encoder'}"
    return {**document, **model.as_json(), "rules": rules.as_json()}


def _parts(labelled: LabelledFolder, truth: Sequence[str], per_class: int | None) -> list[_Asked]:
    count = len(labelled.train)
    if labelled.test:
        splits = [(list(range(count)), list(range(count, len(truth))))]
    else:
        fold = folds(truth, _FOLDS, seed=_SEED)
        splits = [
            ([i for i in range(count) if fold[i] != k], [i for i in range(count) if fold[i] == k])
            for k in sorted(set(fold))
        ]
    parts = []
    for k, (known, test) in enumerate(splits):
        kept = known if per_class is None else some_of_each(truth, known, per_class, seed=_SEED + k)
        parts.append(_Asked(kept, sorted(set(known) - set(kept)), test))
    return parts


def _plan(labelled: LabelledFolder) -> tuple[DocumentClass, ...] | None:
    """The classification plan, where it is what the folder's labels are of and the folder describes none itself."""
    plan = load_classification_plan()
    labels = {t.label for t in (*labelled.train, *(labelled.test or ()))}
    return plan if labels <= {c.code for c in plan} and not labelled.describes else None


@dataclass(frozen=True, slots=True)
class _Asking:
    """What a classifier that learns nothing is asked."""

    texts: Sequence[str]
    truth: Sequence[str]
    asked: Sequence[_Asked]
    classes: tuple[DocumentClass, ...]
    settings: Settings

    def of(self, classifier: Classifier) -> _Said:
        """What it answers, with the thresholds of the settings."""
        said = _Said(how=classifier.name)
        for part in self.asked:
            with said.answering:
                texts = [excerpt(self.texts[i], EXCERPT_CHARACTERS) for i in part.test]
                found = [
                    decide(
                        scores,
                        self.classes,
                        min_score=self.settings.classify_min_score,
                        min_margin=self.settings.classify_min_margin,
                        origin=_ORIGIN,
                    )
                    for scores in classifier.scores(texts, self.classes)
                ]
            said.add(
                [
                    Answer(self.truth[i], f.code, f.score, not f.to_review)
                    for i, f in zip(part.test, found, strict=True)
                ]
            )
        return said


def _learned(model: _Said, known: Profile, evidence: Evidence, truth: Sequence[str], part: _Asked) -> None:
    with model.learning:
        others = evidence.rows(part.unlabelled) if part.unlabelled else None
        labels = [truth[i] for i in part.train]
        head = train(known, evidence.rows(part.train), labels, seed=_SEED, unlabelled=others)
    with model.answering:
        found = head.probabilities(evidence.rows(part.test))
    model.how = "learned head" + (", with unlabelled texts" if part.unlabelled else "")
    model.add(_answers(found, known.labels, truth, part.test, head.threshold))


def _without_labels(
    model: _Said, known: Profile, evidence: Evidence, truth: Sequence[str], part: _Asked
) -> None:
    with model.answering:
        found, model.how = zero_shot(
            known, evidence.rows(part.test), evidence.rows(part.train + part.unlabelled)
        )
    model.add(_answers(found, known.labels, truth, part.test, 0.0))


def _answers(
    found: np.ndarray, labels: Sequence[str], truth: Sequence[str], test: Sequence[int], threshold: float
) -> list[Answer]:
    return [
        Answer(truth[i], labels[int(row.argmax())], float(row.max()), bool(row.max() >= threshold))
        for i, row in zip(test, found, strict=True)
    ]
