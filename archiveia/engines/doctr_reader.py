"""The words of many pages by a docTR detector and recogniser, a batch of pages at a time.

docTR's own predictor does one thing after the other, and prepares words one by one. Here the words of all
pages of a batch are scaled and read together; and several batches are under way, each in a thread: while the
device works on one, the next is brought to it, and boxes and words are made of the one before. The text is
that of docTR's predictor (tested).
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from doctr.models.recognition.utils import merge_multi_strings

from archiveia.engines.doctr_boxes import BoxRule, lines_of, unpadded, word_boxes
from archiveia.engines.doctr_crops import PART_OVERLAP, Batch, crops_of, scaled_words, with_pixels
from archiveia.engines.doctr_device import DeviceModel, on_host
from archiveia.engines.doctr_family import words_of
from archiveia.errors import PageFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from archiveia.engines.doctr_boxes import Boxes
    from archiveia.engines.doctr_crops import Crops
    from archiveia.values import PageImage, Word

    Text: TypeAlias = tuple[str, float]
    """A word as read, and its score."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much a reader takes on at once: pages of a batch, batches under way, words read, words scaled."""

    pages: int
    batches: int
    words: int
    words_scaled: int

    @classmethod
    def on(cls, device: torch.device) -> Pace:
        """What suits a GPU; or one core, which does one thing at a time."""
        return cls(8, 3, 512, 64) if device.type == "cuda" else cls(1, 1, 128, 1)


class DoctrReader:
    """Two docTR models on a device; ``half`` (precision) and ``pace`` are those that suit it when not given."""

    def __init__(
        self,
        detector: Any,
        recogniser: Any,
        device: torch.device,
        *,
        half: bool | None = None,
        pace: Pace | None = None,
    ) -> None:
        of_gpu = device.type == "cuda"
        half = of_gpu if half is None else half
        self.pace = pace or Pace.on(device)
        self._device = device
        self._detector = DeviceModel(detector, device, half=half, logits=True)
        self._rule = BoxRule.of(detector)
        # CTC: a letter or nothing at each step. Other recognisers have other rules; docTR's code applies them.
        self._is_ctc = hasattr(recogniser.postprocessor, "ctc_best_path")
        self._recogniser = DeviceModel(recogniser, device, half=half, logits=self._is_ctc)
        self._streams = [torch.cuda.Stream(device) if of_gpu else None for _ in range(self.pace.batches)]

    def read(self, images: Iterable[PageImage]) -> Iterator[tuple[Word, ...]]:
        """The words of each page, in reading order. ``images`` is read as batches get under way, not ahead."""
        rest = iter(images)
        batches = iter(lambda: list(islice(rest, self.pace.pages)), [])
        with ThreadPoolExecutor(self.pace.batches) as threads:
            under_way: deque[Future[list[tuple[Word, ...]]]] = deque()
            for batch, stream in zip(batches, cycle(self._streams)):
                under_way.append(threads.submit(self._read_or_halve, batch, stream))
                if len(under_way) > self.pace.batches:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()

    def _read_or_halve(self, images: Sequence[PageImage], stream: Any) -> list[tuple[Word, ...]]:
        """The words of a batch; of its halves, where the device has not memory enough for the whole.

        Raises:
            PageFailedError: it has not enough for one page.
        """
        try:
            with torch.inference_mode(), torch.cuda.stream(stream):
                return self._read_batch(Batch(images, self._device))
        except torch.OutOfMemoryError as error:
            if len(images) == 1:
                raise PageFailedError(
                    f"the GPU has not enough memory for a page of {images[0].width_px} x {images[0].height_px} pixels",
                    "read it with another engine, or on another GPU",
                ) from error
        middle = len(images) // 2
        return self._read_or_halve(images[:middle], stream) + self._read_or_halve(images[middle:], stream)

    def _read_batch(self, batch: Batch) -> list[tuple[Word, ...]]:
        boxes, corners = zip(*map(with_pixels, self._boxes(batch), batch.images), strict=True)
        counts = [len(found) for found in boxes]
        starts, widths = (np.repeat(each, counts) for each in (batch.starts, batch.widths_px))
        texts = iter(self._texts(batch.row, crops_of(np.concatenate(corners), starts, widths)))
        pages = []
        for found, image in zip(boxes, batch.images, strict=True):
            words = [(*next(texts), *box) for box in found.tolist()]
            pages.append(words_of(([words[n] for n in line] for line in lines_of(found, image)), image))
        return pages

    def _boxes(self, batch: Batch) -> list[Boxes]:
        """Where the words of each page are."""
        logits = self._detector(batch.squares(self._detector.size_px[1]))["logits"]
        pooling = getattr(self._detector.model, "pooling", torch.nn.Identity())  # how FAST ends its map
        maps = on_host(torch.sigmoid(pooling(logits))[:, 0].float())
        return [
            unpadded(word_boxes(found, self._rule), image)
            for found, image in zip(maps, batch.images, strict=True)
        ]

    def _texts(self, row: torch.Tensor, crops: Crops) -> list[Text]:
        """What the words say."""
        if not len(crops.places):
            return []
        pixels = scaled_words(row, crops.places, self._recogniser.size_px, together=self.pace.words_scaled)
        batches = [self._recogniser(some) for some in pixels.split(self.pace.words)]
        if self._is_ctc:
            logits = [batch["logits"].float() for batch in batches]
            best = on_host(torch.cat([some.argmax(dim=-1) for some in logits]))
            scores = on_host(torch.cat([some.softmax(dim=-1).amax(dim=-1).amin(dim=1) for some in logits]))
            parts = list(zip(decoded(best, self._recogniser.model.vocab), scores.tolist(), strict=True))
        else:
            parts = [text for batch in batches for text in batch["preds"]]
        return list(_joined(parts, crops))


def decoded(best: NDArray[np.int64], letters: str) -> list[str]:
    """The texts of CTC's best paths (words x steps): repeats are one letter, the number after the last is none."""
    before = np.pad(best[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
    is_letter = (best != before) & (best != len(letters))
    text = "".join(map(letters.__getitem__, best[is_letter].tolist()))
    ends = is_letter.sum(axis=1).cumsum().tolist()
    return [text[start:end] for start, end in pairwise([0, *ends])]


def _joined(parts: Sequence[Text], crops: Crops) -> Iterator[Text]:
    """The words whose parts were read, as docTR joins the parts of a wide one."""
    for (start, end), overlap in zip(
        pairwise(crops.first.tolist()), crops.last_overlap.tolist(), strict=True
    ):
        if end == start + 1:
            yield parts[start]
        else:
            texts, scores = zip(*parts[start:end], strict=True)
            yield merge_multi_strings(list(texts), PART_OVERLAP, overlap), sum(scores) / len(scores)
