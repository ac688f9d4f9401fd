"""OnnxTR: docTR's models as ONNX files, without torch; the fastest way to run them on a CPU.

Takes the same two settings as docTR, when they name ``.onnx`` files (see ``doctr_weights``).
"""

from __future__ import annotations

import os
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from onnxruntime import SessionOptions
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf
from onnxtr.models import EngineConfig, detection, ocr_predictor, recognition

from archiveia.engines.doctr_family import words_of
from archiveia.engines.doctr_weights import (
    DETECTORS,
    RECOGNISERS,
    SMALL,
    Wanted,
    architecture_of,
    characters_of,
    find_weights,
)
from archiveia.errors import MissingToolError
from archiveia.values import PageText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archiveia.engines.doctr_family import Found
    from archiveia.values import PageImage

_REMEDY = (
    "set ARCHIVEIA_DOCTR_DETECTOR and ARCHIVEIA_DOCTR_RECOGNISER to .onnx files, "
    "or copy OnnxTR's own files into its cache"
)


class OnnxtrEngine:
    """docTR's architectures from two ONNX files.

    Raises:
        MissingToolError: a file is not there or is no ONNX model.
    """

    name = "onnxtr"

    def __init__(self, detector: str, recogniser: str) -> None:
        # OnnxTR's own variable, with OnnxTR's own default
        cache = Path(os.environ.get("ONNXTR_CACHE_DIR", Path.home() / ".cache" / "onnxtr")) / "models"
        det_file = find_weights(detector, Wanted("OnnxTR detector", DETECTORS, ".onnx", cache, _REMEDY))
        reco_file = find_weights(
            recogniser, Wanted("OnnxTR recogniser", RECOGNISERS, ".onnx", cache, _REMEDY)
        )
        self._predictor = ocr_predictor(
            det_arch=_loaded(detection, det_file, DETECTORS),
            reco_arch=_loaded(recognition, reco_file, RECOGNISERS),
            resolve_blocks=False,
        )
        self.version = f"{version('onnxtr')} {det_file.stem} {reco_file.stem}"

    def read(self, images: Sequence[PageImage]) -> list[PageText]:
        """The words of each image."""
        if not images:
            return []
        pages = self._predictor([np.repeat(image.pixels[:, :, None], 3, axis=2) for image in images]).pages
        return [
            PageText(words_of(_lines(page), image), self.name, self.version)
            for page, image in zip(pages, images, strict=True)
        ]


def _lines(page: Any) -> Iterator[list[Found]]:
    """The words of each line of OnnxTR's page."""
    for line in (line for block in page.blocks for line in block.lines):
        yield [(w.value, float(w.confidence), *w.geometry[0], *w.geometry[1]) for w in line.words]


def _loaded(zoo: Any, file: Path, known: tuple[str, ...]) -> Any:
    threads = SessionOptions()
    threads.intra_op_num_threads = threads.inter_op_num_threads = 1  # pages are read in parallel
    characters = characters_of(file)
    options: dict[str, Any] = {"vocab": characters} if characters else {}
    arch = architecture_of(file, known)
    make = partial(detection.DBNet, cfg=SMALL) if arch == "db_small" else getattr(zoo, arch)
    try:
        return make(str(file), engine_cfg=EngineConfig(session_options=threads), **options)
    except (Fail, InvalidGraph, InvalidProtobuf) as error:
        raise MissingToolError(f"OnnxTR cannot load the weights {str(file)!r}: {error}", _REMEDY) from error
