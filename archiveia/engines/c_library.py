"""What networks need of the C library and Python does not offer: quick arithmetic next to zero, memory given back."""

from __future__ import annotations

import ctypes
import platform
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_Environment = ctypes.c_uint32 * 8
"""What the C library keeps of a thread's arithmetic on x86-64 (``fenv_t``); its last word is MXCSR."""
_AS_ZERO = 0x8040
"""Flush to zero, and denormals are zero (Intel 64 manual, vol. 1, 10.2.3)."""


@contextmanager
def denormals_as_zero() -> Iterator[None]:
    """Within, this thread takes denormals as zero, where the processor and the C library let it be asked for.

    A processor takes a hundred times as long for each of these numbers next to zero, and a network comes upon many
    on an even page. ONNX Runtime has a setting for it, which holds only where the first network of a process was
    opened with it, and then stays on for everything else in that thread.
    """
    library = ctypes.CDLL(None)
    if platform.machine() != "x86_64" or not hasattr(library, "fesetenv"):
        yield
        return
    before = _Environment()
    library.fegetenv(before)
    within = _Environment(*before)
    within[-1] |= _AS_ZERO
    library.fesetenv(within)
    try:
        yield
    finally:
        library.fesetenv(before)


def give_memory_back() -> None:
    """The memory that the process keeps, and does not use, is the system's again (where glibc is the C library)."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
