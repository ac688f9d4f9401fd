"""A workspace in which scans were read once, copied for each test of an elimination."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from drawn_scans import write_scans
from eliminating import NOW, settings, sign_the_rules

from archiveia import pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, pipeline.Account]:
    """A workspace in which the scans were read once, the scans, and what became of them."""
    root = tmp_path_factory.mktemp("box")
    folder = write_scans(root / "scans")
    with pipeline.open_edges(settings(root / "home")) as edges:
        edges.clock = lambda: NOW
        account = pipeline.run([folder], edges, batch="Carton 1", producer="Finances")
        sign_the_rules(edges)
        return root / "home", folder, account


@pytest.fixture
def scans(box: tuple[Path, Path, pipeline.Account]) -> Path:
    return box[1]


@pytest.fixture
def account(box: tuple[Path, Path, pipeline.Account]) -> pipeline.Account:
    return box[2]


@pytest.fixture
def edges(box: tuple[Path, Path, pipeline.Account], tmp_path: Path) -> Iterator[pipeline.Edges]:
    shutil.copytree(box[0], tmp_path / "home")
    with pipeline.open_edges(settings(tmp_path / "home")) as opened:
        opened.clock = lambda: NOW
        yield opened
