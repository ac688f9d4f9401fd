"""The edges that a step works with: settings, database, files, index, workers, clock; opened once."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from archiveia.edges import database
from archiveia.edges.database import units
from archiveia.edges.storage import Storage
from archiveia.edges.workers import Workers
from archiveia.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Engine

    from archiveia.edges.learned_heads import StoredHead
    from archiveia.edges.search_index import SearchIndex
    from archiveia.engines.classifiers import Classifier
    from archiveia.settings import Settings
    from archiveia.steps.dedup_index import LookalikeIndex


Progress: TypeAlias = "Callable[[str, int, int | None], None]"
"""Told what is being done (``files``, ``run``, ``pages``), how much of it is done, and of how much."""


def no_progress(what: str, done: int, total: int | None) -> None:
    """Nobody watches."""
    del what, done, total


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Edges:
    """Everything outside the process that a step may touch. What is heavy is opened when used."""

    settings: Settings
    database: Engine
    storage: Storage
    clock: Callable[[], datetime] = _now
    progress: Progress = no_progress
    lookalikes: LookalikeIndex | None = None
    """The pages placed by their likeness, kept while this process lives (``pipeline.resembling``)."""
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def entity(self) -> str:
        """The collectivité that this process works for; nothing of another one is ever read."""
        return self.settings.entity

    def now(self) -> datetime:
        """This moment, in UTC."""
        return self.clock()

    def today(self) -> date:
        """The day it is where the archives are: legal delays are counted in days of that place."""
        return self.now().astimezone(ZoneInfo(self.settings.timezone)).date()

    @cached_property
    def workers(self) -> Workers:
        """The processes in which files are decoded and read."""
        s = self.settings
        return self._open.enter_context(
            Workers(
                count=s.worker_count,
                memory_mb=s.worker_memory_mb,
                tasks_per_worker=s.worker_pages,
                timeout_s=s.page_timeout_s,
            )
        )

    @cached_property
    def index(self) -> SearchIndex:
        """The search index, for reading and for writing."""
        from archiveia.edges.search_index import open_index

        return open_index(self.settings, write=True)

    @cached_property
    def classifier(self) -> Classifier:
        """What was learned from reviewers here, before the zero-shot classifier of the settings."""
        from archiveia.edges.learned_heads import load_head
        from archiveia.engines.classifiers import open_classifier

        zero_shot = open_classifier(self.settings)
        models = self.settings.may_use_models("classify")
        stored = load_head(self.storage.home, self.entity) if models else None
        if stored is None:
            return zero_shot
        from archiveia.engines.classifier_learned import with_learned

        return with_learned(stored.head, stored.terms, stored.card, zero_shot, self.settings)

    @cached_property
    def rule_head(self) -> StoredHead | None:
        """What people's choices of retention rules taught here; ``None`` where nothing did, or models are off."""
        from archiveia.edges.learned_heads import load_head

        may_use = self.settings.may_use_models("retain")
        return load_head(self.storage.home, self.entity, "retain") if may_use else None

    def forget_learned(self) -> None:
        """The next text is classified, and its rule read, by what is in the workspace now."""
        for name in ("classifier", "rule_head"):
            self.__dict__.pop(name, None)

    def close(self) -> None:
        """Workers stopped, connections returned."""
        self._open.close()
        self.database.dispose()


@contextmanager
def open_edges(settings: Settings, *, must_exist: bool = False) -> Iterator[Edges]:
    """The edges of one installation, its workspace and database set up if they were not.

    Raises:
        SettingsError: the workspace ``must_exist`` and does not (a command run in the wrong folder).
    """
    if must_exist and not settings.home_dir.is_dir():
        msg = f"no workspace at {settings.home_dir}"
        raise SettingsError(
            msg, "set ARCHIVEIA_HOME to where it is, or make one with `archiveia run` or `init`"
        )
    edges = connect(settings)
    try:
        yield edges
    finally:
        edges.close()


def connect(settings: Settings) -> Edges:
    """Like ``open_edges``, for a long-lived process (the web application) that closes them itself."""
    home = settings.home_dir
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"the workspace {home} cannot be made: {error.strerror or error}"
        raise SettingsError(msg, "set ARCHIVEIA_HOME to a folder in which this account may write") from error
    engine = database.open_database(settings.database)
    database.migrate_if_needed(engine)
    with database.writing(engine) as connection:
        units.add_entity(connection, settings.entity, settings.entity_name)
    return Edges(settings=settings, database=engine, storage=Storage(home))
