"""PP-OCR by rapidocr (ONNX, weights in the package): a second opinion, slower than Tesseract."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from rapidocr import RapidOCR

from archiveia.steps.layout import Box, in_reading_order, split_line
from archiveia.values import PageText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import PageImage, Word


_LETTERS_IN_A_WORD = 6
"""PP-OCR scores a line by the mean confidence of its letters; to that power it is that of a French word.

So its scores mean what Tesseract's mean: print above 0.8, handwriting mostly below 0.4.
"""


class PpOcrEngine:
    """PP-OCR's small detector and recogniser; every word of a line has the same score."""

    name = "ppocr"

    def __init__(self) -> None:
        self.version = version("rapidocr")
        self._ocr = RapidOCR(
            params={
                "Global.use_cls": False,  # its old classifier turns good lines upside down
                "Global.max_side_len": 4000,  # the default shrinks a 300 dpi page
                "Global.text_score": 0.0,  # a page is judged by its bad lines too
                "Global.log_level": "critical",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # pages are read in parallel
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, images: Sequence[PageImage]) -> list[PageText]:
        """The words of each image."""
        return [PageText(self._words(image), self.name, self.version) for image in images]

    def _words(self, image: PageImage) -> tuple[Word, ...]:
        found = self._ocr(np.repeat(image.pixels[:, :, None], 3, axis=2))
        if found.boxes is None or not found.txts:
            return ()
        # min() in this order: a NaN stays one, and is found out
        lines = zip(found.txts, found.boxes, found.scores, strict=True)
        return in_reading_order(
            split_line(text, _box(quad), min(float(score), 1.0) ** _LETTERS_IN_A_WORD)
            for text, quad, score in lines
        )


def _box(quad: np.ndarray) -> Box:
    """The upright box around a line's four corners."""
    left, top = (max(0, int(side)) for side in quad.min(axis=0))
    right, bottom = (int(side) for side in quad.max(axis=0))
    return Box(left, top, max(1, right - left), max(1, bottom - top))
