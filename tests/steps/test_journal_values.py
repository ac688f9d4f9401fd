"""What may name a person leaves the chain, in doubt; what is a code, an identifier or a date stays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiveia.steps.journal_chain import canonical
from archiveia.steps.journal_values import PURGED, REFERENCE, conceal, references, reveal, text_of, value_hash

RECORD = "0123456789abcdef0123"


class Kept(dict[str, Any]):
    """The values that were kept beside, by hash."""

    def keep(self, value: Any) -> str:
        found = value_hash(f"{len(self):032x}", text_of(value))
        self[found] = value
        return found


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"class": "DELIB", "class_score": [0.93]}, id="codes and scores"),
        pytest.param({"date": "1923-04-06", "opens_on": "2024"}, id="dates"),
        pytest.param({"at": "2026-03-01T09:30:00+00:00"}, id="moments"),
        pytest.param({RECORD: [RECORD, RECORD]}, id="pages of records"),
        pytest.param({"published": True, "answer": None, "entries": 12, "title": ""}, id="no words at all"),
        pytest.param({RECORD: {"state": "text", "engine": "tesseract"}}, id="codes below records"),
    ],
)
def test_codes_identifiers_and_dates_stay_in_the_chain(document):
    kept = Kept()
    assert conceal(document, kept.keep) == document
    assert not kept


@pytest.mark.parametrize(
    ("document", "word"),
    [
        pytest.param({"title": "Mariage de Jeanne MARTIN"}, "MARTIN", id="a title"),
        pytest.param({"person": ["DURAND", "LEFEBVRE"]}, "DURAND", id="a list of persons"),
        pytest.param({"forms": ["MARTIN"], "state": "accepted"}, "MARTIN", id="one key of several"),
        pytest.param({RECORD: {"file": "DURAND.xml", "engine": "import"}}, "DURAND", id="below a record"),
        pytest.param({"finding": {"where": [{"title": "MARTIN"}]}}, "MARTIN", id="deep down"),
        pytest.param({"les MARTIN": 1, "n": {"DURAND père": 1}}, "DURAND", id="a name as key"),
        pytest.param({"birth_on": "1950-04-06"}, "1950", id="a birth"),
        pytest.param({"phone": "0612345678"}, "0612345678", id="a number that is written as text"),
        pytest.param({"new_key": "DURAND"}, "DURAND", id="a key that nobody declared"),
        pytest.param({"@value": "DURAND"}, "DURAND", id="what looks like a reference"),
    ],
)
def test_words_that_a_person_typed_stand_beside_the_chain(document, word):
    kept = Kept()
    chained = conceal(document, kept.keep)
    assert word not in canonical(chained)
    assert reveal(chained, kept) == document
    assert set(references(chained)) == set(kept)


def test_a_purged_value_is_told_as_such():
    chained = conceal({"title": "Mariage MARTIN", "class": "EC"}, Kept().keep)
    assert reveal(chained, {}) == {"title": PURGED, "class": "EC"}


def test_the_same_value_has_another_hash_with_another_salt():
    assert value_hash("1" * 32, text_of("MARTIN")) != value_hash("2" * 32, text_of("MARTIN"))


WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=6)
DOCUMENTS = st.dictionaries(
    st.text("abcdefghij", min_size=1),
    st.recursive(
        st.none() | st.booleans() | st.integers() | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefghij"), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@given(DOCUMENTS)
def test_no_word_of_any_document_stays_and_all_come_back(document):
    kept = Kept()
    chained = conceal(document, kept.keep)
    assert not any(c.isupper() for c in canonical(chained))
    assert reveal(chained, kept) == document


def test_what_is_not_an_object_is_concealed_too():
    kept = Kept()
    assert list(conceal("MARTIN", kept.keep)) == [REFERENCE]
    assert conceal(None, kept.keep) is None
