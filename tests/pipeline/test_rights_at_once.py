"""What closes a piece closes it at once, whatever dies, fails or comes late; only persons open."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from drawn_scans import DELIBERATION, draw_page
from putting_online import publish_it, withdraw_it

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import work
from archiveia.errors import UnknownUnitError
from archiveia.pipeline import deciding, order, searching

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from archiveia.values import SearchDocument

OPEN = {"class": "DELIB", "date": "1893-04-06", "access_category": "C01"}
CLOSED = {"access_category": "C09", "date": "2020-01-01"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A batch with one dossier of one piece."""
    dossier = tmp_path / "lot" / "boite"
    dossier.mkdir(parents=True)
    draw_page(DELIBERATION.replace("1923", "1893")).save(dossier / "arrete.png")
    return tmp_path / "lot"


def opened(folder: Path, edges: pipeline.Edges) -> str:
    record = pipeline.run([folder], edges).files[0].records[0]
    deciding.confirm(record, OPEN, actor="m.martin", edges=edges)
    publish_it(record, actor="m.martin", edges=edges)
    assert sees(record, edges)
    return record


def sees(record: str, edges: pipeline.Edges) -> bool:
    """Whether the public sees the record; its page and the search must agree."""
    found = any(hit.record_id == record for hit in searching.search("", edges, public=True).hits)
    try:
        searching.show(record, edges, public=True)
    except UnknownUnitError:
        assert not found
        return False
    assert found
    return True


def die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_late_piece_closes_its_dossier_as_soon_as_it_is_taken_in(folder: Path, edges: pipeline.Edges):
    record = opened(folder, edges)
    draw_page("NOTE\n" + DELIBERATION).save(folder / "boite" / "note.png")
    ids: Sequence[str] = pipeline.register(folder, edges=edges)
    for step in pipeline.STEPS.values():
        ids = step(ids, edges)
        assert not sees(record, edges)


def test_a_piece_of_which_a_step_failed_keeps_its_dossier_closed(folder: Path, edges: pipeline.Edges):
    record = opened(folder, edges)
    draw_page("NOTE\n" + DELIBERATION).save(folder / "boite" / "note.png")
    sources = pipeline.register(folder, edges=edges)
    late = [i for i in pipeline.STEPS["intake"](sources, edges) if i != record]
    with database.writing(edges.database) as connection:
        work.mark(connection, late, "describe", now=edges.now(), failed_because="boom")
    order.work_through(sources, edges)
    assert not sees(record, edges)


def test_what_a_person_closes_is_closed_though_a_step_of_it_had_failed(folder: Path, edges: pipeline.Edges):
    record = opened(folder, edges)
    with database.writing(edges.database) as connection:
        work.mark(connection, [record], "describe", now=edges.now(), failed_because="boom")
    deciding.confirm(record, CLOSED, actor="m.martin", edges=edges)
    assert not sees(record, edges)


def test_a_closing_decision_stands_when_the_process_dies_after_it(
    folder: Path, edges: pipeline.Edges, monkeypatch: pytest.MonkeyPatch
):
    record = opened(folder, edges)
    monkeypatch.setattr(deciding, "redo", die)
    with pytest.raises(KeyboardInterrupt):
        deciding.confirm(record, CLOSED, actor="m.martin", edges=edges)
    monkeypatch.undo()
    assert not sees(record, edges)
    pipeline.run([folder], edges)
    assert not sees(record, edges)
    assert searching.show(record, edges, public=False).value("access")["opens_on"] != "1893-04-06"


def test_a_decision_cut_off_is_finished_by_the_next_run(
    folder: Path, edges: pipeline.Edges, monkeypatch: pytest.MonkeyPatch
):
    record = pipeline.run([folder], edges).files[0].records[0]
    publish_it(record, actor="m.martin", edges=edges)
    monkeypatch.setitem(order.STEPS, "access", die)
    with pytest.raises(KeyboardInterrupt):
        deciding.confirm(record, OPEN, actor="m.martin", edges=edges)
    monkeypatch.undo()
    assert not sees(record, edges)
    pipeline.run([folder], edges)
    assert sees(record, edges)


def test_a_withdrawal_outlives_what_another_process_read_before_it(
    folder: Path, edges: pipeline.Edges, monkeypatch: pytest.MonkeyPatch
):
    record = opened(folder, edges)
    with database.writing(edges.database) as connection:
        work.forget(connection, [record], ["index"])
    replace, withdrawn = edges.index.replace, threading.Event()

    def withdraw() -> None:
        with pipeline.open_edges(edges.settings) as elsewhere:
            withdraw_it(record, actor="m.martin", edges=elsewhere)
        withdrawn.set()

    person = threading.Thread(target=withdraw)

    def slow(ids: Collection[str], documents: Iterable[SearchDocument]) -> None:
        if not person.ident:
            person.start()
            assert not withdrawn.wait(1), "the person's own change of the index waits for this one"
        replace(ids, documents)

    monkeypatch.setattr(edges.index, "replace", slow)
    pipeline.STEPS["index"]([record], edges)
    person.join(30)
    assert withdrawn.is_set()
    assert not sees(record, edges)
