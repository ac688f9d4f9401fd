"""# The night's work.

The same as `archiveia nightly`: what was uploaded is taken in, what a day left undone is done, decisions are
learned from, both clocks of every record are computed again, the index is brought in line, the journal is
verified and its head kept elsewhere, and the report says what waits for people. Every night at 01:00 French
time, one run at a time; a night that was missed is not made up for, because the next one does its work too.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task

TIMEZONE = "Europe/Paris"


def nightly() -> None:
    """The night's work; its report is in the log of the task."""
    from archiveia import pipeline
    from archiveia.settings import read_settings

    with pipeline.open_edges(read_settings()) as edges:
        logging.getLogger(__name__).info("%s", pipeline.nightly(edges))


with DAG(
    dag_id="nightly",
    description="What archiveia does every night",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 1 * * *", timezone=TIMEZONE),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=10)},
    tags=["archiveia"],
) as dag:
    task(nightly)()
