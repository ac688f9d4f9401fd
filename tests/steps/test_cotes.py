from __future__ import annotations

import random

from archiveia.steps.cotes import cote_key

SHELF = ["1 D 2", "1D12", "2 D 1", "4 W 9", "4 W 103", "12 Fi 340", "AA 1", "E dépôt 12/4", "E dépôt 12/10"]


def test_cotes_sort_as_on_the_shelf():
    shuffled = SHELF.copy()
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled, key=cote_key) == SHELF


def test_ways_of_typing_a_cote_have_one_key():
    assert cote_key("4W103") == cote_key("4 w 103") == cote_key(" 4-W-103 ")
