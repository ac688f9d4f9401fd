"""The scanned visa: looked into in a worker, held against the list whose code it bears, kept for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import eliminations
from archiveia.edges.folders import hash_file, read_head
from archiveia.edges.workers import Workers
from archiveia.errors import ArchiveiaError, PageFailedError, TooLargeScanError
from archiveia.pipeline import eliminating
from archiveia.steps.eliminate_papers import read_code
from archiveia.steps.intake import kind_of
from archiveia.values.eliminations import Act

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.eliminate_standing import Standing
    from archiveia.values import FileKind, Json, ScanLimits
    from archiveia.values.eliminations import Hand

MAX_BYTES = 30 * 1024**2
"""A visa is a few pages."""
MAX_PAGES = 40
_DPI = 200


@dataclass(frozen=True, slots=True)
class VisaTask:
    """A file that somebody says is a visa."""

    path: Path
    limits: ScanLimits


@dataclass(frozen=True, slots=True)
class VisaSeen:
    """What it turned out to be, and what its codes say."""

    kind: FileKind
    codes: tuple[str, ...]


def look_at_visa(task: VisaTask) -> VisaSeen:
    """What the file is and which codes its pages bear; in a worker, since nobody vouches for it.

    Raises:
        UnreadableScanError: it is no scan, or nothing in it can be decoded.
    """
    from archiveia.edges import scans
    from archiveia.engines.barcodes import read_codes

    kind = kind_of(read_head(task.path))
    pages = len(scans.probe(task.path, kind, task.limits).pages)
    if pages > MAX_PAGES:
        raise TooLargeScanError(f"the visa has {pages} pages", f"scan it alone, {MAX_PAGES} pages at most")
    codes: list[str] = []
    for number in range(1, pages + 1):
        try:
            image = scans.render(task.path, kind, number, dpi=_DPI, limits=task.limits)
        except PageFailedError:
            continue
        codes += read_codes(image.pixels)
    return VisaSeen(kind, tuple(codes))


def _look(file: Path, edges: Edges) -> VisaSeen:
    """What the file is, looked at in a process that ends with it."""
    settings = edges.settings
    with Workers(
        count=1, memory_mb=settings.worker_memory_mb, tasks_per_worker=1, timeout_s=settings.page_timeout_s
    ) as alone:
        seen = next(iter(alone.run(look_at_visa, [VisaTask(file, settings.limits)])))[1]
    if isinstance(seen, ArchiveiaError):
        raise seen
    return seen


def record_visa(
    elimination_id: str, facts: Mapping[str, Json], file: Path, *, by: Hand, edges: Edges
) -> Standing:
    """The standing after the visa, whose file is kept for ever.

    ``facts``: reference, name, on, the number and the fingerprint that the visa bears, an answer for each line.

    Raises:
        RefusedError: it is not the visa of this list, or does not answer for each line.
        UnreadableScanError: the file is no scan.
        TooLargeScanError: it is too large.
    """
    known, here = eliminating.load(elimination_id, edges)
    sha256, _size, _head = hash_file(file, MAX_BYTES)
    seen = _look(file, edges)
    with database.reading(edges.database) as connection:
        others = eliminations.visa_files(connection, edges.entity)
        unsigned = eliminations.issued_files(connection, edges.entity)
    also = []
    if others.get(sha256, known.number) != known.number:
        also.append(f"Ce fichier est déjà le visa du bordereau {others[sha256]}.")
    if sha256 in unsigned:
        also.append("Ce fichier est le bordereau tel qu’il a été émis : il ne porte ni signature ni visa.")
    found = [code for text in seen.codes if (code := read_code(text)) is not None]
    also += [
        f"Le fichier porte le code du bordereau {number} : ce n’est pas le visa de celui-ci ({known.number})."
        for number, start in dict.fromkeys(found)
        if number != known.number or not (here.seal or "").startswith(start)
    ]
    proof = {"file_sha256": sha256, "file_kind": str(seen.kind), "code_was_read": bool(found)}
    facts = {**facts, **proof}
    return eliminating.act(
        elimination_id, Act.VISA, facts, by=by, edges=edges, also=also, files=[file.read_bytes()]
    )[1]
