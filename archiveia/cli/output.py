"""What people read in a terminal: tables, and progress on stderr (a bar on a terminal, plain lines when piped)."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archiveia.pipeline.workplace import Progress
    from archiveia.values import Json

LABELS = {"files": "files found", "run": "files settled", "pages": "pages read"}
SECONDS_BETWEEN_LINES = 5.0


def print_json(document: Json) -> None:
    """One JSON document on stdout."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
    print()


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table that a terminal shows whole, and that a pipe gets as tab-separated lines."""
    if not sys.stdout.isatty():
        for row in (headers, *rows):
            print("\t".join(_cell(c) for c in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headers, box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(Text(_cell(c)) for c in row))
    Console().print(table)


def plain_pdf(why: str | None) -> str:
    """What is said behind the name of a PDF that is not PDF/A, with the reason; nothing of one that is."""
    return f" (PDF, not PDF/A: {why})" if why else ""


def _cell(value: object) -> str:
    """One line of printable characters, whatever a file name or a page holds."""
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else " " for c in text)


@contextmanager
def progress(*, silent: bool = False) -> Iterator[Progress]:
    """The function that a long job tells how far it is."""
    if silent:
        yield lambda _what, _done, _total: None
    elif sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:>14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def tell(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(LABELS.get(what, what), total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield tell


def _lines() -> Progress:
    said_at: dict[str, float] = {}

    def tell(what: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if done != total and now - said_at.get(what, -SECONDS_BETWEEN_LINES) < SECONDS_BETWEEN_LINES:
            return
        said_at[what] = now
        of = f"/{total}" if total is not None else ""
        print(f"{LABELS.get(what, what)}: {done}{of}", file=sys.stderr, flush=True)

    return tell
