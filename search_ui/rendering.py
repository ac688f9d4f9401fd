"""Pages from templates: everything escaped, in the visitor's language."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from starlette.responses import HTMLResponse

from archiveia.edges.series import load_series_titles
from archiveia.steps.legal_dates import in_french
from search_ui.labels import LABELS
from search_ui.marking import marked
from search_ui.permissions import Action, is_allowed, may_decide
from search_ui.sessions import FORM_COOKIE, form_token, set_cookie
from search_ui.telling import told, tongue

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2.runtime import Context
    from starlette.requests import Request

    from archiveia.values import Json

FOLDER = Path(__file__).parent
LANGUAGES = {"fr": "Français", "en": "English"}
LANGUAGE_COOKIE = "archiveia_langue"
LANGUAGE_COOKIE_S = 365 * 24 * 3600


@cache
def translations(language: str) -> dict[str, str]:
    """The sentences of the pages in a language, by the French one; none for French."""
    path = FOLDER / "translations" / f"{language}.json"
    if not path.exists():
        return {}
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def environment() -> Environment:
    """The templates. An unknown name is an error, never an empty place on the page."""
    found = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["marked"] = marked
    found.globals["sentence"] = lambda text: text[:1].upper() + text[1:]
    found.globals["labels"] = LABELS
    found.globals["series_titles"] = load_series_titles
    found.filters["told"] = _told
    found.filters["tongue"] = _tongue
    return found


@pass_context
def _told(context: Context, message: str) -> str:
    """A message in the language of the page."""
    return told(message, context["language"])


@pass_context
def _tongue(context: Context, message: str) -> str:
    """The language that the page gives a message in."""
    return tongue(message, context["language"])


def language_of(request: Request) -> str:
    """What the address says, else what was chosen before, else French."""
    for said in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if said in LANGUAGES:
            return str(said)
    return "fr"


def translator(language: str) -> Callable[..., str]:
    """A function that gives a French sentence in this language, its ``%(name)s`` filled in."""
    known = translations(language)

    def translate(text: str, **names: object) -> str:
        sentence = known.get(text, text)
        return sentence % names if names else sentence

    return translate


def day_in_words(value: Json | date, language: str) -> str:
    """``4 mai 1923``, or the year or month alone when no more is known; other text as it is."""
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        said = str(value)
        if "/" in said:
            return " – ".join(day_in_words(part.strip(), language) for part in said.split("/", 1))
        try:
            value = date.fromisoformat(said)
        except ValueError:
            return _month_in_words(said, language)
    return in_french(value) if language == "fr" else f"{value.day} {value:%B %Y}"


def _month_in_words(value: str, language: str) -> str:
    try:
        first = date.fromisoformat(f"{value}-01")
    except ValueError:
        return value
    return in_french(first).removeprefix("1er ") if language == "fr" else f"{first:%B %Y}"


def render(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """The page, with what every page needs: who is there, which language, which archives."""
    settings = request.app.state.settings
    language = language_of(request)
    zone = ZoneInfo(settings.timezone)
    html = (
        environment()
        .get_template(template)
        .render(
            values
            | {
                "_": translator(language),
                "day": lambda value: day_in_words(value, language),
                "moment": lambda at: (
                    f"{day_in_words(at.astimezone(zone).date(), language)}, {at.astimezone(zone):%H:%M}"
                ),
                "short_day": lambda at: f"{at.astimezone(zone):%d/%m/%Y}",
                "language": language,
                "languages": LANGUAGES,
                "request": request,
                "status": status,
                "staff": (staff := getattr(request.state, "staff", None)),
                "can": lambda action: staff is not None and is_allowed(staff, Action(action)),
                "can_decide": lambda field: staff is not None and may_decide(staff, field),
                "archives_name": settings.entity_name,
                "token": lambda: form_token(request),
            }
        )
    )
    response = HTMLResponse(html, status_code=status)
    secure = settings.cookie_secure
    if request.query_params.get("lang") in LANGUAGES:
        set_cookie(response, LANGUAGE_COOKIE, language, secure=secure, max_age_s=LANGUAGE_COOKIE_S)
    token = getattr(request.state, "form_token", None)
    if token and request.cookies.get(FORM_COOKIE) != token:
        set_cookie(response, FORM_COOKIE, token, secure=secure)
    response.headers["Vary"] = "Cookie"
    # What is open now may be withdrawn in a minute; what the staff saw stays with the staff.
    is_staff = getattr(request.state, "staff", None) is not None
    response.headers["Cache-Control"] = "no-store" if is_staff else "private, no-cache"
    return response
