"""The colours of JPEG 2000, and which of its files a PDF/A may hold as they are."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from archiveia.edges.jp2_header import jp2_colour

SRGB, GREY, SYCC, CIE_JAB = 16, 17, 18, 19
RULED = struct.pack(">BbB", 2, 0, 0)


def box(kind: str, data: bytes, *, long: bool = False) -> bytes:
    if long:
        return struct.pack(">I4sQ", 1, kind.encode(), len(data) + 16) + data
    return struct.pack(">I4s", len(data) + 8, kind.encode()) + data


def ruled(number: int) -> bytes:
    return box("colr", struct.pack(">BbBI", 1, 0, 0, number))


def jp2(*boxes: bytes, channels: int = 3, depth: int = 7, long: bool = False) -> bytes:
    header = box("ihdr", struct.pack(">IIHBBBB", 900, 1000, channels, depth, 7, 0, 0))
    return (
        box("jP  ", b"\r\n\x87\n")
        + box("ftyp", b"jp2 \0\0\0\0jp2 ")
        + box("jp2h", header + b"".join(boxes), long=long)
        + struct.pack(">I4s", 0, b"jp2c")
        + b"\xff\x4f\xff\x51"
    )


@pytest.mark.parametrize(("mode", "expected"), [("RGB", "RGB"), ("L", "L"), ("RGBA", None), ("LA", None)])
def test_a_file_that_pillow_wrote(mode, expected):
    file = io.BytesIO()
    Image.new(mode, (64, 64)).save(file, "JPEG2000")
    colour = jp2_colour(file.getvalue())
    assert (colour and colour.mode) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(jp2(ruled(SRGB)), ("RGB", None), id="sRGB"),
        pytest.param(jp2(ruled(GREY), channels=1, depth=15), ("L", None), id="grey of 16 bits"),
        pytest.param(jp2(ruled(SRGB), long=True), ("RGB", None), id="a long box"),
        pytest.param(jp2(ruled(SRGB), ruled(SYCC)), ("RGB", None), id="the first of two colours"),
        pytest.param(jp2(box("colr", RULED + b"icc")), ("RGB", b"icc"), id="a profile"),
        pytest.param(jp2(ruled(SYCC)), None, id="sYCC"),
        pytest.param(jp2(ruled(CIE_JAB)), None, id="CIEJab"),
        pytest.param(jp2(ruled(GREY)), None, id="grey of three channels"),
        pytest.param(jp2(ruled(SRGB), channels=2), None, id="two channels"),
        pytest.param(jp2(ruled(SRGB), depth=255), None, id="several depths"),
        pytest.param(jp2(ruled(SRGB), box("pclr", b"")), None, id="a palette"),
        pytest.param(jp2(ruled(SRGB), box("cdef", b"")), None, id="a channel that is transparent"),
        pytest.param(jp2(), None, id="no colours"),
        pytest.param(b"\xff\x4f\xff\x51" + b"\0" * 60, None, id="no file about it"),
        pytest.param(jp2(ruled(SRGB))[:60], None, id="cut off"),
        pytest.param(b"", None, id="empty"),
    ],
)
def test_what_a_pdf_may_hold_as_it_is(data, expected):
    assert jp2_colour(data) == expected
