"""What a piece says, with what the boxes of its words tell."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from drawn_scans import DELIBERATION, draw_page

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import readings, work
from archiveia.pipeline import searching
from archiveia.pipeline.order import redo
from archiveia.steps.alto import reading_from_json, words_json
from archiveia.steps.layout import text_of
from archiveia.values import Word

if TYPE_CHECKING:
    from pathlib import Path

WIDE_PX = 400


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_a_place_of_a_letterhead_ends_with_its_column(edges: pipeline.Edges, tmp_path: Path):
    (tmp_path / "scans").mkdir()
    draw_page(DELIBERATION).save(tmp_path / "scans" / "acte.png")
    record_id = pipeline.run([tmp_path / "scans"], edges).files[0].records[0]
    page_id = searching.show(record_id, edges, public=False).pages[0].id
    file = edges.storage.words(page_id)
    words = tuple(
        Word(text, left_px, 50, 80, 20, 0.9)
        for text, left_px in (("CANTON", 0), ("DE", 90), ("VAUBOURG", 180), ("Bureau", 260 + WIDE_PX))
    )
    read = replace(reading_from_json(json.loads(file.read_bytes())), words=words, text=text_of(words))
    edges.storage.write(file, json.dumps(words_json(read)).encode())
    with database.writing(edges.database) as connection:
        readings.save(connection, page_id, read, now=edges.now())
        work.reopen(connection, [record_id], ["describe"], now=edges.now())
    redo([record_id], ["describe"], edges)
    assert searching.show(record_id, edges, public=False).values("place") == ["VAUBOURG"]
