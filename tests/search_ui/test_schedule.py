"""The retention schedule on the desk: read by all, signed and adopted by who decides of retention."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from town_hall import NAME, post, token_in

from archiveia import pipeline
from archiveia.edges.retention_files import csv_of, ods_of, shipped_rules
from archiveia.pipeline import rule_sets
from archiveia.pipeline.rules import schedule_in_force
from search_ui.routes.schedule import MAX_IMPORT_FORM_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from town_hall import TestClient, Town

PAGE = "/bureau/tableau-de-gestion"
SIGNING = {"signataire": "MARTIN, maire", "le": "2026-01-10", "avis": "avis favorable, AD 2026-3"}


def codes_on(page: str) -> list[str]:
    return re.findall(r'name="ligne" value="([^"]+)"', page)


def test_every_rule_is_shown_with_its_source_and_why_its_fate_is_not_proposed(staff: TestClient):
    page = staff.get(PAGE).text
    assert len(codes_on(page)) == 273
    assert "Version en vigueur : livrée (" in page
    assert "La collectivité n’a pas signé la ligne FIN-004" in page
    assert "C. trav. R4532-51 (maître d’ouvrage)" in page
    assert "1 mois au plus" in page


def test_rules_are_found_by_tab_and_by_words(staff: TestClient):
    assert codes_on(staff.get(f"{PAGE}?q=video").text) == ["POL-023"]
    to_sign = codes_on(staff.get(f"{PAGE}?motif=a-signer").text)
    assert "FIN-004" in to_sign
    assert not {"BAT-007", "ADM-001", "ADM-019"} & set(to_sign), "no source, kept, switched off"
    assert len(codes_on(staff.get(f"{PAGE}?motif=a-preciser").text)) == 22
    assert len(codes_on(staff.get(f"{PAGE}?motif=inconnu").text)) == 273


def test_rows_are_signed_and_unsigned(staff: TestClient, town: Town):
    page = post(
        staff, f"{PAGE}/signer", PAGE, ligne=["FIN-004", "FIN-005"], decision="signer", **SIGNING
    ).text
    assert "MARTIN, maire, 10 janvier 2026" in page
    assert "avis favorable, AD 2026-3" in page
    assert codes_on(staff.get(f"{PAGE}?motif=signees").text) == ["FIN-004", "FIN-005"]
    post(staff, f"{PAGE}/signer", PAGE, ligne=["FIN-005"], decision="retirer")
    with pipeline.open_edges(town.settings) as edges:
        assert [c for c, r in schedule_in_force(edges).items() if r.signature] == ["FIN-004"]
    assert "Tableau de gestion signé" in staff.get("/bureau/journal").text


def test_a_signature_that_says_too_little_is_refused(staff: TestClient):
    answer = post(
        staff, f"{PAGE}/signer", PAGE, ligne="FIN-011", decision="signer", **(SIGNING | {"avis": " "})
    )
    assert answer.status_code == 400
    assert "une signature demande un nom et l’avis des archives départementales" in answer.text
    assert post(staff, f"{PAGE}/signer", PAGE, decision="signer", **SIGNING).status_code == 400
    bad_day = post(
        staff, f"{PAGE}/signer", PAGE, ligne="FIN-011", decision="signer", **(SIGNING | {"le": "hier"})
    )
    assert "’hier’ n’est pas une date" in bad_day.text.replace("&#39;", "’").replace("'", "’")


def test_a_version_shows_what_it_changes_before_it_is_adopted(staff: TestClient, town: Town, tmp_path: Path):
    rules = [replace(r, dua_months=72) if r.code == "FIN-011" else r for r in shipped_rules()][:-1]
    path = tmp_path / "tableau.csv"
    path.write_bytes(csv_of(rules))
    with pipeline.open_edges(town.settings) as edges:
        number = rule_sets.take_in(path, actor=NAME, edges=edges)
    assert f'href="{PAGE}/versions/{number}"' in staff.get(PAGE).text
    page = staff.get(f"{PAGE}/versions/{number}").text
    assert "AGR-005" in page.split("Lignes supprimées")[1]
    assert re.search(r"FIN-011.*?dua_months.*?>60<.*?>72<", page, re.DOTALL)
    assert "propositions changeraient sur" in staff.get(f"{PAGE}/versions/{number}?effet=1").text
    post(staff, f"{PAGE}/versions/{number}/adopter", f"{PAGE}/versions/{number}")
    assert len(codes_on(staff.get(PAGE).text)) == 272
    assert staff.get(f"{PAGE}/versions/99").status_code == 400


def send(client: TestClient, name: str, content: bytes):
    return client.post(
        f"{PAGE}/versions", data={"jeton": token_in(client.get(PAGE))}, files={"fichier": (name, content)}
    )


def test_a_file_that_was_taken_away_comes_back_and_shows_what_it_changes(staff: TestClient, town: Town):
    shorter = [replace(r, dua_months=72) if r.code == "FIN-011" else r for r in shipped_rules()]
    page = send(staff, "tableau.ODS", ods_of(shorter))
    assert page.url.path == f"{PAGE}/versions/1"
    assert re.search(r"FIN-011.*?dua_months.*?>60<.*?>72<", page.text, re.DOTALL)
    with pipeline.open_edges(town.settings) as edges:
        assert schedule_in_force(edges)["FIN-011"].dua_months == 60, "nobody adopted it"
    assert "tableau.ODS" in staff.get(PAGE).text
    assert (
        send(staff, "tableau.csv", staff.get(f"{PAGE}/export.csv").content).url.path == f"{PAGE}/versions/2"
    )
    assert "Les mêmes lignes" in staff.get(f"{PAGE}/versions/2").text


def test_everything_wrong_in_a_file_is_told_at_once_and_nothing_changes(staff: TestClient):
    lines = csv_of(shipped_rules()).decode().splitlines()
    lines[1] = lines[1].replace("cloture_registre", "jamais_vu").replace("register_closed", "jamais_vu")
    lines[2] = lines[2].replace(",minimum,", ",parfois,")
    answer = send(staff, "tableau.csv", "\n".join(lines).encode())
    assert answer.status_code == 400
    assert "rien n’a changé" in answer.text
    assert "colonne trigger_code : « jamais_vu » n’est pas un élément déclencheur" in answer.text
    assert "ligne 3 : colonne bound : « parfois » n’est pas l’un de minimum, maximum" in answer.text
    assert "importée par" not in staff.get(PAGE).text


def test_a_file_that_is_no_schedule_is_refused_in_french(staff: TestClient):
    for name, content, says in (
        ("tableau.csv", b"a,b\n1,2\n", "il manque la colonne"),
        ("tableau.ods", b"PK rien", "tableau.ods"),
        ("visa.exe", b"MZ", "« visa.exe » n’est pas un tableau"),
        ("../../tableau.csv", b"", "aucun fichier n’est joint"),
    ):
        answer = send(staff, name, content)
        assert (answer.status_code, says in answer.text) == (400, True), (name, answer.text)
    long_name = send(staff, f"{'é' * 300}.csv", csv_of(shipped_rules()))
    assert (long_name.status_code, long_name.url.path) == (200, f"{PAGE}/versions/1")
    assert send(staff, "ta\x00bl\neau.csv", csv_of(shipped_rules())).status_code == 200
    assert send(staff, "tableau.csv", b"0" * (MAX_IMPORT_FORM_BYTES + 1)).status_code == 413
    assert staff.post(f"{PAGE}/versions", files={"fichier": ("t.csv", b"a")}).status_code == 403


def test_the_schedule_is_taken_away_as_csv_or_ods(staff: TestClient):
    table = staff.get(f"{PAGE}/export.csv")
    assert table.text.startswith("code,label,series,dua_months,")
    assert staff.get(f"{PAGE}/export.ods").content[:2] == b"PK"
    assert staff.get(f"{PAGE}/export.xlsx").status_code == 404


def test_a_visitor_sees_nothing_of_it(visitor: TestClient):
    assert visitor.get(PAGE, follow_redirects=False).status_code == 303


def test_the_page_of_a_record_says_where_its_rule_stands_and_takes_an_event_that_has_not_come(
    staff: TestClient, town: Town
):
    page = f"/bureau/documents/{town.closed}"
    decided = {"v-retention_rule": "MAR-001", "ok-retention_rule": "1", "v-trigger_on": ""}
    post(staff, f"{page}/confirmer", page, **decided)
    unknown = staff.get(page).text
    assert "cherchez le décompte général définitif" in unknown
    assert "version livrée (" in unknown
    post(staff, f"{page}/confirmer", page, **{"v-trigger_on": "ouvert", "ok-trigger_on": "1"})
    assert "pas encore venu, dit une personne ; la durée n’a pas commencé" in staff.get(page).text
    post(staff, f"{page}/confirmer", page, **{"v-retention_rule": "POL-023", "v-trigger_on": "2025-01-01"})
    alert = "alertez le service producteur et le délégué à la protection des données"
    assert alert in staff.get(page).text
    assert alert in staff.get(f"{PAGE}?alertes=1").text
