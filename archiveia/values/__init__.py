"""What flows between the steps: frozen dataclasses, units in the names.

Pages count from 1 everywhere. Scores run from 0.0 to 1.0. ``None`` means "not known".
"""

from archiveia.values.names import NameSpan
from archiveia.values.pages import (
    FileKind,
    GrayPixels,
    Outcome,
    PageImage,
    PageReading,
    PageState,
    PageText,
    Probe,
    ProbedPage,
    ScanLimits,
    SheetKind,
    Word,
)
from archiveia.values.records import (
    RANK,
    Assertion,
    Evidence,
    Json,
    Level,
    Origin,
    OriginKind,
    Record,
    RecordPage,
    in_force,
)
from archiveia.values.rules import (
    AccessRule,
    AccessState,
    Classification,
    DocumentClass,
    RetentionProposal,
    RetentionRule,
    SortFinal,
)
from archiveia.values.search import (
    Excerpt,
    SearchDocument,
    SearchHit,
    SearchQuery,
    SearchResults,
    SimilarPair,
)
from archiveia.values.subjects import Concept, Thesaurus, ThesaurusChanges

__all__ = [
    "RANK",
    "AccessRule",
    "AccessState",
    "Assertion",
    "Classification",
    "Concept",
    "DocumentClass",
    "Evidence",
    "Excerpt",
    "FileKind",
    "GrayPixels",
    "Json",
    "Level",
    "NameSpan",
    "Origin",
    "OriginKind",
    "Outcome",
    "PageImage",
    "PageReading",
    "PageState",
    "PageText",
    "Probe",
    "ProbedPage",
    "Record",
    "RecordPage",
    "RetentionProposal",
    "RetentionRule",
    "ScanLimits",
    "SearchDocument",
    "SearchHit",
    "SearchQuery",
    "SearchResults",
    "SheetKind",
    "SimilarPair",
    "SortFinal",
    "Thesaurus",
    "ThesaurusChanges",
    "Word",
    "in_force",
]
