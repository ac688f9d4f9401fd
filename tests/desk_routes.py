"""The routes of the desk, for the tests that walk them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi.routing import APIRoute

if TYPE_CHECKING:
    from fastapi import FastAPI

    from search_ui.permissions import Action

PUBLIC = {
    "/",
    "/documents/{record_id}",
    "/pages/{page_id}.jpg",
    "/demandes",
    "/accessibilite",
    "/robots.txt",
    "/healthz",
    "/connexion",
    "/connexion/code",
    "/connexion/identite",
    "/connexion/retour",
}
"""What a visitor may ask for: rights of the records are checked there, not roles."""


def action_of(route: APIRoute) -> Action | None:
    return next(
        (d.dependency.action for d in route.dependencies if hasattr(d.dependency, "action")),
        None,
    )


def staff_routes(app: FastAPI) -> list[APIRoute]:
    return [r for r in routes(app) if r.path not in PUBLIC]


def routes(app: FastAPI) -> list[APIRoute]:
    return [r for r in app.routes if isinstance(r, APIRoute)]


def address(route: APIRoute, **names: str) -> str:
    """The route's address about these things; about things that are not there where none is named."""
    known = {"number": "1", "user_id": "1"} | names
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: known.get(m[1], "rien"), route.path)
