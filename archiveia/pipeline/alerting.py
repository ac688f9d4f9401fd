"""The service and the DPO mailed, once a day, while something is kept longer than the law allows."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from archiveia.edges import database, mail
from archiveia.edges.database import journal, units
from archiveia.errors import MailError
from archiveia.pipeline.rule_sets import passed_maxima
from archiveia.steps.passed_maxima import mail_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.passed_maxima import PassedMaximum

log = logging.getLogger(__name__)

ACTION = "alert"
"""The action of the entry that tells of a mail that left."""
NOBODY = "nobody is mailed: set ARCHIVEIA_SMTP_HOST and ARCHIVEIA_DPO_MAIL"


@dataclass(frozen=True, slots=True)
class MaximaNight:
    """What is passed. ``mailed``: today; ``None`` where nothing is, or nobody is to be mailed (``problem`` says it)."""

    passed: tuple[PassedMaximum, ...] = ()
    mailed: bool | None = None
    problem: str | None = None


def alert_of_maxima(edges: Edges) -> MaximaNight:
    """What is kept too long, its mail sent if none left today; a relay that is down is told and stops nothing."""
    passed = tuple(passed_maxima(edges))
    if not passed:
        return MaximaNight()
    to = edges.settings.dpo_mail_addresses
    if not mail.can_send(edges.settings, to):
        return MaximaNight(passed, None, NOBODY)
    with database.reading(edges.database) as connection:
        if _was_sent_today(connection, edges):
            return MaximaNight(passed, mailed=True)
        name = units.entity_name(connection, edges.entity) or edges.settings.entity_name
    subject, text = mail_of(passed, entity_name=name, today=edges.today(), desk_url=edges.settings.desk_url)
    try:
        mail.send(edges.settings, to, subject, text)
    except MailError as error:
        log.warning("longest durations passed: %s", error)
        return MaximaNight(passed, mailed=False, problem=str(error))
    with database.writing(edges.database) as connection:
        journal.write_journal(
            connection,
            entity_id=edges.entity,
            actor=journal.PROGRAM,
            action=ACTION,
            subject="",
            before={},
            after={"records": len(passed), "retention_rule": sorted({one.rule for one in passed})},
            now=edges.now(),
        )
    return MaximaNight(passed, mailed=True)


def _was_sent_today(connection: Connection, edges: Edges) -> bool:
    """The night may run again; a day has one mail."""
    midnight = datetime.combine(edges.today(), time.min, ZoneInfo(edges.settings.timezone))
    return journal.count(connection, edges.entity, journal.Wanted(action=ACTION, since=midnight)) > 0
