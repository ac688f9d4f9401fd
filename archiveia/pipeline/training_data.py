"""What ``train ocr`` learns from: transcribed pages, French text, fonts; and what of it is held out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from PIL import Image

from archiveia.edges import database, scans
from archiveia.edges.database.transcribed import transcribed
from archiveia.edges.fonts import find_fonts
from archiveia.edges.line_images import TrueLine, TruePage, find_pages
from archiveia.edges.rendered_text import Renderer
from archiveia.edges.training_texts import FrenchWords
from archiveia.steps.alto import reading_from_json
from archiveia.steps.prepare import turned
from archiveia.steps.transcription import IMPORTED
from archiveia.steps.word_cuts import is_named
from archiveia.values import FileKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from archiveia.edges.fonts import Font
    from archiveia.pipeline.workplace import Edges
    from archiveia.values import PageReading, Word

FRENCH = (
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~°£€¥¢฿"
    "àâéèêëîïôùûüçÀÂÉÈÊËÎÏÔÙÛÜÇ"
    " œŒæÆÿŸ«»’“”–—…§"
)
"""docTR's French characters, then those of French print that no vocabulary of docTR has, and the space:
docTR's detectors often put two short words in one box."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from and, apart, what is held out for validation.

    ``held_out`` are the patterns that say what: names of pages (``folder/name``) and of font families.
    """

    words: FrenchWords
    fonts: tuple[Font, ...]
    pages: tuple[TruePage, ...]
    held_out: tuple[str, ...]
    seed: int
    texts: tuple[Path, ...] = ()

    @property
    def learned_pages(self) -> list[TruePage]:
        """The transcribed pages to learn from."""
        return [page for page in self.pages if not is_named(page.source, self.held_out)]

    def held_out_pages(self) -> dict[str, list[TruePage]]:
        """The transcribed pages that are held out, by the pattern that says so."""
        return {
            pattern: found
            for pattern in self.held_out
            if (found := [page for page in self.pages if is_named(page.source, [pattern])])
        }

    def renderers(self) -> tuple[Renderer, Renderer]:
        """Of the fonts to learn from, and of those held out (of the same fonts when none is)."""
        unseen = self.unseen_fonts
        learned = Renderer([font for font in self.fonts if font not in unseen])
        return learned, Renderer(unseen) if unseen else learned

    @property
    def unseen_fonts(self) -> list[Font]:
        """The fonts that are held out."""
        return [font for font in self.fonts if is_named(font.family, self.held_out)]


def gather(
    folders: Sequence[Path],
    texts: Sequence[Path],
    *,
    samples: str = "",
    more_pages: Sequence[TruePage] = (),
    held_out: Sequence[str] = (),
    seed: int = 1,
) -> Material:
    """The material of a training.

    Args:
        folders: transcribed pages, ALTO or PAGE beside images.
        texts: files of French text to render.
        samples: more such text.
        more_pages: transcribed pages of the workspace.
        held_out: what is kept for validation, ``*`` for any characters.
        seed: of every choice.

    Raises:
        BadRequestError: a folder has no transcribed page, or a file cannot be read.
        MissingToolError: there is no font.
    """
    pages = [page for folder in folders for page in find_pages(folder)]
    return Material(
        FrenchWords(texts, FRENCH, samples),
        tuple(find_fonts(FRENCH)),
        (*pages, *more_pages),
        tuple(held_out),
        seed,
        tuple(texts),
    )


def workspace_pages(edges: Edges) -> list[TruePage]:
    """The pages taken in whose text was imported: a person stands for it."""
    with database.reading(edges.database) as connection:
        rows = transcribed(connection, edges.entity, IMPORTED)
    return [page for row in rows if (page := _workspace_page(row, edges)) is not None]


def _workspace_page(row: sa.Row[tuple[str, str, str, str, int]], edges: Edges) -> TruePage | None:
    """The page with its lines where its words have boxes; ``None`` when they have none."""
    file = edges.storage.words(row.id)
    if not file.is_file():
        return None
    reading = reading_from_json(json.loads(file.read_text("utf-8")))
    lines = tuple(
        TrueLine(" ".join(word.text for word in words), _around(words))
        for _, words in (
            (key, list(group)) for key, group in groupby(reading.words, lambda w: (w.block, w.line))
        )
    )
    load = partial(_upright, row, reading, edges)
    return TruePage(load, f"workspace/{row.place}", lines, ()) if lines else None


def _around(words: Sequence[Word]) -> tuple[tuple[float, float], ...]:
    left, top = min(w.left_px for w in words), min(w.top_px for w in words)
    right = max(w.left_px + w.width_px for w in words)
    bottom = max(w.top_px + w.height_px for w in words)
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _upright(row: sa.Row[tuple[str, str, str, str, int]], reading: PageReading, edges: Edges) -> Image.Image:
    """The page's image, as its reading saw it."""
    settings = edges.settings
    page = scans.render(
        edges.storage.original(row.sha256),
        FileKind(row.kind),
        row.source_page,
        dpi=settings.ocr_dpi,
        limits=settings.limits,
    )
    image = Image.fromarray(turned(page, reading.turned_degrees).pixels)
    return image.resize((reading.width_px, reading.height_px), Image.Resampling.BOX)
