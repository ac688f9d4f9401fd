from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archiveia.errors import BadRequestError
from archiveia.pipeline.evaluating_dedup import evaluate_dedup
from archiveia.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

ACT = (
    "COMMUNE DE {town}. ARRÊTÉ n° {number}. Le maire de la commune, vu la loi municipale, considérant l'état des "
    "chemins ruraux, arrête : la circulation des voitures est interdite sur le chemin du moulin jusqu'à la fin des "
    "travaux. Le garde champêtre est chargé de l'exécution. Fait à {town} le {day}."
)
FIRST = ACT.format(town="Dinan", number="112", day="3 mai 1912")
SECOND = ACT.format(town="Dinan", number="347", day="28 novembre 1912")


def write(folder: Path, name: str, *rows: dict[str, str]) -> Path:
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_acts_versions_and_readings_are_counted_apart(tmp_path: Path):
    folder = write(
        tmp_path,
        "pairs.jsonl",
        {"a": FIRST, "b": SECOND, "again": FIRST.replace("chemins", "chernins"), "relation": "template"},
        {
            "current": "La taxe est due par le propriétaire du chien\u2028au premier janvier.",
            "former": "Rien de tel.",
        },
    )
    found = evaluate_dedup(folder, Settings())
    assert found["pairs"] == 1
    assert found["recall"] == found["precision"] == 1.0
    assert found["templates"] == {"pairs": 2, "merged": 0}
    assert found["copies"]["proposed"] == 1
    assert found["relations"]["template"] == {"template": 2}
    assert found["relations"]["text, below 0.8"] == {"none": 1}
    assert found["rules"]["recall"] == 0.0
    assert found["recall_low"] < 1.0 <= found["recall_high"]


def test_readings_of_an_entry_are_forms_of_one_text(tmp_path: Path):
    rows = [
        {"text": f"Moreau (R.), {trade}, rue du Cloître", "ocr_tess": f"Moreau (R.), {trade}, rue du Cloitrc"}
        for trade in ("épicier", "fabricant de papiers peints")
    ]
    found = evaluate_dedup(write(tmp_path, "entries.jsonl", *rows), Settings())
    assert (found["texts"], found["pairs"], found["found"]) == (4, 2, 2)
    assert found["recall"] == 1.0


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path):
    with pytest.raises(BadRequestError, match="no pairs in"):
        evaluate_dedup(tmp_path, Settings())
    with pytest.raises(BadRequestError, match="line 1: no b"):
        evaluate_dedup(write(tmp_path, "pairs.jsonl", {"a": "seul"}), Settings())
    (tmp_path / "pairs.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(BadRequestError, match="cannot be read"):
        evaluate_dedup(tmp_path, Settings())
