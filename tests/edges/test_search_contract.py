"""One suite for every search index: same hits, counts, facets, filters and rights.

The fake server only proves the adapter; a real Meilisearch server is used when MEILI_URL is set.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import pytest
from fake_meilisearch import KEY, serving

from archiveia.edges.search_meilisearch import MeilisearchIndex
from archiveia.edges.search_tantivy import TantivyIndex
from archiveia.errors import SearchIndexError
from archiveia.values import SearchDocument, SearchQuery

TODAY = date(2026, 11, 23)


@pytest.fixture(params=["tantivy", "fake server", "Meilisearch"])
def index(request, tmp_path):
    if request.param == "tantivy":
        yield TantivyIndex(tmp_path / "index", write=True)
    elif request.param == "fake server":
        with serving() as (url, fake):
            fake.polls_before_done = 0
            yield MeilisearchIndex(url, KEY, write=True)
    else:
        url = os.environ.get("MEILI_URL")
        if not url:
            pytest.skip("no Meilisearch server (set MEILI_URL)")
        server = MeilisearchIndex(
            url, os.environ.get("MEILI_KEY", ""), write=True, live="archiveia_contract_test"
        )
        server.rebuild([])
        yield server


def page(name: str, text: str = "", **values: object) -> SearchDocument:
    """A page ``r1/2`` is the second of the record ``r1``."""
    record_id, _, number = name.partition("/")
    known = {
        "page_id": name, "record_id": record_id, "entity_id": "ville", "page": int(number or 1), "text": text,
        "title": "", "class_code": None, "class_label": None, "year": None,
    }  # fmt: skip
    return SearchDocument(**known | values)


NO_FACETS: dict[str, tuple[tuple[str, int], ...]] = dict.fromkeys(
    ("class", "decade", "place", "subject", "name"), ()
)


def fill(index, *pages: SearchDocument) -> None:
    index.replace([], pages)


def query(text: str = "", **values: object) -> SearchQuery:
    return SearchQuery(**{"text": text, "entity_id": "ville", "public_on": None} | values)


def found(index, text: str = "", **values: object) -> set[str]:
    results = index.search(query(text, **values))
    names = {hit.page_id for hit in results.hits}
    assert results.total == len(results.hits) == len(names)
    return names


PROBES = {
    "deliberation": "Délibération",
    "church": "l'église Saint-Étienne",
    "heart": "cœur",
    "council": "le conseil municipal",
    "reversed": "municipal ou conseil",
    "register": "registre",
    "misread": "regisire",
    "saturday": "samedi",
    "porter": "portefaix",
    "split porter": "porte faix",
    "year": "1892",
    "long": "administration",
    "wrong first": "edministration",
    "cut": "munici pal",
}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("deliberation", {"deliberation"}),
        ("DÉLIBÉRATION", {"deliberation"}),
        ("délibération", {"deliberation"}),
        ("coeur", {"heart"}),
        ("cœur", {"heart"}),
        ("saint etienne", {"church"}),
        ("l'église", {"church"}),
        ("de l’eglise", set()),
        ("consel", {"council", "reversed"}),
        ("donseil", set()),
        ("tegistre", set()),
        ("zamedi", set()),
        ("registre", {"register", "misread"}),
        ("portefaix", {"porter", "split porter"}),
        ("porte faix", {"porter", "split porter"}),
        ("municipal", {"council", "reversed", "cut"}),
        ("189", {"year"}),
        ("89", set()),
        ("1893", set()),
        ("admini", {"long"}),
        ("administration", {"long", "wrong first"}),
        ("admin conseil", set()),
        ("conseil munic", {"council", "reversed"}),
        ('"conseil municipal"', {"council"}),
        ("« conseil municipal »", {"council"}),
        ('"conseil municipa"', set()),
        ('"registre"', {"register"}),
        ("conseil -ou", {"council"}),
        ('conseil -"conseil municipal"', {"reversed"}),
        ("-conseil registre", {"register", "misread"}),
        ("conseil registre", set()),
    ],
)
def test_a_query_finds_exactly_these_pages(index, text, names):
    fill(index, *(page(name, content) for name, content in PROBES.items()))
    assert found(index, text) == names


def test_an_exclusion_alone_lists_everything_else(index):
    fill(index, *(page(name, content) for name, content in PROBES.items()))
    assert found(index, "-conseil") == set(PROBES) - {"council", "reversed"}


def test_an_empty_query_lists_every_page_with_its_facets(index):
    fill(index, page("a", class_code="deliberation", year=1892), page("b/1"), page("b/2"))
    for nothing in ("", "  ", "'-\"", "!?"):
        assert found(index, nothing) == {"a", "b/1", "b/2"}
    facets = index.search(query()).facets
    assert facets == NO_FACETS | {"class": (("deliberation", 1),), "decade": (("1890", 1),)}


def test_a_page_is_found_by_the_description_of_its_record_too(index):
    described = page(
        "a", "texte", title="Réfection du toit", cote="1 D 12", class_label="Délibération", producer="Voirie",
        persons=("DURAND",), references=("2019-34",), places=("Hameau du Bois",),
    )  # fmt: skip
    fill(index, described, page("b", "autre"))
    for text in (
        "toit",
        "1 D 12",
        "deliberation",
        "voirie",
        "durand",
        "2019-34",
        "hameau",
        "texte toit durand",
    ):
        assert found(index, text) == {"a"}
    assert found(index, '"toit 1"') == set()  # no phrase runs from one field into the next
    assert index.search(query("toit")).hits[0].exact


def test_only_the_first_ten_words_are_searched(index):
    fill(index, page("a", "un deux trois quatre cinq six sept huit neuf dix"))
    assert found(index, "un deux trois quatre cinq six sept huit neuf dix onze douze") == {"a"}
    assert found(index, "un deux trois quatre cinq six sept huit neuf onze dix") == set()


def test_a_hit_carries_what_the_result_list_shows(index):
    fill(index, page("r/3", "Vu la délibération du conseil", title="Titre", class_code="c", class_label="C",
                     year=1892, cote="1 D 12"))  # fmt: skip
    (hit,) = index.search(query("deliberatoin")).hits
    assert (hit.page_id, hit.record_id, hit.page, hit.title) == ("r/3", "r", 3, "Titre")
    assert (hit.class_code, hit.class_label, hit.year, hit.cote) == ("c", "C", 1892, "1 D 12")
    assert not hit.exact
    ((start, end),) = hit.excerpt.marks
    assert hit.excerpt.text[start:end] == "délibération"


@pytest.mark.parametrize("text", ["delibératoin", "délib"])
def test_the_excerpt_marks_what_was_found_by_tolerance_or_by_its_beginning(index, text):
    fill(index, page("a", "Éà ù € délibération"))  # signs of two and three bytes come before
    (hit,) = index.search(query(text)).hits
    assert [hit.excerpt.text[a:b] for a, b in hit.excerpt.marks] == ["délibération"]


def test_html_in_a_page_comes_back_as_it_is(index):
    fill(index, page("a", "<script>alert(1)</script> & conseil"))
    (hit,) = index.search(query("conseil")).hits
    assert hit.excerpt.text == "<script>alert(1)</script> & conseil"


# --- writing ---


def test_a_withdrawn_page_can_no_longer_be_found(index):
    fill(index, *(page(f"r{i}", "secret") for i in range(100)))
    index.withdraw([f"r{i}" for i in range(50)])
    assert found(index, "secret", limit=200) == {f"r{i}" for i in range(50, 100)}
    assert index.count("ville") == 50
    assert index.record_ids("ville") == {f"r{i}" for i in range(50, 100)}


def test_replacing_a_record_replaces_all_its_pages_and_no_other(index):
    fill(index, page("r/1", "ancien"), page("r/2", "ancien"), page("R/1", "voisin"))
    index.replace(["r"], [page("r/1", "nouveau")])
    index.replace(["r"], [page("r/1", "nouveau")])
    assert found(index, "ancien") == set()
    assert found(index) == {"r/1", "R/1"}


def test_a_rebuild_keeps_only_what_it_is_given(index):
    fill(index, page("old", "registre"))
    assert index.rebuild(page(f"r{i}", "registre") for i in range(3)) == 3
    assert found(index, "registre") == {"r0", "r1", "r2"}
    fill(index, page("after", "registre"))
    assert index.count("ville") == 4


def test_a_rebuild_that_fails_leaves_the_live_index_alone(index):
    fill(index, page("a", "registre"))

    def pages():
        yield page("b", "registre")
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        index.rebuild(pages())
    assert found(index, "registre") == {"a"}


def test_the_index_describes_itself(index):
    fill(index, page("a"), page("b"))
    about = index.describe()
    assert about["pages"] == 2
    assert about["engine"] in ("tantivy", "meilisearch")
    assert about["version"]
    assert about["place"]


# --- rights ---


def open_page(name: str, text: str = "registre", **values: object) -> SearchDocument:
    return page(name, text, **{"published": True, "opens_on": date(2000, 1, 1)} | values)


def test_the_public_finds_only_pages_that_are_published_and_open(index):
    fill(
        index,
        open_page("open"),
        open_page("opens today", opens_on=TODAY),
        open_page("opens tomorrow", opens_on=date(2026, 11, 24)),
        open_page("never", opens_on=None),
        open_page("not published", published=False),
    )
    assert found(index, "registre", public_on=TODAY) == {"open", "opens today"}
    assert len(found(index, "registre")) == 5


def test_counts_and_facets_do_not_tell_the_public_of_closed_pages(index):
    fill(
        index,
        open_page(
            "open",
            class_code="budget",
            year=1890,
            places=("Le Bourg",),
            subjects=("voirie",),
            names=("Syndicat",),
        ),
        open_page(
            "closed",
            opens_on=None,
            class_code="etat_civil",
            year=1990,
            places=("Le Hameau",),
            subjects=("santé",),
            names=("DURAND, maire",),
        ),
    )
    for text in ("", "registre", "-rien"):
        results = index.search(query(text, public_on=TODAY))
        assert results.total == 1
        assert results.facets == {
            "class": (("budget", 1),), "decade": (("1890", 1),), "place": (("Le Bourg", 1),),
            "subject": (("voirie", 1),), "name": (("Syndicat", 1),),
        }  # fmt: skip
    ticked = query("registre", public_on=TODAY, class_codes=("etat_civil",), places=("Le Hameau",))
    results = index.search(ticked)
    assert (results.total, results.facets) == (0, NO_FACETS)


def test_subjects_and_names_narrow_a_search_and_are_found_as_words(index):
    fill(
        index,
        page("a", subjects=("eau potable", "voirie"), names=("Mairie de Saint-Denis",)),
        page("b", subjects=("voirie",)),
    )
    assert found(index, subjects=("voirie",)) == {"a", "b"}
    assert found(index, subjects=("voirie",), names=("Mairie de Saint-Denis",)) == {"a"}
    assert found(index, "eau potable") == found(index, "mairie saint denis") == {"a"}


def test_the_pages_of_another_entity_never_appear(index):
    fill(
        index, open_page("a"), open_page("b", entity_id="VILLE", year=1890), open_page("c", entity_id="autre")
    )
    for public_on in (None, TODAY):
        assert found(index, "registre", public_on=public_on) == {"a"}
        assert index.search(query(public_on=public_on)).facets["decade"] == ()
    assert found(index, entity_id='ville" OR entity = "autre') == set()
    assert index.count("VILLE") == 1
    assert index.record_ids("autre") == {"c"}


def test_a_service_finds_its_own_pages_and_counts_no_other(index):
    fill(
        index,
        page("a", "le lavoir", service="État civil", places=("Saint-Aubin",), class_code="DELIB"),
        page("b", "le lavoir", service="Police municipale", places=("Vernon",), class_code="POLICE"),
        page("c", "le lavoir", places=("Évreux",)),
    )
    assert found(index, "lavoir") == {"a", "b", "c"}
    mine = {"services": frozenset({"État civil"})}
    assert found(index, "lavoir", **mine) == found(index, "", **mine) == {"a"}
    results = index.search(query("lavoir", **mine))
    assert results.facets["place"] == (("Saint-Aubin", 1),)
    assert results.facets["class"] == (("DELIB", 1),)
    ticked = index.search(query("", class_codes=("POLICE",), **mine))
    assert ticked.total == 0
    assert ticked.facets["class"] == (("DELIB", 1),)
    assert found(index, "", services=frozenset({"État civil", "Police municipale"})) == {"a", "b"}


def test_who_sees_no_service_finds_nothing(index):
    fill(index, page("a", "le lavoir", service="État civil"), page("b", "le lavoir"))
    results = index.search(query("lavoir", services=frozenset()))
    assert (results.total, results.hits) == (0, ())
    assert not any(results.facets.values())


def test_records_decided_since_are_hidden_whatever_the_index_says(index):
    fill(index, open_page("a/1", year=1890), open_page("a/2", year=1890), open_page("b"), open_page("A"))
    hidden = query("registre", public_on=TODAY, without_records=frozenset({"a", "x", '"]'}))
    results = index.search(hidden)
    assert {h.page_id for h in results.hits} == {"b", "A"}
    assert (results.total, results.facets["decade"]) == (2, ())


# --- filters and facets ---


def library(index) -> None:
    fill(
        index,
        page("a", "conseil", class_code="deliberation", year=1892, places=("Le Bourg", "Le Hameau")),
        page("b", "conseil", class_code="deliberation", year=1901, places=("Le Bourg",)),
        page("c", "conseil", class_code="budget", year=1905, places=("Étang",)),
        page("d", "conseil"),
    )


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"year_from": 1901}, {"b", "c"}),
        ({"year_to": 1901}, {"a", "b"}),
        ({"year_from": 1892, "year_to": 1892}, {"a"}),
        ({"year_from": -(10**30), "year_to": 10**30}, {"a", "b", "c"}),
        ({"class_codes": ("budget",)}, {"c"}),
        ({"class_codes": ("budget", "deliberation")}, {"a", "b", "c"}),
        ({"class_codes": ("BUDGET",)}, set()),
        ({"decades": (1900,)}, {"b", "c"}),
        ({"decades": (10**30,)}, set()),
        ({"places": ("Le Hameau",)}, {"a"}),
        ({"places": ("Étang", "Le Bourg"), "decades": (1900,)}, {"b", "c"}),
        ({"places": ("le hameau",)}, set()),
        ({"places": ('"] OR year > 0',)}, set()),
        ({"places": ("\udc80\x00", "")}, set()),
    ],
)
def test_filters_keep_only_what_was_asked(index, filters, names):
    library(index)
    assert found(index, "conseil", **filters) == names


def test_a_facet_ignores_its_own_selection_and_follows_the_others(index):
    library(index)
    facets = index.search(query("conseil", class_codes=("budget",), decades=(1900,))).facets
    assert facets["class"] == (("budget", 1), ("deliberation", 1))
    assert facets["decade"] == (("1900", 1),)
    assert facets["place"] == (("Étang", 1),)
    assert index.search(query("conseil")).facets["place"] == (("Le Bourg", 2), ("Le Hameau", 1), ("Étang", 1))


def test_pages_of_results_cover_everything_once(index):
    fill(index, *(page(f"r{i:03}", "conseil") for i in range(45)))
    seen = [
        hit.page_id
        for offset in range(0, 60, 7)
        for hit in index.search(query("conseil", limit=7, offset=offset)).hits
    ]
    assert sorted(seen) == [f"r{i:03}" for i in range(45)]


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (-5, -5), (10, 10**12), (10**12, 0), (10**12, 10**12)])
def test_any_window_of_results_has_the_same_total(index, limit, offset):
    fill(index, page("a", "conseil"))
    results = index.search(query("conseil", limit=limit, offset=offset))
    assert results.total == 1
    assert len(results.hits) == (limit > 0 and offset == 0)


# --- hostile text ---


@pytest.mark.parametrize(
    "text",
    [
        '"', '"conseil', "-", '-"', "--- ---", "(((", "[a-z]*+?{9999}", "conseil~2 AND field:x", "\\",
        "\x00\x1b", "\udc80\ud83d", "'' OR 1=1 --", "<b>", "\u202e\u0301", "½²№", "é" * 10_000, '"' * 10_000,
        "a " * 5_000, "-" * 10_000, "ab" * 5_000, "aaaaaaaaa " * 10, "conseil " * 10, "漢字 אבג", "😀",
    ],
)  # fmt: skip
def test_any_text_is_a_query(index, text):
    fill(index, page("a", "le conseil"))
    assert index.search(query(text)).total in (0, 1)


def test_a_page_of_any_text_can_be_indexed(index):
    strange = ["\udc80 conseil", "\x00conseil", "x" * 100_000 + " conseil", "", "conseil " * 70_000]
    fill(index, *(page(f"p{i}", text) for i, text in enumerate(strange)))
    assert index.count("ville") == 5
    assert found(index, "conseil") >= {"p0", "p1", "p2", "p4"}


def test_an_index_opened_for_reading_refuses_to_be_changed(index):
    index._write = False
    for change in (lambda: index.replace([], []), lambda: index.withdraw(["a"]), lambda: index.rebuild([])):
        with pytest.raises(SearchIndexError, match="opened for reading; open it with write=True"):
            change()


def test_documents_come_back_whole(index):
    whole = open_page(
        "r/1", "Texte", persons=("DURAND",), places=("A", "B"), references=("n° 3",), batch="lot"
    )
    fill(index, whole, replace(whole, page_id="other", entity_id="autre"))
    (hit,) = index.search(query("durand")).hits
    assert (hit.page_id, hit.excerpt.text) == ("r/1", "Texte")
