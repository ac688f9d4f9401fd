"""A record as a file of its own: the pages that a box held, without the rest of the box."""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import sources
from archiveia.edges.storage import write_atomically
from archiveia.errors import MissingToolError
from archiveia.values import FileKind

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record


def export_pdf(record: Record, target: Path, edges: Edges) -> None:
    """A PDF of the record's pages in their order; pages of a PDF are copied as they are, not drawn again.

    Raises:
        MissingToolError: the extra ``pdf`` is not installed.
    """
    if find_spec("pikepdf") is None:
        raise MissingToolError("pikepdf is not installed", "pip install 'archiveia[pdf]'")
    import pikepdf

    with database.reading(edges.database) as connection:
        files = {f.id: f for f in sources.load(connection, sorted({p.source_id for p in record.pages}))}
    with pikepdf.new() as made:
        for page in record.pages:
            file = files[page.source_id]
            original = edges.storage.original(file.sha256)
            if file.kind == FileKind.PDF:
                with pikepdf.open(original) as source:
                    made.pages.append(source.pages[page.source_page - 1])
            else:
                with pikepdf.open(io.BytesIO(_image_as_pdf(original, page.source_page))) as drawn:
                    made.pages.extend(drawn.pages)
        made.docinfo["/Title"] = record.value("title") or record.id
        write_atomically(target, lambda out: made.save(out, deterministic_id=True))


def _image_as_pdf(path: Path, number: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    with Image.open(path) as image:
        image.seek(number - 1)
        picture = image if image.mode in {"1", "L", "RGB"} else image.convert("RGB")
        picture.save(out, "PDF", resolution=image.info.get("dpi", (300, 300))[0])
    return out.getvalue()
