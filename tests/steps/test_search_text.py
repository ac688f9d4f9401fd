"""Words, queries and marks."""

from __future__ import annotations

import unicodedata

import pytest

from archiveia.steps.highlight import errors, excerpt, is_exact, matches
from archiveia.steps.search_text import MAX_QUERY_CHARS, MAX_QUERY_WORDS, folded, parse, tokens, typo_budget


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'église, Saint-Étienne", "l eglise saint etienne"),
        ("CŒUR cœur Æ ß", "coeur coeur ae ss"),
        ("1er n°12 1892/04 50€", "1er n 12 1892 04 50"),
        ("1ᵉʳ m² ½", "1er m2 12"),
        ("snake_case a.b@c", "snake case a b c"),
        (unicodedata.normalize("NFD", "Délibération"), "deliberation"),
        ("muni\u00adcipal", "municipal"),
        ("\udc80\x00\u0301", ""),
        ("x" * 100, "x" * 60),
        ("Привет", "привет"),
    ],
)
def test_a_text_is_cut_and_folded(text, words):
    assert folded(text) == words


def test_spans_are_in_characters_of_the_text():
    text = "Où ? " + unicodedata.normalize("NFD", "Délibérée") + ", cœur"
    assert [text[t.start : t.end] for t in tokens(text)][1:] == [
        unicodedata.normalize("NFD", "Délibérée"),
        "cœur",
    ]


@pytest.mark.parametrize(
    ("text", "words", "phrases", "excluded"),
    [
        ("Conseil MUNICIPAL", ("conseil", "municipal"), (), ()),
        ('"Conseil municipal" budget', ("budget",), (("conseil", "municipal"),), ()),
        ("« conseil municipal »", (), (("conseil", "municipal"),), ()),
        ('budget "conseil muni', ("budget",), (("conseil", "muni"),), ()),
        ("budget -voirie", ("budget",), (), (("voirie",),)),
        ('-"travaux de voirie" budget', ("budget",), (), (("travaux", "de", "voirie"),)),
        ("-Saint-Étienne", (), (), (("saint", "etienne"),)),
        ("Saint-Étienne", ("saint", "etienne"), (), ()),
        ("1892-1893", ("1892", "1893"), (), ()),
        ("l'église d’Aix jusqu'au qu'il", ("eglise", "aix", "au", "il"), (), ()),
        ('"l\'église"', (), (("l", "eglise"),), ()),
        ("-l'église", (), (), (("eglise",),)),
        ("l' aujourd'hui", ("l", "aujourd", "hui"), (), ()),
        ('"" - -- "-"', (), (), ()),
        ("-'*", (), (), ()),
    ],
)
def test_a_query_is_words_phrases_and_exclusions(text, words, phrases, excluded):
    parsed = parse(text)
    assert (parsed.words, parsed.phrases, parsed.excluded) == (words, phrases, excluded)
    assert parsed.is_empty == (not (words or phrases or excluded))


def test_the_words_over_the_limit_are_told():
    parsed = parse('un deux "trois quatre" -cinq six sept huit neuf dix "onze douze" treize')
    assert parsed.ignored == ("onze", "douze", "treize")
    kept = [*parsed.words, *(w for p in (*parsed.phrases, *parsed.excluded) for w in p)]
    assert len(kept) == MAX_QUERY_WORDS
    assert parse("un deux").ignored == ()


def test_the_canonical_query_means_the_same():
    parsed = parse('budget -voirie "Conseil municipal" l\'église -"rue haute"')
    assert parsed.canonical == '-"voirie" -"rue haute" "conseil municipal" budget eglise'
    assert parse(parsed.canonical) == parsed
    assert parse("").canonical == ""


@pytest.mark.parametrize(
    "text", ['"' * 50_000, "-" * 50_000, "a'" * 50_000, "\u0301" * 50_000, "a\u00ad" * 50_000]
)
def test_a_long_hostile_query_is_cut(text):
    parsed = parse(text)
    assert sum(map(len, parsed.words)) <= MAX_QUERY_CHARS


def test_a_word_tolerates_one_error_from_five_letters_and_two_from_nine():
    assert [typo_budget("x" * n) for n in (4, 5, 8, 9, 40)] == [0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("word", "candidate", "budget", "prefix", "count"),
    [
        ("conseil", "conseil", 1, False, 0),
        ("conseil", "consel", 1, False, 1),
        ("conseil", "consseil", 1, False, 1),
        ("conseil", "consiel", 1, False, 1),
        ("conseil", "konseil", 1, False, None),
        ("conseil", "conseillers", 1, False, None),
        ("consei", "conseillers", 1, True, 0),
        ("consxil", "conseillers", 1, True, 1),
        ("conseil", "conse", 1, True, None),
        ("deliberation", "delibratoin", 2, False, 2),
        ("deliberation", "beliberation", 2, False, 2),
        ("deliberation", "eliberation", 2, False, 2),
        ("deliberation", "beliberatoin", 2, False, None),
        ("mars", "mors", 0, False, None),
    ],
)
def test_errors_between_words_are_counted_as_the_engines_do(word, candidate, budget, prefix, count):
    assert errors(word, candidate, budget=budget, prefix=prefix) == count


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("consel", ["conseil", "Conseil"]),
        ("municip", ["municipal"]),
        ("munic conseil", ["conseil", "Conseil"]),
        ('"conseil municipal"', ["conseil", "municipal"]),
        ("portefaix", ["porte", "faix"]),
        ("l'égli", ["Église"]),
        ("-conseil", []),
        ("", []),
        ("tonseil", []),
        ("conseilmunicipal", ["conseil", "municipal"]),
        ("re gistre", ["registre"]),
    ],
)
def test_the_words_of_a_page_that_match_are_marked(query, marked):
    text = "Le conseil municipal de l’Église, porte faix. Conseil, registre"
    assert [text[a:b] for a, b in matches(text, query)] == marked


def test_an_excerpt_shows_the_place_where_most_words_meet():
    text = "conseil " + "lorem ipsum " * 100 + "le conseil vote le budget " + "dolor amet " * 100 + "budget"
    shown = excerpt(text, parse("budget conseil"))
    assert [shown.text[a:b] for a, b in shown.marks] == ["conseil", "budget"]
    assert 200 < len(shown.text) < 250
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")
    assert all(word in text.split() for word in shown.text.strip("…").split())  # cut between words


def test_an_excerpt_without_a_match_is_the_beginning():
    shown = excerpt("mot " * 200, parse("absent"))
    assert shown.text.startswith("mot mot")
    assert not shown.marks
    assert excerpt("", parse("absent")).text == ""
    assert excerpt("court", parse("")).text == "court"


def test_the_excerpt_of_one_endless_word_is_short():
    shown = excerpt("x" * 100_000 + " conseil " + "y" * 100_000, parse("conseil"))
    assert [shown.text[a:b] for a, b in shown.marks] == ["conseil"]
    assert len(shown.text) < 250


def test_a_hit_is_exact_when_every_word_is_there_as_typed():
    texts = ["Le registre", "Conseil municipal"]
    assert is_exact(texts, parse("registre munic"))
    assert is_exact(texts, parse('"le registre" -absent'))
    assert not is_exact(texts, parse("regist conseil"))
    assert not is_exact(texts, parse("registr conseil"))
