"""Takes the pictures of docs/images from the sample box: ``.venv/bin/python tools/pictures.py`` (extra dev, Chromium).

They are made again, all of them, when the pages change: nothing in them comes from elsewhere.
"""

from __future__ import annotations

import io
import shutil
import socket
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from archiveia import pipeline
from archiveia.demo.box import write_samples
from archiveia.edges import database
from archiveia.edges.database import people, sources
from archiveia.pipeline import deciding, publishing, requesting, searching
from archiveia.settings import Settings
from archiveia.values import ThirdPartyRights
from search_ui.app import create_app

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
NAME, PASSWORD = "archiviste", "un long mot de passe"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
OPENED = {"DELIB": "1923-04-06", "ARRETE-T": "2024-02-05", "ARRETE-P": "1931-05-20"}


def fill(settings: Settings, scans: Path) -> tuple[str, str]:
    """A workspace with the box taken in, some records open, two requests: the batch, and an open record."""
    write_samples(scans)
    with pipeline.open_edges(settings) as edges:
        account = pipeline.run([scans], edges, batch="Carton 12", producer="Secrétariat général")
        opened = ""
        for record_id in dict.fromkeys(r for f in account.files for r in f.records):
            record = searching.show(record_id, edges, public=False)
            code = record.value("class")
            if code in OPENED:
                decided = {
                    "class": code,
                    "date": record.value("date") or OPENED[code],
                    "access_category": "C01",
                }
                deciding.confirm(record_id, decided, actor=NAME, edges=edges)
                publishing.publish(
                    record_id, rights=ThirdPartyRights.NONE, data_class="none", actor=NAME, edges=edges
                )
                opened = record_id if code == "DELIB" else opened
        today = edges.today()
        for days, subject in (
            (40, "Le permis de construire du lavoir"),
            (26, "Délibérations de 1923 sur l’eau"),
        ):
            came = today - timedelta(days=days)
            requesting.receive("MARTIN", "martin@exemple.fr", subject, edges=edges, received_on=came)
        with database.writing(edges.database) as connection:
            people.add_user(connection, edges.entity, NAME, PASSWORD, now=datetime.now(UTC))
            batch = sources.batch_list(connection, edges.entity)[0].id
    return batch, opened


def take(page: Page, address: str, name: str, height: int) -> None:
    """One picture, its top ``height`` pixels, in few colours."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    with Image.open(io.BytesIO(page.screenshot(full_page=True))) as whole:
        shown = whole.convert("RGB").crop((0, 0, whole.width, min(whole.height, height)))
        shown.quantize(64, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


def main() -> None:
    """All the pictures."""
    folder = Path(tempfile.mkdtemp(prefix="archiveia-pictures-"))
    settings = Settings(home=folder / "home", entity_name="Archives de Saint-Aubin-des-Prés", ner="off")
    batch, record = fill(settings, folder / "Carton 12")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    site = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        take(page, f"{site}/?q=lavoir", "search", 1300)
        take(page, f"{site}/documents/{record}?q=lavoir", "record", 1000)
        phone = browser.new_page(viewport={"width": 390, "height": 800})
        take(phone, f"{site}/?q=lavoir", "search-mobile", 1200)
        page.goto(f"{site}/connexion")
        page.get_by_label("Nom").fill(NAME)
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()
        take(page, f"{site}/bureau", "desk", 1000)
        take(page, f"{site}/bureau/a-verifier", "review", 1100)
        take(page, f"{site}/bureau/documents/{record}?q=lavoir", "staff-record", 1300)
        take(page, f"{site}/bureau/lots/{batch}", "batch", 1100)
        browser.close()
    server.should_exit = True
    thread.join()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
