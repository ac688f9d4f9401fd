"""A record as a file of its own: the pages that a box held, without the rest of the box."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import sources
from archiveia.edges.searchable_pdf import ScannedPage, write_pdf
from archiveia.pipeline.auditing import journal_export
from archiveia.steps.alto import reading_from_json
from archiveia.values import FileKind

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import PageReading, Record


def export_pdf(record: Record, target: Path, *, actor: str, edges: Edges) -> str | None:
    """Why the searchable PDF of the record is not PDF/A; ``None``: it is. Its pages are copied, not drawn again.

    The journal has who took it out.

    Raises:
        MissingToolError: the extra ``pdf`` is not installed.
        UnreadableScanError: a page of a PDF cannot be copied.
        PageFailedError: a page of an image cannot be decoded.
    """
    with database.reading(edges.database) as connection:
        files = {f.id: f for f in sources.load(connection, sorted({p.source_id for p in record.pages}))}
    pages = [
        ScannedPage(
            edges.storage.original(files[page.source_id].sha256),
            FileKind(files[page.source_id].kind),
            page.source_page,
            _reading(page.id, edges),
        )
        for page in record.pages
    ]
    title = str(record.value("title") or record.id)
    with database.writing(edges.database) as connection:
        journal_export(connection, actor=actor, edges=edges, subject=record.id, what={"format": "pdf"})
    return write_pdf(target, pages, title=title, limits=edges.settings.limits)


def _reading(page_id: str, edges: Edges) -> PageReading | None:
    """What was read of a page, with its words; ``None`` when nothing was."""
    kept = edges.storage.words(page_id)
    return reading_from_json(json.loads(kept.read_bytes())) if kept.exists() else None
