"""What goes with a record and what stays: nothing that says a word of it, and nothing that another one needs."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from drawn_scans import ORDER, draw_page
from eliminating import (
    DURAND,
    MARTIN,
    NOW,
    confirmed,
    listed,
    pages_of,
    record_of,
    ripen,
    settings,
    sign_the_rules,
    visaed,
)

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import assertions, eliminations, names, tables, units
from archiveia.edges.database.eliminations import Fate
from archiveia.edges.database.journal import Wanted, journal_list
from archiveia.edges.database.names import Form, Group, GroupState
from archiveia.pipeline import (
    arranging,
    deciding,
    destroying,
    eliminating,
    eliminating_papers,
    registering,
    searching,
)
from archiveia.pipeline.auditing import verify_journal
from archiveia.pipeline.destroying import destroy
from archiveia.pipeline.night import nightly
from archiveia.values import Assertion, Origin, OriginKind
from archiveia.values.eliminations import Act, Stage, Support

if TYPE_CHECKING:
    import pytest

ABOUT_PAGES = ("similar_pages", "copy_decisions", "signatures", "pictures", "readings", "pages")


ABOUT_UNITS = ("assertions", "work", "publications", "stale_in_index", "sensitive_reads")


def gone(records: list[str], edges: pipeline.Edges, granted: list[str] | None = None):
    """The standing after these records went all the way."""
    made = confirmed(visaed(listed(records, edges), edges, granted), edges)
    return made, destroy(made, by=DURAND, edges=edges)


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
    tests = Path(__file__).resolve().parents[2]
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
            assert eliminations.ripe(
                connection, edges.entity, before=NOW.date(), sees_only=None, limit=9
            ) == [record]
        pages = pages_of(record, edges)
        _made, here = gone([record], edges)
        assert here.stage is Stage.CERTIFIED
        assert rows_about(record, pages, edges) == {}
        assert originals(edges) == 1
        assert verify_journal(edges).sound
