"""The card of a trained model: what it is for, what it learned from, how well it does, what its limits are."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.metadata import version
from math import sqrt
from typing import TYPE_CHECKING

from archiveia import VERSION
from archiveia.edges.training_texts import WORD_LISTS
from archiveia.pipeline.training_data import FRENCH
from archiveia.pipeline.training_pages import SIDE_PX
from archiveia.steps.measure import rate_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from archiveia.engines.doctr_training import Training
    from archiveia.engines.doctr_training_detector import Found
    from archiveia.pipeline.training import Order
    from archiveia.pipeline.training_crops import WordScore
    from archiveia.pipeline.training_data import Material

_SEED = 1
"""Of the bootstrap: the same words always give the same intervals."""


def recogniser_card(
    order: Order, material: Material, training: Training, learned_words: int, scores: Sequence[WordScore]
) -> tuple[str, tuple[str, ...]]:
    """The card of a recogniser, and a line for each score."""
    rows, lines = [], []
    for found in scores:
        words, letters = len(found.errors), sum(e.units for e in found.errors)
        exact, between = found.exact / max(1, words), interval(found.exact, words)
        cer = rate_interval(found.errors, seed=_SEED)
        rows.append(
            f"| {_set_name(found.name)} | {words} | {exact:.1%} ({between}) | {letters} | {found.rate:.2%} "
            f"({'' if cer is None else f'{cer[0]:.2%} to {cer[1]:.2%}'}) |"
        )
        lines.append(f"{_set_name(found.name)}: {found.exact} of {words} words exact, CER {found.rate:.2%}")
    body = f"""# Recogniser of words `{order.arch}`, French

Reads the words that a docTR detector has cut out of a page; for docTR (`.pt`) and OnnxTR (`.onnx`), with the
{len(FRENCH)} characters of the `.vocab` file: docTR's French ones, then `œ Œ æ Æ ÿ Ÿ « » ’ “ ” – — … §` and the space,
as detectors often put two short words in one box.

{_how(order, training, "crops")}

## What it learned from

{_pages(material)}
  Cut into words only where the white gaps agree with the transcription: {learned_words} words, a third of the crops.
{_texts(material)}

## How well it reads words cut out without fault

Every sign counts as it stands. Intervals: 95 %, Wilson's for words, bootstrap over words for letters. Words of one book
resemble one another: for other books the truth is less certain than the interval says. The weights with the least mean
CER over these same sets were kept, of the checks up to step {training.progress.step}.

| held out | words | read to the letter | letters | CER |
| --- | --- | --- | --- | --- |
{chr(10).join(rows)}

`rendered`: words of the list that were never shown, in fonts held out ({_families(material)}), aged as the others were.

## Limits

Print and typescript in Latin letters only: no handwriting, no Fraktur. A page is read as well as its detector cuts it.
Low resolution (letters under about 10 pixels high), faint carbon copies and long words are read worst. Measure it on
your own pages with `archiveia evaluate ocr`, and train it further on them with `--start-from`.

{_credits(order, material)}
"""
    return body, tuple(lines)


def detector_card(
    order: Order, material: Material, training: Training, threshold: float, scores: Mapping[str, Found]
) -> tuple[str, tuple[str, ...]]:
    """The card of a detector, and a line for each score."""
    whole_px = training.model.cfg["input_shape"][-1]
    rows, lines = [], []
    for name, found in scores.items():
        recall, precision = found.hits / max(1, found.words), found.hits / max(1, found.boxes)
        rows.append(
            f"| {_set_name(name)} | {found.words} | {recall:.1%} ({interval(found.hits, found.words)}) "
            f"| {found.boxes} | {precision:.1%} ({interval(found.hits, found.boxes)}) |"
        )
        lines.append(f"{_set_name(name)}: recall {recall:.1%}, precision {precision:.1%}")
    body = f"""# Detector of words `{order.arch}`

Finds the words of an upright page; for docTR (`.pt`) and OnnxTR (`.onnx`).

{_how(order, training, f"squares of {SIDE_PX} pixels")}
On pages of the training, a threshold of {threshold} was the best of those tried; the last layer was shifted so that
docTR's and OnnxTR's default (`bin_thresh` 0.3) does the same.

## What it learned from

{_pages(material)}
  Lines whose words could not be told apart, and handwriting, were painted over with their paper.
{_texts(material)}
  They fill pages in one to three columns, with titles, tables and rules.

## How well it finds words

On whole pages of {whole_px} pixels, at docTR's default threshold; a word is found when a box of its own overlaps it
by half (intersection over union). Intervals: 95 %, Wilson's.

| held out | words | found (recall) | boxes | of them words (precision) |
| --- | --- | --- | --- | --- |
{chr(10).join(rows)}

`rendered`: pages in fonts held out ({_families(material)}).

## Limits

Upright pages. Letters under about 8 pixels high on a page made {whole_px} pixels high (newspapers, columns of small
type) run together. Words are found less surely in handwriting and on stamps, of which it has seen none.

{_credits(order, material)}
"""
    return body, tuple(lines)


def interval(hits: int, of: int) -> str:
    """Where a share lies with 95 % confidence (Wilson's interval)."""
    if not of:
        return "none"
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{middle - reach:.1%} to {middle + reach:.1%}"


def _how(order: Order, training: Training, what: str) -> str:
    done = training.progress
    begun = f"Trained on from `{order.start_from.name}`" if order.start_from else "Trained from nothing"
    return f"""## How it was made

    {order.command}

{begun}, {datetime.now(UTC):%Y-%m-%d}, by archiveia {VERSION} with python-doctr {version("python-doctr")} and torch
{version("torch")}, on {training.device.type.upper()}: {done.step} steps of {order.batch} {what} in
{done.seconds / 60:.0f} minutes by the clock, seed {order.seed}.
The weights are those of step {done.best_step}, stored in half precision."""


def _pages(material: Material) -> str:
    learned = material.learned_pages
    if not material.pages:
        return "- No transcribed page."
    counts = [
        f"{folder} ({sum(p.source.split('/')[0] == folder for p in learned)} of "
        f"{sum(p.source.split('/')[0] == folder for p in material.pages)} pages)"
        for folder in dict.fromkeys(p.source.split("/")[0] for p in material.pages)
    ]
    held = [f"`{name}`" for name in material.held_out_pages()]
    return f"- Transcribed pages: {', '.join(counts)}; held out: {', '.join(held) or 'none'}."


def _texts(material: Material) -> str:
    lists = [file for file in WORD_LISTS if file.is_file()]
    names = [f"`{'/'.join(file.parts[-2:])}`" for file in (*material.texts, *lists)]
    fonts = len({font.family for font in material.fonts}) - len({f.family for f in material.unseen_fonts})
    return (
        f"- Words rendered in {fonts} families of fonts and aged (blur, noise, worn or spread ink, faint\n"
        f"  copies, JPEG, low resolution): of {', '.join((*names, 'the texts of the samples'))};\n"
        "  and numbers, dates, amounts, references as offices write them."
    )


def _families(material: Material) -> str:
    return (
        ", ".join(sorted({font.family for font in material.unseen_fonts}))
        or "none, the fonts of the training"
    )


def _set_name(name: str) -> str:
    return name.removesuffix("/*").rstrip("*")


def _credits(order: Order, material: Material) -> str:
    """What the READMEs beside the data say of their source, licence and authors."""
    folders = dict.fromkeys((*order.folders, *(file.parent for file in material.texts)))
    found = [
        "\n".join((f"- **{folder.resolve().name}**", *(f"  - {line}" for line in said)))
        for folder in folders
        if (said := list(_said(folder / "README.md")))
    ]
    return "## Credits\n\n" + ("\n".join(found) or "No README beside the data says whose they are.")


def _said(readme: Path) -> Iterable[str]:
    if not readme.is_file():
        return
    text = readme.read_text("utf-8", errors="replace")
    yield from re.findall(r"^- ((?:Source|Licence|License): .*)$", text, re.MULTILINE)
    attribution = re.search(r"^## Attribution\n+(.*)$", text, re.MULTILINE)
    if attribution:
        yield attribution[1]
