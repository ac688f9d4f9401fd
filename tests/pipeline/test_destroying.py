"""What goes with a record and what stays: nothing that says a word of it, and nothing that another one needs."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from drawn_scans import ORDER, draw_page, write_scans
from eliminating import DURAND, MARTIN, NOW, confirmed, listed, ripen, sign_the_rules, visa_facts, visaed

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import assertions, eliminations, names, requests, tables, units
from archiveia.edges.database.eliminations import Fate
from archiveia.edges.database.journal import Wanted, journal_list
from archiveia.edges.database.names import Form, Group, GroupState
from archiveia.errors import RefusedError, UnreadableScanError
from archiveia.pipeline import (
    arranging,
    deciding,
    destroying,
    eliminating,
    eliminating_papers,
    registering,
    rule_sets,
    searching,
)
from archiveia.pipeline.auditing import verify_journal
from archiveia.pipeline.destroying import destroy
from archiveia.pipeline.eliminating_visa import record_visa
from archiveia.pipeline.night import nightly
from archiveia.settings import Settings
from archiveia.steps.eliminate_lines import seal
from archiveia.values import Assertion, Origin, OriginKind
from archiveia.values.eliminations import Act, Stage, Support

if TYPE_CHECKING:
    from collections.abc import Iterator

ABOUT_PAGES = ("similar_pages", "copy_decisions", "signatures", "pictures", "readings", "pages")
ABOUT_UNITS = ("assertions", "work", "publications", "stale_in_index", "sensitive_reads")


def settings(home: Path) -> Settings:
    return Settings(home=home, workers=2, classifier="lexical", ner="off", backup_retention_days=90)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, pipeline.Account]:
    """A workspace in which the scans were read once, the scans, and what became of them."""
    root = tmp_path_factory.mktemp("box")
    folder = write_scans(root / "scans")
    with pipeline.open_edges(settings(root / "home")) as edges:
        edges.clock = lambda: NOW
        account = pipeline.run([folder], edges, batch="Carton 1", producer="Finances")
        sign_the_rules(edges)
        return root / "home", folder, account


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
    """How many rows of any table still say something of the record or its pages; its empty unit and list apart."""
    found = {}
    about = {"unit_id", "record_id", "page_id", "page_a", "page_b", "record_copy"}
    with database.reading(edges.database) as connection:
        for table in tables.metadata.sorted_tables:
            keys = [c for c in table.c if c.name in about or (table.name == "pages" and c.name == "id")]
            if not keys or table.name == "elimination_records":
                continue
            wanted = sa.or_(*(key.in_([record, *pages]) for key in keys))
            count = connection.scalar(sa.select(sa.func.count()).select_from(table).where(wanted))
            if count:
                found[table.name] = count
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
    assert here.stage is Stage.CERTIFIED
    checked = verify_journal(edges)
    assert checked.sound, "values are purged, the chain holds"
    with database.reading(edges.database) as connection:
        purges = journal_list(connection, edges.entity, wanted=Wanted(action="purge"))
    assert [p.after["values"] for p in purges] == [checked.purged], "the purge tells how many"
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
    really = destroying.erasing.erase

    def erase_and_freeze(connection, record):
        found = really(connection, record)
        with_hold = second if record == first else first
        said = [Assertion("hold", "contentieux", Origin(OriginKind.PERSON, "LEFEBVRE"))]
        assertions.replace(connection, with_hold, ["hold"], [OriginKind.PERSON], said, now=edges.now())
        return found

    monkeypatch.setattr(destroying.erasing, "erase", erase_and_freeze)
    here = destroy(made, by=DURAND, edges=edges)
    with database.reading(edges.database) as connection:
        fates = eliminations.fates(connection, made)
    assert sorted(fate for fate, _ in fates.values()) == [Fate.DESTROYED, Fate.KEPT]
    kept = next(r for r, (fate, _) in fates.items() if fate is Fate.KEPT)
    assert "Gel en cours : contentieux" in str(fates[kept][1])
    assert here.done[Act.DESTROYED].facts["kept"] == [kept], (
        "for ever without a word that could name somebody"
    )
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


def test_a_hold_goes_with_the_pages_that_it_froze(account: pipeline.Account, edges: pipeline.Edges):
    first, second = (record_of(name, account) for name in ("arrete.tif", "carton.pdf"))
    deciding.confirm(second, {"hold": "contentieux"}, actor="MARTIN", edges=edges)
    arranging.merge([first, second], actor="MARTIN", edges=edges)
    ripen(first, edges)
    assert "Gel en cours : contentieux." in eliminating.dry_run([first], Support.DIGITAL, edges).stays[first]
    for piece in arranging.split(first, [2], actor="MARTIN", edges=edges):
        ripen(piece, edges)
        assert (
            "Gel en cours : contentieux." in eliminating.dry_run([piece], Support.PAPER, edges).stays[piece]
        )
    assert verify_journal(edges).sound


def test_what_made_a_piece_due_does_not_hold_for_pages_that_come_later(
    account: pipeline.Account, edges: pipeline.Edges
):
    first, second = (record_of(name, account) for name in ("arrete.tif", "carton.pdf"))
    arranging.merge([ripen(first, edges), second], actor="MARTIN", edges=edges)
    deciding.confirm(first, {"class": "FACTURE"}, actor="MARTIN", edges=edges)
    tried = eliminating.dry_run([first], Support.DIGITAL, edges)
    assert not tried.lines, "rule and date were those of other pages"


def test_what_was_said_of_a_piece_before_it_was_merged_goes_with_the_whole(
    account: pipeline.Account, edges: pipeline.Edges
):
    first, second = (record_of(name, account) for name in ("arrete.tif", "carton.pdf"))
    deciding.confirm(second, {"title": "Placement de DURAND Zoé"}, actor="MARTIN", edges=edges)
    arranging.merge([first, second], actor="MARTIN", edges=edges)
    gone([ripen(first, edges)], edges)
    assert rows_about(second, [], edges) == {}
    with database.reading(edges.database) as connection:
        beside = connection.scalars(sa.select(tables.journal_values.c.value))
        assert not any("DURAND Zoé" in (value or "") for value in beside)


def test_paper_goes_by_a_signed_row_alone(account: pipeline.Account, edges: pipeline.Edges):
    record = ripen(record_of("arrete.tif", account), edges)
    rule_sets.withdraw(["FIN-004"], actor="DURAND", edges=edges)
    tried = eliminating.dry_run([record], Support.PAPER, edges)
    assert not tried.lines
    assert any("n’a pas signé la ligne FIN-004" in reason for reason in tried.stays[record])


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


@pytest.mark.parametrize("what", ["hold", "request", "question", "pages", "rule"])
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
    elif what == "question":
        asked = [
            Assertion("question", {"to": "DURAND", "question": "?"}, Origin(OriginKind.PERSON, "MARTIN"))
        ]
        with database.writing(edges.database) as connection:
            assertions.replace(connection, record, ["question"], [OriginKind.PERSON], asked, now=edges.now())
        said = "Une question posée sur cette pièce attend sa réponse"
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


def test_a_clock_set_back_is_refused_however_often_it_is_tried(
    account: pipeline.Account, edges: pipeline.Edges
):
    made = visaed(listed([ripen(record_of("carton.pdf", account), edges)], edges), edges)
    edges.clock = lambda: NOW + timedelta(days=20)
    deciding.confirm(record_of("arrete.tif", account), {"title": "Placement"}, actor="MARTIN", edges=edges)
    edges.clock = lambda: NOW + timedelta(days=1)
    for _ in range(3):
        with pytest.raises(RefusedError, match="L’horloge de la machine a reculé"):
            eliminating.confirm(made, by=DURAND, edges=edges)
    edges.clock = lambda: NOW + timedelta(days=21)
    with pytest.raises(RefusedError, match="« détruire » ne se fait pas maintenant"):
        destroy(made, by=DURAND, edges=edges)
    eliminating.confirm(made, by=DURAND, edges=edges)


def test_what_a_run_writes_of_a_record_that_it_read_before_goes_too(
    account: pipeline.Account, edges: pipeline.Edges, monkeypatch: pytest.MonkeyPatch
):
    record = ripen(record_of("arrete.tif", account), edges)
    made = confirmed(visaed(listed([record], edges), edges), edges)
    late = [Assertion("title", "Placement de LEFEBVRE Jules", Origin(OriginKind.RULE, "late"))]
    really = destroying._erase

    def erase(*given: object) -> None:
        really(*given)
        with database.writing(edges.database) as connection:
            assertions.replace(connection, record, ["title"], [OriginKind.RULE], late, now=edges.now())

    monkeypatch.setattr(destroying, "_erase", erase)
    destroy(made, by=DURAND, edges=edges)
    assert rows_about(record, [], edges) == {}


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


# --- the certificate, and a crash on the way to it ---


def paper_text(made: str, act: Act, edges: pipeline.Edges) -> str:
    import pypdfium2

    _name, data = eliminating_papers.document(made, act, "pdf", edges)
    with pypdfium2.PdfDocument(data) as pdf:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


def test_the_certificate_says_all_and_names_nobody_the_records_are_about(
    account: pipeline.Account, edges: pipeline.Edges
):
    record = ripen(
        record_of("arrete.tif", account), edges, title="Placement de LEFEBVRE Jules", cote="4 W 103"
    )
    kept = ripen(record_of("carton.pdf", account), edges, cote="4 W 104")
    made, here = gone([record, kept], edges, [record])
    assert here.stage is Stage.CERTIFIED
    text = " ".join(paper_text(made, Act.CERTIFY, edges).split())
    for said in (
        "Certificat d’élimination, bordereau n° 2026-E001",
        "4 W 103",
        "FIN-004",
        "Visa AD 2026-117 de la directrice des archives départementales",
        "Confirmé par une seconde personne, DURAND",
        "Refusé par le visa : 4 W 104",
        "expirent au plus tard le 9 mai 2026",
        "Fichiers d’entrée hors de l’espace de travail, que le programme ne détruit pas : 1",
        (here.seal or "")[:12],
    ):
        assert said in text
    assert "Jules" not in text
    assert "Placement" not in text


DIES = """
import os, signal, sys
from contextlib import contextmanager
from datetime import datetime
from archiveia import pipeline
from archiveia.edges import database
from archiveia.pipeline.auditing import verify_journal
from archiveia.pipeline.destroying import destroy
from archiveia.settings import Settings
sys.path.insert(0, sys.argv[5])
from eliminating import DURAND

fatal, moment, written = int(sys.argv[3]), sys.argv[4], 0
really = database.writing

@contextmanager
def writing(engine):
    global written
    with really(engine) as connection:
        yield connection
        written += 1
        if written == fatal and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    if written == fatal:
        os.kill(os.getpid(), signal.SIGKILL)

settings = Settings(home=sys.argv[1], workers=1, classifier="lexical", ner="off", backup_retention_days=90)
with pipeline.open_edges(settings) as edges:
    edges.clock = lambda: datetime.fromisoformat(sys.argv[6])
    database.writing = writing
    destroy(sys.argv[2], by=DURAND, edges=edges)
print("transactions", written)
"""


def run_and_die(made: str, edges: pipeline.Edges, home: Path, fatal: int, moment: str):
    tests = Path(__file__).resolve().parent.parent
    argv = [str(home), made, str(fatal), moment, str(tests), edges.now().isoformat()]
    return subprocess.run(
        [sys.executable, "-c", DIES, *argv], capture_output=True, text=True, timeout=120, check=False
    )


def left_of(home: Path, made: str, edges: pipeline.Edges) -> tuple[object, ...]:
    """Everything that a destruction leaves: files, rows, the stage, what the certificate tells."""
    derived = sorted(p.name for p in (home / "derived").rglob("*") if p.is_file())
    kept = sorted(p.name for p in (home / "originals").rglob("*") if p.is_file())
    with pipeline.open_edges(settings(home)) as opened:
        hits = sorted(h.page_id for h in searching.search("", opened, public=False, limit=100).hits)
        with database.reading(opened.database) as connection:
            rows = {
                name: connection.scalar(sa.select(sa.func.count()).select_from(tables.metadata.tables[name]))
                for name in (*ABOUT_PAGES, "assertions", "work", "elimination_files")
            }
            found = eliminations.load(connection, made, edges.entity)
        facts = {e.act: e.facts for e in found.events}[Act.DESTROYED]
    return derived, kept, hits, rows, found.stage, facts


def test_a_destruction_killed_at_any_transaction_ends_like_one_that_was_not(
    account: pipeline.Account, edges: pipeline.Edges, tmp_path: Path
):
    records = [ripen(record_of(n, account), edges) for n in ("arrete.tif", "carton.pdf")]
    made = confirmed(visaed(listed(records, edges), edges), edges)
    home = edges.storage.home
    edges.close()
    whole = tmp_path / "whole"
    shutil.copytree(home, whole)
    done = run_and_die(made, edges, whole, 0, "before")
    assert done.returncode == 0, done.stderr
    expected = left_of(whole, made, edges)
    assert expected[4] is Stage.CERTIFIED
    count = int(done.stdout.split()[-1])
    assert count > 8
    for number in (1, 3, count - 1):
        moment = "before" if number in (1, count - 1) else "after"
        copy = tmp_path / f"{number}"
        shutil.copytree(home, copy)
        died = run_and_die(made, edges, copy, number, moment)
        assert died.returncode == -signal.SIGKILL, (number, died.stderr)
        again = run_and_die(made, edges, copy, 0, moment)
        assert again.returncode == 0, (number, again.stderr)
        assert left_of(copy, made, edges) == expected, number
        shutil.rmtree(copy)


# --- the visa's file ---


def visa_of(made: str, edges: pipeline.Edges, target: Path, *, of: str | None = None) -> Path:
    """The bordereau printed, signed and scanned: a picture of its first page."""
    import pypdfium2

    _name, data = eliminating_papers.document(of or made, Act.ISSUE, "pdf", edges)
    with pypdfium2.PdfDocument(data) as pdf:
        pdf[0].render(scale=200 / 72).to_pil().convert("L").save(target, dpi=(200, 200))
    return target


def sent(records: list[str], edges: pipeline.Edges) -> str:
    made = listed(records, edges)
    _known, here = eliminating.load(made, edges)
    eliminating_papers.issue(made, seal(here.bordereau), by=MARTIN, edges=edges)
    today = edges.today().isoformat()
    for act in (Act.SIGN_SERVICE, Act.SIGN_AUTHORITY, Act.SEND):
        eliminating.act(made, act, {"name": "LEFEBVRE", "on": today}, by=MARTIN, edges=edges)
    return made


def test_a_scanned_visa_is_known_by_the_code_it_bears(
    account: pipeline.Account, edges: pipeline.Edges, tmp_path: Path
):
    made = sent([ripen(record_of("arrete.tif", account), edges)], edges)
    other = sent([ripen(record_of("carton.pdf", account), edges)], edges)
    foreign = visa_of(made, edges, tmp_path / "other.png", of=other)
    with pytest.raises(RefusedError, match="porte le code du bordereau 2026-E002"):
        record_visa(made, visa_facts(made, edges), foreign, by=MARTIN, edges=edges)
    scan = visa_of(made, edges, tmp_path / "visa.png")
    here = record_visa(made, visa_facts(made, edges), scan, by=MARTIN, edges=edges)
    assert here.stage is Stage.ANSWERED
    assert here.done[Act.VISA].facts["code_was_read"] is True
    assert eliminating_papers.document(made, Act.VISA, "", edges) == ("visa-2026-E001.png", scan.read_bytes())
    with pytest.raises(RefusedError, match="est déjà le visa du bordereau 2026-E001"):
        record_visa(other, visa_facts(other, edges), scan, by=MARTIN, edges=edges)


def test_the_bordereau_as_it_was_issued_is_no_visa(
    account: pipeline.Account, edges: pipeline.Edges, tmp_path: Path
):
    made = sent([ripen(record_of("arrete.tif", account), edges)], edges)
    plain = tmp_path / "bordereau.pdf"
    plain.write_bytes(eliminating_papers.document(made, Act.ISSUE, "pdf", edges)[1])
    with pytest.raises(RefusedError, match="ne porte ni signature ni visa"):
        record_visa(made, visa_facts(made, edges), plain, by=MARTIN, edges=edges)


def test_the_file_of_a_refused_visa_is_not_kept(
    account: pipeline.Account, edges: pipeline.Edges, tmp_path: Path
):
    made = sent([ripen(record_of("arrete.tif", account), edges)], edges)
    scan = visa_of(made, edges, tmp_path / "visa.png")
    kept = edges.storage.kept(hashlib.sha256(scan.read_bytes()).hexdigest())
    facts = visa_facts(made, edges)
    with pytest.raises(RefusedError, match="n’a pas de réponse"):
        record_visa(made, facts | {"answers": []}, scan, by=MARTIN, edges=edges)
    assert not kept.exists()
    record_visa(made, facts, scan, by=MARTIN, edges=edges)
    with pytest.raises(RefusedError):
        record_visa(made, facts, scan, by=MARTIN, edges=edges)
    assert kept.exists(), "the visa that was accepted stays, even when it is sent once more"


@pytest.mark.parametrize("data", [b"MZ\x90 un programme", b"%PDF-1.4\nrien"])
def test_a_visa_that_is_no_scan_is_refused(
    account: pipeline.Account, edges: pipeline.Edges, tmp_path: Path, data: bytes
):
    made = sent([ripen(record_of("arrete.tif", account), edges)], edges)
    (tmp_path / "visa.pdf").write_bytes(data)
    with pytest.raises(UnreadableScanError):
        record_visa(made, visa_facts(made, edges), tmp_path / "visa.pdf", by=MARTIN, edges=edges)


def test_the_same_on_each_database(database_url: str, tmp_path: Path):
    folder = tmp_path / "scans"
    folder.mkdir()
    draw_page(ORDER).save(folder / "arrete.tif")
    draw_page(ORDER.replace("1958", "1957")).save(folder / "autre.tif")
    given = settings(tmp_path / "home").model_copy(
        update={"database_url": database_url, "ocr_engine": "null"}
    )
    with pipeline.open_edges(given) as edges:
        edges.clock = lambda: NOW
        account = pipeline.run([folder], edges, batch="Carton 1", producer="Finances")
        sign_the_rules(edges)
        record = ripen(record_of("arrete.tif", account), edges, person="LEFEBVRE Jules")
        with database.reading(edges.database) as connection:
            assert [
                r for r, _ in eliminations.ripe(connection, edges.entity, before=NOW.date(), limit=9)
            ] == [record]
        pages = pages_of(record, edges)
        _made, here = gone([record], edges)
        assert here.stage is Stage.CERTIFIED
        assert rows_about(record, pages, edges) == {}
        assert originals(edges) == 1
        assert verify_journal(edges).sound
