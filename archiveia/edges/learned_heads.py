"""Learned heads in the workspace: of each step, one folder a version (weights, terms, card), and which is in use.

NumPy arrays without pickle and JSON: reading a head runs no code.
"""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from archiveia.edges.storage import write_atomically
from archiveia.steps.described import Stock
from archiveia.steps.head import Head, Profile, Voice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from archiveia.values import Json


@dataclass(frozen=True, slots=True)
class StoredHead:
    """A head with the terms that its columns stand for, and its card (version, data, scores)."""

    head: Head
    terms: Mapping[str, tuple[str, ...]]
    card: Json


STEPS = ("classify", "retain")
"""The steps that learn."""


def _folder(home: Path, entity: str, step: str) -> Path:
    return home / "models" / step / entity


def save_head(home: Path, entity: str, stored: StoredHead, step: str = "classify") -> None:
    """The head is kept under its card's version, and is the one in use."""
    profile, voices = stored.head.profile, stored.head.voices
    arrays: dict[str, NDArray[np.float32] | NDArray[np.float64]] = {
        **{f"rarity {kind}": weights for kind, weights in profile.rarity.items()},
        **{f"usual {kind}": vector for kind, vector in profile.usual_meaning.items()},
        **{f"mean {kind}": means for kind, means in profile.stock.means.items()},
        **{f"phrases {i}": vectors for i, vectors in enumerate(profile.phrase_vectors or ())},
        **{f"weights {i}": voice.weights for i, voice in enumerate(voices)},
        **{f"bias {i}": voice.bias for i, voice in enumerate(voices)},
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    said = {
        "labels": profile.labels,
        "phrases": profile.phrases,
        "has_meaning": profile.phrase_vectors is not None,
        "meanings": list(profile.usual_meaning),
        "spreads": profile.stock.spreads,
        "voices": [{"kinds": voice.kinds, "share": voice.share} for voice in voices],
        "sharpness": stored.head.sharpness,
        "threshold": stored.head.threshold,
        "terms": stored.terms,
    }
    folder = _folder(home, entity, step)
    version = folder / stored.card["version"]
    write_atomically(version / "weights.npz", lambda file: file.write(packed.getvalue()))
    write_atomically(version / "head.json", lambda file: file.write(_json(said)))
    write_atomically(version / "card.json", lambda file: file.write(_json(stored.card)))
    write_atomically(folder / "in_use", lambda file: file.write(stored.card["version"].encode()))


def load_head(home: Path, entity: str, step: str = "classify") -> StoredHead | None:
    """The head in use; ``None`` where nothing was learned yet."""
    folder = _folder(home, entity, step)
    try:
        version = folder / (folder / "in_use").read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    said = json.loads((version / "head.json").read_text("utf-8"))
    with np.load(version / "weights.npz", allow_pickle=False) as found:
        arrays = dict(found)
    stock = Stock({kind: arrays[f"mean {kind}"] for kind in said["spreads"]}, said["spreads"])
    vectors = (
        tuple(arrays[f"phrases {i}"] for i in range(len(said["labels"]))) if said["has_meaning"] else None
    )
    profile = Profile(
        tuple(said["labels"]),
        tuple(tuple(phrases) for phrases in said["phrases"]),
        vectors,
        {kind: arrays[f"rarity {kind}"] for kind in said["terms"]},
        {kind: arrays[f"usual {kind}"] for kind in said.get("meanings", ())},
        stock,
    )
    voices = tuple(
        Voice(tuple(voice["kinds"]), voice["share"], arrays[f"weights {i}"], arrays[f"bias {i}"])
        for i, voice in enumerate(said["voices"])
    )
    terms = {kind: tuple(names) for kind, names in said["terms"].items()}
    card = json.loads((version / "card.json").read_text("utf-8"))
    return StoredHead(Head(profile, voices, said["sharpness"], said["threshold"]), terms, card)


def forget_heads(home: Path, entity: str) -> bool:
    """Whether there was a head: none is in use any more, and none is kept. The next night learns anew."""
    folders = [folder for step in STEPS if (folder := _folder(home, entity, step)).exists()]
    for folder in folders:
        (folder / "in_use").unlink(missing_ok=True)  # first: a reader finds no head rather than half of one
        shutil.rmtree(folder)
    return bool(folders)


def _json(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
