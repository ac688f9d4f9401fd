"""The OCR engines by name. A library is imported when its engine is opened, never before."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from archiveia.errors import ArchiveiaError, MissingToolError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archiveia.settings import Settings
    from archiveia.values import PageImage, PageText


class OcrEngine(Protocol):
    """What every OCR engine offers: words with boxes and scores, in reading order."""

    name: str
    version: str

    def read(self, images: Sequence[PageImage]) -> list[PageText]:
        """The words of each image, in that image's pixels; one ``PageText`` an image, in order."""
        ...


def _null(_settings: Settings) -> OcrEngine:
    from archiveia.engines.ocr_null import NullEngine

    return NullEngine()


def _tesseract(settings: Settings) -> OcrEngine:
    from archiveia.engines.ocr_tesseract import TesseractEngine

    return TesseractEngine(
        settings.ocr_language, timeout_s=settings.page_timeout_s, tessdata=settings.ocr_tessdata
    )


def _ppocr(_settings: Settings) -> OcrEngine:
    _needs("rapidocr", extra="ppocr")
    from archiveia.engines.ocr_ppocr import PpOcrEngine

    return PpOcrEngine()


def _doctr(settings: Settings) -> OcrEngine:
    _needs("torch", extra="doctr")
    from archiveia.engines.torchvision_compat import ensure_torchvision

    ensure_torchvision()
    _needs("doctr", extra="doctr")
    from archiveia.engines.ocr_doctr import DoctrEngine

    return DoctrEngine(settings.doctr_detector, settings.doctr_recogniser)


def _onnxtr(settings: Settings) -> OcrEngine:
    _needs("onnxtr", extra="onnx")
    from archiveia.engines.ocr_onnxtr import OnnxtrEngine

    return OnnxtrEngine(settings.doctr_detector, settings.doctr_recogniser)


OCR_ENGINES: dict[str, Callable[[Settings], OcrEngine]] = {
    "tesseract": _tesseract,
    "ppocr": _ppocr,
    "doctr": _doctr,
    "onnxtr": _onnxtr,
    "null": _null,
}


def open_engine(name: str, settings: Settings) -> OcrEngine:
    """The engine of that name, ready to read; ``auto`` is Tesseract.

    Raises:
        SettingsError: no engine has this name.
        MissingToolError: its library, program, language or weights are not installed.
    """
    name = "tesseract" if name == "auto" else name
    if name not in OCR_ENGINES:
        known = ", ".join(["auto", *OCR_ENGINES])
        raise SettingsError(f"no OCR engine is named {name!r}", f"choose one of: {known}")
    with redirect_stdout(sys.stderr):  # some libraries greet; the output is the command's own
        return OCR_ENGINES[name](settings)


def _needs(module: str, *, extra: str) -> None:
    try:
        import_module(module)
    except ImportError as error:
        raise MissingToolError(
            f"the Python library {module!r} cannot be imported ({error})",
            f"pip install 'archiveia[{extra}]'",
        ) from error


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """Whether an engine can be used here. ``detail`` is its version, or what is missing."""

    name: str
    usable: bool
    detail: str
    remedy: str = ""


def available(settings: Settings) -> list[EngineStatus]:
    """The state of every engine, found by opening it."""
    return [_status(name, settings) for name in OCR_ENGINES]


def _status(name: str, settings: Settings) -> EngineStatus:
    try:
        engine = open_engine(name, settings)
    except ArchiveiaError as error:
        return EngineStatus(name, usable=False, detail=error.message, remedy=error.remedy)
    return EngineStatus(name, usable=True, detail=engine.version)
