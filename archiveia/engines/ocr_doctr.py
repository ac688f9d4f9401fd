"""docTR: a detector and a recogniser of words, on the GPU where there is one.

Weights come from files (see ``doctr_weights``): nothing is downloaded. A text file ``<same name>.vocab``
beside a recogniser holds its characters, when they are not docTR's French ones.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from doctr.models import detection, recognition

from archiveia.engines.doctr_reader import DoctrReader
from archiveia.engines.doctr_small_detector import db_small
from archiveia.engines.doctr_weights import (
    DETECTORS,
    RECOGNISERS,
    Wanted,
    architecture_of,
    characters_of,
    find_weights,
)
from archiveia.errors import MissingToolError
from archiveia.values import PageText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archiveia.values import PageImage

_REMEDY = (
    "set ARCHIVEIA_DOCTR_DETECTOR and ARCHIVEIA_DOCTR_RECOGNISER to .pt files, "
    "or copy docTR's own files into its cache"
)


class DoctrEngine:
    """docTR with the weights of two files.

    Args:
        detector: weights file, with its SHA-256 if it is to be checked; empty for the best one found.
        recogniser: the same for the recogniser.

    Raises:
        MissingToolError: a file is not there, or does not hold the weights its name promises.
    """

    name = "doctr"

    def __init__(self, detector: str, recogniser: str) -> None:
        torch.set_num_threads(1)  # pages are read in parallel, one process each
        det_file, reco_file = weights_of(detector, recogniser)
        has_gpu = torch.cuda.is_available()
        self._reader = DoctrReader(
            loaded(detection, det_file, DETECTORS),
            loaded(recognition, reco_file, RECOGNISERS),
            torch.device("cuda" if has_gpu else "cpu"),
        )
        precision = " half precision" if has_gpu else ""
        self.version = f"{version('python-doctr')} {det_file.stem} {reco_file.stem}{precision}"

    def read(self, images: Sequence[PageImage]) -> list[PageText]:
        """The words of each image."""
        return list(self.read_many(images))

    def read_many(self, images: Iterable[PageImage]) -> Iterator[PageText]:
        """The words of each image, in order; images are taken as the device gets free, not all at once."""
        return (PageText(words, self.name, self.version) for words in self._reader.read(images))


def weights_of(detector: str, recogniser: str) -> tuple[Path, Path]:
    """The two files that these settings come to."""
    # docTR's own variable, with docTR's own default
    cache = Path(os.environ.get("DOCTR_CACHE_DIR", Path.home() / ".cache" / "doctr")) / "models"
    return (
        find_weights(detector, Wanted("docTR detector", DETECTORS, ".pt", cache, _REMEDY)),
        find_weights(recogniser, Wanted("docTR recogniser", RECOGNISERS, ".pt", cache, _REMEDY)),
    )


def loaded(zoo: Any, file: Path, known: tuple[str, ...]) -> Any:
    """The model of a weights file, ready to predict; ``zoo`` is docTR's module with its architectures."""
    characters = characters_of(file)
    options: dict[str, Any] = {"vocab": characters} if characters else {}
    arch = architecture_of(file, known)
    make = db_small if arch == "db_small" else getattr(zoo, arch)
    model = make(pretrained=False, pretrained_backbone=False, **options)
    try:
        model.from_pretrained(str(file))
    except (RuntimeError, ValueError, OSError) as error:  # another architecture, or a broken file
        raise MissingToolError(f"docTR cannot load the weights {str(file)!r}: {error}", _REMEDY) from error
    return detection.reparameterize(model) if isinstance(model, detection.FAST) else model
