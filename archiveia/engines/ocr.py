"""The OCR engines by name. A library is imported when its engine is opened, never before."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from archiveia.errors import ArchiveiaError, MissingToolError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    from archiveia.engines.ocr_ppocr import PpOcrEngine

    return PpOcrEngine()


def _doctr(settings: Settings) -> OcrEngine:
    from archiveia.engines.torchvision_compat import ensure_torchvision

    ensure_torchvision()
    from archiveia.engines.ocr_doctr import DoctrEngine

    return DoctrEngine(settings.doctr_detector, settings.doctr_recogniser)


def _onnxtr(settings: Settings) -> OcrEngine:
    from archiveia.engines.ocr_onnxtr import OnnxtrEngine

    return OnnxtrEngine(settings.doctr_detector, settings.doctr_recogniser)


OCR_ENGINES: dict[str, Callable[[Settings], OcrEngine]] = {
    "tesseract": _tesseract,
    "ppocr": _ppocr,
    "doctr": _doctr,
    "onnxtr": _onnxtr,
    "null": _null,
}


WITHOUT_MODELS = ("tesseract", "null")
"""The engines that stay where ``ARCHIVEIA_AI`` keeps models from reading: Tesseract is a program of its own."""
_PAIR = ("tesseract", "ppocr")


def pair_of(name: str) -> tuple[str, str] | None:
    """The two engines that ``auto`` and ``best`` read with; ``None``: one engine reads alone.

    Without the library of the second, ``auto`` is Tesseract alone.
    """
    if name == "best" or (name == "auto" and find_spec("rapidocr") is not None):
        return _PAIR
    return None


def open_engine(name: str, settings: Settings) -> OcrEngine:
    """The engine of that name, ready to read; of a pair the first, which is Tesseract.

    Raises:
        SettingsError: no engine has this name.
        MissingToolError: its library, program, language or weights are not installed.
    """
    name = _PAIR[0] if name in {"auto", "best"} else name
    if name not in OCR_ENGINES:
        known = ", ".join(["auto", "best", *OCR_ENGINES])
        raise SettingsError(f"no OCR engine is named {name!r}", f"choose one of: {known}")
    with redirect_stdout(sys.stderr), _opening(name):  # some libraries greet; the output is the command's own
        return OCR_ENGINES[name](settings)


_opened = lru_cache(maxsize=3)(open_engine)
_one_at_a_time = Lock()


def opened_engine(name: str, settings: Settings) -> OcrEngine:
    """The engine of that name, opened once in each process, however many threads ask for it.

    Raises:
        SettingsError, MissingToolError: as ``open_engine``.
    """
    with _one_at_a_time:
        return _opened(name, settings)


_PAGES_ON_A_GPU = 16
"""Two batches: the pages of one are drawn and put in order while the other is read (``doctr_reader``)."""


def pages_together(settings: Settings) -> int:
    """How many pages the engine of the settings is to be given at once: 1, but for docTR on a GPU.

    Raises:
        MissingToolError: docTR's libraries do not work here.
    """
    if settings.ocr_engine != "doctr" or find_spec("torch") is None:
        return 1
    if settings.doctr_pages:
        return settings.doctr_pages
    with _opening("doctr"):
        from torch.cuda import is_available

        return _PAGES_ON_A_GPU if is_available() else 1


_EXTRAS = {"ppocr": "ppocr", "doctr": "doctr", "onnxtr": "onnx"}
_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
}
"""The Debian packages of the system libraries that OpenCV wants."""


@contextmanager
def _opening(engine: str) -> Iterator[None]:
    """Tells what keeps an engine's libraries from being imported or from starting, and what to do about it."""
    install = f"'archiveia[{_EXTRAS[engine]}]'" if engine in _EXTRAS else "archiveia"
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingToolError(
            f"the Python library {error.name!r} cannot be imported ({error})", f"pip install {install}"
        ) from error
    # A system library that is missing, or parts that were built for other versions of each other
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        system = re.search(r"lib[\w.+-]+\.so[\w.]*(?=: cannot open)", said)
        remedy = f"pip install --force-reinstall -c constraints.txt {install}"
        if system:
            remedy = f"apt-get install {_PACKAGES.get(system[0], 'the package that has ' + system[0])}"
        raise MissingToolError(
            f"the libraries of the engine {engine!r} do not work ({said})", remedy
        ) from error


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """Whether an engine can be used here. ``detail`` is its version, or what is missing."""

    name: str
    usable: bool
    detail: str
    remedy: str = ""


def available(settings: Settings) -> list[EngineStatus]:
    """The state of every engine, found by opening it; of those that are no models where models may not read."""
    names = OCR_ENGINES if settings.may_use_models("ocr") else WITHOUT_MODELS
    return [_status(name, settings) for name in names]


def _status(name: str, settings: Settings) -> EngineStatus:
    try:
        engine = open_engine(name, settings)
    except ArchiveiaError as error:
        return EngineStatus(name, usable=False, detail=error.message, remedy=error.remedy)
    return EngineStatus(name, usable=True, detail=engine.version)
