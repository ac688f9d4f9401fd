"""The header of a JPEG 2000 file (ISO 15444-1, annex I): its colours, where a PDF/A may hold it as it is."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BY_NUMBER, _BY_PROFILE = 1, 2
"""How a file says its colours: the number of a known space, or an ICC profile."""
_KNOWN = {(16, 3): "RGB", (17, 1): "L"}
"""sRGB and its grey, by number and channels. The others (sYCC...) are told otherwise by a PDF."""
_OF_CHANNELS = {1: "L", 3: "RGB"}
_DEEPEST = 37
"""38 bits, counted from 0 (ISO 19005-2, 6.2.8.3)."""
_NOT_PLAIN = {b"bpcc", b"pclr", b"cdef"}
"""Channels of several depths, palettes, channels that are transparent or in another order."""


class Jp2Colour(NamedTuple):
    """``L`` or ``RGB``, and the ICC profile where that is not sRGB."""

    mode: str
    profile: bytes | None


def jp2_colour(data: bytes) -> Jp2Colour | None:
    """The colours of a JPEG 2000 file, where PDF/A-2 has it as it is (ISO 19005-2, 6.2.8.3)."""
    try:
        header = dict(_boxes(data)).get(b"jp2h", b"")
        boxes = dict(reversed(list(_boxes(header))))  # of several colours the first is meant
        channels, depth = struct.unpack_from(">HB", boxes[b"ihdr"], 8)
        method, _, _, number = struct.unpack_from(">BbBI", boxes[b"colr"].ljust(7, b"\0"))
    except (KeyError, struct.error):
        return None
    if channels not in _OF_CHANNELS or depth > _DEEPEST or not _NOT_PLAIN.isdisjoint(boxes):
        return None
    if method == _BY_PROFILE:
        return Jp2Colour(_OF_CHANNELS[channels], boxes[b"colr"][3:])
    mode = _KNOWN.get((number, channels)) if method == _BY_NUMBER else None
    return Jp2Colour(mode, None) if mode else None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each box, by its kind; the last one may reach to the end of the file."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1:  # too long for four bytes
            length, start = struct.unpack_from(">Q", data, start)[0], at + 16
        end = at + length if length else len(data)
        if end < start:
            return
        yield kind, data[start:end]
        at = end
