"""Trains docTR's recognisers of words and writes their weights for docTR and for OnnxTR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from doctr.models import recognition

from archiveia.engines.doctr_training import Training, normal
from archiveia.engines.doctr_training_files import begin_with, write_weights

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

RECOGNISERS = ("crnn_mobilenet_v3_small", "crnn_mobilenet_v3_large", "crnn_vgg16_bn")
"""The architectures that can be trained: crops of 32 x 128 pixels, CTC. The first is the smallest."""


def new_recogniser(arch: str, vocabulary: str, *, seed: int, start_from: Path | None = None) -> Training:
    """A recogniser to train on batches of crops (grey, of its size) and their texts.

    Args:
        arch: an architecture of docTR.
        vocabulary: the characters it learns, in order.
        seed: of its first weights.
        start_from: weights to begin with; where they know other characters, the last layer begins anew.
    """
    torch.manual_seed(seed)
    model = _model(arch, vocabulary)
    if start_from is not None:
        begin_with(model, start_from)
    return Training(model, arch, vocabulary, _loss)


def _model(arch: str, vocabulary: str, **options: Any) -> Any:
    return getattr(recognition, arch)(
        pretrained=False, pretrained_backbone=False, vocab=vocabulary, **options
    )


def _loss(model: Any, batch: tuple[NDArray[np.uint8], list[str]]) -> Any:
    crops, texts = batch
    return model(normal(model, torch.from_numpy(crops)), texts)["loss"]


def read_crops(model: Any, crops: NDArray[np.uint8]) -> list[str]:
    """What a recogniser reads on crops of its size."""
    model.eval()
    found: list[str] = []
    with torch.inference_mode():
        for at in range(0, len(crops), 256):
            pixels = normal(model, torch.from_numpy(crops[at : at + 256]))
            found += [word for word, _ in model(pixels)["preds"]]
    return found


def write_recogniser(training: Training, stem: Path) -> None:
    """Writes the weights as ``stem.pt`` and ``stem.onnx``, and the characters as ``stem.vocab``."""
    twin = _model(training.arch, training.vocabulary, exportable=True)
    write_weights(training, twin, stem, tuple(twin.cfg["input_shape"]))
    stem.with_suffix(".vocab").write_text(training.vocabulary + "\n", encoding="utf-8")
