"""The shell: each step loads, decides (a pure function) and saves. ``STEPS`` has them in order."""

from archiveia.pipeline.account import Account, FileAccount, account
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
    "account",
    "connect",
    "nightly",
    "open_edges",
    "redo",
    "register",
    "reindex",
    "run",
    "work_through",
]
