"""What many commands share: how one is declared, and the arguments that several take."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import argparse

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 (argparse names it no other way)

ENGINES = ("auto", "best", "tesseract", "ppocr", "doctr", "onnxtr", "null")
"""The engines of ``engines.ocr`` (a test holds the two together: that module is not loaded for ``--help``)."""


def count(text: str) -> int:
    """A whole number from 1."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def port(text: str) -> int:
    """A port of this machine."""
    number = int(text)
    if not 0 < number < 65536:
        raise ValueError(text)
    return number


def command_of(commands: Commands, name: str, does: str, says: str) -> argparse.ArgumentParser:
    """A command. ``does`` is the function that does it, as ``module:function`` of ``archiveia.cli``."""
    command = commands.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
    command.set_defaults(command=does)
    return command


def as_json(command: argparse.ArgumentParser) -> None:
    """The command answers programs, too."""
    command.add_argument("--json", action="store_true", help="one JSON document on stdout")


def actor(command: argparse.ArgumentParser) -> None:
    """The command is journalled under a name."""
    command.add_argument("--by", metavar="NAME", help="who decides (default: the login name)")


def who(args: argparse.Namespace) -> str:
    """The person named by ``actor``, else the login name: a decision without a name does not exist."""
    return args.by or getpass.getuser()
