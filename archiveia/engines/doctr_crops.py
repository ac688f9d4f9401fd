"""Pages and words as docTR's models want them: cut out and scaled on the device.

The pages of a batch lie one after the other in a single row of grey pixels, and a word is a place in it: the
words of all pages are one array, whatever the sizes of the pages. Scaling is torch's antialiased one, rounded
to whole grey levels, as docTR's own: equal pixels, equal words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from archiveia.engines.doctr_boxes import Boxes
    from archiveia.values import PageImage

    Whole: TypeAlias = NDArray[np.int64]

_WIDE, _PART, _STEP = 8, 6, 3
"""In heights of a word: docTR reads one wider than 8 in parts of 6, the next part beginning 3 further on."""
PART_OVERLAP = 1 - _STEP / _PART
_MOST_PIXELS = 64 * 1024**2
"""Of words that are scaled together, each as large as the largest; over this they are scaled one by one."""


class Batch:
    """Page images on a device."""

    def __init__(self, images: Sequence[PageImage], device: torch.device) -> None:
        self.images = images
        sizes = [image.pixels.size for image in images]
        row = torch.empty(sum(sizes), dtype=torch.uint8, pin_memory=device.type == "cuda")
        np.concatenate([image.pixels.reshape(-1) for image in images], out=row.numpy())
        self.row = row.to(device, non_blocking=True)
        self.starts = (np.cumsum(sizes) - sizes).tolist()
        self.widths_px = [image.width_px for image in images]

    def squares(self, side_px: int) -> torch.Tensor:
        """Each page scaled into the middle of a black square: pages x side x side."""
        squares = self.row.new_zeros((len(self.images), side_px, side_px))
        for square, start, image in zip(squares, self.starts, self.images, strict=True):
            height, width = image.pixels.shape
            fit = _fitting(height, width, (side_px, side_px))
            page = _scaled(self.row, (start, width, height, width), fit)
            top, left = ((side_px - length + 1) // 2 for length in page.shape)
            square[top : top + page.shape[0], left : left + page.shape[1]] = page
        return squares


@dataclass(frozen=True, slots=True)
class Crops:
    """Where the words of a batch lie in its row of pixels; a wide word in several parts, half over each other.

    ``places`` has a row a part: its first pixel, the pixels from one line to the next, its height and width.
    Word ``n`` has the parts ``first[n]`` to ``first[n + 1]``; ``last_overlap[n]`` is the share of its last
    part that the part before covers too.
    """

    places: Whole
    first: Whole
    last_overlap: NDArray[np.float64]


def with_pixels(boxes: Boxes, image: PageImage) -> tuple[Boxes, Whole]:
    """The boxes that hold any pixel, and the same in pixels (right and bottom are outside)."""
    size = np.array([image.width_px, image.height_px])
    corners = (boxes * np.tile(size, 2)).round().astype(np.int64)
    corners[:, 2:] = np.minimum(corners[:, 2:] + 1, size)
    holds = (corners[:, 2:] > corners[:, :2]).all(axis=1)
    return boxes[holds], corners[holds]


def crops_of(corners: Whole, starts: Whole, strides: Whole) -> Crops:
    """The words at these corners of their pages; a page begins at its start, its lines are a stride apart."""
    left, top, right, bottom = corners.T
    height, width = bottom - top, right - left
    is_wide = width > _WIDE * height
    part = np.where(is_wide, _PART * height, width)
    room, step = width - part, _STEP * height
    count = np.where(is_wide, -(-room // step) + 1, 1)
    first = np.concatenate([[0], count.cumsum()])
    word = np.repeat(np.arange(len(count)), count)
    shift = np.minimum((np.arange(len(word)) - first[word]) * step[word], room[word])
    begin = starts + top * strides + left
    places = np.stack([begin[word] + shift, strides[word], height[word], part[word]], axis=1)
    return Crops(places, first, ((count - 2) * step + part - room) / part)


def scaled_words(row: torch.Tensor, places: Whole, size: tuple[int, int], *, together: int) -> torch.Tensor:
    """Each word scaled into the top left of a black rectangle: words x height x width (``size``).

    ``together`` words of about one width are scaled at once: what suits a GPU. On a CPU one at a time is faster.
    """
    words = row.new_zeros((len(places), *size))
    fits = np.stack(_fitting(places[:, 2], places[:, 3], size), axis=1)
    order = places[:, 3].argsort(kind="stable")
    for some in np.split(order, range(together, len(order), together)):
        largest = places[some, 2:].max(axis=0, initial=0)
        if together > 1 and len(some) * largest.prod() <= _MOST_PIXELS:
            words[torch.from_numpy(some).to(row.device)] = _scaled_together(
                row, places[some], fits[some], size
            )
            continue
        for word in some:
            scaled = _scaled(row, places[word], fits[word])
            words[word, : scaled.shape[0], : scaled.shape[1]] = scaled
    return words


def _fitting(height: Any, width: Any, size: tuple[int, int]) -> tuple[Whole, Whole]:
    """The height and width of images of that shape that just fit into a rectangle, as docTR rounds them."""
    shape, room = np.asarray(height / width), size[0] / size[1]
    high = np.where(shape < room, np.maximum((size[1] * shape).astype(np.int64), 1), size[0])
    wide = np.where(shape > room, np.maximum((size[0] / shape).astype(np.int64), 1), size[1])
    return high, wide


def _scaled(row: torch.Tensor, place: Sequence[int] | Whole, size: Sequence[Whole] | Whole) -> torch.Tensor:
    """One place of the row as an image of that size."""
    start, stride, height, width = map(int, place)
    pixels = row.as_strided((1, 1, height, width), (0, 0, stride, 1), start).float()
    high, wide = map(int, size)
    scaled = functional.interpolate(pixels, (high, wide), mode="bilinear", antialias=True)
    return scaled[0, 0].round_().to(torch.uint8)


def _scaled_together(row: torch.Tensor, places: Whole, fits: Whole, size: tuple[int, int]) -> torch.Tensor:
    """Several places of the row, each scaled to fit: two products of matrices for all of them."""
    numbers = torch.from_numpy(np.concatenate([places, fits], axis=1)).to(row.device, non_blocking=True)
    start, stride, height, width, high, wide = numbers.T[..., None, None]
    tallest, widest = places[:, 2:].max(axis=0).tolist()
    down = torch.arange(tallest, device=row.device)[:, None].minimum(height - 1)
    across = torch.arange(widest, device=row.device).minimum(width - 1)
    pixels = row[start + down * stride + across].float()
    scaled = _weights(height, high, (size[0], tallest)) @ pixels
    scaled = scaled @ _weights(width, wide, (size[1], widest)).transpose(1, 2)
    return scaled.round_().to(torch.uint8)


def _weights(length: torch.Tensor, scaled: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """How much each of ``length`` pixels counts in each of the ``scaled`` ones that they become (a triangle)."""
    new = torch.arange(size[0], device=length.device)[:, None]
    old = torch.arange(size[1], device=length.device)
    ratio = length / scaled
    distance = (old + 0.5 - (new + 0.5) * ratio).abs()
    weights = (1 - distance / ratio.clamp(min=1)).clamp(min=0) * ((new < scaled) & (old < length))
    return weights / weights.sum(dim=2, keepdim=True).clamp(min=1e-6)
