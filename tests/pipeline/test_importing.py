"""A text from elsewhere is the reading of pages that were taken in, stays it, and opens nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest
from drawn_scans import DELIBERATION, draw_page
from putting_online import publish_it

from archiveia import cli, pipeline
from archiveia.edges import database
from archiveia.edges.database import decisions, readings, units
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.pipeline import deciding, searching
from archiveia.pipeline.importing import drop_text, import_text
from archiveia.values import PageState

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.values import RecordPage

WHO = "m.martin"
OPEN = {"class": "DELIB", "date": "1893-04-06", "access_category": "C01"}


def page_xml(*lines: str) -> str:
    rows = "".join(
        f'<TextLine><Coords points="0,{n}0 400,{n}0 400,{n}9 0,{n}9"/>'
        f"<TextEquiv><Unicode>{escape(line)}</Unicode></TextEquiv></TextLine>"
        for n, line in enumerate(lines, start=1)
    )
    return (
        "<PcGts><Metadata><Creator>Transkribus</Creator></Metadata>"
        f'<Page imageWidth="1000" imageHeight="900"><TextRegion>{rows}</TextRegion></Page></PcGts>'
    )


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page_xml(*lines), "utf-8")
    return path


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A dossier of one piece, whose one page is handwritten as far as the machine can tell."""
    folder = tmp_path / "lot" / "registre"
    folder.mkdir(parents=True)
    draw_page(DELIBERATION).save(folder / "vue_0012.png")
    return tmp_path / "lot"


def taken_in(folder: Path, edges: pipeline.Edges, *, state: PageState | None = None) -> str:
    """The one record of the folder, its page in the state given."""
    (record,) = pipeline.run([folder], edges).files[0].records
    if state is not None:
        with database.writing(edges.database) as connection:
            connection.execute(readings.readings.update().values(state=state))
    return record


def page_of(record: str, edges: pipeline.Edges) -> RecordPage:
    with database.reading(edges.database) as connection:
        return units.load_record(connection, record, edges.entity).pages[0]


def sees(record: str, edges: pipeline.Edges) -> bool:
    try:
        searching.show(record, edges, public=True)
    except UnknownUnitError:
        return False
    return True


def test_a_transcription_is_found_by_its_name_and_can_be_searched(register, edges, tmp_path):
    record = taken_in(register, edges, state=PageState.ILLEGIBLE)
    xml = write(tmp_path / "xml" / "VUE_0012.xml", "Abjuration du sieur Lefebvre")
    (result,) = import_text([tmp_path / "xml"], actor=WHO, edges=edges)
    assert (result.path, result.pages, result.records, result.error) == (xml, 1, (record,), None)
    page = page_of(record, edges)
    assert (page.state, page.text, page.reason) == (PageState.TEXT, "Abjuration du sieur Lefebvre", None)
    assert [hit.record_id for hit in searching.search("abjuration", edges, public=False).hits] == [record]
    words = json.loads(edges.storage.words(page.id).read_bytes())
    assert words["engine"] == "import: Transkribus PAGE"
    assert [row[0] for row in words["words"]] == page.text.split()


def test_the_journal_says_who_imported_what(register, edges, tmp_path):
    record = taken_in(register, edges)
    import_text([write(tmp_path / "vue_0012.xml", "Texte")], actor=WHO, edges=edges)
    with database.reading(edges.database) as connection:
        entry = decisions.journal_list(connection, edges.entity)[0]
    assert (entry.actor, entry.action, entry.subject) == (WHO, "import_text", record)
    (before,), (after,) = entry.before.values(), entry.after.values()
    assert before == {"state": "text", "engine": "tesseract"}
    assert after == {"file": "vue_0012.xml", "engine": "import: Transkribus PAGE"}


def test_no_later_run_replaces_an_imported_text(register, edges, tmp_path):
    record = taken_in(register, edges, state=PageState.FAILED)
    import_text([write(tmp_path / "vue_0012.xml", "Texte du registre")], actor=WHO, edges=edges)
    pipeline.run([register], edges, retry=True)
    pipeline.nightly(edges)
    for step in pipeline.STEPS:
        if step != "intake":
            pipeline.STEPS[step]([record], edges)
    assert page_of(record, edges).text == "Texte du registre"
    import_text([write(tmp_path / "vue_0012.xml", "Texte relu")], actor=WHO, edges=edges)
    assert page_of(record, edges).text == "Texte relu"


def test_a_person_may_drop_an_imported_text_and_the_machine_reads_again(register, edges, tmp_path):
    record = taken_in(register, edges)
    was = page_of(record, edges)
    with pytest.raises(BadRequestError, match=f"no text was imported for {record}"):
        drop_text(record, actor=WHO, edges=edges)
    import_text([write(tmp_path / "vue_0012.xml", "Texte")], actor=WHO, edges=edges)
    assert drop_text(record, actor=WHO, edges=edges) == 1
    assert page_of(record, edges) == was
    assert [hit.record_id for hit in searching.search("lavoir", edges, public=False).hits] == [record]
    with database.reading(edges.database) as connection:
        entry = decisions.journal_list(connection, edges.entity)[0]
    assert (entry.actor, entry.action) == (WHO, "drop_text")
    assert list(entry.before.values()) == [{"engine": "import: Transkribus PAGE"}]


@pytest.mark.parametrize("state", [PageState.ILLEGIBLE, PageState.FAILED, PageState.BLANK])
def test_a_text_opens_nothing_that_was_decided_before_it(register, edges, tmp_path, state):
    record = taken_in(register, edges, state=state)
    deciding.confirm(record, OPEN, actor=WHO, edges=edges)
    publish_it(record, actor=WHO, edges=edges)
    assert sees(record, edges) == (state is PageState.BLANK)
    import_text([write(tmp_path / "vue_0012.xml", "Abjuration")], actor=WHO, edges=edges)
    assert not sees(record, edges)
    deciding.confirm(record, OPEN, actor=WHO, edges=edges)
    assert not sees(record, edges)
    publish_it(record, actor=WHO, edges=edges)
    assert sees(record, edges)


def test_a_text_does_not_open_the_other_pieces_of_its_dossier(register, edges, tmp_path):
    draw_page("NOTE\n" + DELIBERATION).save(register / "registre" / "note.png")
    note, scan = (file.records[0] for file in pipeline.run([register], edges).files)
    with database.writing(edges.database) as connection:
        page = readings.pages_of(connection, unit_id=scan)[0]
        of_page = readings.readings.c.page_id == page.id
        connection.execute(readings.readings.update().where(of_page).values(state=PageState.ILLEGIBLE))
    for record in (scan, note):
        deciding.confirm(record, OPEN, actor=WHO, edges=edges)
    publish_it(note, actor=WHO, edges=edges)
    assert not sees(note, edges)
    import_text([write(tmp_path / "vue_0012.xml", "Abjuration")], actor=WHO, edges=edges)
    assert not sees(note, edges)
    deciding.confirm(scan, OPEN, actor=WHO, edges=edges)
    assert sees(note, edges)


def test_a_better_text_of_a_page_that_was_read_leaves_the_record_open(register, edges, tmp_path):
    record = taken_in(register, edges)
    deciding.confirm(record, OPEN, actor=WHO, edges=edges)
    publish_it(record, actor=WHO, edges=edges)
    import_text([write(tmp_path / "vue_0012.xml", "Abjuration")], actor=WHO, edges=edges)
    assert sees(record, edges)


def test_a_file_that_cannot_be_used_does_not_stop_the_others(register, edges, tmp_path):
    record = taken_in(register, edges)
    (register / "registre" / "b").mkdir()
    draw_page("AUTRE\n" + DELIBERATION).save(register / "registre" / "double.png")
    draw_page("ENCORE\n" + DELIBERATION).save(register / "registre" / "b" / "double.png")
    pipeline.run([register], edges)
    xml = tmp_path / "xml"
    (xml / "a").mkdir(parents=True)
    (xml / "a" / "mets.xml").write_text("<mets/>")
    write(xml / "b" / "double.xml", "x")
    write(xml / "c" / "inconnu.xml", "x")
    two = page_xml("x").replace("</PcGts>", "<Page/></PcGts>")
    (xml / "d").mkdir()
    (xml / "d" / "vue_0012.xml").write_text(two)
    write(xml / "e" / "vue_0012.xml")
    write(xml / "f" / "vue_0012.xml", "Texte")
    results = import_text([xml], actor=WHO, edges=edges)
    assert [(r.error or "").split(";")[0] for r in results] == [
        "neither ALTO nor PAGE: the first element is <mets>",
        "double.xml may be the text of lot/registre/b/double.png (batch lot), lot/registre/double.png (batch lot)",
        "no scan named inconnu was taken in",
        "vue_0012.xml: 2 pages, where the scan has 1",
        "",
        "",
    ]
    assert [r.pages for r in results] == [0, 0, 0, 0, 0, 1]
    assert page_of(record, edges).text == "Texte"


def test_a_record_takes_files_of_any_name_in_the_order_given(register, edges, tmp_path):
    record = taken_in(register, edges)
    files = [write(tmp_path / "un.xml", "Un"), write(tmp_path / "deux.xml", "Deux")]
    with pytest.raises(BadRequestError, match=r"un.xml, deux.xml: 2 pages, where the scan has 1"):
        import_text(files, record_id=record, actor=WHO, edges=edges)
    import_text(files[1:], record_id=record, actor=WHO, edges=edges)
    assert page_of(record, edges).text == "Deux"
    with pytest.raises(UnknownUnitError, match="no record 'autre' here"):
        import_text(files[1:], record_id="autre", actor=WHO, edges=edges)


def test_a_scan_that_is_not_read_yet_takes_no_text(register, edges, tmp_path):
    record = taken_in(register, edges)
    with database.writing(edges.database) as connection:
        connection.execute(readings.readings.delete())
    with pytest.raises(BadRequestError, match="the scan is not read yet"):
        import_text([write(tmp_path / "un.xml", "Un")], record_id=record, actor=WHO, edges=edges)


def test_a_folder_without_xml_says_so(edges, tmp_path):
    with pytest.raises(BadRequestError, match="no XML file there"):
        import_text([tmp_path], actor=WHO, edges=edges)


def test_the_command_says_what_became_of_each_file(register, edges, tmp_path, monkeypatch, capsys):
    record = taken_in(register, edges)
    monkeypatch.setenv("ARCHIVEIA_HOME", str(edges.settings.home))
    monkeypatch.setenv("ARCHIVEIA_CLASSIFIER", "lexical")
    monkeypatch.setenv("ARCHIVEIA_NER", "off")
    xml = write(tmp_path / "vue_0012.xml", "Texte")
    assert cli.main(["import", "text", str(xml), "--by", WHO]) == 0
    assert "taken" in capsys.readouterr().out
    assert cli.main(["import", "text", str(xml), str(write(tmp_path / "autre.xml", "x"))]) == 3
    assert "no scan named autre was taken in" in " ".join(capsys.readouterr().out.split())
    assert cli.main(["import", "drop", record, "--by", WHO]) == 0
    assert capsys.readouterr().out == f"{record}: 1 pages read again, decided by {WHO}\n"
