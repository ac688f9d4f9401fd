"""PP-OCR by rapidocr (ONNX, weights in the package): a second opinion, slower than Tesseract."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidocr import RapidOCR
from rapidocr.inference_engine.onnxruntime import ONNXRuntimeError

from archiveia.engines.c_library import denormals_as_zero, give_memory_back
from archiveia.errors import PageFailedError
from archiveia.steps.layout import Box, in_reading_order, split_line
from archiveia.values import PageText

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from archiveia.values import PageImage, Word

    Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]


_LONGEST_CAUSE = 200
_LETTERS_IN_A_WORD = 6
"""PP-OCR scores a line by the mean confidence of its letters; to that power it is that of a French word.

So its scores mean what Tesseract's mean: print above 0.8, handwriting mostly below 0.4.
"""


_FIND_PX, _FIND_FINE_PX = 1280, 2720
"""Longest side of the page on which lines are looked for; the second for a page with many lines.

On 66 pages as many letters are right with 1280 as with the whole page, in a fifth of the time to find lines,
but for a newspaper: there the line of white between two columns is lost, and lines run across both.
"""
_ONE_COLUMN = 80
"""More lines than this do not stand under one another on a page: there are columns or a table."""
_BAND_PX, _BAND_MARGIN_PX = 928, 128
"""Height of the part of a large page that the detector sees at once, and of what it sees more on both sides.

Both are multiples of 32, as the network wants it. The whole page at 2720 pixels takes 1.1 GB of memory.
"""


class _Reader(RapidOCR):  # type: ignore[misc] # rapidocr brings no types
    """RapidOCR, which looks twice for the lines of a page that has many."""

    def detect_and_crop(self, img: np.ndarray, op_record: dict[str, Any]) -> tuple[list[np.ndarray], Any]:
        """The lines' images and where they were found."""
        crops, found = super().detect_and_crop(img, op_record)
        if len(found.boxes) > _ONE_COLUMN and max(img.shape[:2]) > _FIND_PX:
            give_memory_back()
            network = self.text_det.session
            self.text_det.limit_side_len, self.text_det.session = _FIND_FINE_PX, in_bands(network)
            try:
                crops, found = super().detect_and_crop(img, op_record)
            finally:
                self.text_det.limit_side_len, self.text_det.session = _FIND_PX, network
        return crops, found


def in_bands(network: Network) -> Network:
    """The detector's network as it sees a page band by band, with what it finds put together again."""

    def found(page: NDArray[np.float32]) -> NDArray[np.float32]:
        height = page.shape[2]
        bands = []
        for top in range(0, height, _BAND_PX):
            above = min(top, _BAND_MARGIN_PX)
            seen = network(page[:, :, top - above : top + _BAND_PX + _BAND_MARGIN_PX])
            bands.append(seen[:, :, above : above + _BAND_PX])
        return np.concatenate(bands, axis=2)

    return found


class PpOcrEngine:
    """PP-OCR's small detector and recogniser; every word of a line has the same score."""

    name = "ppocr"

    def __init__(self) -> None:
        self.version = version("rapidocr")
        self._ocr = _Reader(
            params={
                "Global.use_cls": False,  # its old classifier turns good lines upside down
                "Global.max_side_len": 20_000,  # lines are cut from the page as it is
                "Det.limit_type": "max",
                "Det.limit_side_len": _FIND_PX,
                "Rec.rec_batch_num": 1,  # lines together are padded to the longest: a sixth more work
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
        try:
            with denormals_as_zero():
                found = self._ocr(np.repeat(image.pixels[:, :, None], 3, axis=2))
        except ONNXRuntimeError as error:
            raise PageFailedError(
                f"PP-OCR failed on page {image.number}: {_last_line(error)}",
                "raise ARCHIVEIA_WORKER_MEMORY_MB, or look at the scan",
            ) from error
        if found.boxes is None or not found.txts:
            return ()
        # min() in this order: a NaN stays one, and is found out
        lines = zip(found.txts, found.boxes, found.scores, strict=True)
        return in_reading_order(
            split_line(text, _box(quad), min(float(score), 1.0) ** _LETTERS_IN_A_WORD, drop_px=_drop_px(quad))
            for text, quad, score in lines
        )


def _last_line(error: BaseException) -> str:
    """The end of what the network says, which goes on for pages."""
    said = str(error).strip().splitlines() or [type(error).__name__]
    return said[-1][:_LONGEST_CAUSE]


def _box(quad: np.ndarray) -> Box:
    """The upright box around a line's four corners."""
    left, top = (max(0, int(side)) for side in quad.min(axis=0))
    right, bottom = (int(side) for side in quad.max(axis=0))
    return Box(left, top, max(1, right - left), max(1, bottom - top))


def _drop_px(quad: np.ndarray) -> int:
    """How much lower a line ends than it begins: its corners are in order from the top left, clockwise."""
    top_left, top_right, bottom_right, bottom_left = quad[:, 1]
    return int(top_right + bottom_right - top_left - bottom_left) // 2
