"""Pieces for the review desk: drawn word by word, so that their boxes are known and no OCR engine is needed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from drawn_scans import FONTS
from PIL import Image, ImageDraw, ImageFont

from archiveia.edges import database
from archiveia.edges.database import tables, units, work
from archiveia.pipeline.order import STEPS
from archiveia.steps.alto import words_json
from archiveia.steps.intake import stable_id
from archiveia.values import Level, PageReading, PageState, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia import pipeline

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
WIDTH_PX, HEIGHT_PX = 900, 640

ACT = """EXTRAIT DU REGISTRE DES DÉLIBÉRATIONS
du conseil municipal de la commune de Saint-Aubin
Séance du {day} avril 1993
Objet : réparation du lavoir communal, lot {day}
Le conseil municipal, après en avoir délibéré,
décide de confier à l'entreprise retenue la réparation
du lavoir communal pour la somme de douze mille francs."""

PAYSLIP = """BULLETIN DE PAIE
Commune de Saint-Aubin
Période : avril 199{day}
Emploi : agent technique, salaire brut 8 200 francs
Cotisations salariales, net à payer 6 500 francs
Bulletin à conserver sans limitation de durée"""


def acts(count: int) -> list[list[str]]:
    """The texts of so many council decisions, of one page each."""
    return [[ACT.format(day=day)] for day in range(1, count + 1)]


def lay_out(edges: pipeline.Edges, texts: Sequence[Sequence[str]], batch: str = "Carton 7") -> list[str]:
    """The pieces, each of the pages with these texts, with all that the machine proposes of them."""
    ids = [stable_id("record", batch, str(n)) for n in range(len(texts))]
    series, dossier = stable_id("series", batch), stable_id("dossier", batch)
    tree = [(series, None, Level.SERIES), (dossier, series, Level.FILE)]
    tree += [(i, dossier, Level.ITEM) for i in ids]
    with database.writing(edges.database) as connection:
        units.add_units(
            connection,
            [
                {"id": i, "entity_id": edges.entity, "parent_id": parent, "level": level, "position": n}
                for n, (i, parent, level) in enumerate(tree)
            ],
        )
        batch_id = stable_id("batch", batch)
        units.add_batch(
            connection,
            batch_id=batch_id,
            entity_id=edges.entity,
            name=batch,
            producer="Secrétariat",
            unit_id=series,
            now=NOW,
        )
        for record, pages in zip(ids, texts, strict=True):
            source = {
                "id": f"s-{record}"[:20],
                "batch_id": batch_id,
                "path": record,
                "place": f"{record}.png",
            }
            place = {"group_key": record, "group_rank": 1, "outcome": "indexed", "step": "index"}
            known = {"registered_at": NOW, "entity_id": edges.entity, "kind": "png"}
            connection.execute(tables.sources.insert(), source | place | known)
            for number, text in enumerate(pages, start=1):
                _put_page(edges, connection, (record, source["id"]), number, text)
        work.reopen(connection, ids, STEPS, now=NOW)
    for name in ("classify", "describe", "retain", "access", "index"):
        STEPS[name](ids, edges)
    return ids


def _put_page(edges, connection, of, number, text) -> None:  # type: ignore[no-untyped-def]
    record, source = of
    page_id = stable_id("page", record, str(number))
    words = _draw(text, edges.storage.display(page_id))
    reading = PageReading(
        state=PageState.TEXT,
        text=text,
        words=words,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        turned_degrees=0,
        engine="null",
        engine_version="1",
    )
    edges.storage.words(page_id).write_text(json.dumps(words_json(reading)), "utf-8")
    row = {"id": page_id, "entity_id": edges.entity, "unit_id": record, "number": number}
    connection.execute(
        tables.pages.insert(), row | {"source_id": source, "source_page": number, "sheet": "content"}
    )
    how = {"engine": "null", "engine_version": "1", "width_px": WIDTH_PX, "height_px": HEIGHT_PX}
    said = {"page_id": page_id, "state": "text", "text": text, "made_at": NOW, "prepared": []}
    connection.execute(
        tables.readings.insert(), said | how | {"turned_degrees": 0, "cer_estimate": 0.0, "score": 0.97}
    )


def _draw(text: str, path) -> tuple[Word, ...]:  # type: ignore[no-untyped-def]
    """The words of the text with their boxes, as they stand on the picture that is written."""
    page = Image.new("L", (WIDTH_PX, HEIGHT_PX), 250)
    font, pen, words = ImageFont.truetype(str(FONTS / "LiberationSerif.ttf"), 26), ImageDraw.Draw(page), []
    for row, line in enumerate(text.splitlines()):
        left, top = 60, 60 + row * 48
        for word in line.split():
            width = round(pen.textlength(word, font=font))
            pen.text((left, top), word, font=font, fill=15)
            words.append(Word(word, left, top, width, 30, 0.97, 1, row + 1))
            left += width + 8
    path.parent.mkdir(parents=True, exist_ok=True)
    page.save(path)
    return tuple(words)
