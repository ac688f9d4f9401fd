"""Ink and paper as archives have them: worn, spread, faint, uneven, and then scanned.

Pixels: 255 is white. All chance comes from ``rng``.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from archiveia.values import GrayPixels

    Ink: TypeAlias = NDArray[np.float32]


def aged(ink: Ink, rng: Generator, *, bend: bool = True) -> GrayPixels:
    """Ink on paper, through wear, a scanner and a file format; bent a little, unless its place is to be kept."""
    image = Image.fromarray((ink.clip(0, 1) * 255).astype(np.uint8))
    if bend:
        image = bent(image, rng)
    ink = np.asarray(image, dtype=np.float32) / np.float32(255)
    height, width = ink.shape
    if rng.random() < 0.5:  # ink that spreads or is worn
        blurred = np.asarray(
            image.filter(ImageFilter.GaussianBlur(rng.uniform(0.015, 0.045) * min(height, 40))),
            dtype=np.float32,
        )
        cut = rng.uniform(0.25, 0.62)
        sharpened = (blurred / 255 - cut) * rng.uniform(3, 8) + 0.5
        ink = np.asarray(sharpened.clip(0, 1), dtype=np.float32)
    if rng.random() < 0.25:  # patches where the ribbon did not print
        cells = (max(2, height // int(rng.integers(2, 9))), max(2, width // int(rng.integers(2, 9))))
        patches = Image.fromarray(rng.random(cells, dtype=np.float32)).resize(
            (width, height), Image.Resampling.BICUBIC
        )
        ink = ink * (1 - np.float32(rng.uniform(0.2, 0.8)) * (np.asarray(patches) > rng.uniform(0.5, 0.8)))
    paper, dark = _tones(rng)
    page = np.full((height, width), paper, dtype=np.float32)
    if rng.random() < 0.3:  # uneven paper
        hills = rng.uniform(-1, 1, (3, 4)).astype(np.float32) * rng.uniform(3, 22)
        page += np.asarray(Image.fromarray(hills).resize((width, height), Image.Resampling.BICUBIC))
    if rng.random() < 0.1:  # the other side of the sheet
        page -= np.roll(ink[:, ::-1], tuple(rng.integers(0, (height, width))), (0, 1)) * rng.uniform(8, 45)
    page -= ink * (page - dark)
    if rng.random() < 0.06:
        page += (dark - paper) * (rng.random(page.shape) < rng.uniform(0.002, 0.02))
    return scanned(page, rng)


def _tones(rng: Generator) -> tuple[float, float]:
    """How light the paper is and how dark the ink."""
    paper = float(rng.uniform(150, 255))
    if rng.random() < 0.2:
        return paper, paper - float(rng.uniform(35, 80))  # a faint carbon copy
    return paper, float(rng.uniform(0, paper * 0.55))


def bent(image: Image.Image, rng: Generator) -> Image.Image:
    """The crop leaning, turned or stretched a little, as often as scans are."""
    if rng.random() < 0.35:
        lean = float(rng.normal(0, 0.06))
        tilt = float(rng.normal(0, 0.018))
        data = (1, lean, -lean * image.height / 2, tilt, 1, -tilt * image.width / 2)
        image = image.transform(image.size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    if rng.random() < 0.3:
        width = max(6, round(image.width * rng.uniform(0.8, 1.25)))
        image = image.resize((width, image.height), Image.Resampling.BILINEAR)
    return image


def scanned(page: Ink, rng: Generator) -> GrayPixels:
    """What a scanner makes of it: blur, coarse pixels, noise, two tones only, JPEG."""
    height, width = page.shape
    image = Image.fromarray(page.clip(0, 255).astype(np.uint8))
    if rng.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.04 * min(height, 40) + 0.2)))
    if height > 20 and rng.random() < 0.2:
        scale = rng.uniform(12, 20) / height
        small = (max(4, round(width * scale)), max(4, round(height * scale)))
        image = image.resize(small, Image.Resampling.BOX).resize((width, height), Image.Resampling.BILINEAR)
    if rng.random() < 0.4:
        noisy = np.asarray(image, dtype=np.float32)
        noisy = noisy + rng.standard_normal(noisy.shape, dtype=np.float32) * np.float32(rng.uniform(2, 22))
        image = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    if rng.random() < 0.12:  # scanned in black and white
        pixels = np.asarray(image)
        low, high = np.percentile(pixels, (3, 90))
        image = Image.fromarray(
            np.where(pixels < low + (high - low) * rng.uniform(0.4, 0.65), 0, 255).astype(np.uint8)
        )
    if rng.random() < 0.15:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=int(rng.integers(20, 80)))
        image = Image.open(buffer)
    return np.asarray(image.convert("L"))
