"""docTR: a detector and a recogniser of words, on the GPU where there is one.

Weights come from files: those of the settings, or those that docTR keeps in its cache. Nothing is
downloaded. A weights file is named after its architecture, as docTR names its own:
``crnn_mobilenet_v3_small-<anything>.pt``; a text file ``<same name>.vocab`` beside a recogniser
holds its characters when they are not docTR's French ones.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from doctr.models import detection, ocr_predictor, recognition

from archiveia.engines.doctr_family import (
    DETECTORS,
    RECOGNISERS,
    architecture_of,
    characters_of,
    weights_file,
    words_of,
)
from archiveia.errors import MissingToolError
from archiveia.values import PageText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import PageImage

_REMEDY = (
    "set ARCHIVEIA_DOCTR_DETECTOR and ARCHIVEIA_DOCTR_RECOGNISER to .pt files, "
    "or copy docTR's own files into its cache"
)


class DoctrEngine:
    """docTR with the weights of two files.

    Args:
        detector: weights file; empty for the best one of docTR's cache.
        recogniser: the same for the recogniser.

    Raises:
        MissingToolError: a file is not there, or does not hold the weights its name promises.
    """

    name = "doctr"

    def __init__(self, detector: str, recogniser: str) -> None:
        torch.set_num_threads(1)  # pages are read in parallel, one process each
        det_file = weights_file(detector or _cached(DETECTORS), "docTR detector", ".pt", _REMEDY)
        reco_file = weights_file(recogniser or _cached(RECOGNISERS), "docTR recogniser", ".pt", _REMEDY)
        # Model objects, not names: for a name ocr_predictor downloads the backbone, pretrained or not.
        predictor = ocr_predictor(
            det_arch=_loaded(detection, det_file, DETECTORS),
            reco_arch=_loaded(recognition, reco_file, RECOGNISERS),
            pretrained=False,
            resolve_blocks=False,
        )
        self._predictor = predictor.cuda() if torch.cuda.is_available() else predictor
        self.version = f"{version('python-doctr')} {det_file.stem} {reco_file.stem}"

    def read(self, images: Sequence[PageImage]) -> list[PageText]:
        """The words of each image."""
        if not images:
            return []
        with torch.inference_mode():
            pages = self._predictor(
                [np.repeat(image.pixels[:, :, None], 3, axis=2) for image in images]
            ).pages
        return [
            PageText(words_of(page, image), self.name, self.version)
            for page, image in zip(pages, images, strict=True)
        ]


def _cached(architectures: tuple[str, ...]) -> str:
    """The file of the first architecture that docTR's cache holds; empty when it holds none."""
    # docTR's own variable, with docTR's own default
    cache = Path(os.environ.get("DOCTR_CACHE_DIR", Path.home() / ".cache" / "doctr")) / "models"
    for name in architectures:
        files = sorted(f for f in cache.glob(f"{name}*-*.pt") if f.stat().st_size)  # empty: failed download
        if files:
            return str(files[0])
    return ""


def _loaded(zoo: Any, file: Path, known: tuple[str, ...]) -> Any:
    """The model of a weights file, ready to predict."""
    characters = characters_of(file)
    options = {"vocab": characters} if characters else {}
    model = getattr(zoo, architecture_of(file, known))(pretrained=False, pretrained_backbone=False, **options)
    try:
        model.from_pretrained(str(file))
    except (RuntimeError, ValueError, OSError) as error:  # another architecture, or a broken file
        raise MissingToolError(f"docTR cannot load the weights {str(file)!r}: {error}", _REMEDY) from error
    return model.eval()
