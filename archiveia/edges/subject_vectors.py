"""The vectors of an entity's descriptors, kept in the workspace: made once for each state of its thesauri."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archiveia.edges.storage import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


def kept_vectors(
    home: Path, entity: str, key: str, make: Callable[[], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """The vectors kept under the key; where there are none they are made, and those of other keys go."""
    folder = home / "models" / "subjects" / entity
    path = folder / f"{key}.npy"
    if path.exists():
        found: NDArray[np.float32] = np.load(path, allow_pickle=False)
        return found
    vectors = make()
    write_atomically(path, lambda file: np.save(file, vectors, allow_pickle=False))
    for former in folder.glob("*.npy"):
        if former != path:
            former.unlink(missing_ok=True)
    return vectors
