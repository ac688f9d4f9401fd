"""The journal on the desk: who decided what, when, on which record; and whether its chain is whole."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import journal
from archiveia.edges.database.journal import Wanted
from archiveia.pipeline import arranging
from archiveia.pipeline.auditing import journal_state
from search_ui.asking import page_number
from search_ui.journal_details import details
from search_ui.need_to_know import sees_all
from search_ui.permissions import Action, is_allowed, may
from search_ui.rendering import language_of, render, translator
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf

router = APIRouter(prefix="/bureau/journal")
PAGE_SIZE = 50
UNDOABLE = ("split", "merge", "reorder")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of the page says, as it was typed."""

    who: str
    what: str
    first_day: str
    last_day: str
    record: str

    @property
    def query(self) -> str:
        """The same in an address."""
        said = {"qui": self.who, "quoi": self.what, "du": self.first_day, "au": self.last_day}
        return urlencode({name: value for name, value in (said | {"document": self.record}).items() if value})

    def wanted(self, zone: ZoneInfo) -> Wanted:
        """Which entries these are; the last day is one of them. What is no date asks for nothing."""
        first, last = _day(self.first_day), _day(self.last_day)
        return Wanted(
            actor=self.who or None,
            action=self.what or None,
            since=datetime.combine(first, time.min, zone) if first else None,
            until=datetime.combine(last + timedelta(days=1), time.min, zone) if last else None,
            record=self.record or None,
        )


def _asked(params: QueryParams) -> Asked:
    def said(name: str, most: int) -> str:
        return params.get(name, "").strip()[:most].replace("\0", "")

    return Asked(said("qui", 200), said("quoi", 20), said("du", 10), said("au", 10), said("document", 80))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 < found.year < 3000 else None


@router.get("", dependencies=[may(Action.SEE_JOURNAL)])
def journal_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The entries that were asked for, newest first, and the state of the chain.

    Arrangements that can still be undone have a button, for those who may.
    """
    sees_all(staff)
    asked, number = _asked(request.query_params), page_number(request.query_params.get("page"))
    wanted = asked.wanted(ZoneInfo(edges.settings.timezone))
    translate = translator(language_of(request))
    with database.reading(edges.database) as connection:
        total = journal.count(connection, edges.entity, wanted)
        lines = journal.journal_list(
            connection, edges.entity, PAGE_SIZE, offset=(number - 1) * PAGE_SIZE, wanted=wanted
        )
        return render(
            request,
            "journal.html",
            asked=asked,
            entries=[(line, details(line, translate)) for line in lines],
            total=total,
            number=number,
            pages=-(-total // PAGE_SIZE),
            people=journal.actors(connection, edges.entity),
            kinds=journal.actions(connection, edges.entity),
            chain=journal_state(connection, edges),
            undoable=UNDOABLE if is_allowed(staff, Action.ARRANGE) else (),
        )


@router.post("/{number}/annuler", dependencies=[may(Action.ARRANGE)])
def undo(edges: EdgesOf, staff: StaffOf, _form: CheckedForm, number: int) -> Response:
    """The pieces are again as they were before this entry."""
    sees_all(staff)
    arranging.undo(number, actor=staff.name, edges=edges)
    return RedirectResponse("/bureau/journal", 303)
