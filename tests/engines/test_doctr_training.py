"""docTR's models are trained, taken up again, and written so that docTR and OnnxTR read with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archiveia.engines.torchvision_compat import ensure_torchvision
from archiveia.errors import SettingsError

ensure_torchvision()
torch = pytest.importorskip("torch", reason="extra doctr is not installed")
pytest.importorskip("doctr.models", reason="extra doctr is not installed")

from archiveia.engines import doctr_training_detector as detector  # noqa: E402 (after the skip)
from archiveia.engines.doctr_training import Plan, rate_at  # noqa: E402
from archiveia.engines.doctr_training_recogniser import (  # noqa: E402
    new_recogniser,
    read_crops,
    write_recogniser,
)

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.engines.doctr_training import Training

VOCABULARY = "abcdé œ’"
ARCH = "crnn_mobilenet_v3_small"


def crops(step: int, _share: float = 0) -> tuple[Any, list[str]]:
    rng = np.random.default_rng(step)
    return rng.integers(0, 256, (4, 32, 128), dtype=np.uint8), ["abc", "dé", "œ’a b", "c"]


def fit(training: Training, folder: Path, steps: int, batch_of: Any = crops) -> None:
    plan = Plan(steps, None, validate_every=2, save_every=1)
    training.fit(batch_of, plan, folder, errors_of=lambda: 1.0, tell=lambda _at, _share: None)


def weights(training: Training) -> dict[str, Any]:
    return {name: value.clone() for name, value in training.model.state_dict().items()}


def test_a_run_taken_up_again_ends_with_the_weights_of_one_that_was_not_cut_short(tmp_path: Path):
    whole = new_recogniser(ARCH, VOCABULARY, seed=3)
    fit(whole, tmp_path / "whole", 4)

    def cut_short(step: int, share: float) -> tuple[Any, list[str]]:
        if step == 3:
            raise KeyboardInterrupt
        return crops(step, share)

    with pytest.raises(KeyboardInterrupt):
        fit(new_recogniser(ARCH, VOCABULARY, seed=3), tmp_path / "parts", 4, cut_short)
    taken_up = new_recogniser(ARCH, VOCABULARY, seed=99)  # its own first weights are of no account
    fit(taken_up, tmp_path / "parts", 4)
    assert taken_up.progress.step == whole.progress.step == 4
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(taken_up)[name]), name


def test_the_same_seed_gives_the_same_first_weights_and_another_does_not():
    first, second, other = (new_recogniser(ARCH, VOCABULARY, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(first.model.linear.weight, second.model.linear.weight)
    assert not torch.equal(first.model.linear.weight, other.model.linear.weight)


def test_the_run_of_another_model_is_not_taken_up(tmp_path: Path):
    fit(new_recogniser(ARCH, VOCABULARY, seed=3), tmp_path, 1)
    with pytest.raises(SettingsError, match="is the checkpoint of another model"):
        fit(new_recogniser(ARCH, "abc", seed=3), tmp_path, 2)


def test_the_best_weights_are_kept_and_not_the_last(tmp_path: Path):
    training = new_recogniser(ARCH, VOCABULARY, seed=3)
    errors = iter((0.2, 0.9))
    kept: list[dict[str, Any]] = []

    def errors_of() -> float:
        kept.append(weights(training))
        return next(errors)

    plan = Plan(4, None, validate_every=2)
    training.fit(crops, plan, tmp_path, errors_of=errors_of, tell=lambda _at, _share: None)
    assert (training.progress.best_errors, training.progress.best_step) == (0.2, 2)
    assert torch.equal(weights(training)["linear.weight"], kept[0]["linear.weight"])


def test_training_goes_on_from_weights_that_know_other_characters(tmp_path: Path):
    first = new_recogniser(ARCH, "abc", seed=3)
    torch.save(first.model.state_dict(), tmp_path / "abc.pt")
    second = new_recogniser(ARCH, VOCABULARY, seed=4, start_from=tmp_path / "abc.pt")
    assert torch.equal(first.model.decoder.weight_ih_l0, second.model.decoder.weight_ih_l0)
    assert second.model.linear.out_features == len(VOCABULARY) + 1


def test_a_file_without_such_weights_is_no_place_to_start_from(tmp_path: Path):
    torch.save({"other.weight": torch.zeros(3)}, tmp_path / "other.pt")
    with pytest.raises(SettingsError, match="training cannot start from"):
        new_recogniser(ARCH, VOCABULARY, seed=4, start_from=tmp_path / "other.pt")


def test_the_learning_rate_rises_then_falls():
    rates = [rate_at(Plan(100, None, rate=1.0), share / 100) for share in range(101)]
    assert max(rates) == pytest.approx(1.0)
    assert rates.index(max(rates)) == 2
    assert rates[-1] == pytest.approx(0.01)


def test_doctr_and_onnxtr_read_alike_with_the_files_written_in_half_precision(tmp_path: Path):
    onnxtr = pytest.importorskip("onnxtr.models", reason="extra onnx is not installed")
    from doctr.models import recognition

    training = new_recogniser(ARCH, VOCABULARY, seed=3)
    fit(training, tmp_path / "run", 2)
    stem = tmp_path / f"{ARCH}-test"
    write_recogniser(training, stem)
    assert stem.with_suffix(".vocab").read_text("utf-8") == VOCABULARY + "\n"
    assert all(stem.with_suffix(suffix).stat().st_size < 5_000_000 for suffix in (".pt", ".onnx"))
    images, _ = crops(5)
    ours = read_crops(training.model, images)
    model = recognition.crnn_mobilenet_v3_small(pretrained=False, pretrained_backbone=False, vocab=VOCABULARY)
    model.from_pretrained(str(stem.with_suffix(".pt")))
    assert read_crops(model, images) == ours
    colour = np.repeat(images[:, :, :, None], 3, axis=3)
    reader = onnxtr.recognition_predictor(
        onnxtr.recognition.crnn_mobilenet_v3_small(str(stem.with_suffix(".onnx")), vocab=VOCABULARY)
    )
    assert [text for text, _ in reader(list(colour))] == ours


@pytest.mark.parametrize(
    ("found", "hits"),
    [
        pytest.param([[0.1, 0.1, 0.3, 0.2]], 1, id="the same box"),
        pytest.param([[0.1, 0.1, 0.5, 0.2]], 1, id="overlaps by half"),
        pytest.param([[0.1, 0.1, 0.6, 0.2]], 0, id="too wide"),
        pytest.param([[0.5, 0.5, 0.7, 0.6]] * 2, 1, id="each word wants a box of its own"),
        pytest.param([], 0, id="nothing found"),
    ],
)
def test_a_word_is_found_when_a_box_of_its_own_overlaps_it_by_half(found: list[list[float]], hits: int):
    truth = np.array([[0.1, 0.1, 0.3, 0.2], [0.5, 0.5, 0.7, 0.6]], dtype=np.float32)
    boxes = np.array(found, dtype=np.float32).reshape(-1, 4)
    assert detector.found_of(truth, boxes) == hits


@pytest.mark.parametrize("side_px", [640, 1280])
def test_the_map_that_a_detector_learns_becomes_the_boxes_of_its_words_again(side_px: int):
    words = np.array(
        [[0.1, 0.1, 0.16, 0.115], [0.17, 0.1, 0.18, 0.11], [0.19, 0.095, 0.5, 0.12]], dtype=np.float32
    )
    model = detector.new_detector("db_small", seed=1).model
    found = detector.boxes_at(model, detector.cores([words], side_px)[0, 0], 0.5)
    order = found[:, 0].argsort()
    assert np.abs(found[order] - words).max() * side_px <= 3


def test_a_shifted_detector_finds_at_the_default_what_it_found_at_its_threshold():
    torch.manual_seed(1)
    model = detector.new_detector("db_small", seed=1).model
    page = np.full((128, 128), 230, dtype=np.uint8)
    page[40:60, 20:90] = 10
    (before,) = detector.text_maps(model, [page])
    threshold = float(np.quantile(before, 0.6))
    detector.shift_threshold(model, threshold)
    (after,) = detector.text_maps(model, [page])
    assert (
        np.array_equal(before >= threshold, after >= detector.DEFAULT_THRESHOLD)
        or ((before >= threshold) != (after >= detector.DEFAULT_THRESHOLD)).mean() < 0.001
    )
