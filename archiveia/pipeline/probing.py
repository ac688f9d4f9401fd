"""Looking into a file for the first time, in a worker: nothing hostile is decoded in the main process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges.folders import read_head
from archiveia.steps.intake import kind_of

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.values import Probe, ScanLimits


@dataclass(frozen=True, slots=True)
class ProbeTask:
    """A file to look into. ``dpi`` is the resolution at which pages of PDFs will be drawn.

    ``for_sheets``: every page is drawn to find separator sheets; without, pages of a PDF are only counted.
    """

    path: Path
    limits: ScanLimits
    dpi: int = 300
    for_sheets: bool = True


def probe_file(task: ProbeTask) -> Probe:
    """What the file turned out to be, its separator sheets read if asked for.

    Raises:
        UnreadableScanError: it cannot be taken in; the message says why.
    """
    from archiveia.edges import scans
    from archiveia.engines.barcodes import read_sheet

    kind = kind_of(read_head(task.path))
    if not task.for_sheets and (pages := scans.listed(task.path, kind, task.limits)):
        return pages
    return scans.probe(task.path, kind, task.limits, dpi=task.dpi, read_sheet=read_sheet)
