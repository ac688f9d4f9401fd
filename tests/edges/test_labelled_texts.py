from __future__ import annotations

import json

import pytest

from archiveia.edges.energy import Meter
from archiveia.edges.labelled_texts import read_labelled
from archiveia.errors import BadRequestError


def write(path, *rows: dict[str, str]):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_titles_become_the_first_line_of_the_text(tmp_path):
    write(
        tmp_path / "train.jsonl",
        {"label": "A", "title": "Titre", "text": "corps"},
        {"label": "B", "text": "x"},
    )
    found = read_labelled(tmp_path)
    assert [t.text for t in found.train] == ["Titre\ncorps", "x"]
    assert found.test is None


def test_a_folder_may_describe_its_classes(tmp_path):
    write(tmp_path / "train.jsonl", {"label": "A", "text": "x"}, {"label": "B", "text": "y"})
    (tmp_path / "labels.json").write_text('{"A": "les actes", "Z": "autre"}', encoding="utf-8")
    found = read_labelled(tmp_path)
    assert found.descriptions == {"A": "les actes"}
    assert found.undescribed == ("B",)


def test_usual_themes_are_described_already_by_the_set_that_fits_best(tmp_path):
    rows = [{"label": label, "text": "x"} for label in ("Travail", "Urbanisme", "Patrimoine")]
    write(tmp_path / "train.jsonl", *rows)
    assert "Code du travail" in read_labelled(tmp_path).descriptions["Travail"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2 is not JSON"),
        ("[]", "line 2 lacks a label or a text"),
        ('{"label": "A"}', "line 2 lacks"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path, line, says):
    (tmp_path / "train.jsonl").write_text('{"label": "A", "text": "x"}\n' + line, encoding="utf-8")
    with pytest.raises(BadRequestError, match=says):
        read_labelled(tmp_path)


def test_one_class_cannot_be_told_from_another(tmp_path):
    write(tmp_path / "train.jsonl", {"label": "A", "text": "x"})
    with pytest.raises(BadRequestError, match="fewer than two classes"):
        read_labelled(tmp_path)
    with pytest.raises(BadRequestError, match=r"no train\.jsonl in"):
        read_labelled(tmp_path / "nowhere")


def test_descriptions_that_are_not_json_are_refused(tmp_path):
    write(tmp_path / "train.jsonl", {"label": "A", "text": "x"}, {"label": "B", "text": "y"})
    (tmp_path / "labels.json").write_text("A: actes", encoding="utf-8")
    with pytest.raises(BadRequestError, match=r"labels\.json is not JSON"):
        read_labelled(tmp_path)


def test_joules_are_counted_where_the_machine_has_a_counter_and_unknown_elsewhere(tmp_path):
    counter = tmp_path / "intel-rapl:0" / "energy_uj"
    counter.parent.mkdir()
    counter.write_text("1000000")
    counted, blind = Meter(tmp_path), Meter(tmp_path / "none")
    with counted, blind:
        counter.write_text("3500000")
    assert counted.joules == 2.5
    assert blind.joules is None
    assert blind.as_json()["cpu_seconds"] >= 0
