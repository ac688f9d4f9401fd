"""The search index on a Meilisearch server.

The server is given words that are already cut and folded (``words``), so that it matches as the
embedded index does; the page itself is only stored (``document``). Keys are in hexadecimal: the
server's filters ignore case, and two entities may differ by case alone.

The key needs the actions search, documents.*, indexes.*, settings.update, tasks.get, stats.get, version.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchError, MeilisearchTimeoutError

from archiveia.errors import SearchIndexBusyError, SearchIndexError
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
    from collections.abc import Callable, Collection, Iterable, Iterator

    from meilisearch.models.task import TaskInfo

    from archiveia.values import Json, SearchDocument, SearchQuery

LIVE = "archiveia_pages"
ANSWER_WAIT_S = 30
TASK_WAIT_S = 3600
NOBODY = "nobody"
BATCH_PAGES = 500

SETTINGS: dict[str, Json] = {
    "searchableAttributes": ["words"],
    "displayedAttributes": ["document", "record"],
    "filterableAttributes": [
        "entity", "record", *FACETS, "year", "published", "opens_day", "service",
    ],
    "typoTolerance": {"enabled": True, "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9}},
    "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["fra"]}],  # else it guesses German
    "faceting": {"maxValuesPerFacet": MAX_FACET_VALUES * 10, "sortFacetValuesBy": {"*": "count"}},
    "pagination": {"maxTotalHits": 1_000_000_000},  # the default of 1000 would cut the totals
}  # fmt: skip
"""Set before any page is loaded: changing them later indexes everything again."""


class MeilisearchIndex:
    """An index of a Meilisearch server; see ``SearchIndex`` for what it promises."""

    def __init__(
        self, url: str, key: str, *, write: bool = False, live: str = LIVE, answer_wait_s: int = ANSWER_WAIT_S
    ) -> None:
        self._host = url.rpartition("://")[2].rpartition("@")[2].partition("/")[0]  # without a password
        self._key = key
        self._write = write
        self._live = live
        self._fresh = f"{live}_fresh"  # a rebuild fills it; what is written beside it would be lost
        self._client = Client(url.rstrip("/"), key or None, timeout=answer_wait_s)

    # --- reading ---

    def search(self, query: SearchQuery) -> SearchResults:
        """See ``SearchIndex.search``."""
        parsed = parse(query.text)
        always = [*_rights(query), *_years(query)]
        ticked = _selections(query)
        asked: dict[str, Json] = {"indexUid": self._live, "q": parsed.canonical, "matchingStrategy": "all"}
        hits = {
            "filter": [*always, *ticked.values()],
            "offset": max(0, query.offset),
            "limit": max(0, query.limit),
            "attributesToRetrieve": ["document"],
            "showRankingScore": True,
        }
        # hitsPerPage, and not limit: only so is the total exact
        counts = {
            "filter": hits["filter"],
            "hitsPerPage": 0,
            "facets": [f for f in FACETS if f not in ticked],
        }
        others = [
            {
                "filter": [*always, *(v for k, v in ticked.items() if k != facet)],
                "hitsPerPage": 0,
                "facets": [facet],
            }
            for facet in ticked
        ]
        with self._told():
            answers = self._client.multi_search([asked | extra for extra in (hits, counts, *others)])[
                "results"
            ]
            found = [(restored(h["document"]), h["_rankingScore"]) for h in answers[0]["hits"]]
            facets: dict[str, dict[str, int]] = {}
            for answer in answers[1:]:
                facets |= answer["facetDistribution"]
            return SearchResults(
                tuple(hit(document, parsed, score=score) for document, score in found),
                answers[1]["totalHits"],
                {facet: _values(facet, facets.get(facet, {})) for facet in FACETS},
            )

    def count(self, entity_id: str) -> int:
        """See ``SearchIndex.count``."""
        with self._told():
            asked = {"filter": [f"entity = {_key(entity_id)}"], "hitsPerPage": 0}
            return int(self._client.index(self._live).search("", asked)["totalHits"])

    def record_ids(self, entity_id: str) -> frozenset[str]:
        """See ``SearchIndex.record_ids``."""
        asked: dict[str, Json] = {
            "filter": f"entity = {_key(entity_id)}",
            "fields": ["record"],
            "limit": 1000,
        }
        found: set[str] = set()
        with self._told():
            index = self._client.index(self._live)
            for offset in range(0, 1_000_000_000, 1000):
                page = index.get_documents({**asked, "offset": offset}).results
                found |= {_unkey(document.record) for document in page}
                if len(page) < 1000:
                    break
        return frozenset(found)

    def describe(self) -> dict[str, Json]:
        """See ``SearchIndex.describe``."""
        with self._told():
            stats = self._client.index(self._live).get_stats()
            return {
                "engine": "meilisearch",
                "version": self._client.get_version()["pkgVersion"],
                "place": f"{self._host}/{self._live}",
                "pages": stats.number_of_documents,
                "is_indexing": stats.is_indexing,
            }

    # --- writing ---

    def replace(self, record_ids: Collection[str], documents: Iterable[SearchDocument]) -> None:
        """See ``SearchIndex.replace``. Between the two tasks the records are missing, never doubled."""
        added = list(documents)
        gone = sorted({*record_ids, *(d.record_id for d in added)})
        self._may_write()
        if self._exists(self._fresh):
            raise SearchIndexBusyError(
                f"the index {self._live} of {self._host} is being rebuilt, or a rebuild was cut off",
                "wait for its end, or run `archiveia reindex`",
            )
        self._make_sure_of(self._live)
        if gone:
            keys = ", ".join(map(_key, gone))
            self._do(lambda: self._client.index(self._live).delete_documents(filter=f"record IN [{keys}]"))
        self._add(self._live, added)

    def withdraw(self, record_ids: Collection[str]) -> None:
        """See ``SearchIndex.withdraw``."""
        self.replace(record_ids, ())

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """See ``SearchIndex.rebuild``."""
        self._may_write()
        if self._exists(self._fresh):
            self._do(lambda: self._client.delete_index(self._fresh))
        self._make_sure_of(self._fresh)
        try:
            count = self._add(self._fresh, documents)
            self._make_sure_of(self._live)
            self._do(lambda: self._client.swap_indexes([{"indexes": [self._live, self._fresh]}]))
        finally:
            self._do(lambda: self._client.delete_index(self._fresh))
        return count

    def _may_write(self) -> None:
        if not self._write:
            raise SearchIndexError(
                f"the search index of {self._host} was opened for reading", "open it with write=True"
            )

    def _exists(self, uid: str) -> bool:
        with self._told():
            try:
                self._client.get_raw_index(uid)
            except MeilisearchApiError as error:
                if error.code != "index_not_found":
                    raise
                return False
            return True

    def _make_sure_of(self, uid: str) -> None:
        if not self._exists(uid):
            self._do(lambda: self._client.create_index(uid, {"primaryKey": "id"}))
            self._do(lambda: self._client.index(uid).update_settings(SETTINGS))

    def _add(self, uid: str, documents: Iterable[SearchDocument]) -> int:
        index, rest, count = self._client.index(uid), iter(documents), 0
        while batch := [_as_json(document) for document in islice(rest, BATCH_PAGES)]:
            self._do(partial(index.add_documents, batch))
            count += len(batch)
        return count

    def _do(self, start: Callable[[], TaskInfo]) -> None:
        """Start a task and wait for its end: a write is accepted at once and fails later.

        Raises:
            SearchIndexError: the task failed; the message is the server's.

        """
        with self._told():
            task = self._client.wait_for_task(start().task_uid, TASK_WAIT_S * 1000, 50)
        if task.status != "succeeded":
            cause = (task.error or {}).get("message", task.status)
            raise SearchIndexError(
                self._masked(f"Meilisearch at {self._host} failed the task {task.type}: {cause}"),
                "correct the cause, then run `archiveia reindex`",
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Every failure of the server or of the network as an error of ours, without the key."""
        try:
            yield
        except MeilisearchApiError as error:
            raise self._refusal(error) from error
        except MeilisearchTimeoutError as error:
            raise SearchIndexError(
                f"Meilisearch at {self._host} did not answer in time", "try again"
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SearchIndexError(
                f"{self._host} did not answer as Meilisearch does",
                "check ARCHIVEIA_MEILISEARCH_URL and the version",
            ) from error
        except (MeilisearchError, OSError) as error:
            raise SearchIndexError(
                f"Meilisearch at {self._host} cannot be reached",
                "start it, or correct ARCHIVEIA_MEILISEARCH_URL",
            ) from error

    def _refusal(self, error: MeilisearchApiError) -> SearchIndexError:
        said = self._masked(
            f"Meilisearch at {self._host} answered {error.status_code}: {error.message[:500]}"
        )
        if error.status_code == 503:
            return SearchIndexBusyError(said, "try again in ten seconds")
        if error.code == "index_not_found":
            return SearchIndexError(said, "run `archiveia reindex`")
        if error.status_code in (401, 403):
            return SearchIndexError(said, "correct ARCHIVEIA_MEILISEARCH_KEY")
        if error.code is None:  # a proxy, or another program
            return SearchIndexError(said, "check that ARCHIVEIA_MEILISEARCH_URL is a Meilisearch server")
        return SearchIndexError(said, "see the server's log")

    def _masked(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text


def _key(value: str) -> str:
    return clean(value).encode().hex() or "empty"


def _unkey(key: str) -> str:
    return "" if key == "empty" else bytes.fromhex(key).decode()


def _rights(query: SearchQuery) -> list[str]:
    """The pages that exist for whoever asks: one entity's, some services'; for the public, those that are open."""
    filters = [f"entity = {_key(query.entity_id)}"]
    if query.services is not None:  # no key is NOBODY: keys are hexadecimal
        filters.append(f"service IN [{', '.join(map(_key, sorted(query.services))) or NOBODY}]")
    if query.without_records:
        filters.append(f"record NOT IN [{', '.join(map(_key, sorted(query.without_records)))}]")
    if query.public_on is not None:
        filters += ["published = true", f"opens_day <= {query.public_on.toordinal()}"]
    return filters


def _years(query: SearchQuery) -> list[str]:
    bounds = (("year >= ", query.year_from), ("year <= ", query.year_to))
    return [test + str(max(-9999, min(year, 9999))) for test, year in bounds if year is not None]


def _selections(query: SearchQuery) -> dict[str, str]:
    """The filter of each facet in which something is ticked."""
    ticked = {
        "class": list(map(_key, query.class_codes)),
        "decade": [str(max(-9999, min(d, 9999))) for d in query.decades],
        "place": list(map(_key, query.places)),
        "subject": list(map(_key, query.subjects)),
        "name": list(map(_key, query.names)),
    }
    return {facet: f"{facet} IN [{', '.join(values)}]" for facet, values in ticked.items() if values}


def _values(facet: str, counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    values = ((value if facet == "decade" else _unkey(value), n) for value, n in counts.items())
    return facet_values(facet, values)


def _as_json(document: SearchDocument) -> dict[str, Json]:
    page = f"{document.entity_id}\0{document.page_id}"  # the server's ids have 511 bytes and few signs
    return {
        "id": hashlib.sha256(clean(page).encode()).hexdigest(),
        "entity": _key(document.entity_id),
        "record": _key(document.record_id),
        "class": _key(document.class_code) if document.class_code else None,
        "decade": decade_of(document.year),
        "place": [_key(place) for place in document.places],
        "subject": [_key(subject) for subject in document.subjects],
        "name": [_key(name) for name in document.names],
        "year": document.year,
        "published": document.published,
        "service": _key(document.service) if document.service else None,
        "opens_day": document.opens_on.toordinal() if document.opens_on else None,
        "words": searchable(document),
        "document": stored(document),
    }
