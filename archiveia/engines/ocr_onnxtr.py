"""OnnxTR: docTR's models as ONNX files, without torch; the fastest way to run them on a CPU.

Takes the same two settings as docTR, when they name ``.onnx`` files; see ``ocr_doctr`` for the names.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from onnxruntime import SessionOptions
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf
from onnxtr.models import EngineConfig, detection, ocr_predictor, recognition

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
    from pathlib import Path

    from archiveia.values import PageImage

_REMEDY = "set ARCHIVEIA_DOCTR_DETECTOR and ARCHIVEIA_DOCTR_RECOGNISER to .onnx files"


class OnnxtrEngine:
    """docTR's architectures from two ONNX files.

    Raises:
        MissingToolError: a file is not there or is no ONNX model.
    """

    name = "onnxtr"

    def __init__(self, detector: str, recogniser: str) -> None:
        det_file = weights_file(detector, "OnnxTR detector", ".onnx", _REMEDY)
        reco_file = weights_file(recogniser, "OnnxTR recogniser", ".onnx", _REMEDY)
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
            PageText(words_of(page, image), self.name, self.version)
            for page, image in zip(pages, images, strict=True)
        ]


def _loaded(zoo: Any, file: Path, known: tuple[str, ...]) -> Any:
    threads = SessionOptions()
    threads.intra_op_num_threads = threads.inter_op_num_threads = 1  # pages are read in parallel
    characters = characters_of(file)
    options = {"vocab": characters} if characters else {}
    try:
        return getattr(zoo, architecture_of(file, known))(
            str(file), engine_cfg=EngineConfig(session_options=threads), **options
        )
    except (Fail, InvalidGraph, InvalidProtobuf) as error:
        raise MissingToolError(f"OnnxTR cannot load the weights {str(file)!r}: {error}", _REMEDY) from error
