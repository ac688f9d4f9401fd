"""Zero-shot classification by natural language inference, with a model that is already on the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archiveia.errors import MissingToolError
from archiveia.steps.classify import is_classifiable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import DocumentClass

_TEMPLATE = "Ce document est de la catégorie : {}."


def is_present(model: str, revision: str | None) -> bool:
    """Whether the model is a local folder, or is in the local cache of the hub; nothing is downloaded."""
    if (Path(model) / "config.json").is_file():
        return True
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        return isinstance(try_to_load_from_cache(model, "config.json", revision=revision), str)
    except HFValidationError:  # neither a folder nor a name that the hub could have
        return False


class NliClassifier:
    """The entailment of "this document is a ..." for each class, as a share over the classes.

    The model is loaded on first use, from the disk only.

    Raises:
        MissingToolError: the model is not on the disk, or is not a model of inference.
    """

    def __init__(self, model: str, revision: str | None) -> None:
        self.name = f"nli {Path(model).name}"
        self.version = revision or ""
        self._model = model
        self._revision = revision
        self._pipeline: Any = None

    def scores(self, texts: Sequence[str], classes: Sequence[DocumentClass]) -> list[list[float]]:
        """The score of each class for each text."""
        rows = [[0.0] * len(classes) for _ in texts]
        wanted = [i for i, text in enumerate(texts) if is_classifiable(text)]
        if not wanted or not classes:
            return rows
        labels = [c.label for c in classes]
        zero_shot = self._open()
        for i in wanted:
            answer = zero_shot(
                texts[i], candidate_labels=labels, hypothesis_template=_TEMPLATE, multi_label=False
            )
            by_label = dict(zip(answer["labels"], answer["scores"], strict=True))
            rows[i] = [float(by_label[label]) for label in labels]
        return rows

    def _open(self) -> Any:
        if self._pipeline is None:
            self._pipeline = _load(self._model, self._revision)
        return self._pipeline


def _load(model: str, revision: str | None) -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read by the hub when it is first imported
    from archiveia.engines.torchvision_compat import ensure_torchvision

    ensure_torchvision()
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

    where = {"revision": revision, "local_files_only": True}
    try:
        network = AutoModelForSequenceClassification.from_pretrained(model, **where)
        tokenizer = AutoTokenizer.from_pretrained(model, **where)
    except (OSError, ValueError) as error:
        raise MissingToolError(
            f"the model {model!r} cannot be loaded from the disk ({error})",
            "put the model's folder there and set ARCHIVEIA_NLI_MODEL to it, or unset it",
        ) from error
    if not any(label.lower().startswith("entail") for label in network.config.label2id):
        raise MissingToolError(
            f"the model {model!r} is not a model of inference (labels {sorted(network.config.label2id)})",
            "set ARCHIVEIA_NLI_MODEL to a zero-shot model whose labels include `entailment`",
        )
    return pipeline("zero-shot-classification", model=network, tokenizer=tokenizer, device="cpu")
