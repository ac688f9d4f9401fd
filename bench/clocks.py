"""A hundred thousand records: the night's recomputation of both clocks, and the main pages of the desk.

Run ``python bench/clocks.py [--records 100000] [--desk] [--home DIR]``. The records are made up, in a workspace of
their own that is thrown away unless ``--home`` names one: dossiers of four pieces, two pages each, a class and a date
by a machine or a person, as in a real archive of mixed standing. It measures speed, not rules.
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import statistics
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search import vocabulary

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.database import people, tables
from archiveia.pipeline.clocks import recompute_clocks
from archiveia.settings import Settings
from archiveia.values import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
STEPS = ("ocr", "classify", "describe", "subjects", "dedup", "retain", "access", "index")
PIECES, PAGES, TEXT_WORDS = 4, 2, 120
NAME, PASSWORD = "mesure", "un long mot de passe de mesure"


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Prints the seconds, the CPU seconds and the memory so far of what is done inside."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    took = f"{time.perf_counter() - wall:7.1f} s, CPU {time.process_time() - cpu:6.1f} s"
    print(f"{what:46s} {took}, at most {memory_mb} MiB")


def fill(edges: pipeline.Edges, count: int, chance: random.Random) -> None:
    """``count`` pieces with their pages, readings, assertions and work."""
    entity, classes = edges.entity, [c.code for c in load_classification_plan()]
    words = vocabulary(chance)
    weights = list(itertools.accumulate(1 / (rank + 1) ** 1.07 for rank in range(len(words))))
    with database.writing(edges.database) as connection:
        add = Adder(connection)
        add(tables.units, unit("fonds", entity, None, Level.FONDS))
        add(tables.units, unit("series", entity, "fonds", Level.SERIES))
        add.flush()
        batch = {"id": "batch", "entity_id": entity, "name": "Mesure", "producer": "Secrétariat"}
        add(tables.batches, batch | {"unit_id": "series", "created_at": NOW})
        for n in range(count):
            dossier, piece = f"d{n // PIECES:07d}", f"r{n:07d}"
            if n % PIECES == 0:
                add(tables.units, unit(dossier, entity, "series", Level.FILE))
            add(tables.units, unit(piece, entity, dossier, Level.ITEM, n % PIECES))
            texts = [" ".join(chance.choices(words, cum_weights=weights, k=TEXT_WORDS)) for _ in range(PAGES)]
            add_pages(add, piece, entity, texts, chance)
            for said in sayings(piece, chance, classes):
                add(tables.assertions, said)
            for step in STEPS:
                add(tables.work, {"unit_id": piece, "step": step, "state": "done", "reason": None, "at": NOW})
        add.flush()


class Adder:
    """Rows put into their tables some thousands at a time, in the order of the tables."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.waiting: dict[sa.Table, list[dict[str, Any]]] = {}
        self.count = 0

    def __call__(self, table: sa.Table, row: dict[str, Any]) -> None:
        """The row is in its table, with the next ones."""
        self.waiting.setdefault(table, []).append(row)
        self.count += 1
        if self.count == 20_000:
            self.flush()

    def flush(self) -> None:
        """Everything that waits is written."""
        order = [
            tables.units, tables.batches, tables.sources, tables.pages, tables.readings, tables.assertions,
            tables.work,
        ]  # fmt: skip
        for table in order:
            if rows := self.waiting.pop(table, []):
                self.connection.execute(table.insert(), rows)
        self.count = 0


def unit(unit_id: str, entity: str, parent: str | None, level: Level, position: int = 1) -> dict[str, Any]:
    """The row of a unit of description."""
    return {"id": unit_id, "entity_id": entity, "parent_id": parent, "level": level, "position": position}


def add_pages(add: Adder, piece: str, entity: str, texts: list[str], chance: random.Random) -> None:
    """The file of a piece and its pages, read: one in fifty illegible, some read badly."""
    source = f"s{piece}"
    add(
        tables.sources,
        {
            "id": source, "entity_id": entity, "batch_id": "batch", "path": f"/{piece}.pdf", "group_rank": 1,
            "place": f"{piece}.pdf", "group_key": piece, "sha256": source.ljust(64, "0"), "size_bytes": 1,
            "kind": "pdf", "page_count": PAGES, "outcome": "indexed", "step": "index", "registered_at": NOW,
        },
    )  # fmt: skip
    for number, words in enumerate(texts, start=1):
        page = f"p{number}{piece}"
        text = f"{words} lavoir" if chance.random() < 0.005 else words
        state = "illegible" if chance.random() < 0.02 else "text"
        add(
            tables.pages,
            {"id": page, "entity_id": entity, "unit_id": piece, "number": number, "source_id": source,
             "source_page": number, "sheet": "content"},
        )  # fmt: skip
        add(
            tables.readings,
            {"page_id": page, "state": state, "text": text, "score": 0.9, "engine": "tesseract",
             "cer_estimate": round(chance.betavariate(1.2, 40), 3), "engine_version": "5", "width_px": 2480,
             "height_px": 3508, "turned_degrees": 0, "prepared": [], "made_at": NOW},
        )  # fmt: skip


def sayings(piece: str, chance: random.Random, classes: list[str]) -> Iterator[dict[str, Any]]:
    """What is said of a piece: two of five were confirmed by a person."""
    day = (date(1900, 1, 1) + timedelta(days=chance.randrange(45_000))).isoformat()
    known: dict[str, Any] = {"class": chance.choice(classes), "date": day, "title": f"Pièce {piece}"}
    machine: dict[str, Any] = {
        "class_to_review": chance.random() < 0.1, "person": "MARTIN", "place": "Saint-Aubin",
        "retention": {}, "access": {},
    }  # fmt: skip
    if chance.random() < 0.4:
        known["access_category"] = chance.choice(["C01", "C01", "C09", "C16", "C31"])
        yield from (row(piece, field, value, "person") for field, value in known.items())
    else:
        machine |= known
    yield from (row(piece, field, value, "rule") for field, value in machine.items())


def row(piece: str, field: str, value: object, kind: str) -> dict[str, Any]:
    """The row of an assertion."""
    return {
        "unit_id": piece, "field": field, "value": value, "origin_kind": kind, "origin_name": kind,
        "origin_version": "1", "score": None, "made_at": NOW,
    }  # fmt: skip


def nights(edges: pipeline.Edges) -> None:
    """A first night that writes everything, one that has nothing to write, and one a year later."""
    for what, moment in (
        ("first night: every record is written", NOW),
        ("next night", NOW + timedelta(days=1)),
        ("a year later", NOW + timedelta(days=366)),
    ):
        edges.clock = lambda moment=moment: moment  # type: ignore[misc] # a clock of its own for each night
        with measured(f"clocks, {what}"):
            report = recompute_clocks(edges)
        print(f"  {report}")


def desk_pages(edges: pipeline.Edges, settings: Settings) -> None:
    """Milliseconds of the main pages, median and slowest of eleven, rendered and all."""
    from starlette.testclient import TestClient

    from search_ui.app import create_app

    with measured("search index built"):
        pipeline.reindex(edges)
    with database.writing(edges.database) as connection:
        people.add_user(connection, edges.entity, NAME, PASSWORD, now=edges.now())
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        token = client.get("/connexion").text.split('name="jeton" value="')[1].split('"')[0]
        client.post("/connexion", data={"jeton": token, "nom": NAME, "mot_de_passe": PASSWORD})
        for path in (
            "/", "/bureau", "/bureau/a-verifier", "/bureau/a-verifier?motif=retention",
            "/bureau/a-verifier?motif=class", "/bureau/recherche", "/bureau/recherche?q=lavoir",
            "/bureau/documents/r0000777", "/bureau/journal", "/bureau/eliminations",
        ):  # fmt: skip
            took, cpu = [], []
            for _ in range(11):
                start, at = time.perf_counter(), time.process_time()
                answer = client.get(path)
                took.append(1000 * (time.perf_counter() - start))
                cpu.append(1000 * (time.process_time() - at))
            medians = f"{statistics.median(took):5.0f} ms, CPU {statistics.median(cpu):4.0f} ms"
            print(f"{path:36s} {medians}, at most {max(took):.0f} ms ({answer.status_code})")


def main() -> None:
    """Makes the records, then measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--desk", action="store_true", help="measure the pages of the desk too")
    parser.add_argument("--home", type=Path, help="keep the workspace here, or use the one that is there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        home = args.home or Path(thrown_away)
        is_there = (home / "archiveia.sqlite3").exists()
        settings = Settings(home=home, classifier="lexical", ner="off", workers=1)
        with pipeline.open_edges(settings) as edges:
            if not is_there:
                with measured(f"{args.records} records made"):
                    fill(edges, args.records, random.Random(20261123))  # noqa: S311 - made-up records, the same at each run
            nights(edges)
            if args.desk:
                desk_pages(edges, settings)


if __name__ == "__main__":
    main()
