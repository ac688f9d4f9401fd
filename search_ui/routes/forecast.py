"""What falls due, arrives and stays in the next ten years, by service: chart and table."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from archiveia.pipeline.forecasting import count_holdings, counted_holdings
from archiveia.steps.forecast import (
    arrivals_by_year,
    back_test,
    full_years,
    in_gigabytes,
    in_metres,
    outlook,
)
from archiveia.values import SortFinal
from search_ui.need_to_know import sees_all
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf

router = APIRouter(prefix="/bureau/previsions")
MEASURES = {"taille": in_gigabytes, "metres": in_metres}
MEGABYTES_FROM = 1.0
"""Under so many gigabytes in all, sizes are shown in megabytes."""


@router.get("", dependencies=[may(Action.REVIEW)])
def forecast_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The years ahead for one service, or for all, in bytes or linear metres."""
    sees_all(staff)
    wanted, service = request.query_params.get("mesure", ""), request.query_params.get("service", "")
    measure = MEASURES.get(wanted, in_gigabytes)
    counted = counted_holdings(edges)
    every = counted.holdings
    services = sorted({h.service for h in every if h.service})
    chosen = [h for h in every if not service or h.service == service]
    today = edges.today()
    found = outlook(chosen, measure, today=today)
    past = full_years(arrivals_by_year(chosen, measure), today=today)
    tallest = max(
        (e.high for year in found.years for e in (*year.due.values(), year.arriving) if e), default=0.0
    )
    is_small = measure is in_gigabytes and max(tallest, found.stock) < MEGABYTES_FROM
    return render(
        request,
        "forecast.html",
        found=found,
        tested=back_test(past),
        fates=list(SortFinal),
        services=services,
        service=service if service in services else "",
        measure=wanted if wanted in MEASURES else "taille",
        unit="ml" if measure is in_metres else "Mo" if is_small else "Go",
        scale=1000 if is_small else 1,
        tallest=tallest,
        records=sum(h.records for h in chosen),
        counted_on=counted.on,
    )


@router.post("", dependencies=[may(Action.REVIEW)])
def count_again(edges: EdgesOf, _staff: StaffOf, _form: CheckedForm) -> Response:
    """The holdings are counted again now."""
    count_holdings(edges)
    return RedirectResponse("/bureau/previsions", 303)
