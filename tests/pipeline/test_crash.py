"""A run killed anywhere and run again ends like a run that nothing disturbed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from drawn_scans import write_scans

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import tables
from archiveia.pipeline import searching
from archiveia.settings import Settings

SCRIPT = Path(__file__).parent / "run_and_die.py"
KEPT = {
    "units": tables.units.c,
    "sources": [c for c in tables.sources.c if c.name != "registered_at"],
    "pages": tables.pages.c,
    "readings": [c for c in tables.readings.c if c.name != "made_at"],
    "assertions": [c for c in tables.assertions.c if c.name not in ("id", "made_at")],
    "work": [c for c in tables.work.c if c.name != "at"],
    "similar_pages": tables.similar_pages.c,
    "signatures": tables.signatures.c,
    "stale_in_index": [tables.stale_in_index.c.unit_id],
}


def run(
    home: Path, scans: Path, *, fatal: int = 0, moment: str = "before"
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "ARCHIVEIA_HOME": str(home),
        "ARCHIVEIA_CLASSIFIER": "lexical",
        "ARCHIVEIA_NER": "off",
        "ARCHIVEIA_WORKERS": "2",
    }
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(fatal), moment, str(scans)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        start_new_session=True,
    )


def result_of(home: Path) -> dict[str, list[str]]:
    """Everything that a run leaves, but for the moments at which it was written."""
    with pipeline.open_edges(Settings(home=home)) as edges:
        found = searching.search("", edges, public=False, limit=1000)
        kept = {"index": sorted(f"{h.page_id} {h.title} {h.class_code} {h.year}" for h in found.hits)}
        with database.reading(edges.database) as connection:
            for name, columns in KEPT.items():
                kept[name] = sorted(str(tuple(row)) for row in connection.execute(sa.select(*columns)))
    return kept


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_scans(tmp_path_factory.mktemp("box") / "scans")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, scans: Path) -> tuple[dict[str, list[str]], int]:
    home = tmp_path_factory.mktemp("undisturbed")
    done = run(home, scans)
    assert done.returncode == 3, done.stderr
    return result_of(home), int(re.findall(r"transactions (\d+)", done.stdout)[0])


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 1.0])
def test_a_killed_and_repeated_run_converges(
    tmp_path: Path, scans: Path, undisturbed: tuple[dict[str, list[str]], int], share: float, moment: str
):
    expected, transactions = undisturbed
    died = run(tmp_path, scans, fatal=max(1, round(share * transactions)), moment=moment)
    assert died.returncode == -signal.SIGKILL, died.stderr
    again = run(tmp_path, scans)
    assert again.returncode == 3, again.stderr
    assert result_of(tmp_path) == expected
