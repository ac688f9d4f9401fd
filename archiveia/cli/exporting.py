"""``export descriptions``: what the public may read, for other programs."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.pipeline.exporting_descriptions import export_descriptions
from archiveia.settings import read_settings

if TYPE_CHECKING:
    import argparse


def descriptions(args: argparse.Namespace) -> int:
    """The open records as a table; how many on stdout."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        count = export_descriptions(args.file, actor=getpass.getuser(), edges=edges)
    print(f"{args.file}: {count} open records")
    return 0
