"""``archiveia paper``: the papers of data protection, drafted from the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.pipeline.compliance import paper
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse


def draft(args: argparse.Namespace) -> int:
    """The paper as Markdown on stdout; a person completes and signs it."""
    print(paper(args.name, read_settings()), end="")
    return 0
