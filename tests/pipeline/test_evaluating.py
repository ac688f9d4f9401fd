from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

import archiveia
from archiveia.cli import main
from archiveia.edges.transcriptions import find_corpus
from archiveia.errors import BadRequestError
from archiveia.pipeline.evaluating import MeasuredPage, evaluate_ocr, together
from archiveia.pipeline.evaluating_quality import judged
from archiveia.settings import read_settings
from archiveia.steps.measure import Errors
from archiveia.values import PageReading, PageState

FONT = Path(archiveia.__file__).parent / "demo" / "fonts" / "LiberationSerif.ttf"
LINES = "Le conseil municipal, réuni le 12 mars,\napprouve le budget de la commune."
SETTINGS = read_settings(ocr_engine="tesseract", workers=1)
NULL = read_settings(ocr_engine="null", workers=1)
tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="the program tesseract is not installed"
)


def drawn(text=LINES):
    image = Image.new("L", (1100, 420), 250)
    ImageDraw.Draw(image).multiline_text(
        (70, 90), text, fill=15, font=ImageFont.truetype(FONT, 44), spacing=24
    )
    return image


def scan(path, text=LINES, truth=None):
    """A page beside its transcription."""
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn(text).save(path, dpi=(300, 300))
    path.with_name(path.stem + ".gt.txt").write_text(text if truth is None else truth, encoding="utf-8")
    return path


@pytest.fixture
def pages(tmp_path):
    """A folder whose only page is read without an error."""
    folder = tmp_path / "registre à part"
    scan(folder / "page.png")
    return folder


# --- which pages ---


def test_scans_lie_beside_their_transcriptions_at_any_depth(tmp_path):
    first = scan(tmp_path / "a.png")
    second = scan(tmp_path / "deep" / "er" / "b.c.JPG")
    (tmp_path / "unpaired.png").write_bytes(first.read_bytes())
    corpus = find_corpus(tmp_path)
    assert corpus.texts == {first: (LINES,), second: (LINES,)}
    assert corpus.left_out == {}


def test_a_manifest_lists_the_pages_and_nothing_else_is_taken(tmp_path):
    listed = scan(tmp_path / "data" / 'a "quoted".png')
    scan(tmp_path / "other.png")
    rows = 'image\txml\tgt_txt\ndata/a "quoted".png\tx\tdata/a "quoted".gt.txt\n'
    (tmp_path / "manifest.tsv").write_text(rows, encoding="utf-8")
    assert list(find_corpus(tmp_path).texts) == [listed]


@pytest.mark.parametrize("rows", ["image\ttext\na.png\ta.txt\n", "image\tgt_txt\na.png\n"])
def test_a_manifest_without_its_columns_is_refused(tmp_path, rows):
    (tmp_path / "manifest.tsv").write_text(rows, encoding="utf-8")
    with pytest.raises(BadRequestError, match="names no image or no transcription; give it the columns"):
        find_corpus(tmp_path)


def test_a_folder_without_transcribed_pages_is_refused(tmp_path):
    with pytest.raises(BadRequestError, match=r"no transcribed page in .* put each transcription beside"):
        find_corpus(tmp_path)


def test_what_has_no_partner_or_two_or_is_no_text_is_left_out_with_its_reason(tmp_path):
    scan(tmp_path / "good.png")
    (tmp_path / "alone.gt.txt").write_text("seul", encoding="utf-8")
    scan(tmp_path / "twice.png")
    drawn().save(tmp_path / "twice.tif")
    scan(tmp_path / "latin.png").with_name("latin.gt.txt").write_bytes("é".encode("latin-1"))
    corpus = find_corpus(tmp_path)
    assert [path.name for path in corpus.texts] == ["good.png"]
    reasons = {path.name: reason for path, reason in corpus.left_out.items()}
    assert reasons["alone.gt.txt"] == "no scan beside this transcription, where one scan is needed"
    assert reasons["twice.gt.txt"].startswith("twice.png, twice.tif beside")
    assert reasons["latin.gt.txt"].startswith("the transcription cannot be read")


def test_the_readme_of_a_folder_says_which_marks_are_removed(tmp_path):
    scan(tmp_path / "a.png")
    (tmp_path / "README.md").write_text("`^` before superscript", encoding="utf-8")
    assert find_corpus(tmp_path).marks == ("^",)


# --- errors ---


@tesseract
@pytest.mark.parametrize("raw", [False, True])
def test_a_page_that_is_read_well_has_no_errors(pages, raw):
    (evaluation,) = evaluate_ocr([pages], SETTINGS, raw=raw)
    (page,) = evaluation.pages
    assert (evaluation.name, page.letters.rate, page.words.rate) == ("registre à part", 0.0, 0.0)
    assert page.reading.engine == "tesseract"
    assert page.reading.score > 0.8
    assert 0 < page.seconds <= evaluation.seconds
    assert evaluation.pages_per_minute > 0
    assert not evaluation.reads_nothing


@tesseract
def test_the_pages_of_a_file_are_parted_by_form_feeds(tmp_path):
    drawn("Première page du registre").save(
        tmp_path / "r.tif", save_all=True, append_images=[drawn("Seconde page du registre")], dpi=(300, 300)
    )
    truth = tmp_path / "r.gt.txt"
    truth.write_text("Première page du registre\n\fSeconde page du registre.\n", encoding="utf-8")
    (evaluation,) = evaluate_ocr([tmp_path], SETTINGS)
    assert [(page.number, page.letters.edits) for page in evaluation.pages] == [(1, 0), (2, 1)]
    truth.write_text("Première page du registre", encoding="utf-8")
    (evaluation,) = evaluate_ocr([tmp_path], SETTINGS)
    assert evaluation.pages == ()
    reason = "2 pages, 1 in the transcription (a form feed parts two)"
    assert evaluation.left_out == {tmp_path / "r.tif": reason}


@tesseract
def test_a_page_that_fails_counts_as_read_empty_and_the_others_are_measured(pages):
    whole = (pages / "page.png").read_bytes()
    (pages / "cut.png").write_bytes(whole[: len(whole) // 3])
    (pages / "cut.gt.txt").write_text("coupée", encoding="utf-8")
    (pages / "no-scan.png").write_bytes(b"rien")
    (pages / "no-scan.gt.txt").write_text("rien", encoding="utf-8")
    told = []
    (evaluation,) = evaluate_ocr([pages], SETTINGS, progress=lambda *args: told.append(args))
    cut, page = evaluation.pages
    assert (cut.reading.state, cut.letters.rate, cut.seconds) == (PageState.FAILED, 1.0, None)
    assert page.letters.rate == 0.0
    assert evaluation.failed_pages == 1
    assert [path.name for path in evaluation.left_out] == ["no-scan.png"]
    assert told == [("pages", 1, 2), ("pages", 2, 2)]


@tesseract
def test_lines_in_another_order_are_errors_of_order_and_not_of_letters(tmp_path):
    first, second = LINES.splitlines()
    scan(tmp_path / "a.png", truth=f"{second}\n{first}")
    (evaluation,) = evaluate_ocr([tmp_path], SETTINGS)
    (page,) = evaluation.pages
    assert page.letters.rate > 0.5
    assert (page.unordered.edits, page.unordered.units) == (0, page.letters.units)
    assert page.as_json()["cer_in_any_order"] == 0.0
    assert 0 <= page.as_json()["cer_estimate"] < 0.05
    assert evaluation.as_json()["cer_in_any_order"]["pooled"] == 0.0


def judged_page(estimate, edits, state=PageState.TEXT):
    reading = PageReading(state, "", (), 1, 1, "test", "1", cer_estimate=estimate)
    return MeasuredPage(
        Path("a.png"), 1, reading, Errors(edits + 20, 100), Errors(edits, 100), Errors(0, 1), 1.0
    )


def test_estimates_are_judged_by_the_letters_in_any_order():
    pages = [
        judged_page(0.01, 1),
        judged_page(0.02, 3),
        judged_page(0.04, 9),
        judged_page(0.20, 4),
        judged_page(0.03, 60, PageState.HANDWRITTEN),
        judged_page(None, 2),
        judged_page(None, 90, PageState.ILLEGIBLE),
    ]
    found = judged(pages, good_cer=0.05)
    assert (found.estimated, found.called_good, found.rightly_good, found.truly_good) == (5, 3, 2, 3)
    assert (found.handwritten, found.illegible) == (1, 1)
    assert found.correlation == pytest.approx(0.6)
    assert judged(pages[-1:], good_cer=0.05).correlation is None


def test_an_engine_that_reads_nothing_is_known(pages):
    (evaluation,) = evaluate_ocr([pages], NULL)
    assert evaluation.letters.rate == 1.0
    assert evaluation.reads_nothing


def test_corpora_are_pooled_together(pages, tmp_path):
    scan(tmp_path / "autre" / "a.png", truth="abc")
    whole = together(evaluate_ocr([pages, tmp_path / "autre"], NULL))
    assert (len(whole.pages), whole.letters.units) == (2, len(LINES) + 3)


# --- the command ---


@tesseract
def test_the_command_prints_one_json_document(pages, capsys):
    code = main(["evaluate", "ocr", str(pages), "--engine", "tesseract", "--workers", "1", "--raw", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (document["engine"], document["raw"], document["workers"]) == ("tesseract", True, 1)
    (corpus,) = document["corpora"]
    assert corpus["cer"] == {
        "pooled": 0.0, "low": None, "high": None, "median": 0.0, "edits": 0, "units": len(LINES)
    }  # fmt: skip
    assert corpus["pages"][0]["file"] == str(pages / "page.png")
    assert document["all"]["wer"]["units"] == len(LINES.split())
    assert document["all"]["reading_quality"]["estimated"] == 0, "a raw reading judges nothing"


@tesseract
def test_the_command_prints_pages_and_corpora(pages, capsys):
    (pages / "alone.gt.txt").write_text("seul", encoding="utf-8")
    code = main(["evaluate", "ocr", str(pages), "--engine", "tesseract", "--workers", "1"])
    out, err = capsys.readouterr()
    assert code == 3
    assert "registre à part\tpage.png\t1\ttext\t0.00%\t0.00%\t" in out
    assert "registre à part\t1\t0.00%\t\t0.00%\t0.00%" in out
    assert "estimated CER: 1 pages; called good: 1, of which 1 have at most 5% wrong letters" in out
    assert "alone.gt.txt: left out: no scan beside this transcription" in err


def test_an_engine_that_reads_nothing_fails_loudly(pages, capsys):
    code = main(["evaluate", "ocr", str(pages), "--engine", "null", "--workers", "1"])
    out, err = capsys.readouterr()
    assert code == 1
    assert "100.00%" in out
    assert "no page has an estimated CER; flagged: 0 handwritten, 1 illegible" in out
    assert "engine null reads nothing of registre à part: CER 100.00%" in err
    assert "-> look at its text" in err


def test_a_folder_without_pages_is_a_usage_error(tmp_path, capsys):
    assert main(["evaluate", "ocr", str(tmp_path), "--engine", "null"]) == 2
    assert "no transcribed page" in capsys.readouterr().err


# --- the corpora in the form that they have ---


def test_the_shared_corpora_are_found_whole(corpora):
    marks = {}
    for folder in sorted([*corpora.glob("ocr-*"), *corpora.glob("htr-*")]):
        corpus = find_corpus(folder)
        assert (corpus.left_out, all(path.is_file() for path in corpus.texts)) == ({}, True)
        marks[corpus.name] = "".join(corpus.marks)
    assert marks["ocr-tapuscorpus"] == "~~~_^"
    assert marks["htr-cremma19"] == "^"
    assert marks["ocr-print-argus1910"] == ""
