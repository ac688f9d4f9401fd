"""The engine that reads nothing: to run the whole chain without OCR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.values import PageText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import PageImage


class NullEngine:
    """Finds no word on any page."""

    name = "null"
    version = "1"

    def read(self, images: Sequence[PageImage]) -> list[PageText]:
        """An empty text for each image."""
        return [PageText((), self.name, self.version) for _ in images]
