"""Weights files that docTR and OnnxTR load: in half precision, which halves them and changes no reading."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import onnx
import torch
from doctr.models.utils import export_model_to_onnx
from onnx import TensorProto, helper, numpy_helper

from archiveia.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.engines.doctr_training import Training

_LEAST_VALUES = 256
"""Smaller tensors are not worth a node more in the graph."""
_MOST_HALF = 60_000.0
"""Half precision ends at 65,504."""


def begin_with(model: Any, file: Path) -> None:
    """Loads weights; layers of another shape (a last layer for other characters) begin anew.

    Raises:
        SettingsError: the file holds no weights of this architecture.
    """
    try:
        weights = torch.load(file, map_location="cpu")
        own = model.state_dict()
        other = [name for name, weight in weights.items() if name in own and own[name].shape != weight.shape]
        model.from_pretrained(str(file), ignore_keys=other)
    except (OSError, RuntimeError, ValueError, AttributeError) as error:
        raise SettingsError(
            f"training cannot start from {file}: {error}", "name a .pt file of the same architecture"
        ) from error


def write_weights(training: Training, twin: Any, stem: Path, shape: tuple[int, ...]) -> None:
    """Writes ``stem.pt`` and ``stem.onnx``; the model in training has the weights of the files from then on.

    Args:
        training: whose weights.
        twin: a model of the same architecture made with ``exportable=True``.
        stem: of the files.
        shape: of one image, channels first.
    """
    weights = {name: _half(value) for name, value in training.model.state_dict().items()}
    torch.save({name: value.cpu() for name, value in weights.items()}, stem.with_suffix(".pt"))
    training.model.load_state_dict(weights)
    twin.load_state_dict({name: value.cpu() for name, value in weights.items()})
    with (
        warnings.catch_warnings()
    ):  # the exporter warns of LSTMs in batches of another size; those are tested
        warnings.simplefilter("ignore")
        export_model_to_onnx(twin.eval(), str(stem), torch.zeros((1, *shape)))
    _halve(stem.with_suffix(".onnx"))


def _half(value: torch.Tensor) -> torch.Tensor:
    fits = value.is_floating_point() and bool(value.abs().max() < _MOST_HALF)
    return value.half().contiguous() if fits else value.contiguous()


def _halve(file: Path) -> None:
    """The weights of an ONNX file in half precision, made whole again by the program that loads it."""
    model = onnx.load(file)
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if (
            tensor.data_type != TensorProto.FLOAT
            or values.size < _LEAST_VALUES
            or abs(values).max() >= _MOST_HALF
        ):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype("float16"), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, file)
