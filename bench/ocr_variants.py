"""How well pages are read that were turned, faded or laid askew, beside the same pages as they are.

    python bench/ocr_variants.py ../shared/corpora/ocr-* --engine tesseract --out variants.json

Every transcribed page is made worse in each way of ``VARIANTS``, always the same (seeded), in a temporary
folder, and read as ``archiveia evaluate ocr`` reads it. ``--pages 2`` takes two pages of each corpus.

A noisy page is reduced to 110 dpi, its contrast to 0.65 around its mean grey, gets Gaussian noise of sigma 20
and is saved as JPEG of quality 35. Its resolution is the file's where the page is then between A5 and A3 in
length; else the one at which its letters have the height of an 11-point text (22 pixels at 300 dpi); a page
without letters is taken for A4. A page below 110 dpi is not enlarged.

A spread is two pages of a folder, neighbours by name, side by side with the shadow of the fold between them; its
transcription is that of the left page and then that of the right one.
"""

from __future__ import annotations

import argparse
import io
import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from archiveia.cli.output import progress
from archiveia.edges import scans
from archiveia.edges.folders import read_head
from archiveia.edges.transcriptions import find_corpus
from archiveia.pipeline.evaluating import evaluate_ocr, together
from archiveia.settings import read_settings
from archiveia.steps.intake import kind_of
from archiveia.steps.prepare import text_height_px
from archiveia.values import FileKind, PageImage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archiveia.edges.transcriptions import Corpus
    from archiveia.pipeline.evaluating import Evaluation, MeasuredPage
    from archiveia.settings import Settings
    from archiveia.values import Json

    Variant = Callable[[PageImage, np.random.Generator], tuple[Image.Image, dict[str, Any]]]

_NOISY_DPI, _SIGMA, _CONTRAST, _QUALITY = 110, 20.0, 0.65, 35
_PAGE_MM = (148.0, 460.0)
"""The longest side of a page: that of a notebook leaf to more than A3; else the file's resolution is wrong."""
_TEXT_PX_AT_300_DPI = 22.0
_A4_INCHES = 11.69
_SHADOW, _SHADED = 0.025, 0.75
"""The shadow of a fold: how far it reaches, in widths of the left page, and how much light it takes."""


# --- the ways -----------------------------------------------------------------------------------


def plausible_dpi(page: PageImage) -> float:
    """The page's resolution: the file's if the page can be of that size, else by its letters, else as A4."""
    longest_px = max(page.pixels.shape)
    if page.dpi and _PAGE_MM[0] <= 25.4 * longest_px / page.dpi <= _PAGE_MM[1]:
        return page.dpi
    height_px = text_height_px(page.pixels)
    return 300 * height_px / _TEXT_PX_AT_300_DPI if height_px else longest_px / _A4_INCHES


def noisy(page: PageImage, draw: np.random.Generator) -> tuple[Image.Image, dict[str, Any]]:
    """The page as a bad copy of it was scanned: small, pale, grainy, compressed."""
    dpi = plausible_dpi(page)
    scale = min(1.0, _NOISY_DPI / dpi)
    image = Image.fromarray(page.pixels)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.LANCZOS)
    grey = np.asarray(image, np.float32)
    pale = grey.mean() + _CONTRAST * (grey - grey.mean())
    grainy = np.clip(pale + draw.normal(0, _SIGMA, pale.shape), 0, 255).astype(np.uint8)
    return Image.fromarray(grainy), {"format": "JPEG", "quality": _QUALITY, "dpi": (dpi * scale,) * 2}


def _turned(degrees: int) -> Variant:
    """The page turned clockwise."""

    def turn(page: PageImage, _draw: np.random.Generator) -> tuple[Image.Image, dict[str, Any]]:
        return Image.fromarray(np.rot90(page.pixels, -degrees // 90)), _as_it_is(page)

    return turn


def _askew(degrees: float) -> Variant:
    """The page laid askew on the glass, clockwise; what the corners leave free has the paper's brightness."""

    def lay(page: PageImage, _draw: np.random.Generator) -> tuple[Image.Image, dict[str, Any]]:
        paper = int(np.percentile(page.pixels[::4, ::4], 75))
        image = Image.fromarray(page.pixels)
        return image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=paper), _as_it_is(page)

    return lay


def bordered(page: PageImage, draw: np.random.Generator) -> tuple[Image.Image, dict[str, Any]]:
    """The page with the black border of a lid left open: on each side up to a tenth of its width."""
    widths = (draw.uniform(0.02, 0.10, 4) * page.width_px).astype(int)
    pixels = np.pad(page.pixels, (widths[:2], widths[2:]), constant_values=0)
    glass = np.pad(np.zeros(page.pixels.shape, bool), (widths[:2], widths[2:]), constant_values=True)
    pixels = np.where(glass, draw.normal(20, 8, pixels.shape).clip(0, 255), pixels).astype(np.uint8)
    return Image.fromarray(pixels), _as_it_is(page)


def side_by_side(left: PageImage, right: PageImage) -> PageImage:
    """Two pages of an open book on one scan, with the shadow of the fold."""
    height_px, fold_px = max(left.height_px, right.height_px), left.width_px
    papers = (int(np.percentile(page.pixels[::8, ::8], 75)) for page in (left, right))
    halves = [
        np.pad(page.pixels, ((0, height_px - page.height_px), (0, 0)), constant_values=paper)
        for page, paper in zip((left, right), papers, strict=True)
    ]
    pixels = np.hstack(halves).astype(np.float32)
    from_fold = (np.arange(pixels.shape[1]) - fold_px) / (_SHADOW * fold_px)
    lit = 1 - _SHADED * np.exp(-(from_fold**2))
    return PageImage(1, (pixels * lit).astype(np.uint8), left.dpi)


def _as_it_is(page: PageImage) -> dict[str, Any]:
    """How to save pixels without loss."""
    dpi = {"dpi": (page.dpi, page.dpi)} if page.dpi else {}
    return {"format": "PNG", "compress_level": 1, **dpi}


TURNS = {"turned-90": 90, "turned-180": 180, "turned-270": 270}
VARIANTS: dict[str, Variant] = {
    "upright": _turned(0),
    **{name: _turned(degrees) for name, degrees in TURNS.items()},
    "noisy": noisy,
    **{f"askew{degrees:+g}": _askew(degrees) for degrees in (-4.0, -2.0, -0.7, 0.7, 2.0, 4.0)},
    "bordered": bordered,
    "spread": _turned(0),
}
"""What is made of a page, by name; ``upright`` is the page itself, which the others are compared with.

The page of a ``spread`` is two ``side_by_side``."""
_USUAL = ("upright", *TURNS, "noisy")


# --- making and measuring -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """A variant's evaluations, one a corpus, and the pages whose turn was not found."""

    name: str
    evaluations: tuple[Evaluation, ...]
    missed: tuple[str, ...]

    def as_json(self) -> Json:
        """The variant as JSON."""
        whole = together(self.evaluations).as_json()
        return {
            "variant": self.name,
            "cer": whole["cer"],
            "wer": whole["wer"],
            "seconds": whole["seconds"],
            "missed_turns": list(self.missed),
            "corpora": [
                {**evaluation.as_json(), "pages": [_page(page) for page in evaluation.pages]}
                for evaluation in self.evaluations
            ],
        }


def _page(page: MeasuredPage) -> Json:
    """A page as JSON, with what was done to it, its file by its name alone: its folder is gone."""
    reading = page.reading
    kept = {"turned_degrees": reading.turned_degrees, "prepared": list(reading.prepared)}
    return {**page.as_json(), "file": page.path.name, **kept}


def write_variant(corpus: Corpus, name: str, folder: Path, *, pages: int, settings: Settings) -> None:
    """The corpus' first pages made worse, beside their transcriptions; multi-page files are left out."""
    folder.mkdir(parents=True)
    single = [path for path, texts in corpus.texts.items() if len(texts) == 1][: pages or None]
    by_name = sorted(single)
    scanned = zip(by_name[::2], by_name[1::2], strict=False) if name == "spread" else zip(single, strict=True)
    for number, paths in enumerate(scanned):
        rendered = [_rendered(path, settings) for path in paths]
        page = side_by_side(*rendered) if len(rendered) > 1 else rendered[0]
        image, how = VARIANTS[name](page, np.random.default_rng([1, number]))
        data = io.BytesIO()
        image.save(data, **how)
        target = folder / f"{number + 1:04}-{paths[0].stem}"
        Path(f"{target}.{FileKind.JPEG if how['format'] == 'JPEG' else FileKind.PNG}").write_bytes(
            data.getvalue()
        )
        text = "\n".join(corpus.texts[path][0] for path in paths)
        Path(f"{target}.gt.txt").write_text(text, encoding="utf-8")
    if corpus.marks:  # the marks that are no text are those that a README names
        (folder / "README.md").write_text(" ".join(f"`{m}`" for m in corpus.marks), encoding="utf-8")


def _rendered(path: Path, settings: Settings) -> PageImage:
    return scans.render(path, kind_of(read_head(path)), 1, dpi=settings.ocr_dpi, limits=settings.limits)


def measured(name: str, corpora: Sequence[Corpus], *, pages: int, settings: Settings) -> Measured:
    """What the engine of the settings makes of the pages in one variant."""
    with TemporaryDirectory(prefix="archiveia-variants-") as temporary, progress() as tell:
        folders = [Path(temporary) / corpus.name for corpus in corpora]
        for corpus, folder in zip(corpora, folders, strict=True):
            write_variant(corpus, name, folder, pages=pages, settings=settings)
        evaluations = evaluate_ocr(folders, settings, progress=tell)
    back = -TURNS.get(name, 0) % 360
    missed = [
        f"{evaluation.name}/{page.path.name}"
        for evaluation in evaluations
        for page in evaluation.pages
        if page.reading.turned_degrees != back
    ]
    return Measured(name, tuple(evaluations), tuple(missed))


def printed(found: Sequence[Measured]) -> None:
    """The table: CER of each variant, its interval, its ratio to the upright pages', turns not found."""
    upright = next((together(m.evaluations).letters.rate for m in found if m.name == "upright"), None)
    print("| variant | pages | CER | 95 % | ratio to upright | turns missed | seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for one in found:
        whole = together(one.evaluations)
        cer = whole.as_json()["cer"]
        if cer["pooled"] is None:
            continue
        between = "" if cer["low"] is None else f"{cer['low']:.2%} to {cer['high']:.2%}"
        ratio = f"{cer['pooled'] / upright:.2f}" if upright else ""
        pages, missed = len(whole.pages), len(one.missed)
        print(
            f"| {one.name} | {pages} | {cer['pooled']:.2%} | {between} | {ratio} | {missed} | {whole.seconds:.0f} |"
        )
    for one in found:
        for page in one.missed:
            print(f"turn missed, {one.name}: {page}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table, and keeps every page as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--engine", default="tesseract")
    parser.add_argument("--variants", default=",".join(_USUAL), help=f"list of: {', '.join(VARIANTS)}")
    parser.add_argument("--pages", type=int, default=0, help="pages of each corpus (0: all)")
    parser.add_argument("--workers", type=int, default=0, help="worker processes (0: one per core)")
    parser.add_argument("--out", type=Path, help="where every page goes, as JSON")
    args = parser.parse_args(arguments)
    names = args.variants.split(",")
    if unknown := set(names) - set(VARIANTS):
        parser.error(f"no variant is named {', '.join(sorted(unknown))}")
    settings = read_settings(ocr_engine=args.engine, workers=args.workers)
    corpora = [find_corpus(folder) for folder in args.folders]
    found = [measured(name, corpora, pages=args.pages, settings=settings) for name in names]
    printed(found)
    if args.out:
        document = {"engine": args.engine, "variants": [one.as_json() for one in found]}
        args.out.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
