"""The files with docTR's and OnnxTR's weights: where they are looked for, and whether they are the right ones.

In this order: the file that a setting names; the library's own cache, whose models were trained on far
more; and ``models/ocr``, which comes with the program. A file is named after its architecture:
``crnn_mobilenet_v3_small-<anything>.pt``.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import archiveia
from archiveia.errors import MissingToolError, SettingsError

SHIPPED = Path(archiveia.__file__).parent.parent / "models" / "ocr"
"""Beside the package, in a checkout and in a wheel."""

DETECTORS = (
    "fast_base",
    "fast_small",
    "fast_tiny",
    "db_resnet50",
    "db_resnet34",
    "db_mobilenet_v3_large",
    "linknet_resnet50",
    "linknet_resnet34",
    "linknet_resnet18",
    "db_small",
)
RECOGNISERS = (
    "parseq",
    "vitstr_base",
    "vitstr_small",
    "crnn_vgg16_bn",
    "crnn_mobilenet_v3_large",
    "crnn_mobilenet_v3_small",
    "viptr_tiny",
    "sar_resnet31",
    "master",
)
"""The architectures, the one to prefer first; ``db_small`` is our own (see ``doctr_small_detector``)."""
SMALL: dict[str, Any] = {
    "input_shape": (3, 1280, 1280),
    "mean": (0.798, 0.785, 0.772),
    "std": (0.264, 0.2749, 0.287),
}
"""What docTR and OnnxTR have to know of ``db_small``: the size at which it is shown pages (docTR's own detectors
see 1024), and their tones."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which weights are looked for.

    ``what`` names them to a person; ``known`` has the architectures, the one to prefer first; ``suffix`` is
    that of the file; ``cache`` the folder where the library keeps what it has downloaded; ``remedy`` what to
    do when there are none.
    """

    what: str
    known: tuple[str, ...]
    suffix: str
    cache: Path
    remedy: str


def find_weights(setting: str, wanted: Wanted) -> Path:
    """The weights file to use.

    Args:
        setting: a file, or ``file#sha256=<64 hexadecimal digits>`` to have it checked; empty for the best one found.
        wanted: which weights.

    Raises:
        MissingToolError: there is none, or it is not the one that the setting promises.
        SettingsError: the SHA-256 of the setting is none.
    """
    if setting:
        return _named(setting, wanted)
    for folder in (wanted.cache, SHIPPED):
        files = sorted(folder.glob(f"*{wanted.suffix}"), reverse=True)
        found = {_stem(file): file for file in files if file.stat().st_size}  # empty: a failed download
        if best := next((found[name] for name in wanted.known if name in found), None):
            return best
    raise MissingToolError(f"no {wanted.what} weights are set", wanted.remedy)


def _named(setting: str, wanted: Wanted) -> Path:
    path, mark, promised = setting.partition("#sha256=")
    file = Path(path).expanduser()
    if not file.is_file():
        raise MissingToolError(f"the {wanted.what} weights {path!r} are not there", wanted.remedy)
    if file.suffix != wanted.suffix:
        raise MissingToolError(
            f"the {wanted.what} weights {path!r} are not a {wanted.suffix} file", wanted.remedy
        )
    if mark:
        _check(file, promised.lower(), wanted)
    return file


def _check(file: Path, promised: str, wanted: Wanted) -> None:
    """Nothing, when the file has the SHA-256 that was promised."""
    if not re.fullmatch("[0-9a-f]{64}", promised):
        raise SettingsError(
            f"{promised!r} after the {wanted.what} weights is not a SHA-256",
            "write 64 hexadecimal digits, as `sha256sum` prints them",
        )
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != promised:
        raise MissingToolError(
            f"the {wanted.what} weights {str(file)!r} have the SHA-256 {found}, not {promised}",
            "fetch the file again; or correct the setting, if this is the file that you mean",
        )


def _stem(file: Path) -> str:
    return file.stem.split("-")[0].removesuffix("_pt")


def architecture_of(file: Path, known: tuple[str, ...]) -> str:
    """The architecture that a weights file is named after: the part before its first hyphen."""
    name = _stem(file)
    if name not in known:
        raise SettingsError(
            f"the weights {file.name!r} are not named after an architecture",
            f"name the file <architecture>-<anything>{file.suffix}, with one of: {', '.join(known)}",
        )
    return name


def characters_of(file: Path) -> str | None:
    """The characters a recogniser knows, from the ``.vocab`` file beside it; ``None`` without one."""
    beside = file.with_suffix(".vocab")
    return beside.read_text(encoding="utf-8").rstrip("\r\n") if beside.is_file() else None
