"""The embedded search index: tantivy, in a folder of the workspace.

``index/current`` names the live folder beside it. A rebuild makes a new folder, then replaces
``current``: readers look at it before each search. Writers take ``index/lock`` in turn.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import tantivy

from archiveia.edges.search_tantivy_query import (
    Words,
    all_of,
    encoded,
    keyword,
    rights,
    selected,
    years,
)
from archiveia.errors import SearchIndexBusyError, SearchIndexError
from archiveia.steps.index import (
    MAX_FACET_VALUES,
    biggest_first,
    clean,
    decade_of,
    hit,
    restored,
    searchable,
    stored,
)
from archiveia.steps.search_text import parse
from archiveia.values import SearchResults

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from archiveia.values import Json, SearchDocument, SearchQuery

WRITER_BYTES = 64_000_000
BUSY_WAIT_S = 30.0
REINDEX = "run `archiveia reindex`"


def _schema() -> Any:
    """Keys are raw text: deleting by a number would delete nothing, and say nothing."""
    fields = tantivy.SchemaBuilder()
    for name in ("entity", "record", "published"):
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("class", "decade", "place"):
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("year", "opens_day"):
        fields.add_integer_field(name, indexed=True, fast=True)
    fields.add_text_field("words", tokenizer_name="whitespace")
    fields.add_bytes_field("stored", stored=True)
    return fields.build()


@dataclass(frozen=True, slots=True)
class _Open:
    """An index folder as it was when it was last read."""

    name: str
    index: Any
    state: tuple[int, int]


class TantivyIndex:
    """A folder of index files; see ``SearchIndex`` for what it promises."""

    def __init__(self, folder: Path, *, write: bool = False, busy_wait_s: float = BUSY_WAIT_S) -> None:
        self._folder = folder
        self._write = write
        self._busy_wait_s = busy_wait_s
        self._schema = _schema()
        self._opened: _Open | None = None  # opened when first searched: a damaged index can be rebuilt

    # --- reading ---

    def search(self, query: SearchQuery) -> SearchResults:
        """See ``SearchIndex.search``."""
        with _damage_told(self._folder):
            return self._search(query, self._searcher())

    def _search(self, query: SearchQuery, searcher: Any) -> SearchResults:
        parsed = parse(query.text)
        selections = {
            "class": [clean(code) for code in query.class_codes],
            "decade": [str(decade) for decade in query.decades],
            "place": [clean(place) for place in query.places],
        }
        query = _bounded(query)
        shown = rights(self._schema, query) + years(self._schema, query)
        shown += Words(self._schema, searcher).clauses(parsed)
        everything = all_of(shown + selected(self._schema, selections))
        total = searcher.search(everything, limit=1).count
        limit = min(query.limit, total - query.offset)  # a huge offset would ask for all the memory
        found = searcher.search(everything, limit=limit, offset=query.offset).hits if limit > 0 else []
        facets = {}
        for facet, values in selections.items():
            asked = all_of(shown + selected(self._schema, selections, but=facet)) if values else everything
            facets[facet] = _facet(searcher, asked, facet)
        hits = (hit(_document(searcher, address), parsed, score=score) for score, address in found)
        return SearchResults(tuple(hits), total, facets)

    def count(self, entity_id: str) -> int:
        """See ``SearchIndex.count``."""
        with _damage_told(self._folder):
            entity = keyword(self._schema, "entity", [clean(entity_id)])
            return int(self._searcher().search(entity, limit=1).count)

    def record_ids(self, entity_id: str) -> frozenset[str]:
        """See ``SearchIndex.record_ids``."""
        with _damage_told(self._folder):
            entity = keyword(self._schema, "entity", [clean(entity_id)])
            counts = self._searcher().terms_with_prefix("record", "", filter_query=entity)
            return frozenset(record_id for record_id, count in counts if count)

    def describe(self) -> dict[str, Json]:
        """See ``SearchIndex.describe``."""
        with _damage_told(self._folder):
            searcher = self._searcher()
            live = self._folder / self._current()
            return {
                "engine": "tantivy",
                "version": tantivy.__version__,
                "place": str(live),
                "pages": searcher.num_docs,
                "segments": searcher.num_segments,
                "size_bytes": sum(f.stat().st_size for f in live.iterdir()),
            }

    def _searcher(self) -> Any:
        """The last commit of the live folder, at once: a withdrawn page must not be seen again."""
        for _ in range(3):  # a rebuild may replace the folder between two lines
            name = self._current()
            try:
                return self._refreshed(name).index.searcher()
            except (OSError, ValueError) as error:
                cause = error
            if name == self._current():
                break
        raise _damaged(self._folder / name, cause) from cause

    def _refreshed(self, name: str) -> _Open:
        meta = (self._folder / name / "meta.json").stat()
        state = (meta.st_mtime_ns, meta.st_ino)
        opened = self._opened
        if opened is None or opened.name != name:
            index = tantivy.Index(self._schema, str(self._folder / name), reuse=True)
            index.config_reader("manual")
        elif opened.state == state:
            return opened
        else:
            index = opened.index
        index.reload()
        self._opened = _Open(name, index, state)
        return self._opened

    def _current(self) -> str:
        try:
            return (self._folder / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            with self._locked():
                self._begin()
        except OSError as error:
            raise _damaged(self._folder, error) from error
        return (self._folder / "current").read_text(encoding="utf-8").strip()

    # --- writing ---

    def replace(self, record_ids: Collection[str], documents: Iterable[SearchDocument]) -> None:
        """See ``SearchIndex.replace``."""
        pages = list(documents)
        added = [self._as_tantivy(page) for page in pages]
        gone = {clean(i) for i in record_ids} | {clean(page.record_id) for page in pages}
        self._current()  # a new workspace gets its empty index before the lock is taken
        with self._alone(), _damage_told(self._folder):
            self._begin()
            self._searcher()  # an index that is damaged says so here
            index = tantivy.Index(self._schema, str(self._folder / self._current()), reuse=True)
            with self._writing(index) as writer:
                for record_id in sorted(gone):
                    writer.delete_documents_by_term("record", record_id)
                for document in added:
                    writer.add_document(document)

    def withdraw(self, record_ids: Collection[str]) -> None:
        """See ``SearchIndex.withdraw``."""
        self.replace(record_ids, ())

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """See ``SearchIndex.rebuild``; works when the live index is damaged."""
        with self._alone():
            fresh = self._fresh_folder()
            try:
                index = tantivy.Index(self._schema, str(fresh))
                with self._writing(index) as writer:
                    for document in documents:
                        writer.add_document(self._as_tantivy(document))
                index.reload()
                self._switch_to(fresh)
            finally:
                self._sweep()
            return int(index.searcher().num_docs)

    @contextmanager
    def _writing(self, index: Any) -> Iterator[Any]:
        """A writer whose changes are committed together, or not at all; it is closed after."""
        writer = self._patiently(lambda: index.writer(WRITER_BYTES, 1))
        try:
            yield writer
            with _damage_told(self._folder):
                writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()  # closes the writer, which frees its lock

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else writes, in any process; the system frees the lock of one that dies."""
        if not self._write:
            raise SearchIndexError(
                f"the search index {self._folder} was opened for reading", "open it with write=True"
            )
        with self._locked():
            yield

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as lock:
            self._patiently(lambda: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB))
            yield

    def _patiently(self, take: Any) -> Any:
        """What ``take`` returns once nobody else holds it.

        Raises:
            SearchIndexBusyError: another writer is still at work after ``busy_wait_s``.

        """
        until = time.monotonic() + self._busy_wait_s
        while True:
            try:
                return take()
            except (BlockingIOError, ValueError) as error:
                if isinstance(error, ValueError) and "LockBusy" not in str(error):
                    raise
                if time.monotonic() > until:
                    waited = f"another process still writes to {self._folder} after {self._busy_wait_s:g} s"
                    raise SearchIndexBusyError(waited, "try again when it has finished") from error
            time.sleep(0.05)

    def _begin(self) -> None:
        """Make an empty index in a workspace that has none yet (under the lock)."""
        if (self._folder / "current").exists():
            return
        if any(f.is_dir() for f in self._folder.iterdir()):
            raise SearchIndexError(f"{self._folder} has index files but no `current`", REINDEX)
        fresh = self._fresh_folder()
        tantivy.Index(self._schema, str(fresh))
        self._switch_to(fresh)

    def _fresh_folder(self) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        number = 1
        while (fresh := self._folder / f"{stamp}-{number}").exists():
            number += 1
        fresh.mkdir()
        return fresh

    def _switch_to(self, fresh: Path) -> None:
        pointer = self._folder / "current.new"
        with pointer.open("w", encoding="utf-8") as file:
            file.write(fresh.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self._folder / "current")

    def _sweep(self) -> None:
        """Remove the folders that are not live: the old index, and what a killed rebuild left."""
        try:
            live = (self._folder / "current").read_text(encoding="utf-8").strip()
        except OSError:
            return
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name != live:
                shutil.rmtree(folder, ignore_errors=True)

    def _as_tantivy(self, document: SearchDocument) -> Any:
        decade = decade_of(document.year)
        values: dict[str, Any] = {
            "entity": [clean(document.entity_id)],
            "record": [clean(document.record_id)],
            "published": ["yes" if document.published else "no"],
            "class": [document.class_code] if document.class_code else [],
            "decade": [] if decade is None else [str(decade)],
            "place": list(dict.fromkeys(document.places)),
            "year": [] if document.year is None else [document.year],
            "opens_day": [document.opens_on.toordinal()] if document.opens_on else [],
            "words": [encoded(words) for words in searchable(document)],
            "stored": [json.dumps(stored(document)).encode()],
        }
        return tantivy.Document.from_dict(values, self._schema)


def _bounded(query: SearchQuery) -> SearchQuery:
    return replace(
        query,
        entity_id=clean(query.entity_id),
        without_records=frozenset(map(clean, query.without_records)),
        limit=max(0, query.limit),
        offset=max(0, query.offset),
    )


def _document(searcher: Any, address: Any) -> SearchDocument:
    return restored(json.loads(searcher.doc(address).get_first("stored")))


def _facet(searcher: Any, query: Any, name: str) -> tuple[tuple[str, int], ...]:
    asked = {"values": {"terms": {"field": name, "size": MAX_FACET_VALUES * 10}}}
    buckets = searcher.aggregate(query, asked)["values"]["buckets"]
    return biggest_first((b["key"], b["doc_count"]) for b in buckets)


def _damaged(folder: Path, error: Exception) -> SearchIndexError:
    return SearchIndexError(f"the search index {folder} cannot be read ({error})", REINDEX)


@contextmanager
def _damage_told(folder: Path) -> Iterator[None]:
    """Tantivy tells of damaged files by ``ValueError`` alone."""
    try:
        yield
    except ValueError as error:
        raise _damaged(folder, error) from error
