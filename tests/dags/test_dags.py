"""The DAGs in a fresh Airflow, in processes of their own: Airflow keeps global state and warns a lot."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

if importlib.util.find_spec("airflow") is None:
    pytest.skip("extra airflow is not installed", allow_module_level=True)

DAGS = Path(__file__).resolve().parents[2] / "dags"
STEPS = ["intake", "ocr", "classify", "describe", "subjects", "dedup", "retain", "access", "index"]

LOOK = """
import json, sys
from airflow.dag_processing.dagbag import DagBag

def told(dag):
    return {
        "tasks": {
            task.task_id: {"pool": task.pool, "mapped": [g.group_id for g in task.iter_mapped_task_groups()]}
            for task in dag.topological_sort()
        },
        "timetable": repr(dag.timetable),
        "catchup": dag.catchup,
        "runs": dag.max_active_runs,
        "doc": dag.doc_md,
    }

bag = DagBag(sys.argv[1])
heavy = {"torch", "spacy", "doctr", "transformers", "pytesseract"} & set(sys.modules)
dags = {dag.dag_id: told(dag) for dag in bag.dags.values()}
print(json.dumps({"errors": bag.import_errors, "heavy": sorted(heavy), "dags": dags}))
"""

RUN = """
import json, sys
from airflow.dag_processing.dagbag import DagBag

bag = DagBag(sys.argv[1])
runs = [bag.dags[dag_id].test(run_conf=conf) for dag_id, conf in json.loads(sys.argv[2])]
states = [[[t.task_id, t.map_index, t.state] for t in run.get_task_instances()] for run in runs]
print(json.dumps([{"state": run.state, "tasks": tasks} for run, tasks in zip(runs, states)]))
"""


@dataclass(frozen=True)
class Airflow:
    """One installation of Airflow and of archiveia, both in a temporary folder."""

    home: Path
    archive: Path

    def run(self, *arguments: str) -> str:
        """What a Python process of this installation printed."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        environment |= {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
            "ARCHIVEIA_HOME": str(self.archive),
            "ARCHIVEIA_DATABASE_URL": "",
            "ARCHIVEIA_MEILISEARCH_URL": "",
            "ARCHIVEIA_AI": "off",
            "ARCHIVEIA_WORKERS": "1",
        }
        done = subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    def xcoms(self) -> list[Any]:
        """Every value that a task handed to another one."""
        with closing(sqlite3.connect(self.home / "airflow.db")) as connection:
            return [json.loads(value) for (value,) in connection.execute("select value from xcom")]


@dataclass(frozen=True)
class Runs:
    """What became of the runs, and everything that they printed."""

    scans: dict[str, Any]
    nowhere: dict[str, Any]
    night: dict[str, Any]
    output: str


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    installed = Airflow(tmp_path_factory.mktemp("airflow"), tmp_path_factory.mktemp("archive"))
    installed.run("-m", "airflow", "db", "migrate")
    installed.run("-m", "airflow", "pools", "set", "gpu", "1", "OCR")
    return installed


@pytest.fixture(scope="module")
def loaded(airflow: Airflow) -> dict[str, Any]:
    return last_line(airflow.run("-c", LOOK, str(DAGS)))


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages of one piece each, small enough for a second of OCR."""
    folder = tmp_path_factory.mktemp("versement 12")
    font = ImageFont.load_default(size=40)
    for name, text in [
        ("budget.png", "COMMUNE DE SAINT-MARTIN\nBudget primitif de l'exercice 1932"),
        ("voirie.png", "COMMUNE DE SAINT-MARTIN\nEntretien des chemins vicinaux"),
    ]:
        page = Image.new("L", (1000, 400), 255)
        ImageDraw.Draw(page).multiline_text((60, 80), text, fill=0, font=font, spacing=30)
        page.save(folder / name, dpi=(150, 150))
    return folder


@pytest.fixture(scope="module")
def runs(airflow: Airflow, scans: Path) -> Runs:
    asked = [
        ("scan_to_record", {"path": str(scans), "batch": "essai", "chunk_size": 1}),
        ("scan_to_record", {"path": str(scans / "nowhere")}),
        ("nightly", {}),
    ]
    output = airflow.run("-c", RUN, str(DAGS), json.dumps(asked))
    return Runs(*last_line(output), output=output)


def last_line(output: str) -> Any:
    return json.loads(output.splitlines()[-1])


def test_the_dags_load_without_errors_and_without_heavy_libraries(loaded):
    assert loaded["errors"] == {}
    assert sorted(loaded["dags"]) == ["nightly", "scan_to_record"]
    assert loaded["heavy"] == []


def test_each_dag_is_named_after_its_file_and_its_docstring_is_its_manual(loaded):
    for dag_id, dag in loaded["dags"].items():
        assert (DAGS / f"{dag_id}.py").read_text().startswith(f'"""{dag["doc"]}"""')


def test_scan_to_record_takes_each_chunk_through_the_steps_in_order(loaded):
    from archiveia.pipeline import STEPS as PIPELINE_STEPS

    tasks = loaded["dags"]["scan_to_record"]["tasks"]
    assert list(PIPELINE_STEPS) == STEPS
    assert list(tasks) == ["register", *(f"chunk.{name}" for name in STEPS)]
    assert [task["mapped"] for task in tasks.values()] == [[], *[["chunk"] for _ in STEPS]]


def test_only_ocr_waits_for_the_gpu(loaded):
    tasks = loaded["dags"]["scan_to_record"]["tasks"]
    assert [name for name, task in tasks.items() if task["pool"] == "gpu"] == ["chunk.ocr"]


def test_the_night_comes_at_one_in_paris_and_is_never_made_up_for(loaded):
    nightly = loaded["dags"]["nightly"]
    assert "expression='0 1 * * *', timezone='Europe/Paris'" in nightly["timetable"]
    assert (nightly["catchup"], nightly["runs"]) == (False, 1)


def test_two_scans_become_records_one_chunk_each(runs):
    assert runs.scans["state"] == "success", runs.output[-4000:]
    states = {(task, index): state for task, index, state in runs.scans["tasks"]}
    steps = {(f"chunk.{name}", index): "success" for name in STEPS for index in (0, 1)}
    assert states == {("register", -1): "success", **steps}


@pytest.mark.usefixtures("runs")
def test_only_ids_travel_between_tasks(airflow):
    def is_ids(value: Any) -> bool:
        return (
            all(map(is_ids, value)) if isinstance(value, list) else isinstance(value, str) and len(value) < 80
        )

    xcoms = airflow.xcoms()
    assert len(xcoms) >= len(STEPS)
    assert all(isinstance(value, list) and is_ids(value) for value in xcoms)


@pytest.mark.usefixtures("runs")
def test_what_was_read_is_found_by_a_search(airflow):
    found = airflow.run("-m", "archiveia", "search", "vicinaux", "--json")
    assert "voirie" in found


def test_a_path_that_is_not_there_fails_without_a_second_try_and_says_so(runs):
    assert runs.nowhere["state"] == "failed"
    assert re.search(r"AirflowFailException: .*nowhere", runs.output)


def test_the_night_runs(runs):
    assert runs.night["state"] == "success"
