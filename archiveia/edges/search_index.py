"""The search index: one contract, an embedded engine (tantivy) or a server (Meilisearch)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from archiveia.settings import Settings
    from archiveia.values import Json, SearchDocument, SearchQuery, SearchResults


class SearchIndex(Protocol):
    """What both engines promise alike: hits, counts, facets, filters and rights; not the order.

    The index is derived data: ``rebuild`` makes it again from the database. What it answers has
    the rights of the day it was written: the caller checks each hit again before showing it.
    Each method raises ``SearchIndexError`` when the engine fails.
    """

    def replace(self, record_ids: Collection[str], documents: Iterable[SearchDocument]) -> None:
        """Make these documents the only pages of these records; whoever searches next sees them."""

    def withdraw(self, record_ids: Collection[str]) -> None:
        """Take every page of these records out of the index; whoever searches next misses them."""

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """Build a whole new index beside the live one, put it in its place; the number of pages."""

    def search(self, query: SearchQuery) -> SearchResults:
        """The pages that match; any text is a query."""

    def count(self, entity_id: str) -> int:
        """How many pages of an entity the index holds, whatever their rights."""

    def record_ids(self, entity_id: str) -> frozenset[str]:
        """The records of an entity that have pages in the index (for checks against the database)."""

    def describe(self) -> dict[str, Json]:
        """Engine, place, version and size, for ``archiveia doctor``."""


def open_index(settings: Settings, *, write: bool = False) -> SearchIndex:
    """The index of the installation: Meilisearch when its URL is set, else the embedded one.

    Nothing is read yet: a damaged index fails when it is searched, and can be rebuilt.

    Args:
        settings: where the index is.
        write: allow changes. Nothing is locked until a change is made, and only while it lasts.
    """
    if settings.meilisearch_url:
        from archiveia.edges.search_meilisearch import MeilisearchIndex

        return MeilisearchIndex(
            settings.meilisearch_url, settings.meilisearch_key.get_secret_value(), write=write
        )
    from archiveia.edges.search_tantivy import TantivyIndex

    return TantivyIndex(settings.home_dir / "index", write=write)
