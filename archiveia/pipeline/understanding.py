"""Steps 3 and 4: what a piece is, what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.communes import load_communes
from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.database import assertions, units
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.personal_kinds import load_personal_kinds
from archiveia.engines.classifier_learned import LearnedClassifier
from archiveia.engines.language import detect_language, language_version
from archiveia.pipeline.each import CHUNK, each_record, to_do
from archiveia.pipeline.naming import open_namer
from archiveia.steps.alto import reading_from_json
from archiveia.steps.classify import EXCERPT_CHARACTERS, decide, excerpt, with_words
from archiveia.steps.describe import column_ends, describe
from archiveia.steps.intake import propose_cuts
from archiveia.steps.language import language_by_words
from archiveia.steps.personal_data import find_personal_data
from archiveia.values import Assertion, Origin, OriginKind, PageState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Classification, Record

MACHINES = (OriginKind.RULE, OriginKind.MODEL)
CLASS_FIELDS = ("class", "class_runner_up", "class_to_review", "class_reasons")
DESCRIBED = (
    *("title", "date", "session_on", "signed_on", "stamped_on"),
    *("reference", "amount", "parcel", "person", "place", "commune", "organisation"),
    *("language", "proposed_cut", "personal_data", "access_category"),
)
LITTLE_WORDS = Origin(OriginKind.RULE, "little words", "1")
CUTS = Origin(OriginKind.RULE, "propose_cuts", "1")


def legible_pages(record: Record) -> list[tuple[int, str]]:
    """The pages whose text can be relied on: (number, text). Illegible ones are kept but never used."""
    return [(p.number, p.text) for p in record.pages if p.state is PageState.TEXT]


def record_text(record: Record) -> str:
    """What a classifier reads of a piece."""
    return excerpt("\n".join(text for _number, text in legible_pages(record)), EXCERPT_CHARACTERS)


# --- what it is ---------------------------------------------------------------------------------


def run_classify(ids: Sequence[str], edges: Edges) -> list[str]:
    """The same pieces, each with its most likely class, or the mention that a person must choose."""
    plan, settings = load_classification_plan(), edges.settings
    found: dict[str, Classification] = {}
    for chunk in in_chunks(to_do(ids, "classify", edges), CHUNK):
        with database.reading(edges.database) as connection:
            records = units.load_records(connection, chunk, edges.entity)
        texts = [record_text(r) for r in records]
        classifier = edges.classifier
        learned = classifier if isinstance(classifier, LearnedClassifier) else None
        kind = OriginKind.RULE if classifier.name == "lexical" else OriginKind.MODEL
        origin = Origin(kind, classifier.name, classifier.version)
        for record, text, scores in zip(records, texts, classifier.scores(texts, plan), strict=True):
            said = decide(
                scores,
                plan,
                min_score=learned.threshold if learned else settings.classify_min_score,
                min_margin=0.0 if learned else settings.classify_min_margin,
                origin=origin,
                text=text,
            )
            if learned and said.code and said.runner_up:
                words = learned.words(text, said.code, said.runner_up)
                said = with_words(said, words)
            found[record.id] = said

    def save(connection: Connection, record: Record, said: Classification) -> None:
        values = {
            "class": said.code,
            "class_runner_up": said.runner_up and {"code": said.runner_up, "score": said.runner_up_score},
            "class_to_review": said.to_review,
            "class_reasons": list(said.reasons),
        }
        made = [Assertion(name, value, said.origin, score=said.score) for name, value in values.items()]
        assertions.replace(connection, record.id, CLASS_FIELDS, MACHINES, made, now=edges.now())

    each_record("classify", list(found), edges, lambda record: found[record.id], save)
    return list(ids)


# --- what it says -------------------------------------------------------------------------------


def run_describe(ids: Sequence[str], edges: Edges) -> list[str]:
    """The same pieces, each with title, date, references, names and language as far as they are sure."""
    names = open_namer(edges.settings)

    def decide_fields(record: Record) -> list[Assertion]:
        pages = legible_pages(record)
        mentions, mentions_origin = names(pages) if names else (None, None)
        text = "\n".join(text for _number, text in pages)
        by_model = edges.settings.may_use_models("describe")
        said = describe(
            pages,
            mentions=mentions,
            mentions_origin=mentions_origin,
            language=detect_language(text) if by_model else language_by_words(text),
            language_origin=(
                Origin(OriginKind.MODEL, "py3langid", language_version()) if by_model else LITTLE_WORDS
            ),
            communes=load_communes(),
            ends=_column_ends(record, edges),
        )
        return said + _cuts(record) + _personal(record, pages)

    def save(connection: Connection, record: Record, said: list[Assertion]) -> None:
        assertions.replace(connection, record.id, DESCRIBED, MACHINES, said, now=edges.now())

    return each_record("describe", ids, edges, decide_fields, save)


def _personal(record: Record, pages: Sequence[tuple[int, str]]) -> list[Assertion]:
    """Where personal data stand, and the categories they speak for; nothing once a person chose the category."""
    decided = record.assertion("access_category")
    if decided is not None and decided.origin.kind is OriginKind.PERSON:
        return []
    return find_personal_data(pages, load_personal_kinds())


def _column_ends(record: Record, edges: Edges) -> dict[int, tuple[int, ...]]:
    """Where columns end in the text of each page, as the boxes of its words tell."""
    files = {page.number: (page.text, edges.storage.words(page.id)) for page in record.pages}
    return {
        number: column_ends(text, reading_from_json(json.loads(file.read_bytes())).words)
        for number, (text, file) in files.items()
        if file.exists()
    }


def _cuts(record: Record) -> list[Assertion]:
    """Where another act probably begins; only a person cuts."""
    texts = [p.text if p.state is PageState.TEXT else "" for p in record.pages]
    return [
        Assertion("proposed_cut", {"before_page": c.before_page, "why": c.why}, CUTS, score=c.score)
        for c in propose_cuts(texts)
    ]
