"""Lets torchvision import where its compiled operators do not match torch.

The torchvision of PyPI is built for CUDA; beside a CPU-only torch its operators cannot load and the
import stops. docTR and transformers need only its Python parts.
"""

from __future__ import annotations

import sys
from typing import Any

_kept_alive: list[Any] = []
"""torch forgets the operators when their library object is collected."""


def ensure_torchvision() -> None:
    """``import torchvision`` works afterwards, if torchvision is installed at all."""
    try:
        import torchvision  # noqa: F401 (the import is the test)
    except ImportError:
        return
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        _define_operators()


def _define_operators() -> None:
    """Declares the two operators that torchvision looks for.

    Only after the import has failed: a second declaration beside a working torchvision aborts the process.
    """
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _kept_alive.append(library)
    import torchvision  # noqa: F401 (complete now; keeps it in sys.modules)
