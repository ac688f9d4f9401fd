"""Runs ``archiveia run`` and kills itself (SIGKILL) at its Nth writing transaction, before or after it commits.

``python run_and_die.py N before|after PATH``; N = 0 never dies and prints how many transactions there were.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archiveia.cli import main
from archiveia.edges import database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

if __name__ == "__main__":
    fatal, moment, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    really_writing, written = database.writing, 0

    @contextmanager
    def writing(engine: Engine) -> Iterator[Connection]:
        global written  # noqa: PLW0603 -- counted across calls
        with really_writing(engine) as connection:
            yield connection
            written += 1
            if written == fatal and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        if written == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    database.writing = writing
    code = main(["run", path])
    sys.stdout.write(f"transactions {written}\n")
    sys.exit(code)
