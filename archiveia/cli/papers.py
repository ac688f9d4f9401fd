"""``archiveia paper``: the papers of data protection, drafted from the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.pipeline.compliance import paper
from archiveia.pipeline.rules import schedule_in_force
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse


def draft(args: argparse.Namespace) -> int:
    """The paper as Markdown on stdout, by the schedule in force here; a person completes and signs it."""
    settings, schedule = read_settings(), None
    if settings.home_dir.is_dir():
        with pipeline.open_edges(settings) as edges:
            schedule = schedule_in_force(edges)
    print(paper(args.name, settings, schedule), end="")
    return 0
