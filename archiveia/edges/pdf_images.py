"""Images as pages of a PDF, without a loss: as they are where PDF/A takes them so, all others packed anew."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from archiveia.edges import scans
from archiveia.edges.jp2_header import jp2_colour
from archiveia.edges.scans_image import page_of
from archiveia.values import FileKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pikepdf
    from PIL import Image

    from archiveia.values import ScanLimits

_SPACES = {"1": "/DeviceGray", "L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}
_CHANNELS = {"1": 1, "L": 1, "RGB": 3, "CMYK": 4}
_PROFILE_SPACES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_PROFILE_CLASSES = {b"prtr", b"mntr", b"scnr", b"spac"}
_PROFILE_VERSIONS = range(1, 5)
_PNG_COLOURS = {0: "L", 2: "RGB", 3: "P"}
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF orientations that are turns; the others are mirrors."""
_ORIENTATION, _STRIPS, _STRIP_SIZES, _ONE_STRIP_BYTES = 0x0112, 273, 279, 2**31 - 1
_PLAUSIBLE_DPI = (20, 2400)
_DEFAULT_DPI = 300
_LEAST_PT, _MOST_PT = 3.0, 14400.0
"""The sides of a page (ISO 19005-2, 6.1.13)."""


@dataclass(frozen=True, slots=True)
class _Packing:
    """An image as a PDF holds it; ``mode`` is Pillow's name for its colours, or for those of its palette."""

    filter: str
    data: bytes
    size_px: tuple[int, int]
    mode: str
    profile: bytes | None = None
    depth: int | None = 8
    parameters: Mapping[str, int] = field(default_factory=dict)
    palette: bytes = b""
    is_negative: bool = False


@dataclass(frozen=True, slots=True)
class ImagePages:
    """The pages of a PDF that are images; a colour profile that several share is held once."""

    made: pikepdf.Pdf
    limits: ScanLimits
    profiles: dict[bytes, pikepdf.Object] = field(default_factory=dict)

    def add(self, path: Path, kind: FileKind, number: int, *, is_known_good: bool) -> pikepdf.Page:
        """The new last page of the PDF: one page of an image file, in its own size and colours.

        The data of a JPEG, JPEG 2000 or PNG go in as they are. What PDF/A-2 does not take so is decoded and
        packed without a loss, what is transparent laid on white; of more than 8 bits of grey, 8 are kept.
        An image that ``is_known_good`` is not decoded only to be sure of it.

        Raises:
            PageFailedError: it cannot be decoded.
        """
        from pikepdf import Dictionary

        with page_of(path, kind, number, limits=self.limits) as image:
            dpi = image.info.get("dpi")
            if not is_known_good:
                image.load()
            turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
            packing = None if turn is None else _as_it_is(image, kind, path)
            if packing is None:
                turn, packing = 0, _packed(self._decoded(image, kind, path, number), _profile(image))
        page = self.made.add_blank_page(page_size=_size_pt(packing.size_px, dpi))
        page.obj.Resources = Dictionary(XObject=Dictionary(Scan=self._stream(packing)))
        page.obj.Contents = self.made.make_stream(
            b"q %.3f 0 0 %.3f 0 0 cm /Scan Do Q" % tuple(map(float, page.mediabox[2:]))
        )
        if turn:
            page.rotate(turn, relative=False)
        return page

    def _decoded(self, image: Image.Image, kind: FileKind, path: Path, number: int) -> Image.Image:
        """The image upright and opaque, of one of the modes of ``_SPACES``; grey where all its colours are."""
        from PIL import Image, ImageCms, ImageOps

        if image.mode == "F" or image.mode.startswith("I"):
            return Image.fromarray(
                scans.render(path, kind, number, dpi=_DEFAULT_DPI, limits=self.limits).pixels
            )
        if kind is not FileKind.TIFF:  # Pillow turns a TIFF by itself when it loads it
            image = ImageOps.exif_transpose(image)
        if image.mode == "LAB":
            lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB") or image
        elif image.has_transparency_data:
            page = Image.new("RGBA", image.size, "white")
            page.alpha_composite(image.convert("RGBA"))
            image = page.convert("RGB")
        elif image.mode not in _SPACES:
            image = image.convert("RGB")
        if image.mode == "RGB":
            pixels = np.asarray(image)
            if (pixels[..., :1] == pixels[..., 1:]).all():
                return image.convert("L")
        return image

    def _stream(self, packing: _Packing) -> pikepdf.Stream:
        from pikepdf import Array, Dictionary, Name, String

        drawn = self.made.make_stream(packing.data, Type=Name.XObject, Subtype=Name.Image)
        drawn.Width, drawn.Height = packing.size_px
        drawn.ColorSpace = self._colour(packing.mode, packing.profile)
        if packing.palette:
            last = len(packing.palette) // 3 - 1
            drawn.ColorSpace = Array([Name.Indexed, drawn.ColorSpace, last, String(packing.palette)])
        if packing.depth is not None:
            drawn.BitsPerComponent = packing.depth
        drawn.Filter = Name(packing.filter)
        if packing.parameters:
            drawn.DecodeParms = Dictionary({f"/{name}": value for name, value in packing.parameters.items()})
        if packing.is_negative:
            drawn.Decode = Array([1, 0] * _CHANNELS[packing.mode])
        return drawn

    def _colour(self, mode: str, profile: bytes | None) -> pikepdf.Object:
        from pikepdf import Array, Name

        if profile is None or not is_profile(profile, _CHANNELS[mode]):
            return Name(_SPACES[mode])
        if profile not in self.profiles:
            self.profiles[profile] = self.made.make_stream(profile, N=_CHANNELS[mode])
        return Array([Name.ICCBased, self.profiles[profile]])


def is_profile(icc: bytes, channels: int) -> bool:
    """Whether PDF/A-2 takes an ICC profile for colours of so many channels (ISO 19005-2, 6.2.4.2)."""
    return (
        icc[36:40] == b"acsp"
        and icc[8] in _PROFILE_VERSIONS
        and icc[12:16] in _PROFILE_CLASSES
        and _PROFILE_SPACES.get(icc[16:20]) == channels
    )


def _profile(image: Image.Image) -> bytes | None:
    return image.info.get("icc_profile") or None


def _size_pt(size_px: tuple[int, int], dpi: tuple[float, float] | None) -> tuple[float, float]:
    """The size of the page: the image's own where what it says can be true, and no more than a page can have."""
    least, most = _PLAUSIBLE_DPI
    across, down = (float(side) for side in dpi or (0, 0))
    if not (least <= across <= most and least <= down <= most):
        across = down = _DEFAULT_DPI
    width, height = size_px[0] * 72 / across, size_px[1] * 72 / down
    shrunk = min(1.0, _MOST_PT / max(width, height))
    return max(_LEAST_PT, width * shrunk), max(_LEAST_PT, height * shrunk)


# --- packings -----------------------------------------------------------------------------------


def _as_it_is(image: Image.Image, kind: FileKind, path: Path) -> _Packing | None:
    """The image with its data untouched; ``None`` where PDF/A-2 does not take them."""
    if kind is FileKind.JPEG and image.mode in _SPACES:
        is_negative = image.mode == "CMYK" and "adobe" in image.info  # as Adobe's programs write it
        return _Packing(
            "/DCTDecode", path.read_bytes(), image.size, image.mode, _profile(image), is_negative=is_negative
        )
    if kind is FileKind.JP2:
        data = path.read_bytes()
        colour = jp2_colour(data)
        if colour is not None:
            return _Packing("/JPXDecode", data, image.size, *colour, depth=None)
    if kind is FileKind.PNG and "transparency" not in image.info:
        data = path.read_bytes()
        depth, mode, is_interlaced = data[24], _PNG_COLOURS.get(data[25]), data[28]
        if mode == "P" and not is_interlaced:
            palette = _png_chunks(data, b"PLTE")
            return _flate(data, image.size, "RGB", _profile(image), depth=depth, palette=palette)
        if mode is not None and not is_interlaced:
            return _flate(data, image.size, mode, _profile(image), depth=depth)
    return None


def _packed(image: Image.Image, profile: bytes | None) -> _Packing:
    """The pixels packed as small as can be without a loss."""
    if image.mode == "CMYK":
        return _Packing("/FlateDecode", zlib.compress(image.tobytes()), image.size, "CMYK", profile)
    png = io.BytesIO()
    image.save(png, "PNG")
    flate = _flate(png.getvalue(), image.size, image.mode, profile, depth=1 if image.mode == "1" else 8)
    return min(flate, _fax(image), key=lambda packing: len(packing.data)) if image.mode == "1" else flate


def _flate(
    png: bytes,
    size_px: tuple[int, int],
    mode: str,
    profile: bytes | None,
    *,
    depth: int,
    palette: bytes = b"",
) -> _Packing:
    """What a PNG file holds: PDF has the same packing."""
    channels = 1 if palette else _CHANNELS[mode]
    parameters = {"Predictor": 15, "Colors": channels, "BitsPerComponent": depth, "Columns": size_px[0]}
    data = _png_chunks(png, b"IDAT")
    return _Packing("/FlateDecode", data, size_px, mode, profile, depth, parameters, palette)


def _fax(image: Image.Image) -> _Packing:
    """Black and white as fax group 4: its black are the ones of Pillow's, so the negative is packed."""
    from PIL import Image, ImageChops

    tiff = io.BytesIO()
    ImageChops.invert(image).save(tiff, "TIFF", compression="group4", strip_size=_ONE_STRIP_BYTES)
    with Image.open(tiff) as whole:
        tags = whole.tag_v2  # type: ignore[attr-defined] # a TIFF has it
        (start,), (length,) = tags[_STRIPS], tags[_STRIP_SIZES]
    data = tiff.getvalue()[start : start + length]
    parameters = {"K": -1, "Columns": image.width, "Rows": image.height}
    return _Packing("/CCITTFaxDecode", data, image.size, "1", depth=1, parameters=parameters)


def _png_chunks(png: bytes, kind: bytes) -> bytes:
    """What the chunks of this kind hold, together."""
    found, at = [], 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == kind:
            found.append(png[at + 8 : at + 8 + length])
        at += length + 12
    return b"".join(found)
