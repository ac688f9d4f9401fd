"""What goes with a record and what stays: nothing that says a word of it, and nothing that another one needs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from drawn_scans import write_scans
from eliminating import DURAND, MARTIN, NOW, confirmed, listed, ripen, sign_the_rules, visaed

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import eliminations, names, requests, tables, units
from archiveia.edges.database.eliminations import Fate
from archiveia.edges.database.names import Form, Group, GroupState
from archiveia.errors import RefusedError
from archiveia.pipeline import arranging, deciding, eliminating, registering, searching
from archiveia.pipeline.destroying import destroy
from archiveia.pipeline.night import nightly
from archiveia.settings import Settings
from archiveia.values.eliminations import Act, Stage, Support

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ABOUT_PAGES = ("similar_pages", "copy_decisions", "signatures", "pictures", "readings", "pages")
ABOUT_UNITS = ("assertions", "work", "publications", "stale_in_index", "sensitive_reads")


def settings(home: Path) -> Settings:
    return Settings(home=home, workers=2, classifier="lexical", ner="off", backup_retention_days=90)


@pytest.fixture(autouse=True)
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_the_rules(monkeypatch)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, pipeline.Account]:
    """A workspace in which the scans were read once, the scans, and what became of them."""
    root = tmp_path_factory.mktemp("box")
    folder = write_scans(root / "scans")
    with pipeline.open_edges(settings(root / "home")) as edges:
        edges.clock = lambda: NOW
        return root / "home", folder, pipeline.run([folder], edges, batch="Carton 1", producer="Finances")


@pytest.fixture
def scans(box: tuple[Path, Path, pipeline.Account]) -> Path:
    return box[1]


@pytest.fixture
def account(box: tuple[Path, Path, pipeline.Account]) -> pipeline.Account:
    return box[2]


@pytest.fixture
def edges(box: tuple[Path, Path, pipeline.Account], tmp_path: Path) -> Iterator[pipeline.Edges]:
    shutil.copytree(box[0], tmp_path / "home")
    with pipeline.open_edges(settings(tmp_path / "home")) as opened:
        opened.clock = lambda: NOW
        yield opened


def record_of(name: str, account: pipeline.Account) -> str:
    return next(f.records[0] for f in account.files if f.place.endswith(name))


def gone(records: list[str], edges: pipeline.Edges, granted: list[str] | None = None):
    """The standing after these records went all the way."""
    made = confirmed(visaed(listed(records, edges), edges, granted), edges)
    return made, destroy(made, by=DURAND, edges=edges)


def pages_of(record: str, edges: pipeline.Edges) -> list[str]:
    with database.reading(edges.database) as connection:
        return [p.id for p in units.load_record(connection, record, edges.entity).pages]


def originals(edges: pipeline.Edges) -> int:
    return sum(path.is_file() for path in (edges.storage.home / "originals").rglob("*"))


def rows_about(record: str, pages: list[str], edges: pipeline.Edges) -> dict[str, int]:
    """How many rows still say something of the record or its pages."""
    found = {}
    with database.reading(edges.database) as connection:
        for name in (*ABOUT_PAGES, *ABOUT_UNITS):
            table = tables.metadata.tables[name]
            keys = [c for c in table.c if c.name in ("id", "page_id", "page_a", "page_b", "unit_id")]
            wanted = sa.or_(*(key.in_([record, *pages]) for key in keys if key.type.python_type is str))
            count = connection.scalar(sa.select(sa.func.count()).select_from(table).where(wanted))
            if count:
                found[name] = count
    return found


def test_nothing_that_says_a_word_of_a_destroyed_record_is_left(
    account: pipeline.Account, edges: pipeline.Edges
):
    order = ripen(record_of("arrete.tif", account), edges, title="Placement de LEFEBVRE Jules")
    pages = pages_of(order, edges)
    derived = [path for page in pages for path in edges.storage.derived(page)]
    before = originals(edges)
    assert derived
    _made, here = gone([order], edges)
    assert here.stage is Stage.CERTIFIED or here.stage is Stage.DESTROYED
    assert rows_about(order, pages, edges) == {}
    assert not any(path.exists() for path in derived)
    assert originals(edges) == before - 1
    assert order not in {h.record_id for h in searching.search("placement", edges, public=False).hits}
    with database.reading(edges.database) as connection:
        for table in tables.metadata.sorted_tables:
            said = " ".join(str(tuple(row)) for row in connection.execute(sa.select(table)))
            if table.name == "elimination_events":
                said = said.replace("LEFEBVRE, maire", "").replace("'name': 'LEFEBVRE'", "")
            if table.name == "journal_values":
                said = said.replace("LEFEBVRE, maire", "")
            if table.name in ("readings", "assertions", "name_forms", "name_groups"):
                continue  # the others of the box bear the same name
            assert "LEFEBVRE" not in said, table.name
            assert "arrete.tif" not in said, table.name


def test_the_words_are_no_more_in_the_files_of_the_workspace(
    account: pipeline.Account, edges: pipeline.Edges
):
    ripen(record_of("carton.pdf", account), edges)
    order = ripen(record_of("arrete.tif", account), edges)
    gone([order, record_of("carton.pdf", account)], edges)
    edges.database.dispose()
    left = [
        path
        for path in edges.storage.home.rglob("*")
        if path.is_file() and b"placement d" in path.read_bytes().lower()
    ]
    assert left == []


def test_a_file_that_another_record_has_pages_of_stays(
    account: pipeline.Account, edges: pipeline.Edges, scans: Path
):
    first, second = arranging.split(record_of("carton.pdf", account), [2], actor="MARTIN", edges=edges)
    before = originals(edges)
    ripen(first, edges)
    made, here = gone([first], edges)
    assert originals(edges) == before
    assert len(pages_of(second, edges)) == 1
    assert here.done[Act.DESTROYED].facts["destroyed"] == [first]
    assert searching.search("", edges, public=False, limit=50).total == 3
    account_now = pipeline.run([scans], edges, batch="Carton 1")
    assert account_now.mistakes == ()
    ripen(second, edges)
    gone([second], edges)
    assert originals(edges) == before - 1, "the last record takes the file with it"
    assert made


def test_bytes_that_came_twice_go_once_with_every_trace_of_their_places(
    account: pipeline.Account, edges: pipeline.Edges
):
    record = ripen(record_of("deliberation.png", account), edges)
    before = originals(edges)
    gone([record], edges)
    assert originals(edges) == before - 1
    with database.reading(edges.database) as connection:
        places = list(connection.scalars(sa.select(tables.sources.c.place)))
    assert not any("deliberation" in place or "copie" in place for place in places)


def test_bytes_that_another_entity_has_stay(account: pipeline.Account, edges: pipeline.Edges, scans: Path):
    record = ripen(record_of("arrete.tif", account), edges)
    elsewhere = pipeline.connect(edges.settings.model_copy(update={"entity": "ailleurs"}))
    pipeline.run([scans / "arrete.tif"], elsewhere)
    before = originals(edges)
    gone([record], edges)
    assert originals(edges) == before
    assert searching.search("placement", elsewhere, public=False).total == 1
    elsewhere.close()


def test_a_run_on_the_same_folder_does_not_take_a_destroyed_file_in_again(
    account: pipeline.Account, edges: pipeline.Edges, scans: Path
):
    record = ripen(record_of("arrete.tif", account), edges)
    gone([record], edges)
    again = pipeline.run([scans], edges, batch="Carton 1", producer="Finances")
    assert again.mistakes == ()
    assert searching.search("placement", edges, public=False).total == 1, "the box has another such page"
    nightly(edges)
    assert rows_about(record, [], edges) == {}


def test_the_same_scan_delivered_anew_is_a_new_record(
    account: pipeline.Account, edges: pipeline.Edges, scans: Path
):
    gone([ripen(record_of("arrete.tif", account), edges)], edges)
    again = pipeline.run([scans / "arrete.tif"], edges, batch="Carton 2")
    assert [f.outcome for f in again.files] == ["indexed"]


def test_uploads_go_with_their_record_and_files_of_others_stay(edges: pipeline.Edges, scans: Path):
    lot = edges.storage.incoming(edges.entity) / "Lot 1"
    lot.mkdir(parents=True)
    upload = lot / "arrete.tif"
    upload.write_bytes((scans / "arrete.tif").read_bytes())
    registering.register(lot, edges=edges)
    nightly(edges)
    record = searching.search("placement", edges, public=False).hits[0].record_id
    gone([ripen(record, edges)], edges)
    assert not upload.exists()
    assert not lot.exists()
    assert edges.storage.incoming(edges.entity).exists()
    assert (scans / "arrete.tif").exists(), "a folder of others is theirs to clear"


def test_a_hold_set_after_the_button_was_pressed_keeps_the_record(
    account: pipeline.Account, edges: pipeline.Edges, monkeypatch: pytest.MonkeyPatch
):
    first, second = (ripen(record_of(name, account), edges) for name in ("arrete.tif", "carton.pdf"))
    made = confirmed(visaed(listed([first, second], edges), edges), edges)
    from archiveia.pipeline import destroying

    really = destroying.erasing.erase

    def erase_and_freeze(connection, record):
        found = really(connection, record)
        with_hold = second if record == first else first
        from archiveia.edges.database import assertions
        from archiveia.values import Assertion, Origin, OriginKind

        said = [Assertion("hold", "contentieux", Origin(OriginKind.PERSON, "LEFEBVRE"))]
        assertions.replace(connection, with_hold, ["hold"], [OriginKind.PERSON], said, now=edges.now())
        return found

    monkeypatch.setattr(destroying.erasing, "erase", erase_and_freeze)
    here = destroy(made, by=DURAND, edges=edges)
    with database.reading(edges.database) as connection:
        fates = eliminations.fates(connection, made)
    assert sorted(fate for fate, _ in fates.values()) == [Fate.DESTROYED, Fate.KEPT]
    kept = next(r for r, (fate, _) in fates.items() if fate is Fate.KEPT)
    assert "Gel en cours : contentieux" in here.done[Act.DESTROYED].facts["kept"][kept]
    assert pages_of(kept, edges)


def test_what_the_visa_refused_and_what_was_withdrawn_stays(account: pipeline.Account, edges: pipeline.Edges):
    records = [ripen(record_of(n, account), edges) for n in ("arrete.tif", "carton.pdf", "deliberation.png")]
    made = visaed(listed(records, edges), edges, records[:2])
    eliminating.act(made, Act.WITHDRAW, {"records": records[:1], "reason": "réclamé"}, by=MARTIN, edges=edges)
    destroy(confirmed(made, edges), by=DURAND, edges=edges)
    assert [bool(pages_of(r, edges)) for r in (records[0], records[2])] == [True, True]
    with database.reading(edges.database) as connection:
        assert (
            units.in_use(connection, records) == [records[0], records[2]]
            or len(units.in_use(connection, records)) == 2
        )


def test_where_paper_alone_goes_the_scan_stays(account: pipeline.Account, edges: pipeline.Edges):
    record = ripen(record_of("arrete.tif", account), edges, trigger_on="2025-12-31")
    made = eliminating.draft([record], support=Support.PAPER, service="Finances", by=MARTIN, edges=edges)
    traces = {"metres": 0.1, "copy_process": "300 dpi, NF Z42-026", "copy_storage": "serveur de la mairie"}
    eliminating.revise(made, {1: traces}, by=MARTIN, edges=edges)
    before = originals(edges)
    here = destroy(confirmed(visaed(made, edges), edges), by=DURAND, edges=edges)
    assert originals(edges) == before
    assert pages_of(record, edges)
    assert here.stage is Stage.DESTROYED, "the destruction of the paper has to be attested"


def test_a_copy_whose_bytes_changed_is_not_reliable_enough_to_lose_its_paper(
    account: pipeline.Account, edges: pipeline.Edges
):
    record = ripen(record_of("arrete.tif", account), edges)
    made = eliminating.draft([record], support=Support.PAPER, service="Finances", by=MARTIN, edges=edges)
    traces = {"metres": 0.1, "copy_process": "300 dpi", "copy_storage": "serveur"}
    eliminating.revise(made, {1: traces}, by=MARTIN, edges=edges)
    with database.reading(edges.database) as connection:
        sha256 = connection.scalar(
            sa.select(tables.sources.c.sha256).where(tables.sources.c.place.contains("arrete"))
        )
    edges.storage.original(sha256).write_bytes(b"autre chose")
    with pytest.raises(RefusedError, match="n’a plus son empreinte"):
        visaed(made, edges)


@pytest.mark.parametrize("what", ["hold", "request", "pages", "rule"])
def test_whatever_changed_since_the_list_stops_it(
    account: pipeline.Account, edges: pipeline.Edges, what: str
):
    record = ripen(record_of("carton.pdf", account), edges)
    made = confirmed(visaed(listed([record], edges), edges), edges)
    if what == "hold":
        deciding.confirm(record, {"hold": "contentieux"}, actor="MARTIN", edges=edges)
        said = "Gel en cours : contentieux"
    elif what == "request":
        from archiveia.pipeline import requesting

        requesting.receive("", "a@b.fr", "Ce dossier", edges=edges, unit_id=record)
        said = "La demande d’accès 2026-0001 attend une réponse"
    elif what == "pages":
        arranging.reorder(record, [2, 1], actor="MARTIN", edges=edges)
        said = "La pièce a changé depuis la préparation"
    else:
        deciding.confirm(record, {"trigger_on": "2025-12-31"}, actor="MARTIN", edges=edges)
        said = "La DUA court jusqu’au"
    with pytest.raises(RefusedError, match=said):
        destroy(made, by=DURAND, edges=edges)
    assert len(pages_of(record, edges)) == 2
    with database.reading(edges.database) as connection:
        from archiveia.edges.database import decisions

        actions = [line.action for line in decisions.journal_list(connection, edges.entity, 5)]
    assert "elimination_refused" in actions, "the journal tells"
    assert requests is not None


def test_the_first_person_destroys_nothing(account: pipeline.Account, edges: pipeline.Edges):
    made = confirmed(visaed(listed([ripen(record_of("carton.pdf", account), edges)], edges), edges), edges)
    with pytest.raises(RefusedError, match="Il faut deux personnes différentes"):
        destroy(made, by=MARTIN, edges=edges)


def test_a_record_stands_on_one_list_at_a_time(account: pipeline.Account, edges: pipeline.Edges):
    record = ripen(record_of("carton.pdf", account), edges)
    listed([record], edges)
    with pytest.raises(RefusedError, match="déjà sur le bordereau 2026-E001"):
        listed([record], edges)


def test_a_list_that_names_a_person_is_not_issued(account: pipeline.Account, edges: pipeline.Edges):
    record = ripen(record_of("carton.pdf", account), edges, person="LEFEBVRE Jules")
    made = listed([record], edges)
    eliminating.revise(made, {1: {"title": "Factures de lefebvre jules"}}, by=MARTIN, edges=edges)
    with pytest.raises(RefusedError, match="ne nomme personne"):
        visaed(made, edges)


def test_forms_of_a_name_that_only_a_destroyed_record_bore_go(
    account: pipeline.Account, edges: pipeline.Edges
):
    record = ripen(record_of("arrete.tif", account), edges, person="LEFÈBVRE-RARE Jules")
    forms = (Form("LEFÈBVRE-RARE Jules", 1, (record,)), Form("LEFEBVRE Jules", 1, ("autre",)))
    with database.writing(edges.database) as connection:
        group = Group("g", "person", "LEFEBVRE Jules", GroupState.PROPOSED, (), forms)
        names.save(connection, edges.entity, group)
    gone([record], edges)
    with database.reading(edges.database) as connection:
        assert [f.form for f in names.group(connection, "g", edges.entity).forms] == ["LEFEBVRE Jules"]


def test_a_dry_run_says_what_goes_and_what_stays_and_writes_nothing(
    account: pipeline.Account, edges: pipeline.Edges
):
    ripe, raw = ripen(record_of("arrete.tif", account), edges), record_of("carton.pdf", account)
    found = eliminating.dry_run([ripe, raw], Support.DIGITAL, edges)
    assert [r.id for line in found.lines for r in line.records] == [ripe]
    assert any("pas confirmée par une personne" in reason for reason in found.stays[raw])
    with database.reading(edges.database) as connection:
        assert eliminations.listing(connection, edges.entity) == []
