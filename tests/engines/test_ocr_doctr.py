from __future__ import annotations

import hashlib

import numpy as np
import pytest

from archiveia.engines import doctr_weights
from archiveia.engines.doctr_weights import (
    DETECTORS,
    RECOGNISERS,
    Wanted,
    architecture_of,
    characters_of,
    find_weights,
)
from archiveia.engines.ocr import open_engine
from archiveia.errors import MissingToolError, SettingsError
from archiveia.settings import read_settings
from archiveia.values import PageImage

from .pages import printed

# Libraries that others maintain may warn of what will change in them.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"
)
LETTERS = "abcdefghijklmnopqrstuvwxyzœéè"


# --- weights files ---


def test_weights_are_recognised_by_the_architecture_in_their_name(tmp_path):
    assert architecture_of(tmp_path / "db_resnet50-79bd7d70.pt", DETECTORS) == "db_resnet50"
    assert (
        architecture_of(tmp_path / "crnn_mobilenet_v3_small_pt-3b919a02.pt", RECOGNISERS)
        == "crnn_mobilenet_v3_small"
    )
    with pytest.raises(
        SettingsError, match=r"'mine\.pt' are not named after an architecture; name the file <arch"
    ):
        architecture_of(tmp_path / "mine.pt", DETECTORS)


@pytest.fixture
def wanted(tmp_path, monkeypatch):
    """Detectors, in an empty cache; and nothing is shipped."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr(doctr_weights, "SHIPPED", tmp_path / "shipped")
    return Wanted("X", DETECTORS, ".pt", tmp_path / "cache", "do it")


def test_missing_and_wrong_weights_are_told_apart(tmp_path, wanted):
    (tmp_path / "a.txt").touch()
    for path, match in [
        ("", r"no X weights are set; do it"),
        (str(tmp_path / "no.pt"), r"the X weights '.*no\.pt' are not there; do it"),
        (str(tmp_path / "a.txt"), r"are not a \.pt file; do it"),
    ]:
        with pytest.raises(MissingToolError, match=match):
            find_weights(path, wanted)


def test_the_cache_comes_before_what_is_shipped_and_the_setting_before_both(tmp_path, wanted):
    shipped = tmp_path / "shipped" / "fast_base-fr.pt"
    shipped.write_bytes(b"1")
    (tmp_path / "shipped" / "fast_base-fr.onnx").write_bytes(b"1")
    assert find_weights("", wanted) == shipped
    for name in (
        "linknet_resnet18-1.pt",
        "db_resnet50_rotation-2.pt",
        "db_resnet34-3.pt",
        "crnn_vgg16_bn-4.pt",
    ):
        (tmp_path / "cache" / name).write_bytes(b"1")
    (tmp_path / "cache" / "fast_tiny-5.pt").touch()  # what a failed download leaves
    assert find_weights("", wanted).name == "db_resnet34-3.pt"
    set_file = tmp_path / "db_resnet50-mine.pt"
    set_file.touch()
    assert find_weights(str(set_file), wanted) == set_file


def test_weights_are_checked_by_the_sha256_of_the_setting(tmp_path, wanted):
    file = tmp_path / "fast_base-1.pt"
    file.write_bytes(b"weights")
    right = hashlib.sha256(b"weights").hexdigest()
    assert find_weights(f"{file}#sha256={right.upper()}", wanted) == file
    with pytest.raises(
        MissingToolError,
        match=rf"fast_base-1\.pt' have the SHA-256 {right}, not {'0' * 64}; fetch the file again",
    ):
        find_weights(f"{file}#sha256={'0' * 64}", wanted)
    with pytest.raises(
        SettingsError, match=r"'abc' after the X weights is not a SHA-256; write 64 hexadecimal"
    ):
        find_weights(f"{file}#sha256=abc", wanted)


def test_the_characters_of_a_recogniser_are_read_from_the_file_beside_it(tmp_path):
    weights = tmp_path / "crnn_vgg16_bn-1.pt"
    assert characters_of(weights) is None
    (tmp_path / "crnn_vgg16_bn-1.vocab").write_text("abœ \n", encoding="utf-8")
    assert characters_of(weights) == "abœ "


# --- docTR and OnnxTR with untrained weights: they find nothing, but everything runs ---


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    pytest.importorskip("torch", reason="extra doctr is not installed")
    from archiveia.engines.torchvision_compat import ensure_torchvision

    ensure_torchvision()
    pytest.importorskip("doctr", reason="extra doctr is not installed")
    import torch
    from doctr.models import detection, recognition

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    nothing = {"pretrained": False, "pretrained_backbone": False}
    detector = detection.db_mobilenet_v3_large(**nothing)
    recogniser = recognition.crnn_mobilenet_v3_small(**nothing, vocab=LETTERS)
    torch.save(detector.state_dict(), folder / "db_mobilenet_v3_large-untrained.pt")
    torch.save(recogniser.state_dict(), folder / "crnn_mobilenet_v3_small-untrained.pt")
    (folder / "crnn_mobilenet_v3_small-untrained.vocab").write_text(LETTERS, encoding="utf-8")
    return folder


def settings_of(folder, suffix=".pt"):
    return read_settings(
        doctr_detector=str(folder / f"db_mobilenet_v3_large-untrained{suffix}"),
        doctr_recogniser=str(folder / f"crnn_mobilenet_v3_small-untrained{suffix}"),
    )


def test_doctr_runs_with_weights_of_files(untrained):
    engine = open_engine("doctr", settings_of(untrained))
    page = printed("mairie")
    (text,) = engine.read([page])
    assert text.engine == "doctr"
    assert "db_mobilenet_v3_large-untrained crnn_mobilenet_v3_small-untrained" in text.engine_version
    assert all(
        0 <= word.score <= 1 and word.left_px + word.width_px <= page.width_px + 1 for word in text.words
    )
    assert engine.read([]) == []


def test_doctr_takes_the_weights_of_its_own_cache_or_those_shipped(untrained, wanted, tmp_path, monkeypatch):
    del wanted
    (tmp_path / "models").symlink_to(untrained)
    monkeypatch.setenv("DOCTR_CACHE_DIR", str(tmp_path))
    assert open_engine("doctr", read_settings()).name == "doctr"
    (tmp_path / "models").unlink()
    monkeypatch.setattr(doctr_weights, "SHIPPED", untrained)
    assert "crnn_mobilenet_v3_small-untrained" in open_engine("doctr", read_settings()).version


def test_doctr_without_weights_says_where_to_put_them_and_downloads_nothing(
    untrained, wanted, tmp_path, monkeypatch
):
    del untrained, wanted
    monkeypatch.setenv("DOCTR_CACHE_DIR", str(tmp_path))
    with pytest.raises(
        MissingToolError, match=r"no docTR detector weights are set; set ARCHIVEIA_DOCTR_DETECTOR"
    ):
        open_engine("doctr", read_settings())


def test_doctr_refuses_weights_of_another_architecture(untrained, tmp_path):
    wrong = tmp_path / "db_mobilenet_v3_large-wrong.pt"
    wrong.write_bytes((untrained / "crnn_mobilenet_v3_small-untrained.pt").read_bytes())
    settings = settings_of(untrained).model_copy(update={"doctr_detector": str(wrong)})
    with pytest.raises(MissingToolError, match=r"docTR cannot load the weights '.*wrong\.pt'"):
        open_engine("doctr", settings)


@pytest.fixture
def dark_is_text(tmp_path):
    """Two models of a few operations: whatever is dark is a word; every word spells something of a, b, c."""
    pytest.importorskip("onnxtr", reason="extra onnx is not installed")
    onnx = pytest.importorskip("onnx", reason="onnx, which makes the models of this test, is not installed")
    make, numpy_helper = onnx.helper, onnx.numpy_helper
    real = onnx.TensorProto.FLOAT

    def save(name, nodes, size, constants):
        graph = make.make_graph(
            nodes,
            name,
            [make.make_tensor_value_info("image", real, ["n", 3, *size])],
            [make.make_tensor_value_info("logits", real, None)],
            [numpy_helper.from_array(np.array(value), key) for key, value in constants.items()],
        )
        model = make.make_model(graph, opset_imports=[make.make_opsetid("", 18)], ir_version=9)
        onnx.save(model, str(tmp_path / f"{name}-untrained.onnx"))

    mean = make.make_node("ReduceMean", ["image", "channel"], ["grey"], keepdims=1)
    darkness = make.make_node("Mul", ["grey", "minus_ten"], ["logits"])
    constants = {"channel": np.array([1], np.int64), "minus_ten": np.float32(-10)}
    save("db_mobilenet_v3_large", [mean, darkness], (1024, 1024), constants)
    rows = make.make_node("ReduceMean", ["image", "channel_and_row"], ["line"], keepdims=0)
    steps = make.make_node("Reshape", ["line", "shape"], ["logits"])
    constants = {
        "channel_and_row": np.array([1, 2], np.int64),
        "shape": np.array([-1, 32, 4], np.int64),
    }
    save("crnn_mobilenet_v3_small", [rows, steps], (32, 128), constants)
    (tmp_path / "crnn_mobilenet_v3_small-untrained.vocab").write_text("abc", encoding="utf-8")
    return tmp_path


def test_onnxtr_boxes_words_in_pixels_of_the_page(dark_is_text):
    pixels = np.full((1000, 2000), 255, np.uint8)
    pixels[200:260, 400:900] = 0
    engine = open_engine("onnxtr", settings_of(dark_is_text, ".onnx"))
    (text,) = engine.read([PageImage(1, pixels)])
    (word,) = [word for word in text.words if word.width_px < 1000]  # the padding around the page is dark too
    assert set(word.text) <= set("abc")
    assert (word.left_px, word.top_px) == pytest.approx((400, 200), abs=60)
    assert (word.width_px, word.height_px) == pytest.approx((500, 60), abs=100)
    assert text.engine_version.endswith("db_mobilenet_v3_large-untrained crnn_mobilenet_v3_small-untrained")
    assert engine.read([]) == []


def test_onnxtr_takes_the_weights_that_are_shipped(dark_is_text, tmp_path, monkeypatch):
    monkeypatch.setenv("ONNXTR_CACHE_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(doctr_weights, "SHIPPED", dark_is_text)
    assert open_engine("onnxtr", read_settings()).version.endswith("crnn_mobilenet_v3_small-untrained")


def test_onnxtr_without_weights_says_which_to_set(wanted, tmp_path, monkeypatch):
    del wanted
    pytest.importorskip("onnxtr", reason="extra onnx is not installed")
    monkeypatch.setenv("ONNXTR_CACHE_DIR", str(tmp_path))
    with pytest.raises(
        MissingToolError, match=r"no OnnxTR detector weights are set; set ARCHIVEIA_DOCTR_DETECTOR"
    ):
        open_engine("onnxtr", read_settings())
    broken = tmp_path / "db_resnet50-broken.onnx"
    broken.write_bytes(b"not a model")
    settings = read_settings(doctr_detector=str(broken), doctr_recogniser=str(broken))
    with pytest.raises(MissingToolError, match="OnnxTR cannot load the weights"):
        open_engine("onnxtr", settings)
