"""Pages and folders of scans that the tests draw themselves."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).resolve().parents[1] / "archiveia" / "demo" / "fonts"

DELIBERATION = """EXTRAIT DU REGISTRE DES DÉLIBÉRATIONS
du conseil municipal de la commune de Saint-Aubin

Séance du 6 avril 1923

Objet : réparation du lavoir communal

Le conseil municipal, après en avoir délibéré,
décide de confier à Monsieur LEFEBVRE, maçon,
la réparation du lavoir communal pour la somme
de mille deux cents francs. Le maire est chargé
de l'exécution de la présente délibération."""

ORDER = """RÉPUBLIQUE FRANÇAISE
Mairie de Saint-Aubin

ARRÊTÉ portant placement d'office

Le maire, vu le certificat médical du docteur
DURAND en date du 3 mars 1958, arrête : le sieur
LEFEBVRE Jules est placé d'office à l'asile
départemental d'aliénés. Fait le 4 mars 1958."""


def draw_page(text: str, *, turned_degrees: int = 0) -> Image.Image:
    """A page as a scanner sees it, 150 dpi."""
    page = Image.new("L", (1000, 900), 250)
    font = ImageFont.truetype(str(FONTS / "LiberationSerif.ttf"), 30)
    ImageDraw.Draw(page).multiline_text((60, 60), text, font=font, fill=15, spacing=14)
    return page.rotate(-turned_degrees, expand=True) if turned_degrees else page


def write_scans(folder: Path) -> Path:
    """Six files: two records, a copy, a box of two pages, a broken file, a text file."""
    folder.mkdir(parents=True, exist_ok=True)
    draw_page(DELIBERATION).save(folder / "deliberation.png")
    draw_page(ORDER).save(folder / "arrete.tif")
    (folder / "copie.png").write_bytes((folder / "deliberation.png").read_bytes())
    pages = [draw_page(DELIBERATION.replace("1923", "1931")), draw_page(ORDER)]
    pages[0].save(folder / "carton.pdf", save_all=True, append_images=pages[1:], resolution=150)
    (folder / "casse.pdf").write_bytes(b"%PDF-1.4\nrien")
    (folder / "notes.txt").write_text("pas une image", "utf-8")
    return folder
