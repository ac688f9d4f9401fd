"""A rapidocr that goes wrong in another way on each page: the width of the page says in which."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from types import ModuleType, SimpleNamespace

import numpy as np

TEXT = "Extrait du registre des délibérations du conseil municipal de la commune"


class ONNXRuntimeError(Exception):
    """What the real library raises when a network fails on a page."""


for _part in ("rapidocr.inference_engine", "rapidocr.inference_engine.onnxruntime"):
    sys.modules[_part] = ModuleType(_part)
sys.modules["rapidocr.inference_engine.onnxruntime"].ONNXRuntimeError = ONNXRuntimeError


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise ValueError


class RapidOCR:
    def __init__(self, params: dict[str, object]) -> None:
        sys.stdout.write(f"loading models with {len(params)} parameters\n")
        sys.stdout.flush()

    def __call__(self, pixels: np.ndarray) -> SimpleNamespace:
        return {
            801: crash,
            802: leave,
            803: swell,
            804: complain,
            805: be_killed,
            806: lambda: found(score=float("nan")),
            807: lambda: found(box=((np.nan, 0), (1, 0), (1, 1), (0, 1))),
            808: lambda: found(box=((90_000, 10), (91_000, 10), (91_000, 40), (90_000, 40))),
            809: chatter,
        }.get(pixels.shape[1], found)()


def found(
    score: float = 0.99, box: tuple[tuple[float, float], ...] = ((30, 30), (600, 30), (600, 60), (30, 60))
) -> SimpleNamespace:
    return SimpleNamespace(boxes=np.array([box]), txts=(TEXT,), scores=(score,))


def crash() -> SimpleNamespace:
    return found(ctypes.string_at(0))


def leave() -> SimpleNamespace:
    sys.exit("no licence for this page")


def swell() -> SimpleNamespace:
    return found(len(bytearray(64 * 1024**3)))


def complain() -> SimpleNamespace:
    raise UnprintableError


def be_killed() -> SimpleNamespace:
    os.kill(os.getpid(), signal.SIGKILL)
    return found()


def chatter() -> SimpleNamespace:
    os.write(1, b"found a page \xff\n")
    return found()
