"""The assertions of a whole record."""

from __future__ import annotations

from archiveia.steps.describe import describe
from archiveia.values import Origin, OriginKind

MODEL = Origin(OriginKind.MODEL, "spacy fr_core_news_md", "3.8.0")
LANGUAGE = Origin(OriginKind.MODEL, "py3langid", "0.4.0")
PAGES = [
    (
        1,
        "COMMUNE DE DINAN\nARRÊTÉ N° 2017-58 portant réglementation de la circulation\n\nVu la loi du 5 avril 1884 ;\n",
    ),
    (2, "   \n"),
    (3, "M. Jean DURAND, adjoint, est chargé de l'exécution.\nFait à Dinan, le 3 avril 2017"),
]


def test_a_record_is_described_by_what_its_pages_say():
    found = describe(
        PAGES,
        mentions={3: [("person", 3, 14, "Jean DURAND"), ("organisation", 16, 23, "adjoint")]},
        mentions_origin=MODEL,
        language=("fr", 0.99),
        language_origin=LANGUAGE,
    )
    assert [(a.field, a.value) for a in found] == [
        ("title", "ARRÊTÉ N° 2017-58 portant réglementation de la circulation"),
        ("date", "2017-04-03"),
        ("language", "fr"),
        ("signed_on", "2017-04-03"),
        ("reference", "2017-58"),
        ("person", "Jean DURAND"),
        ("place", "DINAN"),
    ]
    texts = dict(PAGES)
    for assertion in found:
        evidence = assertion.evidence
        assert evidence is None or texts[evidence.page][evidence.start : evidence.end] == evidence.text
        assert assertion.origin.version


def test_the_same_pages_give_the_same_description_again():
    assert describe(PAGES) == describe(PAGES)


def test_a_record_without_text_is_described_by_nothing():
    assert describe([]) == []
    assert describe([(1, ""), (2, " \n ")]) == []


def test_noise_describes_nothing():
    assert describe([(1, "~ § | 12 ;; %\n.. ,, //\n")]) == []
