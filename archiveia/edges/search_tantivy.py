"""The embedded search index: tantivy, in a folder of the workspace."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import tantivy

from archiveia.edges.search_tantivy_folder import IndexFolder, damaged
from archiveia.edges.search_tantivy_query import (
    Words,
    all_of,
    encoded,
    keyword,
    rights,
    selected,
    years,
)
from archiveia.errors import SearchIndexError
from archiveia.steps.index import (
    FACETS,
    MAX_FACET_VALUES,
    clean,
    decade_of,
    facet_values,
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


def _schema() -> Any:
    """Keys are raw text: deleting by a number would delete nothing, and say nothing."""
    fields = tantivy.SchemaBuilder()
    for name in ("entity", "record", "published", "service"):
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("year", "opens_day"):
        fields.add_integer_field(name, indexed=True, fast=True)
    fields.add_text_field("words", tokenizer_name="whitespace")
    fields.add_bytes_field("stored", stored=True)
    return fields.build()


@dataclass(frozen=True, slots=True)
class _Open:
    """An index folder as it was when it was last read."""

    folder: Path
    index: Any
    state: tuple[int, int]


class TantivyIndex:
    """A folder of index files; see ``SearchIndex`` for what it promises."""

    def __init__(self, folder: Path, *, write: bool = False, busy_wait_s: float = BUSY_WAIT_S) -> None:
        self._schema = _schema()
        self._write = write
        self._folder = IndexFolder(
            folder, make_empty=lambda fresh: tantivy.Index(self._schema, str(fresh)), busy_wait_s=busy_wait_s
        )
        self._opened: _Open | None = None  # opened when first searched: a damaged index can be rebuilt

    # --- reading ---

    def search(self, query: SearchQuery) -> SearchResults:
        """See ``SearchIndex.search``."""
        with _damage_told(self._folder.place):
            return self._search(query, self._searcher())

    def _search(self, query: SearchQuery, searcher: Any) -> SearchResults:
        parsed = parse(query.text)
        selections = {
            "class": [clean(code) for code in query.class_codes],
            "decade": [str(decade) for decade in query.decades],
            "place": [clean(place) for place in query.places],
            "subject": [clean(subject) for subject in query.subjects],
            "name": [clean(name) for name in query.names],
        }
        query = _bounded(query)
        shown = rights(self._schema, query) + years(self._schema, query)
        shown += Words(self._schema, searcher).clauses(parsed)
        everything = all_of(shown + selected(self._schema, selections))
        # bounded by the pages there are: tantivy sets memory aside for the whole window
        limit, offset = (max(0, min(n, searcher.num_docs)) for n in (query.limit, query.offset))
        found = searcher.search(everything, limit=max(1, limit), offset=offset)
        facets = _facets(searcher, everything, [name for name, values in selections.items() if not values])
        for name in selections.keys() - facets.keys():
            others = all_of(shown + selected(self._schema, selections, but=name))
            facets |= _facets(searcher, others, [name])
        hits = (
            hit(_document(searcher, address), parsed, score=score) for score, address in found.hits[:limit]
        )
        return SearchResults(tuple(hits), found.count, facets)

    def count(self, entity_id: str) -> int:
        """See ``SearchIndex.count``."""
        with _damage_told(self._folder.place):
            entity = keyword(self._schema, "entity", [clean(entity_id)])
            return int(self._searcher().search(entity, limit=1).count)

    def record_ids(self, entity_id: str) -> frozenset[str]:
        """See ``SearchIndex.record_ids``."""
        with _damage_told(self._folder.place):
            entity = keyword(self._schema, "entity", [clean(entity_id)])
            counts = self._searcher().terms_with_prefix("record", "", filter_query=entity)
            return frozenset(record_id for record_id, count in counts if count)

    def describe(self) -> dict[str, Json]:
        """See ``SearchIndex.describe``."""
        with _damage_told(self._folder.place):
            searcher = self._searcher()
            live = self._folder.live()
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
            live = self._folder.live()
            try:
                return self._refreshed(live).index.searcher()
            except (OSError, ValueError) as error:
                cause = error
            if live == self._folder.live():
                break
        raise damaged(live, cause) from cause

    def _refreshed(self, live: Path) -> _Open:
        meta = (live / "meta.json").stat()
        state = (meta.st_mtime_ns, meta.st_ino)
        opened = self._opened
        if opened is None or opened.folder != live:
            index = tantivy.Index(self._schema, str(live), reuse=True)
            index.config_reader("manual")
        elif opened.state == state:
            return opened
        else:
            index = opened.index
        index.reload()
        self._opened = _Open(live, index, state)
        return self._opened

    # --- writing ---

    def replace(self, record_ids: Collection[str], documents: Iterable[SearchDocument]) -> None:
        """See ``SearchIndex.replace``."""
        with self._alone(), _damage_told(self._folder.place):
            pages = list(documents)
            added = [self._as_tantivy(page) for page in pages]
            gone = {clean(i) for i in record_ids} | {clean(page.record_id) for page in pages}
            self._folder.begin()
            self._searcher()  # an index that is damaged says so here
            index = tantivy.Index(self._schema, str(self._folder.live()), reuse=True)
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
            fresh = self._folder.fresh()
            try:
                index = tantivy.Index(self._schema, str(fresh))
                with self._writing(index) as writer:
                    for document in documents:
                        writer.add_document(self._as_tantivy(document))
                index.reload()
                self._folder.switch_to(fresh)
            finally:
                self._folder.sweep()
            return int(index.searcher().num_docs)

    @contextmanager
    def _writing(self, index: Any) -> Iterator[Any]:
        """A writer whose changes are committed together, or not at all; it is closed after."""
        writer = self._folder.patiently(lambda: index.writer(WRITER_BYTES, 1))
        try:
            yield writer
            with _damage_told(self._folder.place):
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
                f"the search index {self._folder.place} was opened for reading", "open it with write=True"
            )
        with self._folder.locked():
            yield

    def _as_tantivy(self, document: SearchDocument) -> Any:
        decade = decade_of(document.year)
        values: dict[str, Any] = {
            "entity": [clean(document.entity_id)],
            "record": [clean(document.record_id)],
            "published": ["yes" if document.published else "no"],
            "service": [clean(document.service)] if document.service else [],
            "class": [document.class_code] if document.class_code else [],
            "decade": [] if decade is None else [str(decade)],
            "place": list(dict.fromkeys(document.places)),
            "subject": list(dict.fromkeys(document.subjects)),
            "name": list(dict.fromkeys(document.names)),
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
        services=None if query.services is None else frozenset(map(clean, query.services)),
    )


def _document(searcher: Any, address: Any) -> SearchDocument:
    return restored(json.loads(searcher.doc(address).get_first("stored")))


def _facets(searcher: Any, query: Any, names: Collection[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    asked = {name: {"terms": {"field": name, "size": MAX_FACET_VALUES * 10}} for name in names}
    answer = searcher.aggregate(query, asked) if asked else {}
    return {
        name: facet_values(name, ((b["key"], b["doc_count"]) for b in answer[name]["buckets"]))
        for name in names
    }


@contextmanager
def _damage_told(folder: Path) -> Iterator[None]:
    """Tantivy tells of damaged files by ``ValueError`` alone."""
    try:
        yield
    except ValueError as error:
        raise damaged(folder, error) from error
