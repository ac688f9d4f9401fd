"""What docTR and OnnxTR have in common: weights files named after architectures, and their results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from archiveia.errors import MissingToolError, SettingsError
from archiveia.steps.layout import in_reading_order
from archiveia.values import Word

if TYPE_CHECKING:
    from archiveia.values import PageImage

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
"""The architectures, the one to prefer first."""


def weights_file(path: str, role: str, suffix: str, remedy: str) -> Path:
    """The weights file that a setting names.

    Raises:
        MissingToolError: no file is named, or it is not there, or it is not a ``suffix`` file.
    """
    if not path:
        raise MissingToolError(f"no {role} weights are set", remedy)
    file = Path(path).expanduser()
    if not file.is_file():
        raise MissingToolError(f"the {role} weights {path!r} are not there", remedy)
    if file.suffix != suffix:
        raise MissingToolError(f"the {role} weights {path!r} are not a {suffix} file", remedy)
    return file


def architecture_of(file: Path, known: tuple[str, ...]) -> str:
    """The architecture that a weights file is named after: the part before its first hyphen."""
    name = file.stem.split("-")[0].removesuffix("_pt")
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


def words_of(page: Any, image: PageImage) -> tuple[Word, ...]:
    """The words of docTR's page, in pixels and in our reading order (docTR has only lines)."""
    return in_reading_order(
        tuple(_word(word, image) for word in line.words if word.value.strip())
        for block in page.blocks
        for line in block.lines
    )


def _word(word: Any, image: PageImage) -> Word:
    (x0, y0), (x1, y1) = word.geometry
    left, top = round(x0 * image.width_px), round(y0 * image.height_px)
    right, bottom = round(x1 * image.width_px), round(y1 * image.height_px)
    return Word(
        word.value.strip(),
        left_px=max(0, left),
        top_px=max(0, top),
        width_px=max(1, right - left),
        height_px=max(1, bottom - top),
        score=min(1.0, max(0.0, float(word.confidence))),
    )
