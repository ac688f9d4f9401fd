"""A page image made ready to be read: where its ink is, without grain, turned, reduced. Arithmetic on arrays.

Clean scans are read as they are: on the shared pages every change (enlarging, even light, smoothing)
cost more than it gained. A grainy page is another matter (``docs/adr``, 6 and 19).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy import ndimage

Number = TypeVar("Number", bound=np.generic)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archiveia.values import GrayPixels, PageImage

_MASK_PX = 1000
"""Longest side of the coarse ink mask: about 85 dpi on an A4 page, a letter is still several pixels."""
_INK_RATIO = 0.72
"""Darker than this part of the paper around it is ink; show-through of the other side is lighter."""
_NOISE = 1.5
"""Grain of the paper (standard deviation, of 255) from which a page is noisy; clean scans have up to 1."""
_STROKE_PX = 8
"""The mean of a larger square no longer tells thin print from paper."""
_DENOISE_PX = 0.8
_GRAIN = 1.5
"""What is darker than the paper by less than this many standard deviations of its grain is grain."""
_INK_PERCENT = 2.0
"""This part of a page is ink for certain."""
_LIGHTER = 0.7
"""The power that lightens the grey between paper and ink."""
_TEXT_PX = 22.0
"""Median height of the letters of an 11-point text at 300 dpi, what Tesseract was trained on."""
_LIKE_IT = 1.1
"""Letters up to so many times larger or smaller are as good."""
_MOST_ENLARGED = 3.0
_LEGIBLE_TEXT_PX = 14.0
_SAMPLE_PX = 900
"""A square of this side with letters of that height is enough to see which way up a page is."""


# --- ink ----------------------------------------------------------------------------------------


def ink_mask(pixels: GrayPixels) -> NDArray[np.bool_]:
    """Where there is ink on the page, on a coarse grid (longest side at most 1000).

    The darkest part of a point counts on a page so large that print would pale in the mean of the point.
    """
    step = grid_step(pixels)
    fine = min(step, _STROKE_PX)
    coarse = block_mean(pixels, fine)
    if step > fine:
        coarse = _blocks(coarse, -(-step // fine)).min(axis=(1, 3))
    ink = coarse < _INK_RATIO * _paper(coarse)
    labels, _ = ndimage.label(ink, structure=np.ones((3, 3)))
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return np.asarray(ink & ~np.isin(labels, edge))  # a dark border is the scanner's, not the page's


def grid_step(pixels: NDArray[np.generic]) -> int:
    """How many pixels of the page make one of the coarse grid."""
    return max(1, -(-int(max(pixels.shape)) // _MASK_PX))


def block_mean(pixels: NDArray[np.generic], step: int) -> NDArray[np.float32]:
    """The image made of the mean of each square of this side."""
    blocks = _blocks(pixels, step)
    across = np.ones(blocks.shape[3], np.float32)
    # rows, then columns: five times as fast as both at once, and twice a page
    return np.asarray(
        blocks.sum(axis=1, dtype=np.float32) @ across / np.float32(blocks.shape[1] * across.size)
    )


def _blocks(pixels: NDArray[Number], step: int) -> NDArray[Number]:
    """The squares of this side, along the axes 1 and 3."""
    rows, columns = (min(step, side) for side in pixels.shape)
    height, width = pixels.shape[0] // rows, pixels.shape[1] // columns
    return pixels[: height * rows, : width * columns].reshape(height, rows, width, columns)


def _paper(coarse: NDArray[np.float32]) -> NDArray[np.float32]:
    """The brightness of the paper at each point of a coarse image."""
    size = max(3, max(coarse.shape) // 33)
    return np.asarray(ndimage.uniform_filter(ndimage.grey_closing(coarse, size=(size, size)), size))


# --- what the page is like -----------------------------------------------------------------------


def noise_level(pixels: GrayPixels) -> float:
    """The standard deviation of the paper's grain, in grey levels.

    Median of a Laplacian that cancels even and sloping grey (J. Immerkær, 1996); the median
    because most of a page is paper.
    """
    centre = _middle(pixels, 1500).astype(np.float32)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    return float(np.median(np.abs(ndimage.convolve(centre, kernel)))) / 0.6745 / 6.0


def is_noisy(page: PageImage) -> bool:
    """Whether the paper has enough grain for OCR to miss what is written on it."""
    return noise_level(page.pixels) >= _NOISE


def text_height_px(pixels: GrayPixels) -> float | None:
    """The median height of the letters in the middle of the page; ``None`` when there are too few."""
    centre = _middle(pixels, 2000)
    step = grid_step(centre)
    paper = np.kron(_paper(block_mean(centre, step)), np.ones((step, step), np.float32))
    ink = centre[: paper.shape[0], : paper.shape[1]] < 0.65 * paper[: centre.shape[0], : centre.shape[1]]
    labels, _ = ndimage.label(ink, structure=np.ones((3, 3)))
    found = [(s[0].stop - s[0].start, s[1].stop - s[1].start) for s in ndimage.find_objects(labels)]
    heights = [h for h, w in found if 5 <= h <= 120 and 0.15 * h <= w <= 3 * h]
    return float(np.median(heights)) if len(heights) >= 30 else None


def _middle(pixels: GrayPixels, side_px: int) -> GrayPixels:
    top, left = (max(0, (size - side_px) // 2) for size in pixels.shape)
    return pixels[top : top + side_px, left : left + side_px]


# --- changes ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page image ready to be read; ``scale`` is its size over that of the page."""

    image: PageImage
    scale: float = 1.0
    done: tuple[str, ...] = ()

    @classmethod
    def of(cls, page: PageImage, clean: GrayPixels) -> Prepared:
        """The page as a cleaned image of it, of any size."""
        scale = clean.shape[1] / page.width_px
        done = ("denoised", "background", *(("enlarged",) if scale > 1 else ()))
        return cls(replace(page, pixels=clean, dpi=page.dpi * scale if page.dpi else None), scale, done)


def prepare(page: PageImage) -> Prepared:
    """The page without its grain and in even light, its letters large enough."""
    clean = without_grain(page.pixels)
    scale = legible_scale(clean)
    return Prepared.of(page, clean if scale == 1 else _resized(clean, scale))


def without_grain(pixels: GrayPixels) -> GrayPixels:
    """The page smoothed, its paper white and its letters dark.

    What is nearly as light as the paper is its grain and becomes white. Grey between paper and ink is made
    lighter: smoothing has run the letters of a word together, and an engine parts them where it is dark.
    """
    smooth = ndimage.gaussian_filter(pixels.astype(np.float32), _DENOISE_PX)
    light = smooth / np.maximum(_enlarged(_paper(block_mean(smooth, grid_step(smooth))), smooth.shape), 1)
    paper = float(np.median(light))
    grain = max(float(np.percentile(light, 84)) - paper, float(np.median(np.abs(light - paper))))
    white = paper - _GRAIN * grain
    black = min(float(np.percentile(light, _INK_PERCENT)), white - 4 * grain)
    return _as_bytes(255 * np.clip((light - black) / max(white - black, 0.01), 0, 1) ** _LIGHTER)


def legible_scale(pixels: GrayPixels, most: float = _MOST_ENLARGED) -> float:
    """How many times as large a page should be for engines to read its letters: 1 where it is about right."""
    height_px = text_height_px(pixels)
    scale = min(most, _TEXT_PX / height_px) if height_px else 1.0
    return scale if max(scale, 1 / scale) > _LIKE_IT else 1.0


def sample(page: PageImage) -> PageImage:
    """The part of the page with the most ink, reduced: enough to see which way up the text is."""
    height_px = text_height_px(page.pixels)
    scale = min(1.0, max(0.35, _LEGIBLE_TEXT_PX / height_px)) if height_px else 0.5
    step, side = grid_step(page.pixels), round(_SAMPLE_PX / scale)
    density = ndimage.uniform_filter(
        ink_mask(page.pixels).astype(np.float32), max(1, side // step), mode="constant"
    )
    middle = np.unravel_index(int(density.argmax()), density.shape)
    top, left = (
        max(0, min(int(at) * step - side // 2, whole - side))
        for at, whole in zip(middle, page.pixels.shape, strict=True)
    )
    part = page.pixels[top : top + side, left : left + side]
    return replace(page, pixels=_resized(part, scale), dpi=page.dpi * scale if page.dpi else None)


def turned(page: PageImage, degrees: int) -> PageImage:
    """The page turned clockwise by 0, 90, 180 or 270 degrees."""
    return replace(page, pixels=np.ascontiguousarray(np.rot90(page.pixels, -degrees // 90)))


def _enlarged(coarse: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    factors = [fine / points for fine, points in zip(shape, coarse.shape, strict=True)]
    return np.asarray(ndimage.zoom(coarse, factors, order=1))


def _resized(pixels: GrayPixels, scale: float) -> GrayPixels:
    if scale < 1:
        pixels = ndimage.gaussian_filter(pixels, 0.4 / scale)  # thin strokes survive, moiré does not appear
    return _as_bytes(ndimage.zoom(pixels.astype(np.float32), scale, order=3 if scale > 1 else 1))


def _as_bytes(values: NDArray[np.float32]) -> GrayPixels:
    return np.asarray(np.clip(values, 0, 255), dtype=np.uint8)
