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
    """A file to look into. ``dpi`` is the resolution at which pages of PDFs will be drawn."""

    path: Path
    limits: ScanLimits
    dpi: int = 300


def probe_file(task: ProbeTask) -> Probe:
    """What the file turned out to be, its separator sheets read.

    Raises:
        UnreadableScanError: it cannot be taken in; the message says why.
    """
    from archiveia.edges import scans
    from archiveia.engines.barcodes import read_sheet

    kind = kind_of(read_head(task.path))
    return scans.probe(task.path, kind, task.limits, dpi=task.dpi, read_sheet=read_sheet)
