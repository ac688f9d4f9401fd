from __future__ import annotations

import time

import pytest
from drawn_scans import DELIBERATION, draw_page
from town_hall import post, token_in

from archiveia.edges import database
from archiveia.edges.database import sources
from search_ui.runs import FINISHED_CODES, Runs, RunState, environment_of
from search_ui.uploads import safe_path

PNG = b"\x89PNG\r\n\x1a\n"
NEW = "/bureau/lots/nouveau"


@pytest.fixture
def started(monkeypatch, visitor):
    """The runs that would have been started."""
    found = []
    monkeypatch.setattr(visitor.app.state.runs, "start", lambda *args, **more: found.append((*args, more)))
    return found


def send(client, files, *, lot="Versement 1", jeton=None):
    token = jeton or token_in(client.get(NEW))
    data = {"jeton": token, "lot": lot, "service": "État civil"}
    parts = [("fichiers", (name, content, "image/png")) for name, content in files]
    return client.post(NEW, data=data, files=parts, follow_redirects=False)


def what_came(town):
    incoming = town.settings.home_dir / "incoming" / town.settings.entity
    return sorted(str(p.relative_to(incoming)) for p in incoming.rglob("*") if p.is_file())


def test_files_land_in_a_folder_of_the_batch_and_the_run_is_started(staff, town, started):
    answer = send(staff, [("a.png", PNG), ("registre/p1.png", PNG), ("registre/p2.png", b"")])
    assert answer.status_code == 303
    assert what_came(town) == [
        "Versement 1/a.png",
        "Versement 1/registre/p1.png",
        "Versement 1/registre/p2.png",
    ]
    ((batch_id, folder, more),) = started
    assert answer.headers["location"] == f"/bureau/lots/{batch_id}"
    assert folder.name == more["batch"] == "Versement 1"
    assert more["producer"] == "État civil"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd", "etc/passwd"),
        ("..\\..\\windows\\x.png", "windows/x.png"),
        ("/etc/shadow", "etc/shadow"),
        ("C:\\scans\\p1.png", "C_/scans/p1.png"),
        (".ssh/authorized_keys", "ssh/authorized_keys"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\x00b\nc.png", "abc.png"),
        ("e\u0301tat.png", "état.png"),
        ("x" * 300 + ".tiff", "x" * 95 + ".tiff"),
        ("é" * 300 + ".png", "é" * 96 + ".png"),
        ("un nom   avec  espaces .png", "un nom avec espaces.png"),
        ("a/b/c/d/e/f/g/h.png", "c/d/e/f/g/h.png"),
        ('<img src="x">.png', "_img src=_x__.png"),
        ("...", None),
        ("\u200b\u200b", None),
        ("../..", None),
    ],
)
def test_hostile_names_stay_inside_the_batch(sent, kept):
    path = safe_path(sent)
    assert (None if path is None else str(path)) == kept


@pytest.mark.usefixtures("started")
def test_names_that_meet_are_told_apart(staff, town):
    names = ["a.png", "A.png", "./a.png", "..", "a.png/b.png", "d/e.png", "d"]
    assert send(staff, [(name, PNG) for name in names]).status_code == 303
    came = what_came(town)
    assert len(came) == len(names)
    assert len({name.casefold() for name in came}) == len(names)


def test_an_upload_over_the_limit_leaves_nothing(staff, town, started):
    answer = send(staff, [("a.png", b"x" * 1_200_000)])
    assert answer.status_code == 413
    assert "dépasse la limite de 1 Mio" in answer.text
    assert what_came(town) == []
    assert started == []


@pytest.mark.usefixtures("started")
def test_an_upload_that_lies_about_its_length_is_stopped_on_the_way(staff, town):
    token = token_in(staff.get(NEW))

    def body():
        yield b'--b\r\nContent-Disposition: form-data; name="jeton"\r\n\r\n' + token.encode()
        yield b'\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'
        for _ in range(20):
            yield b"x" * 100_000

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = staff.post(NEW, content=body(), headers=kind)
    assert answer.status_code == 413
    assert list((town.settings.home_dir / "incoming" / town.settings.entity).iterdir()) == []


@pytest.mark.parametrize("cut_at", [10, 120, 300])
def test_an_upload_that_is_cut_off_leaves_nothing(staff, town, started, cut_at):
    token = token_in(staff.get(NEW)).encode()
    whole = (
        b'--b\r\nContent-Disposition: form-data; name="jeton"\r\n\r\n' + token + b"\r\n"
        b'--b\r\nContent-Disposition: form-data; name="lot"\r\n\r\nL\r\n'
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'
        + b"x" * 200
        + b"\r\n--b--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = staff.post(NEW, content=whole[:cut_at], headers=kind)
    assert answer.status_code == 400
    assert "interrompu" in answer.text
    assert list((town.settings.home_dir / "incoming" / town.settings.entity).iterdir()) == []
    assert started == []


@pytest.mark.usefixtures("started")
def test_an_upload_without_token_name_or_file_is_refused(staff, town):
    assert send(staff, [("a.png", PNG)], jeton="faux").status_code == 400
    assert "n’a pas de nom" in send(staff, [("a.png", PNG)], lot=" / ").text
    chosen_nothing = (
        b'--b\r\nContent-Disposition: form-data; name="lot"\r\n\r\nL\r\n'
        b'--b\r\nContent-Disposition: form-data; name="f"; filename=""\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    assert "Aucun fichier" in staff.post(NEW, content=chosen_nothing, headers=kind).text
    assert staff.post(NEW, data={"jeton": token_in(staff.get(NEW))}).status_code == 400
    assert what_came(town) == []


def test_a_visitor_uploads_nothing(visitor, town):
    answer = visitor.post(NEW, files=[("f", ("a.png", PNG))], follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/connexion")
    assert not (town.settings.home_dir / "incoming" / town.settings.entity).exists()


@pytest.mark.usefixtures("started")
def test_a_batch_name_is_taken_once(staff, town):
    assert "déjà un lot" in send(staff, [("a.png", PNG)], lot="Carton 1").text
    assert send(staff, [("a.png", PNG)]).status_code == 303
    assert "déjà un lot" in send(staff, [("b.png", PNG)]).text
    assert what_came(town) == ["Versement 1/a.png"]


@pytest.mark.usefixtures("started")
def test_a_batch_name_is_no_path(staff, town):
    assert send(staff, [("a.png", PNG)], lot="../../x").status_code == 303
    assert what_came(town) == ["x/a.png"]


def test_the_run_reads_the_same_settings(town):
    found = environment_of(town.settings)
    assert found["ARCHIVEIA_HOME"] == str(town.settings.home_dir)
    assert found["ARCHIVEIA_CLASSIFIER"] == "lexical"
    assert found["ARCHIVEIA_DATABASE_URL"].startswith("sqlite:///")


def test_an_upload_becomes_records_and_an_account(staff, town, edges, tmp_path):
    picture = tmp_path / "p.png"
    draw_page(DELIBERATION.replace("lavoir", "presbytère")).save(picture)
    answer = send(staff, [("p.png", picture.read_bytes()), ("notes.txt", b"rien")])
    address = answer.headers["location"]
    deadline = time.monotonic() + 120
    while "hx-get" in (page := staff.get(address).text) and time.monotonic() < deadline:
        time.sleep(0.3)
    log = next((town.settings.home_dir / "runs").iterdir()).read_text("utf-8")
    assert "Traitement terminé" in page, log
    assert ">traité</span>" in page
    assert ">refusé</span>" in page
    assert "presbytère" in staff.get("/bureau/recherche?q=presbytère").text
    with database.reading(edges.database) as connection:
        batch = sources.batch_list(connection, edges.entity)[0]
    assert (batch.name, batch.producer, batch.settled) == ("Versement 1", "État civil", 2)
    assert 3 in FINISHED_CODES


def test_an_unknown_batch_is_not_found(staff):
    assert staff.get("/bureau/lots/inconnu").status_code == 404
    assert post(staff, "/bureau/lots/inconnu", NEW).status_code == 405


def test_stopping_the_application_stops_its_run_and_empties_the_line(town):
    runs = Runs(town.settings)
    for batch in ("first", "second"):
        runs._runs[batch] = runs._line.submit(runs._run, ["sleep", "60"], batch)
    while runs._process is None:
        time.sleep(0.01)
    assert runs.state("first") is RunState.RUNNING
    assert runs.state("second") is RunState.WAITING
    runs.close()
    assert runs.state("first") is RunState.BROKEN
    assert runs.state("second") is RunState.UNKNOWN
    assert runs.state("never started") is RunState.UNKNOWN
