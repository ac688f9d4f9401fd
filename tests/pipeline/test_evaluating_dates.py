from __future__ import annotations

import json

import pytest

from archiveia.cli import main
from archiveia.errors import BadRequestError
from archiveia.pipeline.evaluating_dates import evaluate_dates


def table(folder, text):
    path = folder / "dates.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_forms_are_right_only_when_every_date_is_and_ocr_is_counted_apart(tmp_path):
    path = table(
        tmp_path,
        "text\tdates\troles\tkind\n"
        "Séance du 6 avril 1923\\nVu la loi du 5 avril 1884\t1923-04-06 1884-04-05\tsession cited\twords\n"
        "le 3 mai 1902\t1902-05-04\t\twords\n"
        "le l2 mars l9O4\t1904-03-12\t\tocr\n",
    )
    found = evaluate_dates(path).as_json()
    assert (found["exact"]["forms"], found["exact"]["right"], found["ocr"]["share"]) == (2, 1, 1.0)
    assert found["exact"]["low"] < 0.5 < found["exact"]["high"]
    assert found["wrong"] == [
        {"line": 3, "text": "le 3 mai 1902", "expected": "1902-05-04", "found": "1902-05-03"}
    ]


def test_the_date_of_the_document_can_be_measured(tmp_path):
    path = table(tmp_path, "text\tdate\nVu la loi du 5 avril 1884\t\nDinan, le 3 mai 1902\t1902-05-03\n")
    assert evaluate_dates(path).as_json()["exact"]["share"] == 1.0


def test_the_command_prints_the_same_as_json_and_as_a_table(tmp_path, capsys):
    path = table(tmp_path, "text\tdates\nle 3 mai 1902\t1902-05-03\n")
    assert main(["evaluate", "dates", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exact"]["right"] == 1
    assert main(["evaluate", "dates", str(path)]) == 0
    assert "100.0%" in capsys.readouterr().out


def test_a_table_that_cannot_be_measured_is_refused(tmp_path):
    with pytest.raises(BadRequestError, match=r"dates\.tsv has no form to measure"):
        evaluate_dates(table(tmp_path, "a\tb\n1\t2\n"))
    with pytest.raises(BadRequestError, match=r"absent\.tsv cannot be read"):
        evaluate_dates(tmp_path / "absent.tsv")
