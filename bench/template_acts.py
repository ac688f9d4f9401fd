"""Invented French acts, several on each template: pairs that must never be taken for copies of one act.

Run ``python bench/template_acts.py DIR [--pairs 120] [--read tesseract]``. Writes ``DIR/pairs.jsonl`` as
``archiveia evaluate dedup`` reads it: two acts on one template (``a``, ``b``), and the first read ``again``.
Without ``--read`` the readings are the true text with letters spoilt at random; with it every act is drawn as
a page, aged as a scan, and read by that engine.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

SURNAMES = (
    "MARTIN",
    "DURAND",
    "LEFEBVRE",
    "MOREAU",
    "GARNIER",
    "ROUSSEAU",
    "CHEVALIER",
    "FONTAINE",
    "MERCIER",
    "BLANCHARD",
)
FORENAMES = (
    "Paul",
    "Jeanne",
    "Lucien",
    "Marguerite",
    "Henri",
    "Yvonne",
    "Marcel",
    "Simone",
    "André",
    "Odette",
)
TOWNS = (
    "Dinan",
    "Guingamp",
    "Vitré",
    "Fougères",
    "Redon",
    "Pontivy",
    "Ploërmel",
    "Lannion",
    "Loudéac",
    "Quimperlé",
)
STREETS = (
    "rue de la Gare",
    "rue des Écoles",
    "place de l'Église",
    "rue Victor Hugo",
    "chemin du Moulin",
    "quai des Tanneurs",
    "rue du Four",
    "avenue Jean Jaurès",
)
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
RIVERS = ("la Rance", "le Couesnon", "la Vilaine", "l'Oust", "le Blavet", "le Trieux", "l'Aff", "le Meu")
CLUBS = (
    "l'Amicale laïque",
    "le Cercle celtique",
    "l'Union sportive",
    "la Société de tir",
    "le Comité des fêtes",
    "l'Harmonie municipale",
)

TEMPLATES = {
    "circulation": """COMMUNE DE {town}
ARRÊTÉ MUNICIPAL N° {number}
portant réglementation temporaire de la circulation
Le Maire de la commune de {town},
Vu le code général des collectivités territoriales, notamment ses articles L. 2213-1 à L. 2213-6 ;
Vu le code de la route, notamment son article R. 411-8 ;
Vu la demande présentée le {asked} par l'entreprise {firm} ;
Considérant que les travaux de réfection de la chaussée {street} nécessitent de réglementer la circulation ;
ARRÊTE
Article 1er : La circulation de tous les véhicules est interdite {street} du {start} au {end}.
Article 2 : Une déviation est mise en place par {other_street}. La signalisation est posée par l'entreprise.
Article 3 : Le présent arrêté est publié et affiché à chaque extrémité du chantier.
Article 4 : Le garde champêtre et le commandant de la brigade de gendarmerie sont chargés, chacun en ce qui le
concerne, de l'exécution du présent arrêté.
Fait à {town}, le {day}
Le Maire, {mayor}""",
    "sécheresse": """PRÉFECTURE
ARRÊTÉ PRÉFECTORAL N° {number}
portant limitation provisoire des usages de l'eau
Le Préfet, officier de la Légion d'honneur,
Vu le code de l'environnement, notamment ses articles L. 211-3 et R. 211-66 à R. 211-70 ;
Vu l'arrêté-cadre relatif à la gestion de la ressource en eau en période d'étiage ;
Considérant que le débit de {river}, mesuré à la station de {town} le {asked}, est de {amount} litres par seconde ;
Considérant que les mesures de restriction sont rendues nécessaires pour la préservation de la santé, de la
salubrité publique et de l'alimentation en eau potable ;
ARRÊTE
Article 1 : Le bassin de {river} est placé en situation d'alerte du {start} au {end}.
Article 2 : L'arrosage des pelouses et le lavage des véhicules hors des stations professionnelles sont interdits.
Article 3 : Le remplissage des piscines privées est interdit, sauf première mise en eau.
Article 4 : Tout contrevenant s'expose à une contravention de la cinquième classe.
Fait à {town}, le {day}
Le Préfet, {mayor}""",
    "permis": """MAIRIE DE {town}
PERMIS DE CONSTRUIRE délivré par le maire au nom de la commune
Dossier n° PC {number}
Le Maire,
Vu la demande de permis de construire présentée le {asked} par {person}, demeurant {house} {street} ;
Vu l'objet de la demande : construction d'une maison d'habitation sur un terrain situé {house2} {other_street},
cadastré section {parcel}, pour une surface de plancher créée de {amount} mètres carrés ;
Vu le code de l'urbanisme ; vu le plan local d'urbanisme ; vu l'avis du service des eaux ;
ARRÊTE
Article 1 : Le permis de construire est accordé pour le projet décrit dans la demande susvisée.
Article 2 : Les prescriptions émises par les services consultés sont respectées. Le raccordement aux réseaux est à la
charge du bénéficiaire, qui prend l'attache des concessionnaires avant le début des travaux.
La présente décision est transmise au représentant de l'État.
{town}, le {day}
Le Maire, {mayor}""",
    "subvention": """COMMUNE DE {town}
EXTRAIT DU REGISTRE DES DÉLIBÉRATIONS DU CONSEIL MUNICIPAL
Séance du {day}
Délibération n° {number}
L'an deux mil vingt, le conseil municipal, légalement convoqué le {asked}, s'est réuni au lieu ordinaire de ses séances
sous la présidence de {mayor}, maire. Secrétaire de séance : {person}.
Objet : subvention de fonctionnement
Le maire expose que {club} sollicite une aide de la commune pour ses activités de l'année. Après en avoir délibéré, le
conseil municipal, à l'unanimité, décide d'attribuer à {club} une subvention de {amount} euros, dit que la dépense est
inscrite au chapitre 65 du budget, et charge le maire de l'exécution de la présente délibération.
Pour extrait conforme. Le maire certifie le caractère exécutoire de cet acte.
{mayor}""",
    "concession": """VILLE DE {town}
CIMETIÈRE COMMUNAL
CONCESSION N° {number}
Le maire de la ville de {town},
Vu la demande formée le {asked} par {person}, demeurant {house} {street}, et tendant à obtenir une concession de terrain
dans le cimetière communal à l'effet d'y fonder la sépulture de sa famille ;
ARRÊTE
Article 1er. Il est accordé, dans le cimetière communal, au nom du demandeur, une concession de deux mètres
superficiels située au carré {parcel}, pour une durée de trente années à compter du {start}.
Article 2. La concession est accordée moyennant la somme de {amount} francs, versée à la caisse du receveur.
Article 3. Le concessionnaire entretient le terrain en bon état de propreté et les ouvrages en bon état de solidité.
Fait à {town}, le {day}
Le maire, {mayor}""",
    "débit": """DÉPARTEMENT
MAIRIE DE {town}
AUTORISATION N° {number}
d'ouverture d'un débit de boissons temporaire
Le Maire de {town},
Vu les articles L. 3334-2 et L. 3335-4 du code de la santé publique ;
Vu la demande présentée le {asked} par {person}, agissant pour le compte de {club} ;
AUTORISE
{person}, demeurant {house} {street}, à ouvrir un débit de boissons temporaire du premier et du troisième groupe à
l'occasion de la fête annuelle qui se tient {other_street} le {start}.
Le bénéficiaire se conforme à toutes les prescriptions relatives à la tenue et à la police des débits de boissons. La
présente autorisation est révocable à tout moment, sans indemnité, si l'ordre public l'exige.
Fait à {town}, le {day}
Le Maire, {mayor}""",
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two acts of one template, and what differs between them."""

    template: str
    a: str
    b: str
    changed: tuple[str, ...]


def _values(draw: random.Random) -> dict[str, str]:
    year = draw.randint(1996, 2024)

    def day() -> str:
        return f"{draw.randint(1, 28)} {draw.choice(MONTHS)} {year}"

    def person() -> str:
        return f"{draw.choice(('M.', 'Mme'))} {draw.choice(FORENAMES)} {draw.choice(SURNAMES)}"

    street, other = draw.sample(STREETS, 2)
    return {
        "town": draw.choice(TOWNS), "number": f"{year}-{draw.randint(1, 420):03d}", "asked": day(), "start": day(),
        "end": day(), "day": day(), "firm": f"{draw.choice(SURNAMES)} Travaux publics", "street": street,
        "other_street": other, "mayor": f"{draw.choice(FORENAMES)} {draw.choice(SURNAMES)}", "person": person(),
        "house": str(draw.randint(1, 98)), "house2": str(draw.randint(1, 98)), "river": draw.choice(RIVERS),
        "parcel": f"{draw.choice('ABCD')} {draw.randint(11, 980)}", "amount": str(draw.randint(110, 4900)),
        "club": draw.choice(CLUBS),
    }  # fmt: skip


CHANGES = (
    ("number", "day"),
    ("number", "day", "asked", "start", "end", "person", "firm", "amount"),
    ("number", "day", "person", "house"),
    ("number", "day", "street", "other_street", "start", "end"),
    ("number", "day", "asked", "start", "end"),
    ("day", "start", "end"),
    ("number", "amount", "club", "river", "parcel"),
    ("number",),
)
"""What successive acts of an office differ in, from a whole new case to a number alone."""


def pairs(count: int, seed: int = 1) -> list[Pair]:
    """So many pairs of acts, each on one template, that differ in at least their number or their day."""
    draw = random.Random(seed)  # noqa: S311 - invented acts, not a secret
    made = []
    for n in range(count):
        name, template = list(TEMPLATES.items())[n % len(TEMPLATES)]
        first = _values(draw)
        other = _values(draw)
        wanted = CHANGES[(n // len(TEMPLATES)) % len(CHANGES)]
        changed = tuple(k for k in wanted if first[k] != other[k] and f"{{{k}}}" in template)
        second = first | {k: other[k] for k in changed}
        a, b = template.format(**first), template.format(**second)
        if a != b:
            made.append(Pair(name, a, b, changed))
    return made


def spoilt(text: str, share: float, seed: int) -> str:
    """The text with this share of its letters and digits misread."""
    draw = random.Random(seed)  # noqa: S311 - invented acts, not a secret
    wrong = dict(zip("el10O5nuhé", "c1lO0Sunbe", strict=True)) | {"m": "rn"}
    return "".join(
        (wrong.get(c) or draw.choice("eiltasnr")) if c.isalnum() and draw.random() < share else c
        for c in text
    )


def readings(texts: list[str], engine: str) -> list[str]:
    """Each text drawn as a page, aged as a scan, and read by the engine."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    from archiveia.pipeline.reading import PageTask, read_page
    from archiveia.settings import read_settings
    from archiveia.values import FileKind

    draw = random.Random(7)  # noqa: S311 - as above
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for n, text in enumerate(texts):
            page = Image.new("L", (1654, 2339), 246)
            font = ImageFont.truetype(draw.choice(("DejaVuSans.ttf", "DejaVuSerif.ttf")), 24)
            ImageDraw.Draw(page).multiline_text((110, 160), text, fill=40, font=font, spacing=14)
            page = page.rotate(draw.uniform(-0.7, 0.7), fillcolor=246, resample=Image.Resampling.BICUBIC)
            page = page.filter(ImageFilter.GaussianBlur(draw.uniform(0.3, 1.1)))
            path = Path(folder) / f"{n}.jpg"
            page.save(path, quality=draw.randint(35, 80), dpi=(200, 200))
            settings = read_settings(ocr_engine=engine, workers=1)
            found.append(read_page(PageTask(path, FileKind.JPEG, 1, settings)).reading.text)
            print(f"{n + 1}/{len(texts)}", end="\r", file=sys.stderr)
    return found


def main() -> None:
    """Write the pairs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=120)
    parser.add_argument("--read", metavar="ENGINE")
    args = parser.parse_args()
    acts = pairs(args.pairs)
    texts = [text for pair in acts for text in (pair.a, pair.b, pair.a)]
    if args.read:
        read = readings(texts, args.read)
    else:
        read = [spoilt(text, (0.0, 0.005, 0.02)[n // 3 % 3], n) for n, text in enumerate(texts)]
    args.folder.mkdir(parents=True, exist_ok=True)
    with (args.folder / "pairs.jsonl").open("w", encoding="utf-8") as out:
        for n, pair in enumerate(acts):
            a, b, again = read[3 * n : 3 * n + 3]
            row = {"id": n, "relation": "template", "a": a, "b": b, "again": again}
            row |= {"template": pair.template, "changed": pair.changed}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
