from __future__ import annotations

from archiveia.steps.dedup_copies import CopyFacts, record_copy


def test_the_copy_of_the_most_complete_piece_is_proposed_first():
    alone = CopyFacts("a", 0.01, 9_000_000, 1)
    assert record_copy([alone, CopyFacts("b", 0.05, 1_000_000, 12)]) == (
        "b",
        "elle appartient à la pièce la plus complète",
    )


def test_then_the_best_read_and_the_largest():
    assert record_copy([CopyFacts("a", 0.09, 10, 1), CopyFacts("b", 0.01, 20, 1)]) == (
        "b",
        "c’est la mieux lue ; son image est la plus grande",
    )
    assert record_copy([CopyFacts("a", None, 10, 1), CopyFacts("b", 0.2, 10, 1)])[0] == "b"


def test_where_nothing_tells_them_apart_it_is_said():
    same = [CopyFacts(page, 0.011, 10, 1) for page in "ba"] + [CopyFacts("c", 0.012, 10, 1)]
    assert record_copy(same) == ("a", "rien ne les départage : la première est proposée")
