"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
