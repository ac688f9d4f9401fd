"""What stands against an elimination before the button: the list, its visa, what changed since, the persons."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from eliminating import (
    DURAND,
    MARTIN,
    NOW,
    confirmed,
    listed,
    pages_of,
    record_of,
    ripen,
    visa_facts,
    visaed,
)

from archiveia.edges import database
from archiveia.edges.database import assertions, eliminations, people, requests, tables
from archiveia.errors import RefusedError, UnreadableScanError
from archiveia.pipeline import accounts, arranging, deciding, eliminating, eliminating_papers, rule_sets
from archiveia.pipeline.auditing import verify_journal
from archiveia.pipeline.destroying import destroy
from archiveia.pipeline.eliminating_visa import record_visa
from archiveia.steps.eliminate_lines import seal
from archiveia.values import Assertion, Origin, OriginKind, Role, Staff
from archiveia.values.eliminations import Act, Stage, Support, hand_of

PASSWORD = "un long mot de passe"

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia import pipeline


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


def test_paper_goes_by_a_signed_row_alone(account: pipeline.Account, edges: pipeline.Edges):
    record = ripen(record_of("arrete.tif", account), edges)
    rule_sets.withdraw(["FIN-004"], actor="DURAND", edges=edges)
    tried = eliminating.dry_run([record], Support.PAPER, edges)
    assert not tried.lines
    assert any("n’a pas signé la ligne FIN-004" in reason for reason in tried.stays[record])


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


def test_the_first_person_destroys_nothing(account: pipeline.Account, edges: pipeline.Edges):
    made = confirmed(visaed(listed([ripen(record_of("carton.pdf", account), edges)], edges), edges), edges)
    with pytest.raises(RefusedError, match="Il faut deux personnes différentes"):
        destroy(made, by=MARTIN, edges=edges)


@pytest.mark.parametrize("what", ["made", "password", "password in a terminal", "person", "identity"])
def test_an_account_made_or_given_since_the_draft_is_no_second_persons(
    account: pipeline.Account, edges: pipeline.Edges, what: str
):
    accounts.add("admin", PASSWORD, actor="root", edges=edges)
    if what != "made":
        add_durand(edges)
    made = visaed(listed([ripen(record_of("carton.pdf", account), edges)], edges), edges)
    if what == "made":
        add_durand(edges)
    second = second_person(edges)
    kept = {"role": Role.ARCHIVIST, "services": (), "actor": "admin", "edges": edges}
    if what == "password":
        accounts.set_password(second.user_id, PASSWORD, actor="admin", edges=edges)
    elif what == "password in a terminal":
        accounts.add("z.durand", PASSWORD, actor="root", edges=edges)
    elif what == "person":
        accounts.change(second.user_id, person="LEFEBVRE", oidc_subject="", **kept)
    elif what == "identity":
        accounts.change(second.user_id, person="DURAND", oidc_subject="durand@ville.example", **kept)
    with pytest.raises(RefusedError, match="a été créé, ou remis à quelqu’un"):
        eliminating.confirm(made, by=hand_of(second_person(edges)), edges=edges)


def test_an_account_given_since_it_confirmed_does_not_destroy(
    account: pipeline.Account, edges: pipeline.Edges
):
    accounts.add("admin", PASSWORD, actor="root", edges=edges)
    add_durand(edges)
    second = second_person(edges)
    made = visaed(listed([ripen(record_of("carton.pdf", account), edges)], edges), edges)
    accounts.change(
        second.user_id,
        role=Role.RECORDS_MANAGER,
        services=["Finances"],
        person="DURAND",
        oidc_subject="",
        actor="admin",
        edges=edges,
    )
    accounts.change_own_password(second, PASSWORD, f"{PASSWORD} neuf", edges)
    eliminating.confirm(made, by=hand_of(second), edges=edges)
    later = edges.now() + timedelta(days=8)
    edges.clock = lambda: later
    accounts.set_password(second.user_id, PASSWORD, actor="admin", edges=edges)
    with pytest.raises(RefusedError, match="Le compte de DURAND a été créé, ou remis à quelqu’un"):
        destroy(made, by=hand_of(second), edges=edges)
    assert pages_of(record_of("carton.pdf", account), edges)


def add_durand(edges: pipeline.Edges) -> None:
    accounts.add("z.durand", PASSWORD, actor="admin", edges=edges, role=Role.ARCHIVIST, person="DURAND")


def second_person(edges: pipeline.Edges) -> Staff:
    with database.reading(edges.database) as connection:
        found = people.user_named(connection, edges.entity, "z.durand")
    assert found is not None
    return people.as_staff(found)


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


def test_a_dry_run_says_what_goes_and_what_stays_and_writes_nothing(
    account: pipeline.Account, edges: pipeline.Edges
):
    ripe, raw = ripen(record_of("arrete.tif", account), edges), record_of("carton.pdf", account)
    found = eliminating.dry_run([ripe, raw], Support.DIGITAL, edges)
    assert [r.id for line in found.lines for r in line.records] == [ripe]
    assert any("pas confirmée par une personne" in reason for reason in found.stays[raw])
    with database.reading(edges.database) as connection:
        assert eliminations.listing(connection, edges.entity) == []


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


def papers(edges: pipeline.Edges) -> int:
    return sum(path.is_file() for path in (edges.storage.home / "eliminations").rglob("*"))


def test_the_papers_of_a_list_that_is_not_issued_are_not_kept(
    account: pipeline.Account, edges: pipeline.Edges
):
    record = ripen(record_of("carton.pdf", account), edges)
    made = listed([record], edges)
    _known, here = eliminating.load(made, edges)
    with pytest.raises(RefusedError, match="Le bordereau a changé depuis qu’il a été montré"):
        eliminating_papers.issue(made, "0" * 64, by=MARTIN, edges=edges)
    deciding.confirm(record, {"hold": "contentieux"}, actor="MARTIN", edges=edges)
    with pytest.raises(RefusedError, match="Gel en cours"):
        eliminating_papers.issue(made, seal(here.bordereau), by=MARTIN, edges=edges)
    assert papers(edges) == 0
    deciding.confirm(record, {"hold": ""}, actor="MARTIN", edges=edges)
    eliminating_papers.issue(made, seal(here.bordereau), by=MARTIN, edges=edges)
    assert papers(edges) == 3


def test_the_papers_of_a_certificate_that_is_refused_are_not_kept(
    account: pipeline.Account, edges: pipeline.Edges
):
    made = confirmed(visaed(listed([ripen(record_of("carton.pdf", account), edges)], edges), edges), edges)
    destroy(made, by=DURAND, edges=edges)
    kept = papers(edges)
    with pytest.raises(RefusedError, match="« établir le certificat » ne se fait pas maintenant"):
        eliminating_papers.certify(made, by=DURAND, edges=edges)
    assert papers(edges) == kept


def test_what_somebody_did_meanwhile_leaves_no_papers(
    account: pipeline.Account, edges: pipeline.Edges, monkeypatch: pytest.MonkeyPatch
):
    made = listed([ripen(record_of("carton.pdf", account), edges)], edges)
    known, here = eliminating.load(made, edges)
    eliminating.revise(made, {1: {"observations": "relu"}}, by=MARTIN, edges=edges)
    monkeypatch.setattr(eliminating.eliminations, "load", lambda *_given: known)
    with pytest.raises(RefusedError, match="a changé entre-temps"):
        eliminating_papers.issue(made, seal(here.bordereau), by=MARTIN, edges=edges)
    assert papers(edges) == 0


@pytest.mark.parametrize("data", [b"MZ\x90 un programme", b"%PDF-1.4\nrien"])
def test_a_visa_that_is_no_scan_is_refused(
    account: pipeline.Account, edges: pipeline.Edges, tmp_path: Path, data: bytes
):
    made = sent([ripen(record_of("arrete.tif", account), edges)], edges)
    (tmp_path / "visa.pdf").write_bytes(data)
    with pytest.raises(UnreadableScanError):
        record_visa(made, visa_facts(made, edges), tmp_path / "visa.pdf", by=MARTIN, edges=edges)
