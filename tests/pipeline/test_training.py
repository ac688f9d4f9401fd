"""`train ocr`: from transcribed pages to weights that docTR and OnnxTR load, with a card."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from drawn_scans import DELIBERATION, draw_page
from PIL import Image, ImageDraw, ImageFont

from archiveia import cli, pipeline
from archiveia.edges.fonts import find_fonts
from archiveia.edges.line_images import cut_pages
from archiveia.engines import doctr_weights
from archiveia.engines.torchvision_compat import ensure_torchvision
from archiveia.pipeline import training_crops, training_data, training_pages
from archiveia.pipeline.importing import import_text
from archiveia.pipeline.training_card import interval
from archiveia.pipeline.training_data import FRENCH, Material, workspace_pages

if TYPE_CHECKING:
    from pathlib import Path

FONT = next(font.path for font in find_fonts(FRENCH, ()) if font.family == "Liberation Serif")
LINES = ("Le conseil municipal", "de la commune de Vaubourg", "vote un emprunt -")


def gather(folder: Path, **more: Any) -> Material:
    return training_data.gather([folder], [], samples="Considérant que la délibération est approuvée", **more)


@pytest.fixture(autouse=True)
def _few_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_data, "find_fonts", lambda letters: find_fonts(letters, ()))


@pytest.fixture
def transcribed(tmp_path: Path) -> Path:
    """Two transcribed pages, and whose they are."""
    folder = tmp_path / "fonds"
    folder.mkdir()
    (folder / "README.md").write_text(
        "# fonds\n\n- Source: Archives de Vaubourg\n- Licence: CC-BY 4.0\n\n## Attribution\nMARTIN, 2026.\n",
        "utf-8",
    )
    for name in ("vue_1", "registre_1"):
        page = Image.new("L", (700, 300), 235)
        for at, text in enumerate(LINES):
            ImageDraw.Draw(page).text((40, 30 + 80 * at), text, fill=20, font=ImageFont.truetype(FONT, 36))
        page.save(folder / f"{name}.png")
        rows = "".join(
            f'<TextLine><Shape><Polygon POINTS="20 {20 + 80 * at} 680 {20 + 80 * at} 680 {85 + 80 * at} '
            f'20 {85 + 80 * at}"/></Shape><String CONTENT="{text}"/></TextLine>'
            for at, text in enumerate(LINES)
        )
        (folder / f"{name}.xml").write_text(f"<alto>{rows}</alto>", "utf-8")
    return folder


def test_pages_held_out_are_never_learned_from(transcribed: Path):
    material = gather(transcribed, held_out=["fonds/registre*", "Courier*"])
    assert [page.source for page in material.learned_pages] == ["fonds/vue_1"]
    assert list(material.held_out_pages()) == ["fonds/registre*"]
    assert {font.family for font in material.unseen_fonts} == {"Courier Prime"}
    source = training_crops.CropSource(material)
    assert {line.source for line in source.lines} == {"fonds/vue_1"}
    rendered, real = source.validation()
    assert (rendered.name, real.name) == ("rendered", "fonds/registre*")
    assert set(real.texts) == set(" ".join(LINES).split())


def test_the_crops_of_a_step_depend_on_the_seed_and_the_step_alone(transcribed: Path):
    first, second, other = (training_crops.CropSource(gather(transcribed, seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.batch(7, 0.5, 12)[0], second.batch(7, 0.5, 12)[0])
    assert first.batch(7, 0.5, 12)[1] == second.batch(7, 0.5, 12)[1]
    assert first.batch(8, 0.5, 12)[1] != first.batch(7, 0.5, 12)[1]
    assert other.batch(7, 0.5, 12)[1] != first.batch(7, 0.5, 12)[1]


def test_a_run_begins_with_short_words(transcribed: Path):
    source = training_crops.CropSource(gather(transcribed))
    assert max(map(len, source.batch(0, 0.0, 60)[1])) <= 6
    assert max(map(len, source.batch(0, 0.5, 60)[1])) > 6


def test_pages_whose_text_was_imported_are_learned_from(edges: pipeline.Edges, tmp_path: Path):
    folder = tmp_path / "lot" / "dossier"
    folder.mkdir(parents=True)
    page = Image.new("L", (1000, 1400), 240)
    for at, text in enumerate(LINES):
        ImageDraw.Draw(page).text((80, 100 + 90 * at), text, fill=20, font=ImageFont.truetype(FONT, 40))
    page.save(folder / "vue_1.png")
    draw_page(DELIBERATION).save(folder.parent / "autre.png")
    pipeline.run([tmp_path / "lot"], edges)
    assert workspace_pages(edges) == []
    rows = "".join(
        f'<TextLine><Coords points="60,{90 + 90 * at} 900,{90 + 90 * at} 900,{160 + 90 * at} 60,{160 + 90 * at}"/>'
        f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>"
        for at, text in enumerate(LINES)
    )
    xml = tmp_path / "vue_1.xml"
    xml.write_text(
        f'<PcGts><Page imageWidth="1000" imageHeight="1400"><TextRegion>{rows}</TextRegion></Page></PcGts>',
        "utf-8",
    )
    (result,) = import_text([xml], actor="m.martin", edges=edges)
    assert result.error is None
    (found,) = workspace_pages(edges)
    assert found.source.startswith("workspace/")
    assert [[word.text for word in line.words] for line in cut_pages([found])] == [
        line.split() for line in LINES
    ]


@pytest.fixture
def _torch() -> None:
    ensure_torchvision()
    pytest.importorskip("doctr.models", reason="extra doctr is not installed")


def run(*words: object) -> int:
    return cli.main([str(word) for word in words])


@pytest.mark.usefixtures("_torch")
def test_train_ocr_writes_weights_and_a_card_that_credits_the_data(
    transcribed, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(training_crops, "_RENDERED", 20)
    out = tmp_path / "out"
    command = (
        "train", "ocr", transcribed, "--out", out, "--steps", 2, "--batch", 4, "--hold-out", "fonds/registre*"
    )  # fmt: skip
    assert run(*command) == 0
    stem = out / "crnn_mobilenet_v3_small-archiveia"
    assert all(stem.with_suffix(suffix).is_file() for suffix in (".pt", ".onnx", ".vocab", ".md"))
    card = stem.with_suffix(".md").read_text("utf-8")
    for said in (
        "Licence: CC-BY 4.0",
        "MARTIN, 2026.",
        "2 steps of 4 crops",
        "seed 1",
        "| fonds/registre | 12 |",
    ):
        assert said in card
    sums = dict(reversed(line.split("  ")) for line in (out / "SHA256SUMS").read_text().splitlines())
    assert sums[f"{stem.name}.pt"] == hashlib.sha256(stem.with_suffix(".pt").read_bytes()).hexdigest()
    printed = capsys.readouterr()
    assert "fonds/registre: " in printed.out
    assert "step 2, loss" in printed.err
    # trained further, from its own weights
    assert (
        run(
            *command[:3], "--out", tmp_path / "more", "--steps", 1, "--batch", 4, "--start-from", f"{stem}.pt"
        )
        == 0
    )
    assert "Trained on from `crnn_mobilenet_v3_small-archiveia.pt`" in (
        tmp_path / "more" / f"{stem.name}.md"
    ).read_text("utf-8")


@pytest.mark.usefixtures("_torch")
def test_train_ocr_trains_a_detector(transcribed, tmp_path, monkeypatch, capsys):
    for name, value in {"SIDE_PX": 128, "_CHOSEN": (1, 1), "_RENDERED": 1}.items():
        monkeypatch.setattr(training_pages, name, value)
    monkeypatch.setitem(doctr_weights.SMALL, "input_shape", (3, 128, 128))
    out = tmp_path / "out"
    assert run("train", "ocr", transcribed, "--detector", "--out", out, "--steps", 1, "--batch", 2) == 0
    assert (out / "db_small-archiveia.onnx").stat().st_size < 4_000_000
    card = (out / "db_small-archiveia.md").read_text("utf-8")
    assert "| rendered |" in card
    assert "bin_thresh" in card
    assert "recall" in capsys.readouterr().out


@pytest.mark.usefixtures("_torch")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(
            ["--recogniser", "master"], "recogniser 'master' cannot be trained here", id="recogniser"
        ),
        pytest.param(
            ["--detector", "fast_tiny"], "detector 'fast_tiny' cannot be trained here", id="detector"
        ),
        pytest.param(["--minutes", "0"], "0.0 minutes is no time to train", id="no time"),
    ],
)
def test_what_cannot_be_trained_is_said(tmp_path: Path, capsys, options: list[str], said: str):
    assert run("train", "ocr", "--out", tmp_path, *options) in (1, 2)
    assert said in capsys.readouterr().err


def test_without_doctr_a_person_is_told_what_to_install(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "doctr.models", None)
    assert run("train", "ocr", "--out", tmp_path) == 1
    assert "install archiveia[doctr]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("hits", "of", "said"),
    [(0, 0, "none"), (30, 32, "79.9% to 98.3%"), (0, 100, "0.0% to 3.7%"), (100, 100, "96.3% to 100.0%")],
)
def test_shares_come_with_wilsons_interval(hits: int, of: int, said: str):
    assert interval(hits, of) == said


@pytest.mark.usefixtures("_torch")
def test_the_shipped_weights_are_those_that_the_sums_promise():
    from archiveia.engines.doctr_weights import SHIPPED

    sums = (SHIPPED / "SHA256SUMS").read_text("ascii").splitlines()
    assert sums
    for digest, _, name in (line.partition("  ") for line in sums):
        assert hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() == digest
