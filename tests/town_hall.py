"""A small town's archives for the tests of the web pages, and the forms that people send."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drawn_scans import DELIBERATION
from putting_online import publish_it

from archiveia.edges import database
from archiveia.edges.database import units
from archiveia.pipeline import deciding
from archiveia.settings import Settings

with warnings.catch_warnings():  # Starlette wants httpx2, which the pinned environment does not have
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

if TYPE_CHECKING:
    from pathlib import Path

    from httpx import Response

    from archiveia import pipeline

__all__ = ["TestClient"]

NAME, PASSWORD = "a.durand", "mot de passe assez long"
LONG_AGO = DELIBERATION.replace("1923", "1893")


@dataclass(frozen=True)
class Town:
    """A workspace, and the records in it."""

    settings: Settings
    opened: str
    closed: str


def settings_of(home: Path, **more: object) -> Settings:
    return Settings(
        home=home,
        workers=1,
        classifier="lexical",
        ner="off",
        entity_name="Archives de Saint-Aubin",
        max_upload_mb=1,
        **more,
    )


def open_up(record_id: str, edges: pipeline.Edges) -> None:
    """A person confirms what has to be and publishes."""
    decided = {
        "class": "DELIB",
        "date": "1893-04-06",
        "access_category": "C01",
        "title": "Le lavoir communal",
    }
    deciding.confirm(record_id, decided, actor=NAME, edges=edges)
    publish_it(record_id, actor=NAME, edges=edges)


def token_in(page: Response) -> str:
    found = re.search(r'name="jeton" value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def log_in(client: TestClient, name: str = NAME, password: str = PASSWORD) -> Response:
    form = {"jeton": token_in(client.get("/connexion")), "nom": name, "mot_de_passe": password}
    return client.post("/connexion", data=form, follow_redirects=False)


def give_reason(client: TestClient, record_id: str, reason: str = "description") -> Response:
    """The person says why they read a sensitive record."""
    form = {"jeton": token_in(client.get(f"/bureau/motif/{record_id}")), "motif": reason, "precisions": ""}
    return client.post(f"/bureau/motif/{record_id}", data=form, follow_redirects=False)


def post(client: TestClient, path: str, seen_on: str, **fields: object) -> Response:
    """A form of the page ``seen_on`` sent to ``path``, its answer followed."""
    return client.post(path, data={"jeton": token_in(client.get(seen_on)), **fields})


def first_page(edges: pipeline.Edges, record_id: str) -> str:
    with database.reading(edges.database) as connection:
        return units.load_record(connection, record_id, edges.entity).pages[0].id
