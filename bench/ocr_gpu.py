"""How many pages a second docTR reads by its own predictor and by ours, with the same weights.

    python bench/ocr_gpu.py --pages 64 --out gpu.json
    python bench/ocr_gpu.py ../scans --detector db_resnet50-79bd7d70.pt --recogniser crnn_vgg16_bn-0417f351.pt

Each system reads all pages in each round, one after the other, so that a busy machine is busy for all.
``--tiny`` shows on a CPU that it works, in seconds; its figures mean nothing.

Without trained weights (``--chance``) the networks compute with chance weights, and in the end a word is seen
in whatever is dark: there is as much to do as with trained ones, and what is read means nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from archiveia.demo import texts
from archiveia.demo.box import MODERN, PLAIN_PAPER, TYPED
from archiveia.demo.render import scan, write
from archiveia.edges import scans
from archiveia.engines.torchvision_compat import ensure_torchvision
from archiveia.errors import MissingToolError, UnreadableScanError
from archiveia.pipeline.probing import ProbeTask, probe_file
from archiveia.settings import read_settings
from archiveia.steps.layout import text_of
from archiveia.values import PageImage

ensure_torchvision()

import torch  # noqa: E402 - after ensure_torchvision
from doctr.models import detection, ocr_predictor, recognition  # noqa: E402

from archiveia.engines.doctr_family import words_of  # noqa: E402
from archiveia.engines.doctr_reader import DoctrReader  # noqa: E402
from archiveia.engines.doctr_weights import DETECTORS, RECOGNISERS  # noqa: E402
from archiveia.engines.ocr_doctr import loaded, weights_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    System = Callable[[Sequence[PageImage]], list[str]]
    """Reads pages, gives their texts."""

PREDICTOR, BATCHES, HALF, OURS = "docTR", "docTR, batches", "docTR, batches, half precision", "archiveia"
WRITINGS = (MODERN, TYPED)
TINY_DPI, TINY_SIDE_PX = 60, 256


# --- pages ----------------------------------------------------------------------------------------


def pages_of(paths: Sequence[Path], most: int, dpi: int) -> list[PageImage]:
    """The pages of scans; written ones where no scan is given."""
    if not paths:
        return [_written(number, dpi) for number in range(1, most + 1)]
    files = sorted(file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]))
    return list(islice((page for file in files if file.is_file() for page in _scanned(file, dpi)), most))


def _scanned(file: Path, dpi: int) -> Iterator[PageImage]:
    """The pages of a scan; none of what is no scan."""
    limits = read_settings().limits
    with suppress(UnreadableScanError):
        probe = probe_file(ProbeTask(file, limits, dpi))
        for page in probe.pages:
            yield scans.render(file, probe.kind, page.number, dpi=dpi, limits=limits)


def _written(number: int, dpi: int) -> PageImage:
    """A page of the sample box's texts as from a copier; another one for each number."""
    rng = np.random.default_rng(number)
    sheets = [*texts.DELIBERATION_1923, *texts.POLICE_ORDER_1931, *texts.TRAFFIC_ORDER_2024]
    ink = write(sheets[number % len(sheets)], WRITINGS[number % len(WRITINGS)], dpi, rng)
    return PageImage(number, np.asarray(scan(ink, PLAIN_PAPER, rng)), dpi)


# --- models ---------------------------------------------------------------------------------------


def models_by_chance(*, tiny: bool) -> tuple[Any, Any]:
    """Networks that do all their work, and then see a word in whatever is dark, and a letter in each tone."""
    torch.manual_seed(0)
    none = {"pretrained": False, "pretrained_backbone": False}
    detector = detection.db_mobilenet_v3_large(**none).eval()
    recogniser = recognition.crnn_mobilenet_v3_small(**none).eval()
    if tiny:
        detector.cfg = {**detector.cfg, "input_shape": (3, TINY_SIDE_PX, TINY_SIDE_PX)}
    _answers(detector, detector.prob_head, _words)
    _answers(recogniser, recogniser.linear, _letters)
    return detector, recogniser


def _answers(model: Any, last_layer: Any, answer: Callable[..., torch.Tensor]) -> None:
    """Has a model answer what ``answer`` makes of its pixels; its last layer is computed, and not used."""
    seen = threading.local()  # batches are under way in several threads
    model.register_forward_pre_hook(lambda _, given: setattr(seen, "pixels", given[0]))
    last_layer.register_forward_hook(lambda _, __, found: found * 0 + answer(seen.pixels, found.shape[-1]))


def _words(pixels: torch.Tensor, _width: int) -> torch.Tensor:
    """A detector's logits: dark neighbours are one word."""
    grey = torch.nn.functional.avg_pool2d(pixels.mean(dim=1, keepdim=True), (3, 7), stride=1, padding=(1, 3))
    return -12 * grey - 2


def _letters(pixels: torch.Tensor, letters: int) -> torch.Tensor:
    """A recogniser's logits: each of 32 steps is the letter of its tone, one of about ten."""
    tones = torch.nn.functional.adaptive_avg_pool2d(pixels.mean(dim=1, keepdim=True), (1, 32))[:, 0, 0]
    return -(tones[..., None] - torch.linspace(-20, 20, letters, device=pixels.device)).abs()


def trained_models(detector: str, recogniser: str) -> tuple[Any, Any]:
    """The models of two weights files; empty: those that the product would take."""
    det_file, reco_file = weights_of(detector, recogniser)
    return loaded(detection, det_file, DETECTORS), loaded(recognition, reco_file, RECOGNISERS)


# --- systems --------------------------------------------------------------------------------------


def docTRs_own(models: tuple[Any, Any], *, at_once: int, half: bool, cuda: bool) -> System:  # noqa: N802 - its name
    """The predictor of docTR, given ``at_once`` pages at a time; for 1 with docTR's own batch sizes."""
    sizes = {"det_bs": max(2, at_once), "reco_bs": max(128, 64 * at_once)}
    predictor = ocr_predictor(*models, pretrained=False, resolve_blocks=False, **sizes)
    predictor = predictor.cuda() if cuda else predictor
    predictor = predictor.half() if half else predictor

    def read(images: Sequence[PageImage]) -> list[str]:
        found: list[str] = []
        for at in range(0, len(images), at_once):
            some = images[at : at + at_once]
            document = predictor([np.repeat(image.pixels[:, :, None], 3, axis=2) for image in some])
            found += [_text(page, image) for page, image in zip(document.pages, some, strict=True)]
        return found

    return read


def _text(page: Any, image: PageImage) -> str:
    lines = (line for block in page.blocks for line in block.lines)
    found = ([(w.value, w.confidence, *w.geometry[0], *w.geometry[1]) for w in line.words] for line in lines)
    return text_of(words_of(found, image))


def our_own(models: tuple[Any, Any], *, cuda: bool) -> System:
    """Our reader, as the engine ``doctr`` has it."""
    reader = DoctrReader(*models, torch.device("cuda" if cuda else "cpu"))
    return lambda images: [text_of(words) for words in reader.read(images)]


# --- measuring ------------------------------------------------------------------------------------


@contextmanager
def gpu_use(into: list[float]) -> Iterator[None]:
    """The GPU's use in per cent, five times a second, as ``nvidia-smi`` tells it; nothing without one."""
    if not (torch.cuda.is_available() and shutil.which("nvidia-smi")):
        yield
        return
    query = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-lms", "200"]
    with subprocess.Popen(query, stdout=subprocess.PIPE, text=True) as watcher:
        yield
        watcher.terminate()
        into += [float(line) for line in watcher.communicate()[0].split() if line.isdigit()]


def measured(
    systems: dict[str, System], pages: Sequence[PageImage], rounds: int
) -> dict[str, dict[str, Any]]:
    """The seconds of each system in each round, what it used, and what it read."""
    found: dict[str, dict[str, Any]] = {}
    use: defaultdict[str, list[float]] = defaultdict(list)
    for name, read in systems.items():
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        found[name] = {
            "texts": read(pages),
            "seconds": [],
            "cpu_seconds": [],
            "gpu_memory_mb": None,
        }  # and it is warm
        if torch.cuda.is_available():
            found[name]["gpu_memory_mb"] = round(torch.cuda.max_memory_allocated() / 1e6)
    for _ in range(rounds):
        for name, read in systems.items():
            with gpu_use(use[name]):
                start_s, cpu_s = time.perf_counter(), time.process_time()
                read(pages)
                found[name]["seconds"].append(round(time.perf_counter() - start_s, 3))
                found[name]["cpu_seconds"].append(round(time.process_time() - cpu_s, 3))
    for name, figures in found.items():
        figures["pages_per_s"] = round(len(pages) / median(figures["seconds"]), 3)
        figures["gpu_percent"] = round(sum(use[name]) / len(use[name]), 1) if use[name] else None
    return found


def compared(found: dict[str, dict[str, Any]]) -> None:
    """Beside each of docTR's ways: how much faster ours is, and whether it read the same."""
    ours = found[OURS]
    for name, figures in found.items():
        if name == OURS:
            continue
        figures["ours_times_as_fast"] = round(ours["pages_per_s"] / figures["pages_per_s"], 2)
        pairs = list(zip(figures["texts"], ours["texts"], strict=True))
        figures["pages_of_equal_text"] = sum(theirs == mine for theirs, mine in pairs)
        figures["letters_apart"] = sum(Levenshtein.distance(theirs, mine) for theirs, mine in pairs)
    for figures in found.values():
        figures["letters"] = sum(len(text) for text in figures.pop("texts"))


def report(args: argparse.Namespace) -> dict[str, Any]:
    """The whole measurement."""
    cuda = torch.cuda.is_available() and not args.tiny
    pages = pages_of(args.scans, 2 if args.tiny else args.pages, TINY_DPI if args.tiny else args.dpi)
    if not pages:
        sys.exit(f"no page to read in {', '.join(map(str, args.scans))}")
    by_chance = args.tiny or args.chance

    def models() -> tuple[Any, Any]:
        return (
            models_by_chance(tiny=args.tiny) if by_chance else trained_models(args.detector, args.recogniser)
        )

    if not cuda:
        torch.set_num_threads(1)  # as a worker process of the product
    systems = {
        PREDICTOR: docTRs_own(models(), at_once=1, half=False, cuda=cuda),
        BATCHES: docTRs_own(models(), at_once=8, half=False, cuda=cuda),
        **({HALF: docTRs_own(models(), at_once=8, half=True, cuda=cuda)} if cuda else {}),
        OURS: our_own(models(), cuda=cuda),
    }
    found = measured(systems, pages, 1 if args.tiny else args.rounds)
    compared(found)
    return {
        "device": torch.cuda.get_device_name() if cuda else f"CPU, 1 thread ({platform.machine()})",
        "versions": {name: version(name) for name in ("python-doctr", "torch", "torchvision")},
        "weights": "chance" if by_chance else "trained",
        "pages": len(pages),
        "page_px": [pages[0].width_px, pages[0].height_px],
        "cores": len(os.sched_getaffinity(0)),
        "process_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
        "systems": found,
    }


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scans", nargs="*", type=Path, help="files or folders (default: pages written here)")
    parser.add_argument("--pages", type=int, default=32, help="how many pages at most")
    parser.add_argument("--dpi", type=int, default=300, help="of written pages, and of those of PDF files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--detector", default="", help="weights file (default: the one the product takes)")
    parser.add_argument("--recogniser", default="", help="the same")
    parser.add_argument("--chance", action="store_true", help="chance weights: speed only")
    parser.add_argument("--tiny", action="store_true", help="two tiny pages on the CPU: does it work?")
    parser.add_argument("--out", type=Path, help="where the figures go too")
    args = parser.parse_args()
    try:
        figures = json.dumps(report(args), indent=1)
    except MissingToolError as error:
        sys.exit(f"{error}; or measure with --chance")
    print(figures)
    if args.out:
        args.out.write_text(figures + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
