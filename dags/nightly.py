"""# The night's work.

The same as `archiveia nightly`: what a day left undone is done, dates that have come are applied, the
index is brought in line. Every night at 01:00 French time, one run at a time; a night that was missed is
not made up for, because the next one does its work too.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task

TIMEZONE = "Europe/Paris"


def nightly() -> None:
    """The night's work, each result in the log."""
    from archiveia import pipeline
    from archiveia.settings import read_settings

    with pipeline.open_edges(read_settings()) as edges:
        for result in pipeline.nightly(edges):
            logging.getLogger(__name__).info("%s", result)


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
