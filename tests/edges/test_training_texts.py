"""Words to render: French, with the characters that are learned, some kept for validation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from archiveia.edges import training_texts
from archiveia.edges.training_texts import MOST_LETTERS, FrenchWords
from archiveia.errors import BadRequestError
from archiveia.pipeline.training_data import FRENCH

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FrenchWords:
    listed = tmp_path / "liste"
    listed.write_text("\n".join(f"abricot{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(200)), "utf-8")
    monkeypatch.setattr(training_texts, "WORD_LISTS", (listed,))
    text = tmp_path / "texte.txt"
    text.write_text("L’œuvre de la commune coûta 18 000 francs ; Łódź n’y est pas.", "utf-8")
    return FrenchWords([text], FRENCH)


def test_words_have_the_letters_that_are_learned_and_no_more(words: FrenchWords):
    rng = np.random.default_rng(1)
    drawn = {words.draw(rng) for _ in range(20_000)}
    assert set("".join(drawn)) <= set(FRENCH)
    assert max(map(len, drawn)) <= MOST_LETTERS
    assert any("œuvre" in word for word in drawn)


def test_every_character_is_drawn_sooner_or_later(words: FrenchWords):
    rng = np.random.default_rng(1)
    assert set("".join(words.draw(rng) for _ in range(30_000))) == set(FRENCH)


def test_digits_and_capitals_are_far_more_frequent_than_in_running_text(words: FrenchWords):
    rng = np.random.default_rng(1)
    drawn = "".join(words.draw(rng) for _ in range(3000))
    assert sum(map(str.isdigit, drawn)) > 0.08 * len(drawn)
    assert sum(map(str.isupper, drawn)) > 0.12 * len(drawn)


def test_words_kept_for_validation_are_never_drawn(words: FrenchWords):
    rng = np.random.default_rng(1)
    kept = {words.unseen(rng).strip(',.;:)!?»”…-"/(«“—–[').casefold() for _ in range(300)}
    drawn = " ".join(words.draw(rng) for _ in range(20_000)).casefold()
    assert kept
    assert not any(word in drawn for word in kept)


def test_the_same_seed_draws_the_same_words(words: FrenchWords):
    first, second = np.random.default_rng(7), np.random.default_rng(7)
    assert [words.draw(first) for _ in range(50)] == [words.draw(second) for _ in range(50)]


def test_documents_with_a_text_each_are_read(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"text": "zygomorphe"}\n{"text": "un\u2028deux"}\n', "utf-8")
    rng = np.random.default_rng(1)
    words = FrenchWords([tmp_path / "a.jsonl"], FRENCH)
    assert len(words) > 0
    assert words.draw(rng)


def test_without_any_french_a_person_is_asked_for_some(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training_texts, "WORD_LISTS", ())
    with pytest.raises(BadRequestError, match="no French text to render"):
        FrenchWords([], FRENCH)


@pytest.mark.parametrize(("name", "data"), [("a.txt", b"\xff\xfe\x00"), ("a.jsonl", b'{"titre": 1}')])
def test_a_text_that_cannot_be_read_is_named(tmp_path: Path, name: str, data: bytes):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadRequestError, match=f"the text .*{name} cannot be read"):
        FrenchWords([tmp_path / name], FRENCH)
