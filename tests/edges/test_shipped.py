from __future__ import annotations

import pytest

from archiveia.edges import shipped
from archiveia.edges.shipped import Lexicon
from archiveia.errors import SettingsError


@pytest.mark.parametrize(
    "form", ["commune", "arrêtés", "délibérèrent", "œuvres", "municipaux", "a", "zygotes"]
)
def test_the_lexicon_knows_french_forms(form):
    assert form in shipped.lexicon()


@pytest.mark.parametrize("form", ["avee", "oommune", "Commune", "", "\n", "zzz", "été\nêtre", 12])
def test_the_lexicon_knows_nothing_else(form):
    assert form not in shipped.lexicon()


def test_every_form_of_a_lexicon_is_found_again():
    forms = ["abc", "abd", "b", "é", "œuvre"]
    lexicon = Lexicon(("\n".join(forms) + "\n").encode())
    assert len(lexicon) == len(forms)
    assert all(form in lexicon for form in forms)


def test_a_missing_file_is_named_with_a_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "_ROOT", tmp_path)
    shipped.lexicon.cache_clear()
    try:
        with pytest.raises(SettingsError, match=r"models/lexicon-fr/forms\.txt\.gz.* cannot be read"):
            shipped.lexicon()
    finally:
        shipped.lexicon.cache_clear()
