"""Small pictures of pages, made from the display picture: for lists, and to compare pages."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.edges.storage import Storage
    from archiveia.values import GrayPixels

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


def small_grid(storage: Storage, page_id: str, size_px: int) -> GrayPixels | None:
    """A page as a small square of grey pixels; ``None`` when it has no picture, or one that cannot be read."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    display = storage.display(page_id)
    if not display.exists():
        return None
    try:
        with Image.open(display) as image:
            image.draft("L", (size_px * 4, size_px * 4))
            return np.asarray(image.convert("L").resize((size_px, size_px), Image.Resampling.BOX))
    except (UnidentifiedImageError, OSError):
        return None
