"""docTR's DBNet over a small backbone of plain convolutions: a detector of words that one core can train.

A step of docTR's smallest detector, with docTR's own loss, takes more than 20 times as long: the layers of its
head have 16 times the weights. Letters on a page are much alike; few channels tell words from the rest.
"""

from __future__ import annotations

from itertools import pairwise

from doctr.models.detection import DBNet
from torch import nn
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.resnet import BasicBlock

from archiveia.engines.doctr_weights import SMALL

_CHANNELS = (16, 32, 64, 96, 128)
"""After the first layer, at half the size of the page, and after each stage, which halves it again."""
_BLOCKS = 2
_HEAD_CHANNELS = 64


def db_small(*, exportable: bool = False, **_fetched: bool) -> DBNet:
    """A new detector. docTR's ``pretrained`` and ``pretrained_backbone`` are taken: there is nothing to fetch."""
    stages = (
        nn.Sequential(*_halved(before, channels), *(BasicBlock(channels, channels) for _ in range(_BLOCKS)))
        for before, channels in pairwise(_CHANNELS)
    )
    layers = nn.Sequential(nn.Sequential(*_halved(3, _CHANNELS[0])), *stages)
    maps = IntermediateLayerGetter(layers, {str(n): str(n - 1) for n in range(1, len(_CHANNELS))})
    return DBNet(maps, head_chans=_HEAD_CHANNELS, exportable=exportable, cfg=dict(SMALL))


def _halved(before: int, channels: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(before, channels, 3, stride=2, padding=1, bias=False)
    return convolution, nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
