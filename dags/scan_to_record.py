"""# From a folder of scans to searchable records.

The same work as `archiveia run PATH`, spread over the workers of Airflow.

**Start it** from the web page of Airflow ("Trigger"), or:

    airflow dags trigger scan_to_record --conf '{"path": "/scans/versement-12", "producer": "Mairie"}'

| parameter | what it is |
| --- | --- |
| `path` | the folder or file of scans, as the worker sees it |
| `batch` | name of the batch; by default the name of the folder |
| `producer` | service or organisation that the scans come from |
| `chunk_size` | files in one chain of tasks; each task is a process that loads its models (4 to 9 s) |

**What happens.** `register` finds the files and gives each its id. Then every chunk of ids goes through the
steps of `archiveia.pipeline.STEPS`, in their order. Only ids travel between tasks; everything else is in the
database and the workspace, which all workers share (`ARCHIVEIA_HOME`, `ARCHIVEIA_DATABASE_URL`).

**Before the first run** make the pool that keeps OCR from taking more than there is (one slot for each GPU,
or for each machine that reads pages without one):

    airflow pools set gpu 1 "OCR"

**When something fails.** A file that cannot be read is told in `archiveia status` and on the staff desk: it
fails neither its chunk nor the run. A task that fails (server away, machine out of memory) is tried again
twice; "Clear" it to try later. Every step replaces its own earlier result, so a task, or the whole run, can
be repeated without doing anything twice.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Param, task, task_group
from airflow.sdk.exceptions import AirflowFailException

from archiveia.errors import ArchiveiaError
from archiveia.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiveia.pipeline import Edges

# How a step differs from the others as a task. The index has one writer at a time.
TASK_OPTIONS: dict[str, dict[str, Any]] = {"ocr": {"pool": "gpu"}, "index": {"max_active_tis_per_dag": 1}}


@contextmanager
def edges_of_task() -> Iterator[Edges]:
    """The edges of the settings; an error that only a person can mend is not tried again."""
    from archiveia import pipeline

    try:
        with pipeline.open_edges(read_settings()) as edges:
            yield edges
    except ArchiveiaError as error:
        if error.retryable:
            raise
        raise AirflowFailException(str(error)) from error


def register(params: dict[str, Any]) -> list[list[str]]:
    """The ids of the files under ``path``, in chunks."""
    from archiveia import pipeline

    with edges_of_task() as edges:
        ids = pipeline.register(
            Path(params["path"]), batch=params["batch"], producer=params["producer"], edges=edges
        )
    size = params["chunk_size"]
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def run_step(name: str, ids: list[str]) -> list[str]:
    """The ids that go on to the next step."""
    from archiveia import pipeline

    with edges_of_task() as edges:
        return list(pipeline.STEPS[name](ids, edges))


def steps(ids: list[str]) -> None:
    """One chunk through every step."""
    from archiveia.pipeline import STEPS

    for name in STEPS:
        ids = task(task_id=name, **TASK_OPTIONS.get(name, {}))(run_step)(name, ids)


with DAG(
    dag_id="scan_to_record",
    description="A folder of scans becomes searchable, described, retention-checked records",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=2), "retry_exponential_backoff": True},
    params={
        "path": Param(type="string", minLength=1, description="folder or file, as the worker sees it"),
        "batch": Param(None, type=["null", "string"], description="name of the batch; empty: the folder's"),
        "producer": Param(None, type=["null", "string"], description="service that the scans come from"),
        "chunk_size": Param(50, type="integer", minimum=1, description="files in one chain of tasks"),
    },
    tags=["archiveia"],
) as dag:
    task_group(group_id="chunk")(steps).expand(ids=task(register)())
