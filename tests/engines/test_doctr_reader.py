"""Our way of running docTR's models gives what docTR's predictor gives with the same models."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from archiveia.errors import PageFailedError
from archiveia.values import PageImage

from . import doctr_crafted as crafted
from .doctr_crafted import LETTERS, docTRs_own, typed_pages

torch = pytest.importorskip("torch", reason="extra doctr is not installed")

from doctr.models import recognition  # noqa: E402 - where it is installed
from doctr.models.builder import DocumentBuilder  # noqa: E402
from doctr.models.detection.differentiable_binarization.base import DBPostProcessor  # noqa: E402
from doctr.models.detection.fast.base import FASTPostProcessor  # noqa: E402
from doctr.models.detection.linknet.base import LinkNetPostProcessor  # noqa: E402
from doctr.models.recognition.predictor._utils import split_crops  # noqa: E402

from archiveia.engines.doctr_boxes import BoxRule, lines_of, word_boxes  # noqa: E402
from archiveia.engines.doctr_crops import crops_of, scaled_words  # noqa: E402
from archiveia.engines.doctr_device import folded  # noqa: E402
from archiveia.engines.doctr_family import words_of  # noqa: E402
from archiveia.engines.doctr_reader import DoctrReader, Pace, decoded  # noqa: E402
from archiveia.engines.doctr_weights import RECOGNISERS, SHIPPED  # noqa: E402
from archiveia.engines.ocr_doctr import loaded  # noqa: E402

# Libraries that others maintain may warn of what will change in them.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"
)
CPU = torch.device("cpu")
GPU_LIKE = Pace(pages=3, batches=2, words=100, words_scaled=16)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def pages():
    return typed_pages()


def theirs(detector, recogniser, images):
    """The words that docTR's predictor finds."""
    found = docTRs_own(detector, recogniser)([np.repeat(i.pixels[:, :, None], 3, axis=2) for i in images])
    return [
        words_of(
            [
                [(w.value, w.confidence, *w.geometry[0], *w.geometry[1]) for w in line.words]
                for block in page.blocks
                for line in block.lines
            ],
            image,
        )
        for page, image in zip(found.pages, images, strict=True)
    ]


@pytest.fixture(scope="module")
def expected(pages):
    return theirs(crafted.detector(), crafted.recogniser(), pages)


def placed(words):
    return [(w.text, w.left_px, w.top_px, w.width_px, w.height_px, w.block, w.line) for w in words]


# --- whole pages ---


def test_the_pages_of_these_tests_have_words_of_every_kind(expected):
    assert [len(page) > 50 for page in expected] == [True, True, True, False]
    assert len({word.text for page in expected for word in page}) > 100
    assert any(word.width_px > 8 * word.height_px for page in expected for word in page)


def test_words_boxes_and_scores_are_those_of_docTRs_predictor(pages, expected):  # noqa: N802 - its name
    read = list(DoctrReader(crafted.detector(), crafted.recogniser(), CPU).read(pages))
    assert [placed(page) for page in read] == [placed(page) for page in expected]
    scores = [[word.score for page in side for word in page] for side in (read, expected)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-4)


def test_words_scaled_together_in_batches_under_way_at_once_are_the_same(pages, expected):
    reader = DoctrReader(crafted.detector(), crafted.recogniser(), CPU, pace=GPU_LIKE)
    assert [placed(page) for page in reader.read(pages * 2)] == [placed(page) for page in expected] * 2


def test_half_precision_reads_nearly_every_word_the_same(pages, expected):
    (read,) = DoctrReader(crafted.detector(), crafted.recogniser(), CPU, half=True).read(pages[1:2])
    same = sum(word.text == other.text for word, other in zip(read, expected[1], strict=True))
    assert same >= 0.95 * len(read)


@pytest.mark.parametrize("arch", ["fast_tiny", "linknet_resnet18"])
def test_the_rules_of_the_other_detectors_are_kept(arch, pages):
    first = DoctrReader(crafted.detector(arch), crafted.recogniser(), CPU).read(pages[1:2])
    assert [placed(page) for page in first] == [
        placed(page) for page in theirs(crafted.detector(arch), crafted.recogniser(), pages[1:2])
    ]


def test_a_recogniser_without_ctc_is_read_by_docTRs_rules():  # noqa: N802 - its name
    def recogniser():
        torch.manual_seed(1)
        return recognition.vitstr_small(pretrained=False, pretrained_backbone=False, vocab=LETTERS).eval()

    pixels = np.full((300, 300), 235, np.uint8)
    pixels[40:60, 50:120], pixels[45:65, 140:260] = 20, 70
    page = [PageImage(1, pixels)]
    (read,) = DoctrReader(crafted.detector(), recogniser(), CPU).read(page)
    assert placed(read) == placed(theirs(crafted.detector(), recogniser(), page)[0])
    assert len(read) == 2


def test_the_shipped_recogniser_reads_as_docTR_does_with_it(pages):  # noqa: N802 - its name
    files = sorted(SHIPPED.glob("*.vocab"))
    if not files:
        pytest.skip("models/ocr has no recogniser")
    file = files[0].with_suffix(".pt")
    read = list(DoctrReader(crafted.detector(), loaded(recognition, file, RECOGNISERS), CPU).read(pages))
    by_docTR = theirs(crafted.detector(), loaded(recognition, file, RECOGNISERS), pages)  # noqa: N806
    assert [placed(page) for page in read] == [placed(page) for page in by_docTR]


def test_pages_are_taken_as_batches_get_under_way(pages):
    taken = []

    def one_by_one():
        for number in range(12):
            taken.append(number)
            yield pages[3]

    pace = Pace(pages=2, batches=1, words=10, words_scaled=1)
    read = DoctrReader(crafted.detector(), crafted.recogniser(), CPU, pace=pace).read(one_by_one())
    assert next(read) == ()
    assert len(taken) == 5
    assert len(list(read)) == 11


def test_threads_that_ask_for_a_page_each_are_served_in_batches(monkeypatch, pages, expected):
    sizes, all_ask = [], threading.Event()
    whole = DoctrReader._read_batch

    def read_batch(self, batch):
        sizes.append(len(batch.images))
        assert all_ask.wait(60)
        return whole(self, batch)

    monkeypatch.setattr(DoctrReader, "_read_batch", read_batch)
    pace = Pace(pages=4, batches=1, words=100, words_scaled=1)
    reader = DoctrReader(crafted.detector(), crafted.recogniser(), CPU, pace=pace)
    with ThreadPoolExecutor(8) as threads:
        read = [threads.submit(lambda page: list(reader.read([page])), page) for page in pages * 2]
        while sum(sizes) + len(reader._waiting) < 8:
            time.sleep(0.01)
        all_ask.set()
        assert [placed(words.result()[0]) for words in read] == [placed(page) for page in expected] * 2
    assert len(sizes) <= 3


# --- pages that cannot be read, GPUs that are too small ---


def broken(monkeypatch, is_too_much, error):
    """A reader whose device fails with batches that are too much for it."""
    whole = DoctrReader._read_batch

    def read_batch(self, batch):
        if is_too_much(batch.images):
            raise error
        return whole(self, batch)

    monkeypatch.setattr(DoctrReader, "_read_batch", read_batch)
    pace = Pace(pages=4, batches=1, words=100, words_scaled=1)
    return DoctrReader(crafted.detector(), crafted.recogniser(), CPU, pace=pace)


def test_a_batch_too_large_for_the_memory_of_the_gpu_is_read_in_halves(monkeypatch, pages, expected):
    reader = broken(monkeypatch, lambda images: len(images) > 1, torch.OutOfMemoryError("CUDA out of memory"))
    assert [placed(page) for page in reader.read(pages)] == [placed(page) for page in expected]


def test_a_page_too_large_for_the_memory_of_the_gpu_fails_with_its_size(monkeypatch, pages):
    reader = broken(monkeypatch, lambda _: True, torch.OutOfMemoryError("CUDA out of memory"))
    with pytest.raises(
        PageFailedError, match=r"not enough memory for a page of 300 x 300 pixels; read it with another eng"
    ):
        list(reader.read(pages[3:]))


def test_a_page_that_cannot_be_read_fails_alone(monkeypatch, pages, expected):
    reader = broken(monkeypatch, lambda images: pages[1] in images, RuntimeError("this page"))
    with ThreadPoolExecutor(4) as threads:
        read = [threads.submit(lambda page: list(reader.read([page])), page) for page in pages]
        with pytest.raises(RuntimeError, match="this page"):
            read[1].result()
        assert placed(read[2].result()[0]) == placed(expected[2])


# --- parts ---


@pytest.fixture(scope="module")
def word_map():
    """A detector's map as of a page: many words, some of them touching, and specks."""
    rng = np.random.default_rng(2)
    found = rng.random((400, 300), dtype=np.float32) * 0.35
    for top in range(10, 380, 14):
        for left in range(5, 280, 23):
            found[top : top + int(rng.integers(3, 9)), left : left + int(rng.integers(4, 26))] += 0.5
    return found.clip(0, 1)


@pytest.mark.parametrize("rules", [DBPostProcessor, FASTPostProcessor, LinkNetPostProcessor])
def test_boxes_and_lines_are_docTRs(rules, word_map):  # noqa: N802 - its name
    rules = rules()
    expected = rules(word_map[None, :, :, None])[0][0][:, :4]
    boxes = word_boxes(word_map, BoxRule(rules.bin_thresh, rules.box_thresh, rules.unclip_ratio))
    assert np.array_equal(boxes, expected)
    for width, height in ((300, 400), (400, 300), (70, 400)):
        image = PageImage(1, np.zeros((height, width), np.uint8))
        lines = DocumentBuilder()._resolve_lines(boxes, (height, width)) if len(boxes) else []
        assert lines_of(boxes, image) == [[int(word) for word in line] for line in lines]


def test_a_map_without_text_has_no_boxes_and_no_lines():
    boxes = word_boxes(np.zeros((20, 30), np.float32), BoxRule(0.3, 0.1, 1.5))
    assert boxes.shape == (0, 4)
    assert lines_of(boxes, PageImage(1, np.zeros((20, 30), np.uint8))) == []


def test_a_wide_word_is_cut_into_docTRs_parts():  # noqa: N802 - its name
    widths = [1, 79, 80, 81, 90, 91, 150, 163, 400]
    corners = np.array([[3, 5, 3 + width, 15] for width in widths])
    crops = crops_of(corners, np.full(len(widths), 1000), np.full(len(widths), 500))
    columns = [np.broadcast_to(np.arange(width)[None, :, None], (10, width, 1)) for width in widths]
    parts, words, _ = split_crops(columns, 8, 6, 0.5)
    firsts = [word if isinstance(word, int) else word[0] for word in words]
    assert crops.first.tolist() == [*firsts, len(parts)]
    assert (crops.places[:, 0] - (1000 + 5 * 500 + 3)).tolist() == [part[0, 0, 0] for part in parts]
    assert crops.places[:, 3].tolist() == [part.shape[1] for part in parts]
    ours = [
        overlap for overlap, word in zip(crops.last_overlap, words, strict=True) if isinstance(word, tuple)
    ]
    assert ours == pytest.approx([word[2] for word in words if isinstance(word, tuple)])


def test_words_scaled_together_are_those_scaled_one_by_one(pages):
    rng = np.random.default_rng(3)
    page = pages[0]
    row = torch.from_numpy(page.pixels.reshape(-1).copy())
    tops, lefts = rng.integers(0, 1000, 40), rng.integers(0, 700, 40)
    heights, widths = rng.integers(1, 90, 40), rng.integers(1, 250, 40)
    strides = np.full(40, page.width_px)
    places = np.stack([tops * page.width_px + lefts, strides, heights, widths], axis=1)
    apart, together = (scaled_words(row, places, (32, 128), together=n).int() for n in (1, 16))
    assert (apart - together).abs().max() <= 1  # a half may be rounded up or down
    assert (apart != together).float().mean() < 0.001


def test_texts_are_decoded_as_docTR_decodes_them():  # noqa: N802 - its name
    logits = torch.randn(50, 32, len(LETTERS) + 1, generator=torch.manual_seed(4))
    logits[..., -1] += 2
    expected = [text for text, _ in crafted.recogniser().postprocessor(logits)]
    assert decoded(logits.argmax(-1).numpy(), LETTERS) == expected
    assert decoded(np.zeros((0, 32), np.int64), LETTERS) == []


def test_a_model_with_its_normalisations_folded_in_says_the_same():
    torch.manual_seed(5)
    model = recognition.crnn_mobilenet_v3_small(pretrained=False, pretrained_backbone=False, exportable=True)
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.uniform_(-0.2, 0.2)
            layer.running_var.uniform_(0.5, 1.5)
    pixels = torch.rand(4, 3, 32, 128)
    with torch.inference_mode():
        before = model.eval()(pixels)["logits"]
        after = folded(model)(pixels)["logits"]
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in model.modules())
    assert torch.allclose(before, after, atol=1e-4)
