"""What pages resemble, batch by batch, whatever process took the earlier ones in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawn_scans import DELIBERATION, draw_page

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import readings, similarity, units, work
from archiveia.pipeline.resembling import run_dedup
from archiveia.steps.dedup_signatures import VERSION
from archiveia.values import COPIES, PageReading, PageState, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WORDS = "arrêté commune conseil maire séance budget voirie école marché dépense recette chemin dossier permis"
TEXT = " ".join(f"{a} {b[::-1]}" for n, a in enumerate(WORDS.split()) for b in WORDS.split()[n % 3 :: 3])
OTHER = " ".join(f"{b}{a}" for a in WORDS.split() for b in WORDS.split()[::2])


@pytest.fixture
def edges(tmp_path: Path):
    from archiveia.settings import Settings

    plain = Settings(
        home=tmp_path / "home", workers=1, classifier="lexical", ner="off", ocr_engine="null", ai="off"
    )
    with pipeline.open_edges(plain) as opened:
        yield opened


def take_in(
    texts: Mapping[str, str], folder: Path, edges: pipeline.Edges, state: PageState = PageState.TEXT
) -> dict[str, str]:
    """Pages with these texts, each on a picture of its own; the page ids by name, after they were placed."""
    folder.mkdir()
    for name in texts:
        draw_page(f"{name}\n{DELIBERATION}\n{name * 9}").save(folder / f"{name}.png")
    account = pipeline.run([folder], edges)
    records = {file.place.split("/")[-1][:-4]: file.records[0] for file in account.files}
    with database.writing(edges.database) as connection:
        loaded = units.load_records(connection, list(records.values()), edges.entity)
        pages = {name: record.pages[0].id for name, record in zip(records, loaded, strict=True)}
        for name, page in pages.items():
            reading = PageReading(state, texts[name], (), 1000, 900, "null", "1")
            readings.save(connection, page, reading, now=edges.now())
        work.forget(connection, list(records.values()), ["dedup"])
    run_dedup(list(records.values()), edges)
    return pages


def pairs(edges: pipeline.Edges) -> dict[tuple[str, str], Relation]:
    with database.reading(edges.database) as connection:
        return {(p.page_a, p.page_b): p.relation for p in similarity.all_pairs(connection, edges.entity)}


def ordered(page_a: str, page_b: str) -> tuple[str, str]:
    return (page_a, page_b) if page_a < page_b else (page_b, page_a)


def test_a_new_batch_is_compared_with_the_whole_archive(tmp_path: Path, edges: pipeline.Edges):
    early = take_in({"un": TEXT, "autre": OTHER}, tmp_path / "a", edges)
    assert pairs(edges) == {}
    with pipeline.open_edges(edges.settings) as later:  # another process, which placed nothing yet
        late = take_in({"deux": TEXT.replace("permis", "perrnis")}, tmp_path / "b", later)
        assert list(pairs(later)) == [ordered(early["un"], late["deux"])]
        assert set(pairs(later).values()) <= COPIES
    last = take_in(
        {"trois": OTHER}, tmp_path / "c", edges
    )  # the first process learns of what the other placed
    assert ordered(early["autre"], last["trois"]) in pairs(edges)
    assert len(pairs(edges)) == 2
    assert edges.lookalikes is not None
    assert len(edges.lookalikes) == 4


def test_a_page_that_is_read_again_loses_its_former_pairs(tmp_path: Path, edges: pipeline.Edges):
    placed = take_in({"un": TEXT, "deux": TEXT}, tmp_path / "a", edges)
    assert len(pairs(edges)) == 1
    with database.writing(edges.database) as connection:
        record = units.holders_of(connection, [placed["deux"]])[placed["deux"]][0]
        readings.save(
            connection,
            placed["deux"],
            PageReading(PageState.TEXT, OTHER, (), 1000, 900, "null", "1"),
            now=edges.now(),
        )
        work.forget(connection, [record], ["dedup"])
    run_dedup([record], edges)
    assert pairs(edges) == {}


def test_signatures_of_another_version_are_computed_again(tmp_path: Path, edges: pipeline.Edges):
    early = take_in({"un": TEXT}, tmp_path / "a", edges)
    with database.writing(edges.database) as connection:
        similarity.save_signatures(connection, edges.entity, [early["un"]], {early["un"]: b"old"})
    edges.lookalikes = None
    late = take_in({"deux": TEXT}, tmp_path / "b", edges)
    assert list(pairs(edges)) == [ordered(early["un"], late["deux"])]
    assert not b"old".startswith(VERSION)


def test_pages_without_text_are_compared_by_their_pictures(tmp_path: Path, edges: pipeline.Edges):
    pages = take_in({"un": "", "deux": ""}, tmp_path / "a", edges, PageState.HANDWRITTEN)
    said = pairs(edges)
    assert set(said) <= {ordered(pages["un"], pages["deux"])}
    from PIL import Image

    for name, turned in (("plan", 0), ("plan-couche", 90)):
        plan = Image.effect_mandelbrot((800, 600), (-2, -1.2, 1, 1.2), 60).rotate(turned, expand=True)
        (tmp_path / name).mkdir()
        plan.save(tmp_path / name / f"{name}.png")
    found = [
        file.records[0]
        for name in ("plan", "plan-couche")
        for file in pipeline.run([tmp_path / name], edges).files
    ]
    with database.reading(edges.database) as connection:
        first, second = (r.pages[0].id for r in units.load_records(connection, found, edges.entity))
    assert pairs(edges)[ordered(first, second)] is Relation.SAME_IMAGE
