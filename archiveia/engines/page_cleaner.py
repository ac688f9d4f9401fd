"""A grainy page as a better scan would show it, by a small network (``models/page-cleaner``)."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

import archiveia
from archiveia.steps.prepare import Prepared, legible_scale, text_height_px, without_grain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archiveia.values import GrayPixels, PageImage

FILE = Path(archiveia.__file__).parent.parent / "models" / "page-cleaner" / "page-cleaner.onnx"
ENLARGED = 2
"""What the network gives back is so many times as large."""
_SMALL_TEXT_PX = 16.0
"""Larger letters are shown to the network at this height: it was taught print of 4 to 13 pixels."""
_BELIEVED = 0.5
"""How much of the network's image is mixed with one cleaned by arithmetic: alone it sharpens its errors too."""
_MOST_ENLARGED = 1.75
"""Of what the network gives back."""
_BAND_PX, _MARGIN_PX = 448, 32
"""The network sees a page band by band, each with a margin as wide as it looks: memory stays small."""


def can_clean() -> bool:
    """Whether the network can run here: ONNX Runtime comes with the extras ``ppocr`` and ``onnx``."""
    return FILE.is_file() and find_spec("onnxruntime") is not None


def cleaned(page: PageImage) -> Prepared:
    """The page without its grain, its paper white, its ink dark, its letters as large as engines want them.

    Call it where ``can_clean()``.
    """
    even = without_grain(page.pixels)
    height_px = text_height_px(even)
    scale = min(1.0, _SMALL_TEXT_PX / height_px) if height_px else 1.0
    if scale < 1:
        even, pixels = _resized(even, scale), _resized(page.pixels, scale)
    else:
        pixels = page.pixels
    seen = _by_network(pixels).astype(np.float32)
    plain = np.asarray(_resized(even, ENLARGED), np.float32)
    mixed = np.rint(_BELIEVED * seen + (1 - _BELIEVED) * plain).astype(np.uint8)
    return Prepared.of(page, _resized(mixed, legible_scale(mixed, _MOST_ENLARGED)))


def _by_network(pixels: GrayPixels) -> GrayPixels:
    """What the network makes of a page: twice its height and width."""
    height, width = pixels.shape
    even = np.pad(pixels, ((0, height % 2), (0, width % 2)), mode="edge")
    clean = np.empty((ENLARGED * even.shape[0], ENLARGED * even.shape[1]), np.uint8)
    for top in range(0, even.shape[0], _BAND_PX):
        above = min(top, _MARGIN_PX)
        band = even[top - above : top + _BAND_PX + _MARGIN_PX]
        seen = _run(band)[ENLARGED * above :][: ENLARGED * _BAND_PX]
        clean[ENLARGED * top : ENLARGED * top + seen.shape[0]] = seen
    return clean[: ENLARGED * height, : ENLARGED * width]


def _run(band: GrayPixels) -> GrayPixels:
    shown: NDArray[np.float32] = band[None, None].astype(np.float32) / np.float32(255)
    (found,) = _network().run(None, {"page": shown})
    return np.asarray(np.rint(255 * found[0, 0]), np.uint8)


@cache
def _network() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pages are read in parallel
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(FILE), options, providers=["CPUExecutionProvider"])


def _resized(pixels: GrayPixels, scale: float) -> GrayPixels:
    if scale == 1:
        return pixels
    size = (max(2, round(pixels.shape[1] * scale)), max(2, round(pixels.shape[0] * scale)))
    way = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(pixels).resize(size, way))
