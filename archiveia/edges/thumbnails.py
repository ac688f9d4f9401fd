"""Small pictures of pages for lists, made from the display picture when first asked for."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.edges.storage import Storage

WIDTH_PX = 240
"""Twice the width that lists show, for dense screens."""


def thumbnail(storage: Storage, page_id: str) -> Path | None:
    """The file of a page's small picture; ``None`` when the page has no picture."""
    from PIL import Image

    display = storage.display(page_id)
    small = display.with_suffix(".thumb.jpg")
    if small.exists() and display.exists() and small.stat().st_mtime_ns >= display.stat().st_mtime_ns:
        return small
    if not display.exists():
        return None
    with Image.open(display) as image:
        image.draft("L", (WIDTH_PX * 2, WIDTH_PX * 4))  # the decoder shrinks: ten times faster
        image.thumbnail((WIDTH_PX, WIDTH_PX * 2))
        data = BytesIO()
        image.convert("L").save(data, "JPEG", quality=70, optimize=True)
    storage.write(small, data.getvalue())
    return small
