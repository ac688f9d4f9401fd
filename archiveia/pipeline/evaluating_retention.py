"""``archiveia evaluate retention``: predicted rules of the retention schedule on documents whose rule people gave.

Every row that may be signed (sort final E, from a source, not switched off) is taken for signed: what is measured
is the machine, not who has signed what.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges.contracts import load_retention_schedule
from archiveia.edges.energy import Meter
from archiveia.edges.retention_cues import load_calibration, load_retention_cues, load_wordings
from archiveia.edges.shipped import lexicon
from archiveia.engines.classifiers import LexicalClassifier, open_classifier
from archiveia.errors import BadRequestError
from archiveia.pipeline.rules import classes_by_code
from archiveia.pipeline.workplace import no_progress
from archiveia.steps.classify import EXCERPT_CHARACTERS, decide, excerpt
from archiveia.steps.measure_retention import Judged, measure_retention
from archiveia.steps.retention_cues import CueBook
from archiveia.steps.retention_rank import may_be_signed, predict
from archiveia.values import Origin, OriginKind, SortFinal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from archiveia.engines.classifiers import Classifier
    from archiveia.pipeline.workplace import Progress
    from archiveia.settings import Settings
    from archiveia.values import DocumentClass, Json, RetentionRule

_ORIGIN = Origin(OriginKind.RULE, "evaluate", "1")
_AT_ONCE = 50
_REMEDY = 'write {"text": "...", "rule": "FIN-004"} on the line, or {"text": "...", "sort_final": "E"}'


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """A text with the rule that people gave it (``None``: not said), and its sort final."""

    id: str
    text: str
    rule: str | None
    fate: SortFinal


def evaluate_retention(folder: Path, settings: Settings, *, progress: Progress = no_progress) -> Json:
    """The figures of the predicted rules (at the top), and those of the class alone (``by_class``).

    Raises:
        BadRequestError: the folder's documents cannot be used.
    """
    schedule, classes = load_retention_schedule(), classes_by_code()
    documents = read_documents(folder, schedule)
    rules, keep = load_retention_cues()
    book = CueBook(rules, frozenset(c for c, rule in schedule.items() if may_be_signed(rule)), keep)
    uses_models, hears_words = settings.may_use_models("classify"), settings.may_use_models("retain")
    classifier = open_classifier(settings) if uses_models else LexicalClassifier()
    by_rules: list[Judged] = []
    by_class: list[Judged] = []
    spent = Meter()
    for at in range(0, len(documents), _AT_ONCE):
        part = documents[at : at + _AT_ONCE]
        with spent:
            codes = _class_codes(part, classes, classifier, settings)
            for document, of_class in zip(part, codes, strict=True):
                found = predict(
                    document.text.split("\f"),
                    book,
                    load_wordings() if hears_words else None,
                    load_calibration(with_words=hears_words),
                    class_codes=of_class,
                    lexicon=lexicon(),
                )
                ranked = tuple((r.code, r.probability) for r in found.ranked)
                by_rules.append(_judged(document, schedule, ranked, goes=found.to_eliminate is not None))
                alone = tuple((code, 1.0 / len(of_class)) for code in of_class)
                goes = bool(of_class) and all(code in book.eliminating for code in of_class)
                by_class.append(_judged(document, schedule, alone, goes=goes))
        progress("documents", at + len(part), len(documents))
    return {
        "name": folder.resolve().name,
        "classifier": classifier.name,
        **measure_retention(by_rules),
        "cost": spent.as_json(),
        "by_class": measure_retention(by_class),
    }


def _class_codes(
    part: Sequence[LabelledDocument],
    classes: Mapping[str, DocumentClass],
    classifier: Classifier,
    settings: Settings,
) -> list[Collection[str]]:
    """Of each document, the rules of its class; none where the classifier leaves the class to a person."""
    texts = [excerpt(d.text, EXCERPT_CHARACTERS) for d in part]
    known = tuple(classes.values())
    found: list[Collection[str]] = []
    for scores in classifier.scores(texts, known):
        said = decide(
            scores,
            known,
            min_score=settings.classify_min_score,
            min_margin=settings.classify_min_margin,
            origin=_ORIGIN,
        )
        is_sure = said.code is not None and not said.to_review
        found.append(classes[str(said.code)].retention_codes if is_sure else ())
    return found


def _judged(
    document: LabelledDocument,
    schedule: Mapping[str, RetentionRule],
    ranked: tuple[tuple[str, float], ...],
    *,
    goes: bool,
) -> Judged:
    rule = schedule.get(document.rule or "")
    return Judged(
        document.id,
        document.rule,
        may_go=may_be_signed(rule) if rule else document.fate is SortFinal.ELIMINATE,
        is_kept=document.fate is not SortFinal.ELIMINATE,
        ranked=ranked,
        proposed_for_e=goes,
    )


def read_documents(folder: Path, schedule: Mapping[str, RetentionRule]) -> list[LabelledDocument]:
    """The documents of every ``.jsonl`` file of the folder.

    A line has ``text`` (pages parted by form feeds) with ``rule``, a code of the schedule, or ``sort_final``
    (C, T or E) where the rule is not known; ``title`` and ``id`` may stand beside.

    Raises:
        BadRequestError: there is none, or a line cannot be used.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise BadRequestError(f"no .jsonl file in {folder}", _REMEDY)
    found = []
    for path in files:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    found.append(_document(line, f"{path}, line {number}", schedule))
    return found


def _document(line: str, where: str, schedule: Mapping[str, RetentionRule]) -> LabelledDocument:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise BadRequestError(f"{where} is not JSON ({error})", _REMEDY) from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise BadRequestError(f"{where} lacks a text", _REMEDY)
    rule = row.get("rule") or row.get("label")
    if rule is not None and rule not in schedule:
        raise BadRequestError(f"{where}: the schedule has no rule {rule!r}", _REMEDY)
    fate = row.get("sort_final") or (schedule[rule].sort_final if rule else None)
    if fate not in set(SortFinal):
        raise BadRequestError(f"{where}: {fate!r} is no sort final", _REMEDY)
    title = row.get("title")
    heading = f"{title}\n" if isinstance(title, str) and title.strip() else ""
    return LabelledDocument(str(row.get("id") or where), heading + row["text"], rule, SortFinal(fate))
