"""The words of many pages by a docTR detector and recogniser, a batch of pages at a time.

docTR's own predictor does one thing after the other, and prepares words one by one. Here the words of all
pages of a batch are scaled and read together; and several batches are under way, each in a thread: while the
device works on one, the next is brought to it, and boxes and words are made of the one before. A batch is
what waits when a thread gets free: pages of one call, or of many threads that ask for one page each. The text
is that of docTR's predictor (tested).
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from doctr.models.recognition.utils import merge_multi_strings

from archiveia.engines.doctr_boxes import BoxRule, lines_of, unpadded, word_boxes
from archiveia.engines.doctr_crops import PART_OVERLAP, Batch, crops_of, scaled_words, with_pixels
from archiveia.engines.doctr_device import DeviceModel, on_host, own_stream
from archiveia.engines.doctr_family import words_of
from archiveia.errors import PageFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from archiveia.engines.doctr_boxes import Boxes
    from archiveia.engines.doctr_crops import Crops
    from archiveia.values import PageImage, Word

    Text: TypeAlias = tuple[str, float]
    """A word as read, and its score."""
    Asked: TypeAlias = tuple[PageImage, Future[tuple[Word, ...]]]
    """A page to read, and where its words will be."""


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
        half = device.type == "cuda" if half is None else half
        self.pace = pace or Pace.on(device)
        self._device = device
        self._detector = DeviceModel(detector, device, half=half, logits=True)
        self._rule = BoxRule.of(detector)
        # CTC: a letter or nothing at each step. Other recognisers have other rules; docTR's code applies them.
        self._is_ctc = hasattr(recogniser.postprocessor, "ctc_best_path")
        self._recogniser = DeviceModel(recogniser, device, half=half, logits=self._is_ctc)
        self._waiting: deque[Asked] = deque()
        self._threads = ThreadPoolExecutor(self.pace.batches, initializer=own_stream, initargs=(device,))

    def read(self, images: Iterable[PageImage]) -> Iterator[tuple[Word, ...]]:
        """The words of each page, in reading order. ``images`` is read as batches get under way, not ahead.

        May be called in several threads at once.

        Raises:
            PageFailedError: the device has not enough memory for a page.
        """
        asked: deque[Future[tuple[Word, ...]]] = deque()
        for image in images:
            asked.append(self._ask(image))
            if len(asked) > self.pace.pages * (self.pace.batches + 1):
                yield asked.popleft().result()
        while asked:
            yield asked.popleft().result()

    def _ask(self, image: PageImage) -> Future[tuple[Word, ...]]:
        words: Future[tuple[Word, ...]] = Future()
        self._waiting.append((image, words))
        self._threads.submit(self._read_waiting)
        return words

    def _read_waiting(self) -> None:
        """Reads a batch of what waits; nothing, when other threads have taken all."""
        batch: list[Asked] = []
        with suppress(IndexError):
            while len(batch) < self.pace.pages:
                batch.append(self._waiting.popleft())
        if batch:
            self._read_or_halve(batch)

    def _read_or_halve(self, batch: Sequence[Asked]) -> None:
        """Reads a batch; where that fails, its halves, until a page that cannot be read is alone."""
        try:
            with torch.inference_mode():
                found = self._read_batch(Batch([image for image, _ in batch], self._device))
        except Exception as error:  # noqa: BLE001 - it is the page's, and raised where its words are wanted
            if len(batch) == 1:
                ((image, asked),) = batch
                asked.set_exception(_told(error, image))
                return
        else:
            for (_, asked), words in zip(batch, found, strict=True):
                asked.set_result(words)
            return
        middle = len(batch) // 2  # not under `except`: the error would keep the memory of the whole batch
        self._read_or_halve(batch[:middle])
        self._read_or_halve(batch[middle:])

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


def _told(error: Exception, image: PageImage) -> Exception:
    """The error that a page failed with; one of ours where the device's memory did not suffice."""
    if not isinstance(error, torch.OutOfMemoryError):
        return error
    failure = PageFailedError(
        f"the GPU has not enough memory for a page of {image.width_px} x {image.height_px} pixels",
        "read it with another engine, or on another GPU",
    )
    failure.__cause__ = error
    return failure
