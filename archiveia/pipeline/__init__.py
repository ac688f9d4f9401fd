"""The shell: each step loads, decides (a pure function) and saves. ``STEPS`` has them in order.

Names are imported when they are used: every worker process imports this package for the one module
that it needs, and should not load the database and the rules for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archiveia.pipeline.account import Account, FileAccount
    from archiveia.pipeline.indexing import reindex
    from archiveia.pipeline.night import nightly
    from archiveia.pipeline.order import STEPS, redo, work_through
    from archiveia.pipeline.registering import register
    from archiveia.pipeline.running import run
    from archiveia.pipeline.workplace import Edges, connect, open_edges

__all__ = [
    "STEPS",
    "Account",
    "Edges",
    "FileAccount",
    "connect",
    "nightly",
    "open_edges",
    "redo",
    "register",
    "reindex",
    "run",
    "work_through",
]

_WHERE = {
    "Account": "account",
    "FileAccount": "account",
    "reindex": "indexing",
    "nightly": "night",
    "STEPS": "order",
    "redo": "order",
    "work_through": "order",
    "register": "registering",
    "run": "running",
    "Edges": "workplace",
    "connect": "workplace",
    "open_edges": "workplace",
}


def __getattr__(name: str) -> Any:
    """The object of that name, from the module that defines it."""
    if name not in _WHERE:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
