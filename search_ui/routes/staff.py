"""The staff desk: what there is, what waits, the search over everything."""

from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Request
from starlette.responses import Response

from archiveia.edges import database
from archiveia.edges.database import desk, names, publications, requests, services, sources, units
from archiveia.edges.database.desk import Review
from archiveia.edges.database.names import GroupState
from archiveia.pipeline.agreeing import class_agreement
from archiveia.pipeline.indexing import title_of
from archiveia.pipeline.reviewing import FIELD_OF
from archiveia.pipeline.rules import schedule_in_force
from archiveia.steps.lessons import blind_below
from archiveia.steps.respond import RequestState, urgency
from archiveia.values import PublicationDecision, Staff
from search_ui.asking import asked_in, page_number
from search_ui.finding import find
from search_ui.need_to_know import sees_all
from search_ui.permissions import Action, is_allowed, may
from search_ui.rendering import render
from search_ui.sessions import EdgesOf, StaffOf
from search_ui.showing import class_labels

router = APIRouter(prefix="/bureau")
REVIEW_PAGE_SIZE = 30


@router.get("", dependencies=[may(Action.READ)])
def desk_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """What there is and what waits for a person, as far as this account sees it."""
    sees_only = staff.sees_only
    answers = sees_only is None and is_allowed(staff, Action.SEE_REQUESTS)
    publishes = sees_only is None and is_allowed(staff, Action.PUBLISH)
    with database.reading(edges.database) as connection:
        open_requests = [
            (row, urgency(row.due_on, edges.today()))
            for row in requests.desk(connection, edges.entity)
            if answers and row.state == RequestState.RECEIVED
        ]
        return render(
            request,
            "desk.html",
            records=services.count(connection, edges.entity, sees_only),
            pages=services.page_states(connection, edges.entity, sees_only),
            batches=_batches(sources.batch_list(connection, edges.entity), staff)[:10],
            reviews=desk.review_counts(
                connection,
                edges.entity,
                good_cer=edges.settings.ocr_good_cer,
                blind_below=blind_below(edges.settings.blind_share),
                sees_only=sees_only,
            ),
            review_total=desk.review_total(connection, edges.entity, sees_only=sees_only),
            open_requests=open_requests,
            names_waiting=names.counts(connection, edges.entity)[GroupState.PROPOSED]
            if sees_only is None
            else 0,
            unstated=_unstated(connection, edges.entity) if publishes else (0, []),
        )


def _unstated(connection: sa.Connection, entity_id: str) -> tuple[int, list[tuple[PublicationDecision, str]]]:
    """How many publications state too little to put anything online, and the first, each with a piece of it."""
    found = publications.unstated(connection, entity_id)
    pieces = ((decision, units.pieces_under(connection, decision.unit_id)) for decision in found[:10])
    return len(found), [(decision, below[0] if below else decision.unit_id) for decision, below in pieces]


def _batches(rows: list[sa.Row[Any]], staff: Staff) -> list[sa.Row[Any]]:
    """The batches that this account sees."""
    sees_only = staff.sees_only
    return [row for row in rows if sees_only is None or row.producer in sees_only]


@router.get("/recherche", dependencies=[may(Action.READ)])
def staff_search(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The search over every record, open or closed."""
    asked = asked_in(request.query_params)
    found = find(asked, edges, staff=staff)
    return render(request, "search.html", asked=asked, found=found, for_staff=True)


@router.get("/a-verifier", dependencies=[may(Action.REVIEW)])
def review_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The pieces that wait for a person, with the reasons; for one reason when it was chosen."""
    wanted = request.query_params.get("motif", "")
    reason = Review(wanted) if wanted in set(Review) else None
    number = page_number(request.query_params.get("page"))
    good_cer, below = edges.settings.ocr_good_cer, blind_below(edges.settings.blind_share)
    with database.reading(edges.database) as connection:
        sees_only = staff.sees_only
        counts = desk.review_counts(
            connection, edges.entity, good_cer=good_cer, blind_below=below, sees_only=sees_only
        )
        total = counts[reason] if reason else desk.review_total(connection, edges.entity, sees_only=sees_only)
        waiting = desk.to_review(
            connection,
            edges.entity,
            reason,
            good_cer=good_cer,
            blind_below=below,
            sees_only=sees_only,
            limit=REVIEW_PAGE_SIZE,
            offset=(number - 1) * REVIEW_PAGE_SIZE,
        )
        records = units.load_records(connection, [i for i, _ in waiting], edges.entity)
    entries = [
        {"record": record, "title": title_of(record), "reasons": reasons, "blind": Review.BLIND in reasons}
        for record, (_, reasons) in zip(records, waiting, strict=True)
    ]
    pages = -(-total // REVIEW_PAGE_SIZE)
    return render(
        request,
        "review.html",
        entries=entries,
        counts=counts,
        total=total,
        reason=reason,
        number=number,
        pages=pages,
        classes=class_labels(),
        queues=FIELD_OF,
    )


@router.get("/justesse", dependencies=[may(Action.REVIEW)])
def agreement_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """How good the proposed classes and retention rules are here, on what was reviewed."""
    sees_all(staff)
    reviewed = class_agreement(edges)
    return render(
        request,
        "class_agreement.html",
        found=reviewed.found,
        rules=reviewed.rules,
        share=reviewed.share,
        waiting=reviewed.waiting,
        classes=class_labels(),
        rule_labels={c: f"{c} — {r.label}" for c, r in schedule_in_force(edges).items()},
    )
