"""The main job on real (drawn) scans, read by the real Tesseract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from drawn_scans import DELIBERATION, draw_page

from archiveia import pipeline
from archiveia.cli.working import print_account
from archiveia.edges import database
from archiveia.edges.database import sources, tables, units
from archiveia.pipeline import searching
from archiveia.pipeline.account import account as account_of
from archiveia.settings import Settings
from archiveia.values import Outcome, PageState

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def outcomes(account: pipeline.Account) -> dict[str, str]:
    return {f.place.rpartition("/")[2]: str(f.outcome) for f in account.files}


def test_every_file_ends_in_exactly_one_outcome_and_the_sums_agree(scans: Path, edges: pipeline.Edges):
    account = pipeline.run([scans], edges, producer="Mairie de Saint-Aubin")
    assert outcomes(account) == {
        "arrete.tif": "indexed",
        "carton.pdf": "indexed",
        "casse.pdf": "rejected",
        "copie.png": "indexed",
        "deliberation.png": "duplicate",
        "notes.txt": "rejected",
    }
    assert not account.mistakes
    assert sum(account.outcomes.values()) == 6
    assert account.pages == {"text": 4, "blank": 0, "illegible": 0, "handwritten": 0, "failed": 0}
    assert not account.all_fine


def test_pages_that_were_not_read_well_are_counted_beside_the_sums(
    scans: Path, edges: pipeline.Edges, capsys: pytest.CaptureFixture[str]
):
    pipeline.run([scans / "carton.pdf", scans / "arrete.tif"], edges)
    rates = [(PageState.TEXT, 0.08), (PageState.TEXT, 0.05), (PageState.ILLEGIBLE, 0.5)]
    with database.writing(edges.database) as connection:
        ids = list(connection.scalars(sa.select(tables.readings.c.page_id)))
        assert len(ids) == len(rates)
        for page_id, (state, rate) in zip(ids, rates, strict=True):
            of_page = tables.readings.c.page_id == page_id
            connection.execute(tables.readings.update().where(of_page).values(state=state, cer_estimate=rate))
        source_ids = list(connection.scalars(sa.select(tables.sources.c.id)))
    found = account_of(source_ids, edges, seconds=1.0)
    assert (found.doubtful_pages, found.as_json()["doubtful_pages"]) == (1, 1)
    assert not found.mistakes
    print_account(found)
    out = capsys.readouterr().out
    assert "pages: 2 text + 0 blank + 1 illegible + 0 handwritten + 0 failed = 3 seen\n" in out
    assert "of the text pages 1 to check (estimated over 5% wrong letters)" in out


def test_a_rejected_file_says_why_and_what_to_do(scans: Path, edges: pipeline.Edges):
    account = pipeline.run([scans], edges)
    rejected = [f for f in account.files if f.outcome is Outcome.REJECTED]
    assert len(rejected) == 2
    assert all(f.reason and f.remedy for f in rejected)


def test_a_duplicate_points_to_the_record_and_keeps_its_path(scans: Path, edges: pipeline.Edges):
    account = pipeline.run([scans], edges)
    copy, original = (
        next(f for f in account.files if f.place.endswith(name)) for name in ("deliberation.png", "copie.png")
    )
    assert copy.records == original.records
    with database.reading(edges.database) as connection:
        record = units.load_record(connection, original.records[0], edges.entity)
        copies = sources.copies_of(connection, [p.source_id for p in record.pages])
    assert [c.path for found in copies.values() for c in found] == [str(scans / "deliberation.png")]


def test_running_again_repeats_the_first_outcomes_and_reads_nothing_twice(scans: Path, edges: pipeline.Edges):
    first = pipeline.run([scans], edges)
    with database.reading(edges.database) as connection:
        before = connection.execute(tables.readings.select()).all()
    again = pipeline.run([scans], edges)
    with database.reading(edges.database) as connection:
        after = connection.execute(tables.readings.select()).all()
    assert again.files == first.files
    assert after == before


def test_the_same_bytes_in_a_later_batch_are_a_duplicate_of_the_earlier_one(
    scans: Path, edges: pipeline.Edges
):
    pipeline.run([scans / "arrete.tif"], edges, batch="premier")
    account = pipeline.run([scans / "arrete.tif"], edges, batch="second")
    assert outcomes(account) == {"arrete.tif": "duplicate"}
    assert account.files[0].reason == "same bytes as arrete.tif (batch premier)"
    assert len(account.files[0].records) == 1


def test_a_search_for_words_seen_on_a_page_finds_that_page(scans: Path, edges: pipeline.Edges):
    pipeline.run([scans], edges)
    results = searching.search("lavoir communal", edges, public=False)
    assert results.total == 2
    assert "lavoir" in results.hits[0].excerpt.text


def test_the_public_finds_nothing_that_nobody_opened(scans: Path, edges: pipeline.Edges):
    pipeline.run([scans], edges)
    results = searching.search("lavoir", edges, public=True)
    assert (results.total, results.hits) == (0, ())
    assert not any(counts for counts in results.facets.values())


def test_each_step_can_be_done_twice(scans: Path, edges: pipeline.Edges):
    ids = pipeline.register(scans, edges=edges)
    for step in pipeline.STEPS.values():
        once = step(ids, edges)
        assert step(ids, edges) == once
        ids = once
    assert edges.index.count(edges.entity) == 4


def test_records_of_one_entity_do_not_exist_for_another(scans: Path, edges: pipeline.Edges):
    pipeline.run([scans], edges)
    other = edges.settings.model_copy(update={"entity": "autre"})
    with pipeline.open_edges(other) as elsewhere:
        assert searching.search("lavoir", elsewhere, public=False).total == 0
        account = pipeline.run([scans], elsewhere)
    assert outcomes(account)["copie.png"] == "indexed", "the other entity's bytes are no duplicate here"


def test_descriptions_that_exist_already_outrank_the_machine(scans: Path, edges: pipeline.Edges):
    table = scans.parent / "inventaire.csv"
    table.write_text("place;title;cote\narrete.tif;Arrêté de placement;4 W 103\nabsent.tif;Rien;\n", "utf-8")
    account = pipeline.run([scans], edges, descriptions=table)
    assert account.undescribed == ("absent.tif",)
    described = next(f for f in account.files if f.place.endswith("arrete.tif"))
    record = searching.show(described.records[0], edges, public=False)
    assert record.value("title") == "Arrêté de placement"
    assert record.value("cote") == "4 W 103"
    assert searching.search("placement", edges, public=False).hits[0].title == "Arrêté de placement"


def test_the_pages_of_a_folder_make_one_record(tmp_path: Path, edges: pipeline.Edges):
    folder = tmp_path / "lot" / "registre"
    folder.mkdir(parents=True)
    for number in (9, 10, 11):
        draw_page(f"PAGE {number}\n" + DELIBERATION).save(folder / f"vue_{number}.png")
    account = pipeline.run([tmp_path / "lot"], edges)
    assert len({f.records for f in account.files}) == 1
    record = searching.show(account.files[0].records[0], edges, public=False)
    assert [p.text.split("\n")[0] for p in record.pages] == ["PAGE 9", "PAGE 10", "PAGE 11"]


def test_a_folder_of_broken_and_hostile_files_is_accounted_for_to_the_last(corpora: Path, tmp_path: Path):
    settings = Settings(home=tmp_path / "home", workers=2, classifier="lexical", ner="off", ocr_engine="null")
    with pipeline.open_edges(settings) as edges:
        account = pipeline.run([corpora / "robustness"], edges)
        again = pipeline.run([corpora / "robustness"], edges)
    found = [p for p in (corpora / "robustness").rglob("*") if not p.is_dir()]
    assert {f.path for f in account.files} == {str(p) for p in found}
    assert not account.mistakes
    assert all(f.outcome is not None for f in account.files)
    assert all(f.reason and f.remedy for f in account.files if f.outcome is Outcome.REJECTED)
    assert again.files == account.files


def test_a_path_inside_another_is_taken_in_once(scans: Path, edges: pipeline.Edges):
    account = pipeline.run([scans / "arrete.tif", scans], edges)
    assert len(account.files) == len({f.path for f in account.files}) == 6


def test_the_first_of_two_same_files_does_not_depend_on_the_order_of_the_paths(
    tmp_path: Path, edges: pipeline.Edges
):
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        draw_page(DELIBERATION).save(tmp_path / name / "page.png")
    account = pipeline.run([tmp_path / "b", tmp_path / "a"], edges, batch="lot")
    assert [(f.place, str(f.outcome)) for f in account.files] == [
        ("a/page.png", "indexed"),
        ("b/page.png", "duplicate"),
    ]


def test_a_page_image_that_cannot_be_taken_in_is_named_on_its_record(tmp_path: Path, edges: pipeline.Edges):
    folder = tmp_path / "lot" / "registre"
    folder.mkdir(parents=True)
    for number in (1, 2, 3):
        draw_page(f"PAGE {number}\n" + DELIBERATION).save(folder / f"vue_{number}.png")
    (folder / "vue_2.png").write_bytes((folder / "vue_2.png").read_bytes()[:200])
    account = pipeline.run([tmp_path / "lot"], edges)
    record = searching.show(account.files[0].records[0], edges, public=False)
    assert record.values("missing_page") == ["lot/registre/vue_2.png"]
    assert len(record.pages) == 2


def test_the_account_gives_each_file_the_path_where_it_was_found(tmp_path: Path, edges: pipeline.Edges):
    lot = tmp_path / "lot"
    lot.mkdir()
    draw_page(DELIBERATION).save(lot / "page\\de\nnuit é.png")
    (lot / "lien.png").symlink_to(lot / "page\\de\nnuit é.png")
    account = pipeline.run([lot], edges)
    assert {f.path: str(f.outcome) for f in account.files} == {
        str(lot / "lien.png"): "indexed",
        str(lot / "page\\de\nnuit é.png"): "duplicate",
    }
