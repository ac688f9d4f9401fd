"""The final account of a run: every file in exactly one outcome, every page in exactly one state, the sums checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import readings, sources, units
from archiveia.edges.folders import unprintable
from archiveia.values import Outcome, PageState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Json


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of one file. ``outcome`` is ``None`` only while the run goes on."""

    path: str
    place: str
    outcome: Outcome | None
    step: str | None
    reason: str | None
    remedy: str | None
    records: tuple[str, ...]
    pages: dict[str, int]

    def as_json(self) -> Json:
        """The entry of ``archiveia run --json``."""
        return {
            "path": self.path,
            "outcome": self.outcome,
            "step": self.step,
            "reason": self.reason,
            "remedy": self.remedy,
            "records": list(self.records),
            "pages": self.pages,
        }


@dataclass(frozen=True, slots=True)
class Account:
    """What became of every file of a run; ``seconds`` is how long it took.

    ``doubtful_pages`` are those of the pages in state ``text`` whose estimated CER is over ``good_cer``.
    """

    files: tuple[FileAccount, ...]
    seconds: float
    mistakes: tuple[str, ...] = field(default=())
    """Sums that do not agree: empty unless the program itself is at fault."""
    undescribed: tuple[str, ...] = ()
    """Places of the given descriptions that are no file of this run."""
    doubtful_pages: int = 0
    good_cer: float | None = None

    @property
    def outcomes(self) -> dict[str, int]:
        """How many files ended in each outcome, all four always there."""
        counts = Counter(f.outcome or "waiting" for f in self.files)
        return {o: counts.pop(o, 0) for o in Outcome} | dict(counts)

    @property
    def pages(self) -> dict[str, int]:
        """How many pages ended in each state, all of them always there."""
        counts: Counter[str] = Counter()
        for file in self.files:
            counts.update(file.pages)
        return {s: counts.pop(s, 0) for s in PageState} | dict(counts)

    @property
    def all_fine(self) -> bool:
        """No file was rejected or failed."""
        return all(f.outcome in (Outcome.INDEXED, Outcome.DUPLICATE) for f in self.files)

    def as_json(self) -> Json:
        """The document of ``archiveia run --json``."""
        return {
            "files": [f.as_json() for f in self.files],
            "outcomes": self.outcomes,
            "pages": self.pages,
            "doubtful_pages": self.doubtful_pages,
            "records": len({r for f in self.files for r in f.records}),
            "mistakes": list(self.mistakes),
            "descriptions_without_file": list(self.undescribed),
            "seconds": round(self.seconds, 3),
        }


def account(
    source_ids: Sequence[str], edges: Edges, *, seconds: float, undescribed: Sequence[str] = ()
) -> Account:
    """The account of these files, as the database has it, with the sums checked."""
    with database.reading(edges.database) as connection:
        rows = sources.load(connection, source_ids)
        originals = {r.duplicate_of for r in rows if r.duplicate_of}
        pointed = {r.id: r for r in sources.load(connection, sorted(originals))}
        wanted = [r.id for r in rows] + sorted(originals)
        records = units.records_of_sources(connection, wanted)
        pages = readings.states_by_source(connection, wanted)
        # those that the account counts: the pages of an original stand with its own file
        good_cer = edges.settings.ocr_good_cer
        doubtful = readings.count_doubtful(connection, [r.id for r in rows], good_cer=good_cer)
    files = []
    for row in rows:
        original = pointed.get(row.duplicate_of)
        reason = row.reason
        if row.outcome == Outcome.DUPLICATE and original is not None:
            reason = f"same bytes as {original.place} (batch {original.batch})"
            if original.outcome in (Outcome.REJECTED, Outcome.FAILED):
                reason += f", which was {original.outcome}: {original.reason}"
        files.append(
            FileAccount(
                path=_as_found(row.path),
                place=row.place,
                outcome=Outcome(row.outcome) if row.outcome else None,
                step=row.step,
                reason=reason,
                remedy=row.remedy,
                records=tuple(records.get(row.id) or records.get(row.duplicate_of or "") or ()),
                pages=pages.get(row.id, {}),
            )
        )
    expected = {r.id: r.page_count for r in rows if r.page_count is not None}
    mistakes = _mistakes(files, found=len(source_ids), expected=expected, pages=pages)
    return Account(tuple(files), seconds, tuple(mistakes), tuple(undescribed), doubtful, good_cer)


def _as_found(path: str) -> str:
    """The path as it is; with escapes where it is no text that a document could hold."""
    found = unprintable(path)
    return found if found == found.encode("utf-8", "replace").decode() else path


def _mistakes(
    files: Sequence[FileAccount], *, found: int, expected: dict[str, int], pages: dict[str, dict[str, int]]
) -> list[str]:
    """What does not add up, one sentence each; nothing when the account is right."""
    wrong = []
    if len(files) != found:
        wrong.append(f"{found} files found, {len(files)} in the account")
    unsettled = sum(f.outcome is None for f in files)
    if unsettled:
        wrong.append(f"{unsettled} files without an outcome")
    for source_id, count in expected.items():
        accounted = sum(pages.get(source_id, {}).values())
        if accounted != count:
            wrong.append(f"file {source_id} has {count} pages, {accounted} in the account")
    waiting = sum(states.get("waiting", 0) for states in pages.values())
    if waiting:
        wrong.append(f"{waiting} pages without a reading")
    return wrong
