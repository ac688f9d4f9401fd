"""Edges on a fresh workspace, and a folder of scans."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from drawn_scans import write_scans

from archiveia import pipeline
from archiveia.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    return write_scans(tmp_path / "scans")


def settings(home: Path, **more: object) -> Settings:
    return Settings(home=home, workers=2, classifier="lexical", ner="off", **more)


@pytest.fixture
def edges(tmp_path: Path) -> Iterator[pipeline.Edges]:
    with pipeline.open_edges(settings(tmp_path / "home")) as opened:
        opened.clock = lambda: datetime(2026, 1, 31, 12, tzinfo=UTC)
        yield opened
