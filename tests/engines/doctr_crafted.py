"""docTR models that need no training: whatever is dark is a word, and how it looks decides what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archiveia.demo import box, texts
from archiveia.demo.render import scan, write
from archiveia.engines.torchvision_compat import ensure_torchvision
from archiveia.values import PageImage

pytest.importorskip("torch", reason="extra doctr is not installed")
ensure_torchvision()
pytest.importorskip("doctr", reason="extra doctr is not installed")

import torch  # noqa: E402 - where it is installed
from doctr.models import detection, ocr_predictor, recognition  # noqa: E402
from torch import nn  # noqa: E402

LETTERS = "abcdefghijklmnopqrstuvwxyzœéè"
SIDE_PX = 512
"""Of the square in which the detectors look: half of docTR's, and four times as fast."""


class FirstOf(nn.Module):
    """Stands for layers that a model of these tests can do without."""

    def __init__(self, wrap: Any = lambda x: x[0]) -> None:
        super().__init__()
        self.wrap = wrap

    def forward(self, x: Any) -> Any:
        return self.wrap(x)


def detector(arch: str = "db_mobilenet_v3_large") -> Any:
    """A detector with the rules of an architecture, to which whatever is dark is a word."""
    model = getattr(detection, arch)(pretrained=False, pretrained_backbone=False).eval()
    model.cfg = {**model.cfg, "input_shape": (3, SIDE_PX, SIDE_PX)}
    darkness = nn.Conv2d(3, 1, (1, 3), padding=(0, 1))
    darkness.weight.data.fill_(-6 / 9)
    darkness.bias.data.fill_(-0.6)
    model.feat_extractor = FirstOf(lambda image: {"0": image})
    model.fpn = model.neck = FirstOf()
    model.prob_head = model.classifier = darkness
    return model


def recogniser() -> Any:
    """A small recogniser with chance weights: another look, another text."""
    torch.manual_seed(0)
    look = nn.Conv2d(3, 24, (8, 4), stride=(8, 4))
    cfg = {**recognition.crnn.pytorch.default_cfgs["crnn_mobilenet_v3_small"], "vocab": LETTERS}
    model = recognition.CRNN(look, vocab=LETTERS, cfg=cfg).eval()
    for weights in model.decoder.parameters():
        weights.data *= 4
    model.linear.weight.data *= 10
    return model


def docTRs_own(detector: Any, recogniser: Any) -> Any:  # noqa: N802 - its name
    """docTR's predictor, as its documentation has it."""
    return ocr_predictor(det_arch=detector, reco_arch=recogniser, pretrained=False, resolve_blocks=False)


def typed_pages() -> list[PageImage]:
    """Four pages as of a copier: upright with a rule, short, across, and without a word."""
    rng = np.random.default_rng(0)
    ink = write(texts.COMMITTAL_1958, box.MODERN, 120, rng)
    whole = np.array(scan(ink, box.PLAIN_PAPER, rng))
    whole[1100:1106, 200:700] = 60
    blank = np.full((300, 300), 235, np.uint8)  # square: docTR fills pages up with black
    shapes = [whole, whole[:420, :], np.ascontiguousarray(np.rot90(whole[200:900])), blank]
    return [PageImage(number, pixels, 120) for number, pixels in enumerate(shapes, start=1)]
