"""The night's work, with or without Airflow: what is unfinished, what came in, what went stale, what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import attempts, login, requests, sources, work
from archiveia.edges.database.waiting import make_again
from archiveia.pipeline.alerting import MaximaNight, alert_of_maxima
from archiveia.pipeline.auditing import audit_night
from archiveia.pipeline.authority import propose_names
from archiveia.pipeline.cleaning_records import check_descriptions
from archiveia.pipeline.clocks import ClockReport, recompute_clocks
from archiveia.pipeline.forecasting import count_holdings
from archiveia.pipeline.indexing import run_index
from archiveia.pipeline.learning import classify_again, learn
from archiveia.pipeline.learning_rules import learn_rules, read_rules_again
from archiveia.pipeline.order import work_through
from archiveia.pipeline.own_data import own_data
from archiveia.pipeline.registering import register
from archiveia.pipeline.subjects import finish_subjects
from archiveia.steps.respond import RequestState, Urgency, urgency

if TYPE_CHECKING:
    from datetime import date

    from archiveia.pipeline.auditing import AuditNight
    from archiveia.pipeline.learning import NightSchool
    from archiveia.pipeline.own_data import OwnData
    from archiveia.pipeline.workplace import Edges


@dataclass(frozen=True, slots=True)
class NightReport:
    """What a night did, and what waits for people in the morning."""

    files: int
    outcomes: dict[str, int]
    stale: int
    urgent_requests: tuple[tuple[str, date], ...]
    learned: NightSchool | None = None
    classified_again: int = 0
    rules_learned: NightSchool | None = None
    rules_read_again: int = 0
    audit: AuditNight | None = None
    clocks: ClockReport | None = None
    maxima: MaximaNight | None = None
    """What is kept longer than the law allows, and whether the DPO was told."""
    own_data: tuple[OwnData, ...] = ()
    """What the service keeps of its own past its row; a person purges it."""


def nightly(edges: Edges) -> NightReport:
    """The report of a night: every upload taken in, everything unfinished finished. Safe to run at any time.

    Each folder of ``incoming`` is a batch; files stay where they are, what was done is not done again.
    """
    for folder in sorted(edges.storage.incoming(edges.entity).glob("*")):
        if folder.is_dir() and not folder.name.startswith("."):
            register(folder, edges=edges)
    with database.reading(edges.database) as connection:
        waiting = sources.unsettled(connection, edges.entity)
    work_through(waiting, edges)
    finish_subjects(edges)
    propose_names(edges)
    check_descriptions(edges)
    learned = learn(edges)
    classified_again = classify_again(edges)
    rules_learned = learn_rules(edges)
    rules_read_again = read_rules_again(edges)
    clocks = recompute_clocks(edges)
    run_index([], edges)  # what the clocks changed
    count_holdings(edges)
    with database.writing(edges.database) as connection:
        login.forget_expired(connection, now=edges.now())
        make_again(connection, edges.entity)  # what waits for a person, whatever missed it
        attempts.forget_old(connection, now=edges.now())
    with database.reading(edges.database) as connection:
        settled = [row.outcome or "waiting" for row in sources.load(connection, waiting)]
        desk = requests.desk(connection, edges.entity)
        stale = len(work.stale(connection, edges.entity))
    urgent = [
        (row.number, row.due_on)
        for row in desk
        if row.state == RequestState.RECEIVED and urgency(row.due_on, edges.today()) is not Urgency.ON_TIME
    ]
    maxima = alert_of_maxima(edges)
    return NightReport(
        files=len(waiting),
        outcomes={o: settled.count(o) for o in dict.fromkeys(settled)},
        stale=stale,
        urgent_requests=tuple(urgent),
        learned=learned,
        classified_again=classified_again,
        rules_learned=rules_learned,
        rules_read_again=rules_read_again,
        audit=audit_night(edges),  # last: the head tells of all that the night wrote
        clocks=clocks,
        maxima=maxima,
        own_data=tuple(one for one in own_data(edges) if one.past),
    )
