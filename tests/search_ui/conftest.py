"""A town whose scans were read once, copied for each test; and browsers without a screen on its pages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from drawn_scans import ORDER, draw_page
from town_hall import LONG_AGO, NAME, PASSWORD, TestClient, Town, give_reason, log_in, open_up, settings_of

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import people
from search_ui.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI


@pytest.fixture(scope="session")
def read_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """An old délibération that was confirmed and published, and an order of committal that was not."""
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed")
    root = tmp_path_factory.mktemp("town")
    scans = root / "scans"
    scans.mkdir()
    draw_page(LONG_AGO).save(scans / "deliberation.png")
    draw_page(ORDER).save(scans / "arrete.png")
    settings = settings_of(root / "home")
    with pipeline.open_edges(settings) as edges:
        account = pipeline.run([scans], edges, batch="Carton 1", producer="Secrétariat")
        records = {file.place.split("/")[-1]: file.records[0] for file in account.files}
        with database.writing(edges.database) as connection:
            people.add_user(connection, edges.entity, NAME, PASSWORD, now=edges.now())
        town = Town(settings, records["deliberation.png"], records["arrete.png"])
        open_up(town.opened, edges)
    return town


@pytest.fixture
def town(read_town: Town, tmp_path: Path) -> Town:
    home = tmp_path / "home"
    shutil.copytree(read_town.settings.home_dir, home)
    return Town(settings_of(home), read_town.opened, read_town.closed)


@pytest.fixture
def app(town: Town) -> FastAPI:
    return create_app(town.settings)


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def edges(visitor: TestClient) -> pipeline.Edges:
    found: pipeline.Edges = visitor.app.state.edges  # type: ignore[attr-defined]
    return found


@pytest.fixture
def staff(app: FastAPI, visitor: TestClient, town: Town) -> Iterator[TestClient]:
    """Another browser on the same application, logged in; why it reads the committal, it has said."""
    assert visitor.app is app  # it keeps the application's edges open
    client = TestClient(app, raise_server_exceptions=False)
    assert log_in(client).status_code == 303
    give_reason(client, town.closed)
    yield client
    client.close()
