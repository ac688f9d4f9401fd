"""The Meilisearch adapter against a fake server and against the published API description.

None of this is a run of Meilisearch: that is the contract suite with MEILI_URL set.
"""

from __future__ import annotations

import json
import re

import pytest
from fake_meilisearch import KEY, FakeServer, serving
from test_search_contract import TODAY, fill, found, page, query

from archiveia.edges.search_index import open_index
from archiveia.edges.search_meilisearch import MeilisearchIndex
from archiveia.errors import SearchIndexBusyError, SearchIndexError
from archiveia.settings import read_settings


@pytest.fixture
def served():
    """``(index, fake)``, the index made and empty."""
    with serving() as (url, fake):
        fake.polls_before_done = 0
        index = MeilisearchIndex(url, KEY, write=True)
        index.rebuild([])
        fake.exchanges.clear()
        yield index, fake


def requests(fake: FakeServer) -> list[str]:
    return [f"{e['method']} {e['path']}" for e in fake.exchanges if "/tasks/" not in e["path"]]


def test_the_settings_choose_the_server(served):
    index, _ = served
    settings = read_settings(meilisearch_url=index._client.config.url, meilisearch_key=KEY)
    fill(open_index(settings, write=True), page("a", "conseil"))
    assert found(open_index(settings), "conseil") == {"a"}


def test_a_new_index_has_its_settings_before_its_first_page():
    with serving() as (url, fake):
        fake.polls_before_done = 2
        fill(MeilisearchIndex(url, KEY, write=True), page("a"))
        assert requests(fake)[2:] == [
            "POST /indexes",
            "PATCH /indexes/archiveia_pages/settings",
            "POST /indexes/archiveia_pages/documents/delete",
            "POST /indexes/archiveia_pages/documents",
        ]
        assert [task["status"] for task in fake.tasks] == ["succeeded"] * 4


def test_a_rebuild_fills_a_fresh_index_swaps_it_and_deletes_the_old(served):
    index, fake = served
    index.rebuild(page(f"r{i}") for i in range(1200))
    assert [line for line in requests(fake) if not line.startswith("GET")] == [
        "POST /indexes",
        "PATCH /indexes/archiveia_pages_fresh/settings",
        *["POST /indexes/archiveia_pages_fresh/documents"] * 3,
        "POST /swap-indexes",
        "DELETE /indexes/archiveia_pages_fresh",
    ]
    assert list(fake.indexes) == ["archiveia_pages"]
    assert index.count("ville") == 1200


def test_every_word_is_required_and_totals_are_exact(served):
    index, fake = served
    index.search(query("conseil", class_codes=("c",)))
    (asked,) = [json.loads(e["body"])["queries"] for e in fake.exchanges]
    assert {q["matchingStrategy"] for q in asked} == {"all"}
    assert [q.get("hitsPerPage") for q in asked] == [None, 0, 0]
    assert [q.get("facets") for q in asked] == [None, ["decade", "place", "subject", "name"], ["class"]]


@pytest.mark.parametrize("kind", ["documentAdditionOrUpdate", "documentDeletion"])
def test_a_task_that_fails_after_its_202_is_told(served, kind):
    index, fake = served
    fake.fail_next[kind] = f"the disk is full ({KEY})"
    with pytest.raises(
        SearchIndexError, match=rf"failed the task {kind}: the disk is full \(\*\*\*\); correct"
    ):
        fill(index, page("a"))


@pytest.mark.parametrize("kind", ["indexCreation", "settingsUpdate", "documentAdditionOrUpdate", "indexSwap"])
def test_a_rebuild_that_fails_half_way_leaves_the_live_index(served, kind):
    index, fake = served
    fill(index, page("a", "conseil"))
    fake.fail_next[kind] = "no"
    with pytest.raises(SearchIndexError, match=f"failed the task {kind}: no"):
        index.rebuild([page("b", "conseil")])
    assert found(index, "conseil") == {"a"}
    index.rebuild([page("b", "conseil")])
    assert found(index, "conseil") == {"b"}


def test_nobody_writes_while_another_process_rebuilds(served):
    index, fake = served
    fake.indexes["archiveia_pages_fresh"] = fake.indexes["archiveia_pages"]
    with pytest.raises(SearchIndexBusyError, match="is being rebuilt, or a rebuild was cut off") as error:
        index.withdraw(["a"])
    assert error.value.retryable
    assert index.rebuild([]) == 0
    index.withdraw(["a"])


@pytest.mark.parametrize(
    ("refusal", "kind", "message"),
    [
        (
            (503, "too_many_search_requests"),
            SearchIndexBusyError,
            r"answered 503: .*; try again in ten seconds",
        ),
        ((403, "invalid_api_key"), SearchIndexError, "answered 403: .*; correct ARCHIVEIA_MEILISEARCH_KEY"),
        ((404, "index_not_found"), SearchIndexError, "answered 404: .*; run `archiveia reindex`"),
        ((413, "payload_too_large"), SearchIndexError, "answered 413"),
        ((422, "no_space_left_on_device"), SearchIndexError, "answered 422"),
    ],
)
def test_a_refusal_says_what_to_do(served, refusal, kind, message):
    index, fake = served
    fake.refuse = refusal
    calls = [lambda: index.search(query("a")), lambda: index.count("ville"), index.describe]
    if refusal[0] != 404:  # a missing index is made when it is written to
        calls.append(lambda: index.withdraw(["a"]))
    for call in calls:
        with pytest.raises(kind, match=message) as error:
            call()
        assert error.value.retryable is (kind is SearchIndexBusyError)


def test_a_server_that_does_not_answer_in_time_is_told():
    with serving() as (url, fake):
        fake.delay_s = 1.5
        with pytest.raises(SearchIndexError, match="did not answer in time; try again"):
            MeilisearchIndex(url, KEY, answer_wait_s=1).search(query("a"))


def test_a_server_that_is_not_there_is_told():
    with serving() as (url, _):
        pass
    with pytest.raises(
        SearchIndexError, match="cannot be reached; start it, or correct ARCHIVEIA_MEILISEARCH_URL"
    ):
        MeilisearchIndex(url, KEY).search(query("a"))


@pytest.mark.parametrize("url", ["localhost:7700", "ftp://x", "http://", "http://[", "nothing"])
def test_an_address_that_is_none_is_told(url):
    with pytest.raises(SearchIndexError, match="ARCHIVEIA_MEILISEARCH_URL"):
        MeilisearchIndex(url, KEY).search(query("a"))


def test_something_else_than_meilisearch_is_told(served):
    index, fake = served
    fake.garbage = True
    for call in (lambda: index.search(query("a")), lambda: index.withdraw(["a"]), index.describe):
        with pytest.raises(
            SearchIndexError, match=r"did not answer as Meilisearch|URL is a Meilisearch server"
        ):
            call()


def test_a_missing_index_says_to_reindex():
    with serving() as (url, _):
        with pytest.raises(SearchIndexError, match=r"not found.*archiveia reindex"):
            MeilisearchIndex(url, KEY).search(query("a"))
        assert MeilisearchIndex(url, KEY, write=True).rebuild([page("a", "conseil")]) == 1
        assert found(MeilisearchIndex(url, KEY), "conseil") == {"a"}


def test_the_key_and_the_password_of_the_address_are_never_told(served):
    index, fake = served
    fake.refuse = (400, f"bad_{KEY}")
    with pytest.raises(SearchIndexError, match=r"refused: bad_\*\*\*") as refused:
        index.search(query("a"))
    with pytest.raises(SearchIndexError, match="cannot be reached") as unreachable:
        MeilisearchIndex("http://user:a-password@127.0.0.1:9", KEY).search(query("a"))
    assert not re.search("a-secret-key|a-password", f"{refused.value!r}{unreachable.value!r}")


# --- against the published description of the API ---


def _specification(reference) -> dict:
    """The published file, put right in the places that no server follows.

    ``facets`` is an array of names (the server's own tests send one); the file says an object. A
    multi-search without federation answers ``SearchResults``; the file knows the federated one only.
    """
    text = (reference / "meilisearch-openapi-1.53.json").read_text(encoding="utf-8")
    specification = json.loads(text)
    names = {"type": ["array", "null"], "items": {"type": "string"}}
    for name in ("SearchQuery", "SearchQueryWithIndex"):
        specification["components"]["schemas"][name]["properties"]["facets"] = names
    answer = specification["paths"]["/multi-search"]["post"]["responses"]["200"]["content"][
        "application/json"
    ]
    answer["schema"] = {"$ref": "#/components/schemas/SearchResults"}
    return specification


@pytest.fixture(scope="module")
def published(reference):
    """A function that validates one exchange, request and answer."""
    openapi = pytest.importorskip("openapi_core", reason="openapi-core is not installed")
    from openapi_core.testing import MockRequest, MockResponse

    config = openapi.Config(spec_validator_cls=None)  # the file's own LogMode default is not valid
    description = openapi.OpenAPI.from_dict(_specification(reference), config=config)

    def validate(exchange: dict) -> None:
        path, _, _ = exchange["path"].partition("?")
        headers = {k: v for k, v in exchange["headers"].items() if k.lower() != "content-length"}
        request = MockRequest(
            "http://localhost:7700", exchange["method"].lower(), path, headers=headers,
            data=exchange["body"] or None, content_type="application/json",
        )  # fmt: skip
        description.validate_request(request)
        answer = MockResponse(json.dumps(exchange["answer"]).encode(), status_code=exchange["status"])
        description.validate_response(request, answer)

    return validate


def everything(index, fake: FakeServer) -> list[dict]:
    """One exchange of each kind that the adapter has with the server."""
    fill(index, page("a", "conseil", class_code="c", year=1892, places=("Le Bourg",)), page("b"))
    index.withdraw(["b"])
    index.search(query("conseil"))
    index.search(query('"le conseil" -budget', public_on=TODAY, class_codes=("c",), decades=(1890,), year_from=1800,
                       without_records=frozenset({"x"})))  # fmt: skip
    index.count("ville")
    index.record_ids("ville")
    index.describe()
    index.rebuild([page("c")])
    return fake.exchanges


def test_every_request_and_every_answer_of_the_fake_is_as_published(served, published):
    exchanges = everything(*served)
    assert len({re.sub(r"\d+", "N", f"{e['method']} {e['path']}") for e in exchanges}) >= 13
    for exchange in exchanges:
        published(exchange)


def test_the_published_description_would_catch_a_wrong_request(served, published):
    exchange = next(e for e in everything(*served) if e["path"] == "/multi-search")
    wrong = json.loads(exchange["body"])
    wrong["queries"][0]["limit"] = "twenty"
    with pytest.raises(Exception, match=r"(?i)request body"):
        published(exchange | {"body": json.dumps(wrong).encode()})
    with pytest.raises(Exception, match=r"(?i)data"):
        published(exchange | {"answer": {"results": 3}})
