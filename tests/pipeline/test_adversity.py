"""Full disks, workspaces that cannot be, tables that are no tables: said, and nothing is blamed on a file."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from archiveia import pipeline
from archiveia.edges import storage
from archiveia.errors import BadRequestError, SettingsError, StorageError
from archiveia.pipeline.describing import read_descriptions
from archiveia.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_a_full_disk_stops_the_run_and_rejects_no_file(
    scans: Path, edges: pipeline.Edges, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        pipeline.run([scans], edges)
    monkeypatch.undo()
    assert pipeline.run([scans], edges).outcomes["indexed"] == 3


def test_a_workspace_that_cannot_be_made_says_so(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be made"):
        pipeline.connect(Settings(home=tmp_path / "file"))


def test_a_cell_that_is_too_long_is_told_with_its_line(tmp_path: Path):
    table = tmp_path / "inventaire.csv"
    table.write_text("place,title\na.png," + "x" * 200_000 + "\n", "utf-8")
    with pytest.raises(BadRequestError, match=r"inventaire.csv, line \d"):
        read_descriptions(table)
