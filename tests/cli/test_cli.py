"""The command line: exit codes, one JSON document on stdout, errors with a remedy on stderr."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from drawn_scans import DELIBERATION, draw_page, write_scans

from archiveia.cli import main
from archiveia.cli.checks import engine_checks
from archiveia.cli.parser.arguments import ENGINES
from archiveia.edges.scans import text_layer
from archiveia.engines.ocr import OCR_ENGINES, EngineStatus
from archiveia.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"sqlalchemy", "numpy", "PIL", "pydantic", "rich", "fastapi", "tantivy", "torch", "scipy"}


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "un espace à part"
    monkeypatch.setenv("ARCHIVEIA_HOME", str(home))
    monkeypatch.setenv("ARCHIVEIA_CLASSIFIER", "lexical")
    monkeypatch.setenv("ARCHIVEIA_NER", "off")
    return home


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    return write_scans(tmp_path / "scans")


def answer(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(argv)
    out, err = capsys.readouterr()
    return code, out, err


def test_help_loads_nothing_heavy():
    script = (
        "import sys, archiveia.cli.parser as p; p.build_parser().format_help();"
        f"print({HEAVY!r} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_run_prints_one_json_document_with_an_entry_for_each_file(
    scans: Path, capsys: pytest.CaptureFixture[str]
):
    code, out, err = answer(capsys, "run", str(scans), "--json", "--producer", "Mairie")
    document = json.loads(out)
    assert code == 3, err
    assert {f["path"] for f in document["files"]} == {str(p) for p in scans.iterdir()}
    assert {f["outcome"] for f in document["files"]} == {"indexed", "duplicate", "rejected"}
    assert set(document["files"][0]) >= {"path", "outcome", "reason", "records"}
    assert sum(document["pages"].values()) == 4
    assert document["seconds"] > 0


def test_a_run_where_all_is_fine_exits_with_0(scans: Path, capsys: pytest.CaptureFixture[str]):
    assert answer(capsys, "run", str(scans / "arrete.tif"))[0] == 0


def test_the_account_says_why_a_file_was_refused_and_what_to_do(
    scans: Path, capsys: pytest.CaptureFixture[str]
):
    code, out, _err = answer(capsys, "run", str(scans))
    assert code == 3
    assert "notes.txt\trejected" in out
    assert "-> print it to PDF if it is a record" in out
    assert "files: 3 indexed + 1 duplicate + 2 rejected + 0 failed = 6 found" in out


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    code, out, err = answer(capsys, "run", str(tmp_path / "nulle part"))
    assert (code, out) == (2, "")
    assert "nothing at" in err
    assert "-> give a folder of scans, or a file" in err


def test_the_engines_of_the_parser_are_those_of_the_program():
    assert set(ENGINES) == {"auto", "best", *OCR_ENGINES}


def test_an_engine_that_does_not_exist_is_a_usage_error(scans: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(scans), "--engine", "magie"])
    assert stopped.value.code == 2
    assert "invalid choice: 'magie'" in capsys.readouterr().err


def test_an_engine_that_cannot_run_here_stops_the_run_before_it_begins(
    scans: Path, workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARCHIVEIA_DOCTR_DETECTOR", "/no/such/weights.onnx")
    code, _out, err = answer(capsys, "run", str(scans), "--engine", "onnxtr")
    assert code == 1
    assert "->" in err
    assert not (workspace / "originals").exists()


def test_a_question_asked_in_the_wrong_folder_makes_no_workspace(
    workspace: Path, capsys: pytest.CaptureFixture[str]
):
    for command in (["status"], ["search", "lavoir"], ["journal"]):
        code, _out, err = answer(capsys, *command)
        assert code == 1
        assert "no workspace at" in err
    assert answer(capsys, "doctor")[0] == 0
    assert not workspace.exists()


def test_a_setting_that_cannot_be_used_is_named(
    scans: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARCHIVEIA_OCR_DPI", "beaucoup")
    code, _out, err = answer(capsys, "run", str(scans))
    assert code == 1
    assert "ARCHIVEIA_OCR_DPI='beaucoup' cannot be used" in err


def test_search_and_show_give_back_what_was_read(scans: Path, capsys: pytest.CaptureFixture[str]):
    answer(capsys, "run", str(scans))
    code, out, _err = answer(capsys, "search", "lavoir", "--year", "1920-1925", "--json")
    document = json.loads(out)
    assert (code, document["total"]) == (0, 1)
    hit = document["hits"][0]
    assert hit["path"] == str(scans / "copie.png")
    code, out, _err = answer(capsys, "show", hit["record"], "--json")
    shown = json.loads(out)
    assert (code, shown["open_to_the_public_today"]) == (0, False)
    assert [u["level"] for u in shown["levels"]] == ["item", "file", "series", "fonds"]
    assert shown["same_bytes"][0]["path"] == str(scans / "deliberation.png")
    code, out, _err = answer(capsys, "show", hit["record"])
    assert "rule: describe.dates" in out
    assert "retention (proposal):" in out


def test_the_public_search_finds_nothing_closed(scans: Path, capsys: pytest.CaptureFixture[str]):
    answer(capsys, "run", str(scans))
    assert answer(capsys, "search", "lavoir", "--public")[1] == "0 pages open to the public\n"


def test_a_record_is_written_as_a_pdf_of_its_own(
    scans: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    pikepdf = pytest.importorskip("pikepdf", reason="extra pdf is not installed")
    answer(capsys, "run", str(scans / "carton.pdf"))
    _code, out, _err = answer(capsys, "search", "lavoir", "--json")
    record = json.loads(out)["hits"][0]["record"]
    assert answer(capsys, "split", record, "--at", "2", "--by", "MARTIN")[0] == 0
    target = tmp_path / "pièce.pdf"
    assert answer(capsys, "show", record, "--pdf", str(target))[0] == 0
    with pikepdf.open(target) as made:
        assert len(made.pages) == 1
    words = text_layer(target, 1, 150, limits=read_settings().limits)
    assert "lavoir" in {word.text for word in words}
    entry = json.loads(answer(capsys, "journal", "--limit", "1", "--json")[1])[0]
    assert (entry["action"], entry["subject"], entry["after"]) == ("export", record, {"format": "pdf"})


def test_ocr_writes_a_pdf_that_can_be_searched_and_says_which_page_it_cannot_copy(
    scans: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    pytest.importorskip("pikepdf", reason="extra pdf is not installed")
    cut = scans / "coupe.png"
    cut.write_bytes((scans / "deliberation.png").read_bytes()[:9000])
    files = [str(scans / "carton.pdf"), str(cut)]
    code, out, _err = answer(capsys, "ocr", *files, "--out", str(tmp_path / "o"), "--format", "pdf")
    assert code == 3
    assert [path.name for path in (tmp_path / "o").iterdir()] == ["carton.ocr.pdf"]
    assert "coupe.png\tnot read" in out
    limits = read_settings().limits
    assert [bool(text_layer(tmp_path / "o" / "carton.ocr.pdf", n, 150, limits=limits)) for n in (1, 2)] == [
        True
    ] * 2


def test_ocr_and_show_say_which_pdf_is_not_pdf_a(
    scans: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    pytest.importorskip("pikepdf", reason="extra pdf is not installed")
    for_print = scans / "imprimeur.jpg"
    draw_page(DELIBERATION).convert("CMYK").save(for_print, quality=90)
    _code, out, _err = answer(
        capsys,
        "ocr",
        str(for_print),
        str(scans / "deliberation.png"),
        "--out",
        str(tmp_path),
        "--format",
        "pdf",
    )
    why = " (PDF, not PDF/A: DeviceCMYK used with OutputIntent colour space 'RGB ')"
    assert f"imprimeur.ocr.pdf{why}\n" in out
    assert "deliberation.ocr.pdf\n" in out
    answer(capsys, "run", str(for_print))
    _code, out, _err = answer(capsys, "search", "lavoir", "--json")
    record = json.loads(out)["hits"][0]["record"]
    target = tmp_path / "pièce.pdf"
    assert answer(capsys, "show", record, "--pdf", str(target))[1] == f"{target}: 1 pages{why}\n"


def test_ocr_writes_text_and_alto_beside_nothing_else(
    scans: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out_dir = tmp_path / "textes"
    code, out, _err = answer(
        capsys, "ocr", str(scans / "carton.pdf"), str(scans / "casse.pdf"), "--out", str(out_dir)
    )
    assert code == 3
    assert sorted(p.name for p in out_dir.iterdir()) == ["carton.alto.xml", "carton.txt"]
    assert (out_dir / "carton.txt").read_text("utf-8").count("\f") == 1
    assert "casse.pdf\tnot read" in out
    answer(capsys, "ocr", str(scans / "carton.pdf"), "--out", str(out_dir), "--format", "hocr")
    assert (out_dir / "carton.hocr").read_text("utf-8").count('class="ocr_page"') == 2


def test_status_adds_up(scans: Path, capsys: pytest.CaptureFixture[str]):
    answer(capsys, "run", str(scans))
    document = json.loads(answer(capsys, "status", "--json")[1])
    assert sum(document["files"].values()) == 6
    assert sum(document["pages"].values()) == document["pages_in_index"] == 4
    assert all(c == {"done": 3, "failed": 0, "waiting": 0} for c in document["steps"].values())


def test_doctor_says_what_is_there(capsys: pytest.CaptureFixture[str]):
    code, out, _err = answer(capsys, "doctor", "--json")
    checks = {c["what"]: c for c in json.loads(out)}
    assert code == 0
    assert checks["OCR engine tesseract"]["works"]
    assert checks["retention schedule"]["found"] == "273 entries"
    assert "reading with `tesseract`" not in checks


@pytest.mark.parametrize(
    ("engine", "is_there", "found", "needed"),
    [
        ("auto", True, "tesseract, and ppocr where more than 2.0% of the letters", {"tesseract", "ppocr"}),
        ("auto", False, "tesseract alone, for rapidocr is not installed", {"tesseract"}),
        ("best", True, "tesseract and ppocr, every page", {"tesseract", "ppocr"}),
        ("best", False, "tesseract and ppocr, every page", {"tesseract", "ppocr"}),
        ("ppocr", True, None, {"ppocr"}),
    ],
)
def test_doctor_says_which_engines_a_page_is_read_with_here(monkeypatch, engine, is_there, found, needed):
    known = ("tesseract", "ppocr", "doctr")
    states = [EngineStatus(name, usable=is_there or name != "ppocr", detail="1") for name in known]
    monkeypatch.setattr("archiveia.engines.ocr.available", lambda _settings: states)
    monkeypatch.setattr("archiveia.engines.ocr.find_spec", lambda _name: object() if is_there else None)
    checks = list(engine_checks(read_settings(ocr_engine=engine)))
    told = {c.what: c.found for c in checks if c.what.startswith("reading")}
    assert list(told) == ([f"reading with `{engine}`"] if found else [])
    assert all(text.startswith(found) for text in told.values())
    assert {c.what.rpartition(" ")[2] for c in checks if c.needed} == needed
    assert all(c.works for c in checks if c.needed) == (is_there or engine == "auto")


def test_separators_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    target = tmp_path / "intercalaires.pdf"
    assert answer(capsys, "separators", "--kind", "dossier", "--count", "2", "--out", str(target))[0] == 0
    assert target.read_bytes().startswith(b"%PDF")


def test_an_account_is_made_with_the_password_of_stdin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("un long mot de passe\n"))
    assert answer(capsys, "init", "--user", "archiviste")[0] == 0
    listed = answer(capsys, "user", "list")[1]
    assert "archiviste" in listed
    assert "administrator" in listed


def test_accounts_are_changed_closed_and_opened(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    import io

    answer(capsys, "init")
    for name, more in (("chef", ()), ("agent", ("--role", "service", "--service", "État civil"))):
        monkeypatch.setattr(sys, "stdin", io.StringIO("un long mot de passe\n"))
        assert answer(capsys, "user", "add", name, *more)[0] == 0
    assert "État civil" in answer(capsys, "user", "list")[1]
    assert answer(capsys, "user", "change", "agent", "--role", "auditor", "--service", "")[0] == 0
    assert answer(capsys, "user", "disable", "agent")[0] == 0
    assert "disabled" in answer(capsys, "user", "list")[1]
    assert answer(capsys, "user", "enable", "agent")[0] == 0
    assert answer(capsys, "user", "unlock", "agent")[0] == 0
    code, _, err = answer(capsys, "user", "disable", "chef")
    assert code == 1
    assert "last administrator" in err
    assert "no account 'personne' here" in answer(capsys, "user", "unlock", "personne")[2]


def test_a_request_is_acknowledged_and_answered(capsys: pytest.CaptureFixture[str]):
    code, out, _err = answer(capsys, "request", "add", "Le cadastre", "--email", "lecteur@example.fr")
    assert code == 0
    assert "refus implicite" in out
    number = json.loads(answer(capsys, "request", "list", "--json")[1])[0]["number"]
    assert (
        answer(capsys, "request", "answer", number, "--text", "Voici", "--by", "MARTIN")[1]
        == f"{number}: answered\n"
    )


def test_a_decision_is_in_the_journal_with_its_author(scans: Path, capsys: pytest.CaptureFixture[str]):
    answer(capsys, "run", str(scans / "arrete.tif"))
    record = json.loads(answer(capsys, "search", "placement", "--json")[1])["hits"][0]["record"]
    assert answer(capsys, "confirm", record, "title=Placement", "--by", "MARTIN")[0] == 0
    assert "MARTIN\tconfirm" in answer(capsys, "journal")[1]
    code, out, _err = answer(capsys, "eliminate", "dry-run", record)
    assert code == 0
    assert "n’est pas confirmée par une personne" in out
    code, _out, err = answer(capsys, "eliminate", "draft", record, "--service", "Mairie")
    assert code == 1
    assert "aucune pièce ne peut aller sur un bordereau" in err
    assert answer(capsys, "eliminate", "list", "--json")[1].strip() == "[]"
    assert "no elimination '2026-E001' here" in answer(capsys, "eliminate", "status", "2026-E001")[2]


def test_pages_that_resemble_one_another_stand_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "lot"
    folder.mkdir()
    for year in (1923, 1924):
        draw_page(DELIBERATION.replace("1923", str(year))).save(folder / f"{year}.png")
    answer(capsys, "run", str(folder))
    found = json.loads(answer(capsys, "clusters", "--json")[1])
    assert found["copies"] == []  # the session of another year may be another act
    assert [pair["relation"] for pair in found["others"]] == ["doubtful"]
    assert found["others"][0]["similarity"] > 0.9


@pytest.mark.parametrize(
    "argv",
    [["run", ".", "--workers", "-1"], ["serve", "--port", "99999999"], ["search", "x", "--limit", "0"]],
)
def test_a_number_that_cannot_be_is_a_usage_error(argv: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2
    assert "invalid" in capsys.readouterr().err


def test_words_that_are_no_text_are_a_usage_error(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(["request", "add", "le cadastre \udce9", "--email", "a@b.fr"])
    assert stopped.value.code == 2
    assert "is not text" in capsys.readouterr().err
