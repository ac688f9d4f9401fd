"""A fake of the Meilisearch API, small, for the adapter's own logic; it is not Meilisearch.

It imitates what hurts: writes answer 202 and fail later in their task, ``taskUid`` and ``uid``,
dates with fractions, filters that ignore case and refuse undeclared fields, totals that are estimates
unless a page is asked for, positions in bytes, error codes. Its matching is the project's own rules.
"""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from archiveia.steps.highlight import errors
from archiveia.steps.search_text import joined_words, parse

KEY = "a-secret-key"


class Refusal(Exception):  # noqa: N818 - it is an answer of the server, not an error of the test
    """An error answer: HTTP status and code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "message": message,
            "code": code,
            "type": "invalid_request",
            "link": "https://docs.example/e",
        }


class Index:
    """Documents and settings of one index."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.settings: dict[str, Any] = {}


class FakeServer:
    """State and switches of the fake; ``exchanges`` keeps every request with its answer."""

    def __init__(self) -> None:
        self.indexes: dict[str, Index] = {}
        self.tasks: list[dict[str, Any]] = []
        self.exchanges: list[dict[str, Any]] = []
        self.polls_before_done = 1
        self.fail_next: dict[str, str] = {}
        """Task type -> message of the error with which the next task of that type fails."""
        self.refuse: tuple[int, str] | None = None
        self.delay_s = 0.0
        self.garbage = False

    # --- routes ---

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        for verb, pattern, handler in self._routes():
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                return handler(*found.groups(), body)
        raise Refusal(404, "not_found", f"no route {method} {path}")

    def _routes(self):
        uid = r"([\w-]+)"
        return [
            ("GET", "/version", lambda _: (200, {"commitSha": "0", "commitDate": "0", "pkgVersion": "fake"})),
            ("GET", f"/tasks/{uid}", self._task),
            ("POST", "/indexes", self._create),
            ("POST", "/swap-indexes", self._swap),
            ("POST", "/multi-search", self._multi_search),
            ("GET", f"/indexes/{uid}", lambda name, _: (200, self._described(name))),
            ("DELETE", f"/indexes/{uid}", self._delete_index),
            ("GET", f"/indexes/{uid}/stats", self._stats),
            ("PATCH", f"/indexes/{uid}/settings", self._set),
            ("POST", f"/indexes/{uid}/documents", self._add),
            ("POST", f"/indexes/{uid}/documents/delete", self._delete),
            ("POST", f"/indexes/{uid}/documents/fetch", self._fetch),
            (
                "POST",
                f"/indexes/{uid}/search",
                lambda name, body: (200, self._search(self._index(name), body)),
            ),
        ]

    def _index(self, uid: str) -> Index:
        if uid not in self.indexes:
            raise Refusal(404, "index_not_found", f"Index `{uid}` not found.")
        return self.indexes[uid]

    def _described(self, uid: str) -> dict[str, Any]:
        self._index(uid)
        return {"uid": uid, "primaryKey": "id", "createdAt": _now(), "updatedAt": _now()}

    # --- tasks ---

    def _enqueue(self, kind: str, uid: str | None, work) -> tuple[int, Any]:
        number = len(self.tasks)
        message = self.fail_next.pop(kind, None)
        task = {"uid": number, "indexUid": uid, "status": "enqueued", "type": kind, "enqueuedAt": _now()}
        self.tasks.append(task | {"polls": self.polls_before_done, "work": work, "message": message})
        return 202, {
            "taskUid": number,
            "indexUid": uid,
            "status": "enqueued",
            "type": kind,
            "enqueuedAt": _now(),
        }

    def _task(self, number: str, _: Any) -> tuple[int, Any]:
        task = self.tasks[int(number)]
        if task["polls"]:
            task["polls"] -= 1
            task["status"] = "processing"
        elif task["status"] in ("enqueued", "processing"):
            self._finish(task)
        return 200, {k: v for k, v in task.items() if k not in ("polls", "work", "message")}

    def _finish(self, task: dict[str, Any]) -> None:
        task |= {
            "status": "succeeded",
            "error": None,
            "duration": "PT0.01S",
            "startedAt": _now(),
            "finishedAt": _now(),
        }
        if task["message"]:
            refusal = Refusal(400, "invalid_document_fields", task["message"])
            task |= {"status": "failed", "error": refusal.body}
            return
        try:
            task["work"]()
        except Refusal as refusal:
            task |= {"status": "failed", "error": refusal.body}

    def _create(self, body: Any) -> tuple[int, Any]:
        def work() -> None:
            if body["uid"] in self.indexes:
                raise Refusal(409, "index_already_exists", f"Index `{body['uid']}` already exists.")
            self.indexes[body["uid"]] = Index()

        return self._enqueue("indexCreation", body["uid"], work)

    def _delete_index(self, uid: str, _: Any) -> tuple[int, Any]:
        return self._enqueue("indexDeletion", uid, lambda: self._index(uid) and self.indexes.pop(uid))

    def _set(self, uid: str, body: Any) -> tuple[int, Any]:
        return self._enqueue("settingsUpdate", uid, lambda: self._index(uid).settings.update(body))

    def _swap(self, body: Any) -> tuple[int, Any]:
        def work() -> None:
            for swap in body:
                a, b = swap["indexes"]
                self.indexes[a], self.indexes[b] = self._index(b), self._index(a)

        return self._enqueue("indexSwap", None, work)

    def _add(self, uid: str, body: Any) -> tuple[int, Any]:
        def work() -> None:
            for document in body:
                if not re.fullmatch(r"[\w-]{1,511}", document["id"], re.ASCII):
                    raise Refusal(
                        400, "invalid_document_id", f"Document identifier `{document['id']}` is invalid."
                    )
                self._index(uid).documents[document["id"]] = document

        return self._enqueue("documentAdditionOrUpdate", uid, work)

    def _delete(self, uid: str, body: Any) -> tuple[int, Any]:
        def work() -> None:
            index = self._index(uid)
            for document in _kept(index, body["filter"]):
                del index.documents[document["id"]]

        return self._enqueue("documentDeletion", uid, work)

    # --- reading ---

    def _stats(self, uid: str, _: Any) -> tuple[int, Any]:
        return 200, {
            "numberOfDocuments": len(self._index(uid).documents),
            "isIndexing": False,
            "fieldDistribution": {},
            "rawDocumentDbSize": 0,
            "avgDocumentSize": 0,
            "numberOfEmbeddings": 0,
            "numberOfEmbeddedDocuments": 0,
            "indexSize": 0,
            "usedIndexSize": 0,
        }

    def _fetch(self, uid: str, body: Any) -> tuple[int, Any]:
        found = _kept(self._index(uid), body["filter"])
        page = found[body["offset"] : body["offset"] + body["limit"]]
        results = [{name: d[name] for name in body["fields"]} for d in page]
        return 200, {
            "results": results,
            "offset": body["offset"],
            "limit": body["limit"],
            "total": len(found),
        }

    def _multi_search(self, body: Any) -> tuple[int, Any]:
        return 200, {
            "results": [
                {"indexUid": asked["indexUid"]} | self._search(self._index(asked["indexUid"]), asked)
                for asked in body["queries"]
            ]
        }

    def _search(self, index: Index, asked: Any) -> dict[str, Any]:
        found = [d for d in _kept(index, asked.get("filter", [])) if _matches(d["words"], asked["q"])]
        answer: dict[str, Any] = {"hits": [], "query": asked["q"], "processingTimeMs": 1, "requestUid": _UUID}
        if "hitsPerPage" in asked:
            cut = index.settings.get("pagination", {}).get("maxTotalHits", 1000)
            answer |= {"totalHits": min(len(found), cut), "totalPages": 0, "hitsPerPage": 0, "page": 1}
        else:
            page = found[asked["offset"] : asked["offset"] + asked["limit"]]
            answer["hits"] = [_hit(d) for d in page]
            estimate = len(found) + 7  # on purpose: nobody may trust it
            answer |= {"estimatedTotalHits": estimate, "limit": asked["limit"], "offset": asked["offset"]}
        if "facets" in asked:
            answer["facetDistribution"] = {name: _counts(index, found, name) for name in asked["facets"]}
            answer["facetStats"] = {}
        return answer


_UUID = "01234567-89ab-7cde-8f01-23456789abcd"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _hit(document: dict[str, Any]) -> dict[str, Any]:
    """With positions in bytes, which an adapter must not take for characters."""
    start = len(document["document"]["text"].encode()) - 1
    return {
        "document": document["document"], "_rankingScore": 1.0,
        "_matchesPosition": {"words": [{"start": max(0, start), "length": 1}]},
    }  # fmt: skip


def _counts(index: Index, found: list[dict[str, Any]], name: str) -> dict[str, int]:
    _declared(index, name, "invalid_search_facets")
    counts: dict[str, int] = {}
    for document in found:
        values = document[name] if isinstance(document[name], list) else [document[name]]
        for value in values:
            if value is not None:
                counts[str(value)] = counts.get(str(value), 0) + 1
    most = index.settings.get("faceting", {}).get("maxValuesPerFacet", 100)
    return dict(sorted(counts.items())[:most])


def _declared(index: Index, name: str, code: str) -> None:
    if name not in index.settings.get("filterableAttributes", []):
        raise Refusal(400, code, f"Attribute `{name}` is not filterable.")


def _kept(index: Index, filters: Any) -> list[dict[str, Any]]:
    tests = [filters] if isinstance(filters, str) else filters
    parsed = [re.fullmatch(r"(\w+) (=|<=|>=|IN|NOT IN) (.*)", test).groups() for test in tests]
    for name, _, _ in parsed:
        _declared(index, name, "invalid_search_filter")
    return [
        d for d in index.documents.values() if all(_passes(d[name], how, what) for name, how, what in parsed)
    ]


def _passes(value: Any, how: str, what: str) -> bool:
    values = {str(v).lower() for v in (value if isinstance(value, list) else [value]) if v is not None}
    if how in ("<=", ">="):
        return value is not None and (value <= int(what) if how == "<=" else value >= int(what))
    wanted = {w.strip(' "').lower() for w in what.strip("[]").split(",")}
    return bool(values & wanted) != (how == "NOT IN")


def _matches(texts: list[str], q: str) -> bool:
    query = parse(q)
    padded = [f" {text} " for text in texts]

    def side_by_side(words: tuple[str, ...]) -> bool:
        return any(f" {' '.join(words)} " in text for text in padded)

    if any(map(side_by_side, query.excluded)) or not all(map(side_by_side, query.phrases)):
        return False
    page = {word for text in texts for word in text.split()}
    reached = {0}
    for first, after, word, budget in joined_words(query.words):
        prefix = after == len(query.words)
        if first in reached and (
            any(errors(word, candidate, budget=budget, prefix=prefix) is not None for candidate in page)
            or any(side_by_side((word[:i], word[i:])) for i in range(1, len(word)))
        ):
            reached.add(after)
    return len(query.words) in reached


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the fake, keeps both."""

    protocol_version = "HTTP/1.1"
    fake: FakeServer

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else None
        time.sleep(self.fake.delay_s)
        path = self.path.partition("?")[0]
        try:
            status, answer = self._refused() or self.fake.answer(self.command, path, body)
        except Refusal as refusal:
            status, answer = refusal.status, refusal.body
        self.fake.exchanges.append(
            {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": raw,
             "status": status, "answer": answer}
        )  # fmt: skip
        data = b"<html>hello</html>" if self.fake.garbage else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 503:
            self.send_header("Retry-After", "10")
        self.end_headers()
        self.wfile.write(data)

    def _refused(self) -> tuple[int, Any] | None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            raise Refusal(403, "invalid_api_key", "The provided API key is invalid.")
        if self.fake.refuse:
            status, code = self.fake.refuse
            raise Refusal(status, code, f"refused: {code}")
        return None

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - names that http.server asks for

    def log_message(self, *_: object) -> None:
        """Silent: pytest shows what matters."""


@contextmanager
def serving():
    """A running fake, as ``(url, fake)``."""
    fake = FakeServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
