r"""Trains the network of ``models/page-cleaner``: a grainy page in, a clean one twice as large out.

    python tools/page_cleaner.py ../shared/corpora/ocr-* --texts ../shared/corpora/classif-codes/train.jsonl \
        --hold-out 'ocr-print-kovalewsky1893/*' --minutes 60 --write models/page-cleaner

Squares of transcribed pages and of rendered text are made worse as copies, faxes and bad scans are: small,
pale, blurred, grainy, compressed. The network learns how dark each pixel was before. Needs the extra ``doctr``
(torch). ``--minutes`` are minutes of processor time; seeded.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import time
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch import nn
from torch.nn import functional

from archiveia.edges import scans
from archiveia.edges.folders import read_head
from archiveia.edges.fonts import find_fonts
from archiveia.edges.rendered_text import Renderer, written
from archiveia.edges.training_texts import FrenchWords
from archiveia.edges.transcriptions import find_corpus
from archiveia.settings import read_settings
from archiveia.steps.intake import kind_of
from archiveia.steps.prepare import text_height_px

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from archiveia.values import GrayPixels

    Pair = tuple[GrayPixels, GrayPixels]

NAME = "page-cleaner"
HEIGHT_PX, WIDTH_PX = 64, 96
"""Of the squares shown to the network; what it gives back is twice as large."""
SQUARES = 16
"""In a step."""
CHANNELS = 48
DILATIONS = (1, 1, 2, 1, 4, 1, 2, 1)
RENDERED = 160
RENDERED_SHARE = 0.4
SIDE_PX = 640
_LETTERS = "".join(map(chr, range(33, 127))) + "àâçéèêëîïôùûüÉÈÀÇÊôœŒæ«»’\N{EN DASH}\N{EM DASH}€°"


class Cleaner(nn.Module):
    """Pixels 0-1 of a page, height and width even, to the logit of how light each of four times as many is."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(4, CHANNELS, 3, padding=1)
        self.body = nn.ModuleList(nn.Conv2d(CHANNELS, CHANNELS, 3, padding=d, dilation=d) for d in DILATIONS)
        self.tail = nn.Conv2d(CHANNELS, 16, 3, padding=1)

    def forward(self, page: torch.Tensor) -> torch.Tensor:
        """The clean page's logits: four times as many as there are pixels."""
        seen = torch.relu(self.head(functional.pixel_unshuffle(page, 2)))
        for first, second in zip(self.body[::2], self.body[1::2], strict=True):
            seen = seen + second(torch.relu(first(seen)))
        return functional.pixel_shuffle(self.tail(torch.relu(seen)), 4)


# --- what it learns from ---------------------------------------------------------------------------


def real_pairs(folders: Sequence[Path], hold_out: Sequence[str], rng: Generator) -> list[Pair]:
    """Transcribed pages at some sizes, as they are and with even paper."""
    settings, pairs = read_settings(), []
    for folder in sorted(folders):
        for path in find_corpus(folder).texts:
            if any(fnmatch(f"{folder.name}/{path.name}", pattern) for pattern in hold_out):
                continue
            page = scans.render(path, kind_of(read_head(path)), 1, dpi=300, limits=settings.limits)
            height_px = text_height_px(page.pixels)
            for _ in range(4 if height_px else 0):
                scale = min(1.0, np.exp(rng.uniform(np.log(9), np.log(26))) / height_px)
                size = (round(page.width_px * scale), round(page.height_px * scale))
                grey = np.asarray(Image.fromarray(page.pixels).resize(size, Image.Resampling.LANCZOS))
                if grey.shape[0] > 2 * HEIGHT_PX and grey.shape[1] > 2 * WIDTH_PX:
                    pairs.append((grey, evened(grey)))
    return pairs


def evened(grey: GrayPixels) -> GrayPixels:
    """The page with its paper white and its ink dark."""
    step = max(1, min(grey.shape) // 60)
    coarse = ndimage.zoom(grey.astype(np.float32), 1 / step, order=1)
    paper = ndimage.gaussian_filter(ndimage.percentile_filter(coarse, 85, size=9), 3)
    whole = Image.fromarray(paper).resize(grey.shape[::-1], Image.Resampling.BILINEAR)
    light = grey / np.maximum(np.asarray(whole), 1)
    middle = np.median(light)
    white = min(middle - 1.48 * np.median(np.abs(light - middle)), 0.97)
    black = min(np.percentile(light, 1), white - 0.2)
    return np.asarray(255 * np.clip((light - black) / (white - black), 0, 1), np.uint8)


def rendered_pairs(texts: Sequence[Path], rng: Generator) -> list[Pair]:
    """Squares of rendered French text: as ink on paper, and in pure black on white."""
    words, renderer = FrenchWords(texts, _LETTERS), Renderer(find_fonts(_LETTERS))
    return [_rendered(words, renderer, rng) for _ in range(RENDERED)]


def _rendered(words: FrenchWords, renderer: Renderer, rng: Generator) -> Pair:
    ink = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    size_px = int(np.exp(rng.uniform(np.log(16), np.log(56))))
    baseline = float(size_px)
    while baseline < SIDE_PX + size_px:
        _write_line(ink, words, renderer, (baseline, size_px), rng)
        baseline += size_px * rng.uniform(1.1, 1.7)
    worn = clean = ink.clip(0, 1)
    if rng.random() < 0.4:
        blurred = ndimage.gaussian_filter(clean, rng.uniform(0.4, 0.05 * size_px))
        worn = np.clip((blurred - rng.uniform(0.25, 0.5)) * rng.uniform(2, 6) + 0.5, 0, 1)
        clean = worn if rng.random() < 0.5 else clean
    paper = rng.uniform(150, 255)
    dark = rng.uniform(0, paper * 0.55) if rng.random() < 0.8 else paper - rng.uniform(50, 90)
    return (paper - worn * (paper - dark)).astype(np.uint8), (255 * (1 - clean)).astype(np.uint8)


def _write_line(
    ink: NDArray[np.float32],
    words: FrenchWords,
    renderer: Renderer,
    place: tuple[float, int],
    rng: Generator,
) -> None:
    baseline, size_px = place
    font = renderer.font("le", rng)
    if font is None:
        return
    x, top = rng.uniform(0, 60), round(baseline) - 2 * size_px
    while x < SIDE_PX:
        text = words.draw(rng, phrases=0)
        if not font.covers.issuperset(text):
            continue
        word = written(text, font, size_px, rng)
        word = word[max(0, -top) :, word.max(axis=0) > 0.05]
        part = ink[max(top, 0) :, round(x) :][: word.shape[0], : word.shape[1]]
        np.maximum(part, word[: part.shape[0], : part.shape[1]], out=part)
        x += word.shape[1] + size_px * (0.6 if font.kind == "mono" else rng.uniform(0.2, 0.4))


def degraded(grey: GrayPixels, rng: Generator) -> GrayPixels:
    """The square at half its size as a bad copy shows it."""
    if rng.random() < 0.4:
        grey = ndimage.gaussian_filter(grey, rng.uniform(0.3, 1.4))
    ways = (
        Image.Resampling.LANCZOS,
        Image.Resampling.BOX,
        Image.Resampling.BICUBIC,
        Image.Resampling.BILINEAR,
    )
    way = ways[int(rng.integers(len(ways)))]
    small = Image.fromarray(grey).resize((grey.shape[1] // 2, grey.shape[0] // 2), way)
    pixels, middle = np.asarray(small, np.float32), rng.uniform(100, 230)
    pixels = middle + rng.uniform(0.4, 1) * (pixels - middle)
    if rng.random() < 0.3:
        hills = Image.fromarray(rng.uniform(-25, 25, (2, 3)).astype(np.float32))
        pixels = pixels + np.asarray(hills.resize(small.size, Image.Resampling.BICUBIC))
    if rng.random() < 0.9:
        grain = rng.standard_normal(pixels.shape, np.float32) * rng.uniform(2, 28)
        smooth = rng.random() < 0.25
        pixels = pixels + (1.5 * ndimage.gaussian_filter(grain, rng.uniform(0.3, 0.7)) if smooth else grain)
    if rng.random() < 0.05:
        dust = rng.random(pixels.shape) < rng.uniform(0.002, 0.02)
        pixels = np.where(dust, rng.choice([0, 255], pixels.shape), pixels)
    result = pixels.clip(0, 255).astype(np.uint8)
    if rng.random() < 0.8:
        buffer = io.BytesIO()
        Image.fromarray(result).save(buffer, "JPEG", quality=int(rng.integers(22, 90)))
        result = np.asarray(Image.open(buffer))
    return result


def batch(real: Sequence[Pair], rendered: Sequence[Pair], rng: Generator) -> Pair:
    """Squares, and what they should become: shapes (16, 1, 64, 96) and (16, 1, 128, 192)."""
    shown, wanted = [], []
    while len(shown) < SQUARES:
        pairs = rendered if rng.random() < RENDERED_SHARE or not real else real
        grey, clean = pairs[int(rng.integers(len(pairs)))]
        top = int(rng.integers(grey.shape[0] - 2 * HEIGHT_PX))
        left = int(rng.integers(grey.shape[1] - 2 * WIDTH_PX))
        square = np.s_[top : top + 2 * HEIGHT_PX, left : left + 2 * WIDTH_PX]
        if clean[square].std() < 12 and rng.random() < 0.85:
            continue  # paper is learned soon
        shown.append(degraded(grey[square], rng)[None])
        wanted.append(clean[square][None])
    return np.stack(shown), np.stack(wanted)


# --- training ------------------------------------------------------------------------------------


def train(
    model: Cleaner, real: Sequence[Pair], rendered: Sequence[Pair], seconds: float, rng: Generator
) -> int:
    """Trains for so many seconds of processor time; how many steps that were."""
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # torch's stubs lack it
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=1e-4)
    start, steps, error = time.process_time(), 0, 1.0
    while (done := (time.process_time() - start) / seconds) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1, (steps + 1) / 200) * (0.51 + 0.49 * np.cos(np.pi * done))
        shown, wanted = (torch.from_numpy(side).float().div_(255) for side in batch(real, rendered, rng))
        with torch.autocast("cpu", torch.bfloat16):
            found = model(shown.to(memory_format=torch.channels_last))
        each = functional.binary_cross_entropy_with_logits(found.float(), wanted, reduction="none")
        loss = (each * (2.5 - 1.5 * wanted)).mean()  # ink is rare
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        steps += 1
        error += 0.02 * (loss.item() - error)
        if steps % 200 == 0:
            _say(f"step {steps}, loss {error:.4f}, {done:.0%}")
    return steps


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def write(model: Cleaner, folder: Path) -> None:
    """The network as ONNX for pages of any size, and its SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{NAME}.onnx"
    model.eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    axes = {"page": {2: "height", 3: "width"}, "clean": {2: "height", 3: "width"}}
    torch.onnx.export(
        nn.Sequential(model, nn.Sigmoid()),
        (torch.zeros(1, 1, 64, 96),),
        str(target),
        input_names=["page"],
        output_names=["clean"],
        dynamic_axes=axes,
        dynamo=False,
    )
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  {target.name}\n", encoding="utf-8")


def main() -> None:
    """Reads the arguments, trains and writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--texts", action="append", type=Path, default=[])
    parser.add_argument("--hold-out", action="append", default=[])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--start-from", type=Path, help="weights of an earlier run (.pt)")
    parser.add_argument("--write", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(given.seed)
    model = Cleaner()
    if given.start_from:
        model.load_state_dict(torch.load(given.start_from, weights_only=True))
    real, rendered = real_pairs(given.folders, given.hold_out, rng), rendered_pairs(given.texts, rng)
    steps = train(model, real, rendered, given.minutes * 60, rng)
    write(model, given.write)
    _say(f"{len(real)} real and {len(rendered)} rendered images, {steps} steps: {given.write}")


if __name__ == "__main__":
    main()
