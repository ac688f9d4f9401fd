"""The journal detects any change: a table of what can be done to it, and properties over any journal."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiveia.steps.journal_chain import (
    CHAINED,
    GENESIS,
    Entry,
    Flaw,
    FlawKind,
    Head,
    hash_of,
    seal,
    verify,
)

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
FIRST = Entry("ici", 0, NOW, "a" * 64, "confirm", "r1", {}, {"class": "DELIB"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.dictionaries(st.text(max_size=8), JSON, max_size=3)
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)).map(  # noqa: DTZ001 zone: next
    lambda at: at.replace(tzinfo=UTC)
)


def chain(entries: list[Entry]) -> list[Entry]:
    sealed: list[Entry] = []
    for entry in entries:
        sealed.append(seal(entry, sealed[-1].head if sealed else None))
    return sealed


def of_length(count: int) -> list[Entry]:
    return chain([replace(FIRST, at=NOW + timedelta(minutes=n), subject=f"r{n}") for n in range(count)])


def kinds(entries: list[Entry], *heads: Head) -> list[tuple[str, int, int]]:
    return [(flaw.kind.value, flaw.first, flaw.last) for flaw in verify(entries, heads).flaws]


journals = st.lists(
    st.builds(
        Entry,
        st.just("ici"),
        st.just(0),
        MOMENTS,
        st.text("0123456789abcdef", min_size=64, max_size=64),
        st.text(max_size=20),
        st.text(),
        DOCUMENTS,
        DOCUMENTS,
        st.none() | st.integers(1, 9),
    ),
    min_size=1,
    max_size=6,
).map(chain)


def test_an_untouched_journal_is_sound_and_gives_its_head():
    entries = of_length(5)
    found = verify(entries, [entries[2].head])
    assert (found.sound, found.entries, found.head) == (True, 5, entries[-1].head)
    assert entries[0].previous_hash == GENESIS


def test_an_empty_journal_is_sound_and_has_no_head():
    assert verify([]) == replace(verify([]), entries=0, head=None, flaws=())


def test_an_altered_entry_is_named():
    entries = of_length(5)
    entries[2] = replace(entries[2], after={"class": "DELIB2"})
    assert kinds(entries) == [("altered", 3, 3)]


def test_an_entry_that_was_changed_and_sealed_anew_is_named():
    entries = of_length(5)
    forged = replace(entries[2], subject="another")
    entries[2] = replace(forged, hash=hash_of(forged))
    assert kinds(entries) == [("replaced", 3, 3)]


def test_missing_entries_are_named_from_the_first_to_the_last():
    entries = of_length(6)
    assert kinds(entries[:1] + entries[3:]) == [("missing", 2, 3)]


def test_a_journal_without_its_beginning_lacks_it():
    assert kinds(of_length(3)[1:]) == [("missing", 1, 1)]


def test_swapped_entries_are_named():
    one, two, three, four = of_length(4)
    assert kinds([one, three, two, four]) == [("reordered", 2, 2)]


def test_an_entry_that_stands_twice_is_named():
    one, two, three = of_length(3)
    assert kinds([one, two, two, three]) == [("reordered", 2, 2)]


def test_entries_that_exchanged_their_numbers_are_both_altered():
    one, two, three = of_length(3)
    swapped = [one, replace(three, sequence=2), replace(two, sequence=3)]
    assert [k[:2] for k in kinds(swapped) if k[0] == "altered"] == [("altered", 2), ("altered", 3)]


def test_a_cut_tail_shows_against_a_head_kept_elsewhere_and_only_so():
    entries = of_length(5)
    assert kinds(entries[:3]) == []
    assert kinds(entries[:3], entries[-1].head) == [("cut", 4, 5)]


def test_a_journal_that_was_emptied_shows_against_a_head():
    assert kinds([], of_length(5)[-1].head) == [("cut", 1, 5)]


def test_a_rewritten_chain_shows_against_a_head_and_two_heads_bound_what_was_rewritten():
    entries = of_length(9)
    forged = chain([*entries[:5], replace(entries[5], subject="forged"), *entries[6:]])
    assert kinds(forged) == []
    assert kinds(forged, entries[-1].head) == [("rewritten", 1, 9)]
    assert kinds(forged, entries[-1].head, entries[3].head) == [("rewritten", 5, 9)]


def test_a_head_stays_true_when_entries_follow():
    entries = of_length(9)
    assert kinds(entries, entries[3].head) == []


@pytest.mark.parametrize(
    ("back", "told"),
    [
        pytest.param(timedelta(days=30), (3,), id="a month back"),
        pytest.param(timedelta(minutes=6), (3,), id="six minutes back"),
        pytest.param(timedelta(seconds=59), (), id="two writers that waited for each other"),
    ],
)
def test_a_clock_set_back_is_told_and_is_no_flaw(back, told):
    entries = chain([FIRST, FIRST, replace(FIRST, at=NOW - back), FIRST])
    found = verify(entries)
    assert (found.sound, found.set_back) == (True, told)


def test_entries_that_a_migration_chained_are_counted_apart():
    entries = chain([FIRST, FIRST, replace(FIRST, action=CHAINED, after={"entries": 2}), FIRST])
    assert verify(entries).chained_later == 2


def test_the_hash_is_the_same_in_another_zone_and_for_another_order_of_keys():
    paris = datetime.fromisoformat("2026-03-01T10:30:00+01:00")
    one = replace(FIRST, after={"b": 1, "a": [2]})
    assert hash_of(one) == hash_of(replace(one, at=paris, after={"a": [2], "b": 1}))


# --- any journal --------------------------------------------------------------------------------


@given(journals)
def test_any_journal_is_sound_as_it_was_written(entries):
    assert verify(entries, [e.head for e in entries]).sound


@given(journals, st.data())
def test_any_altered_field_of_any_entry_shows(entries, data):
    number = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from([f.name for f in fields(Entry)]))
    before = getattr(entries[number], name)
    other = {
        "at": MOMENTS,
        "sequence": st.integers(1, 99),
        "undoes": st.none() | st.integers(1, 9),
        "before": DOCUMENTS,
        "after": DOCUMENTS,
    }.get(name, st.text())
    after = data.draw(other.filter(lambda value: repr(value) != repr(before)))
    entries[number] = replace(entries[number], **{name: after})
    assert not verify(entries).sound


@given(journals, st.data())
def test_any_entry_taken_out_shows_with_the_head(entries, data):
    head = entries[-1].head
    del entries[data.draw(st.integers(0, len(entries) - 1))]
    assert not verify(entries, [head]).sound


@given(journals.filter(lambda entries: len(entries) > 1), st.data())
def test_any_two_entries_that_change_places_show(entries, data):
    one, other = data.draw(
        st.lists(st.integers(0, len(entries) - 1), min_size=2, max_size=2, unique=True), label="places"
    )
    entries[one], entries[other] = entries[other], entries[one]
    assert not verify(entries).sound


@given(journals, st.data())
def test_any_entry_put_in_shows(entries, data):
    place = data.draw(st.integers(0, len(entries) - 1))
    forged = seal(replace(FIRST, subject="forged"), entries[place - 1].head if place else None)
    entries.insert(place, forged)
    assert not verify(entries).sound


@given(journals, st.data())
def test_any_cut_tail_shows_with_the_head(entries, data):
    kept = data.draw(st.integers(0, len(entries) - 1))
    assert Flaw(kept + 1, len(entries), FlawKind.CUT) in verify(entries[:kept], [entries[-1].head]).flaws


@given(journals, st.data())
def test_any_chain_sealed_anew_shows_with_the_head(entries, data):
    head = entries[-1].head
    number = data.draw(st.integers(0, len(entries) - 1))
    entries[number] = replace(entries[number], subject=entries[number].subject + "x")
    assert not verify(chain(entries), [head]).sound
