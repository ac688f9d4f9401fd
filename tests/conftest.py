"""Fixtures that every test may use."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import postgres_server
import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASES = count(1)
ROOT = Path(__file__).resolve().parent.parent


os.environ.setdefault("ARCHIVEIA_OCR_ENGINE", "tesseract")
"""Most tests are of what comes after the reading: one engine is enough. Those of two engines ask for them."""


def _shared(variable: str, default: str) -> Path:
    return (ROOT / os.environ.get(variable, default)).resolve()


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real documents; the test is skipped, visibly, where it is absent."""
    path = _shared("ARCHIVEIA_CORPORA", "../shared/corpora")
    if not path.is_dir():
        pytest.skip(f"data absent: corpora (ARCHIVEIA_CORPORA, looked in {path.name})")
    return path


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference files (schemas, OpenAPI); skipped visibly where it is absent."""
    path = _shared("ARCHIVEIA_REFERENCE", "../shared/reference")
    if not path.is_dir():
        pytest.skip(f"data absent: reference (ARCHIVEIA_REFERENCE, looked in {path.name})")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a real PostgreSQL server, without a database name."""
    pytest.importorskip("psycopg", reason="extra postgres is not installed")
    binaries = postgres_server.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with postgres_server.serving(binaries) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'archiveia.sqlite3'}"
    server = request.getfixturevalue("postgresql")
    name = f"t{next(DATABASES)}"
    engine = sa.create_engine(
        server.replace("postgresql:", "postgresql+psycopg:") + "/postgres", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"
