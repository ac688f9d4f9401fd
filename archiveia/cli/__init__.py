"""The command line. Exit codes: 0 fine; 1 could not go on; 2 usage; 3 some files rejected or failed.

Nothing heavy is imported before a command is known: ``archiveia --help`` answers at once.
"""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from archiveia.cli.parser import build_parser
from archiveia.errors import ArchiveiaError, BadRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

COULD_NOT_GO_ON = 1
USAGE = 2
SOME_FILES_NOT_TAKEN = 3
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of one command."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # a terminal that is not UTF-8
    given = sys.argv[1:] if argv is None else list(argv)
    parser = build_parser()
    args = parser.parse_args(given)
    for text in vars(args).values():
        if isinstance(text, str) and not text.isascii() and text != text.encode("utf-8", "replace").decode():
            parser.error(f"{text!a} is not text")
    logging.basicConfig(
        level=logging.DEBUG if args.verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    module, function = args.command.split(":")
    try:
        return int(getattr(import_module(f"archiveia.cli.{module}"), function)(args))
    except ArchiveiaError as error:
        print(f"archiveia: {error.message}\n  -> {error.remedy}", file=sys.stderr)
        return USAGE if isinstance(error, BadRequestError) else COULD_NOT_GO_ON
    except KeyboardInterrupt:
        print("archiveia: interrupted; run the same command again to go on", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader (`| head`) had enough
        return 0
