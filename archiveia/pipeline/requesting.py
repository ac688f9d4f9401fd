"""Requests for access: a number, a legal date, a place on the desk, an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.contracts import load_request_delays
from archiveia.edges.database import journal, requests, units
from archiveia.errors import BadRequestError
from archiveia.steps.respond import (
    REQUESTS,
    RequestState,
    acknowledgement,
    computed_mention,
    due_on,
    move,
    request_number,
    rests_on_computation,
)
from archiveia.values import Level

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Json

ADDRESS = re.compile(r"[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+")
LONGEST_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3."""
LONGEST_SUBJECT = 5000
"""Characters of a request; a longer one is refused whole, never cut."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A request that was received: its number, its last day, the letter that says so."""

    number: str
    due_on: date
    letter: str


def receive(
    requester: str,
    email: str,
    subject: str,
    *,
    edges: Edges,
    kind: str = "crpa",
    unit_id: str | None = None,
    received_on: date | None = None,
) -> Acknowledged:
    """The request is on the desk; its delay runs from the day it came (CRPA R*311-12, R311-13): today by default.

    Raises:
        BadRequestError: the subject, the address or the day is missing or cannot be used.
    """
    if kind not in REQUESTS:
        raise BadRequestError(f"unknown kind of request {kind!r}", f"choose one of {', '.join(REQUESTS)}")
    requester, email, subject = requester.strip(), email.strip(), subject.strip()
    if not subject or len(subject) > LONGEST_SUBJECT:
        msg = f"la demande compte {len(subject)} caractères"
        raise BadRequestError(msg, f"décrivez les documents voulus en 1 à {LONGEST_SUBJECT} caractères")
    if any(not c.isprintable() and c not in "\r\n\t" for c in requester + subject):
        raise BadRequestError("la demande contient des caractères de contrôle", "tapez-la à nouveau")
    if not ADDRESS.fullmatch(email) or len(email) > LONGEST_ADDRESS:
        raise BadRequestError(
            f"l’adresse {email!r} ne peut pas servir", "indiquez une adresse électronique complète"
        )
    today, delays = edges.today(), load_request_delays()
    came_on = received_on or today
    if came_on > today:
        raise BadRequestError(
            f"le {came_on} n’est pas encore venu", "donnez le jour où la demande est arrivée"
        )
    last_day = due_on(came_on, delays, kind)
    with database.writing(edges.database) as connection:
        name = units.entity_name(connection, edges.entity) or edges.settings.entity_name
        number = request_number(
            today.year, 1 + requests.highest_of_year(connection, edges.entity, today.year)
        )
        requests.add(
            connection,
            {
                "entity_id": edges.entity,
                "number": number,
                "kind": kind,
                "requester": requester or "(nom non indiqué)",
                "email": email,
                "subject": subject,
                "unit_id": unit_id,
                "received_on": came_on,
                "due_on": last_day,
                "state": RequestState.RECEIVED,
            },
        )
        after = {"state": RequestState.RECEIVED, "kind": kind, "received_on": came_on.isoformat()}
        _tell(connection, number, {}, after, actor=journal.PROGRAM, edges=edges)
    letter = acknowledgement(number, came_on, delays, kind=kind, subject=subject, entity_name=name)
    return Acknowledged(number, last_day, letter)


def answer(
    number: str,
    state: RequestState,
    text: str | None,
    *,
    actor: str,
    edges: Edges,
    is_computed: bool = False,
) -> str | None:
    """The answer to send, now that the request is in this state.

    It carries the mention of CRPA L311-3-1 where a person says that it rests on a proposal that nobody confirmed
    (``is_computed``), and where a record is refused whose closing nobody confirmed.

    Raises:
        RefusedError: the request cannot go from its state to this one, or a refusal gives no reason.
        BadRequestError: there is no such request.
    """
    with database.writing(edges.database) as connection:
        row = requests.load(connection, number, edges.entity)
        moved = move(RequestState(row.state), state, reason=text)
        refused = moved is RequestState.REFUSED and _is_closed_by_computation(connection, row.unit_id, edges)
        is_computed = bool(text and moved is not RequestState.CLOSED and (is_computed or refused))
        if is_computed:
            name = units.entity_name(connection, edges.entity) or edges.settings.entity_name
            text = f"{text}\n\n{computed_mention(number, load_request_delays(), entity_name=name)}"
        requests.answer(
            connection,
            number,
            edges.entity,
            state=moved,
            answer=text,
            answered_by=actor,
            answered_on=edges.today(),
        )
        after = {"state": moved} | ({"computed": True} if is_computed else {})
        _tell(connection, number, {"state": row.state}, after, actor=actor, edges=edges)
    return text


def _is_closed_by_computation(connection: Connection, unit_id: str | None, edges: Edges) -> bool:
    """The record that was asked for is closed, and no person confirmed what closes it or its dossier."""
    if unit_id is None or units.level_of(connection, unit_id, edges.entity) is not Level.ITEM:
        return False
    record = units.load_record(connection, unit_id, edges.entity)
    access = record.value("access")
    if access is None or access["opens_on"]:
        return False
    governing = access["controlling_id"] or unit_id
    return rests_on_computation(units.load_records(connection, list({unit_id, governing}), edges.entity))


def _tell(
    connection: Connection, number: str, before: Json, after: Json, *, actor: str, edges: Edges
) -> None:
    """The journal has it, without the words of the request or of its answer."""
    journal.write_journal(
        connection,
        entity_id=edges.entity,
        actor=actor,
        action="request",
        subject=number,
        before=before,
        after=after,
        now=edges.now(),
    )
