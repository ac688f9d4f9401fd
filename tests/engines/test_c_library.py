from __future__ import annotations

import platform

import numpy as np
import pytest

from archiveia.engines.c_library import denormals_as_zero, give_memory_back

TINY = np.float32(1e-39)  # next to zero: no float32 with all its digits


@pytest.mark.skipif(platform.machine() != "x86_64", reason="other processors are not asked")
def test_denormals_are_zero_within_and_numbers_again_after():
    tiny = np.full(64, TINY)
    with denormals_as_zero():
        within = (tiny * np.float32(1)).tolist()
    assert set(within) == {0.0}
    assert (tiny * np.float32(1) == TINY).all()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="other processors are not asked")
def test_an_error_within_leaves_arithmetic_as_it_was():
    with pytest.raises(ValueError, match="within"), denormals_as_zero():
        raise ValueError("within")
    assert TINY * np.float32(1) == TINY


def test_memory_is_given_back_as_often_as_one_likes():
    give_memory_back()
    give_memory_back()
