"""``search`` and ``show``: what the staff sees in a terminal."""

from __future__ import annotations

import getpass
import json
import re
import sys
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import plain_pdf, print_json, print_table
from archiveia.edges import database
from archiveia.edges.database import assertions, publications, similarity, sources, units
from archiveia.errors import BadRequestError
from archiveia.pipeline import searching
from archiveia.pipeline.indexing import title_of
from archiveia.pipeline.online import publication_states
from archiveia.settings import read_settings
from archiveia.steps import dedup
from archiveia.values import COPIES

if TYPE_CHECKING:
    import argparse

    from archiveia.pipeline import Edges
    from archiveia.values import Excerpt, Json, Record, SearchResults

YEARS = re.compile(r"(\d{4})?(-)?(\d{4})?")


def search(args: argparse.Namespace) -> int:
    """Pages that match; with ``--public`` only what anyone may see today."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        results = searching.search(
            args.query,
            edges,
            public=args.public,
            years=years(args.year),
            class_codes=args.classes,
            limit=args.limit,
        )
        where = {} if args.public else _files(results, edges)
    if args.json:
        print_json(_results_json(results, where))
        return 0
    rows = [
        (h.record_id, h.page, h.year or "", h.class_code or "", h.title, _marked(h.excerpt))
        for h in results.hits
    ]
    if rows:
        print_table(("record", "page", "year", "class", "title", "excerpt"), rows)
    found = "page" if results.total == 1 else "pages"
    print(f"{results.total} {found}{' open to the public' if args.public else ''}")
    return 0


def years(text: str | None) -> tuple[int | None, int | None]:
    """The first and last year of ``1923``, ``1910-1930``, ``1910-`` or ``-1930``.

    Raises:
        BadRequestError: it is something else, or runs backwards.
    """
    if not text:
        return None, None
    match = YEARS.fullmatch(text.strip())
    if match is None or not (match[1] or match[3]):
        raise BadRequestError(f"--year {text!r}", "write 1923, 1910-1930, 1910- or -1930")
    first = int(match[1]) if match[1] else None
    last = int(match[3]) if match[3] else (None if match[2] else first)
    if first is not None and last is not None and first > last:
        raise BadRequestError(f"--year {text!r} runs backwards", "write the earlier year first")
    return first, last


def _files(results: SearchResults, edges: Edges) -> dict[str, tuple[str, int]]:
    """For each page found, the path of its file and its page there."""
    with database.reading(edges.database) as connection:
        return sources.places_of_pages(connection, [h.page_id for h in results.hits])


def _results_json(results: SearchResults, where: dict[str, tuple[str, int]]) -> Json:
    hits = []
    for h in results.hits:
        path, source_page = where.get(h.page_id, (None, None))
        hits.append(
            {
                "record": h.record_id,
                "page": h.page,
                "path": path,
                "source_page": source_page,
                "title": h.title,
                "class": h.class_code,
                "year": h.year,
                "cote": h.cote,
                "excerpt": h.excerpt.text,
                "marks": [list(m) for m in h.excerpt.marks],
                "exact": h.exact,
                "score": h.score,
            }
        )
    facets = {name: [list(pair) for pair in pairs] for name, pairs in results.facets.items()}
    return {"total": results.total, "hits": hits, "facets": facets}


def _marked(excerpt: Excerpt) -> str:
    """The excerpt with its matches in square brackets: it reads the same on a terminal and in a pipe."""
    text, at = "", 0
    for start, end in excerpt.marks:
        text += f"{excerpt.text[at:start]}[{excerpt.text[start:end]}]"
        at = end
    return text + excerpt.text[at:]


def clusters(args: argparse.Namespace) -> int:
    """Copies in clusters, then the other pairs that are alike, with what they are; nothing is deleted for it."""
    settings = read_settings()
    with (
        pipeline.open_edges(settings, must_exist=True) as edges,
        database.reading(edges.database) as connection,
    ):
        pairs = similarity.all_pairs(connection, edges.entity)
        found = dedup.clusters(pairs)
        holders = units.holders_of(
            connection, list({p for pair in pairs for p in (pair.page_a, pair.page_b)})
        )
    best: dict[str, float] = {}
    for pair in pairs:
        for page in (pair.page_a, pair.page_b):
            if pair.relation in COPIES:
                best[page] = max(best.get(page, 0.0), pair.score)
    rows = [
        (number, *holders[page], round(best[page], 3))
        for number, cluster in enumerate(found, start=1)
        for page in cluster
        if page in holders
    ]
    others = [
        (pair.relation.value, *holders[pair.page_a], *holders[pair.page_b], round(pair.score, 3))
        for pair in pairs
        if pair.relation not in COPIES and pair.page_a in holders and pair.page_b in holders
    ]
    if args.json:
        names = ("relation", "record", "page", "other_record", "other_page", "similarity")
        print_json(
            {
                "copies": [
                    dict(zip(("cluster", "record", "page", "similarity"), row, strict=True)) for row in rows
                ],
                "others": [dict(zip(names, row, strict=True)) for row in others],
            }
        )
        return 0
    print_table(("cluster", "record", "page", "similarity"), rows)
    print(f"{len(found)} clusters of copies, {len(rows)} pages")
    if others:
        print_table(("relation", "record", "page", "other record", "its page", "similarity"), others)
    return 0


def show(args: argparse.Namespace) -> int:
    """Everything known of one record: values with their origins, pages, rules, what it resembles."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        record = searching.show(args.record, edges, public=False)
        if args.pdf:
            from archiveia.pipeline.exporting import export_pdf

            why_plain = export_pdf(record, args.pdf, actor=getpass.getuser(), edges=edges)
            print(f"{args.pdf}: {len(record.pages)} pages{plain_pdf(why_plain)}")
            return 0
        document = _record_json(record, edges)
    if args.text:
        print("\f".join(p.text for p in record.pages))
    elif args.json:
        print_json(document)
    else:
        _print_record(document)
    return 0


def _record_json(record: Record, edges: Edges) -> Json:
    with database.reading(edges.database) as connection:
        said = assertions.said_of(connection, [record.id]).get(record.id, [])
        files = sources.load(connection, list(dict.fromkeys(p.source_id for p in record.pages)))
        copies = sources.copies_of(connection, [f.id for f in files])
        alike = similarity.alike(connection, record.id)
        published = publications.is_decided(connection, record.id)
        practice = edges.settings.online_practice
        online = publication_states(connection, [record], practice=practice)[record.id]
        public = searching.is_public(connection, record, edges)
        chain = units.parents(connection, record.id)
    place = {f.id: f.place for f in files}
    return {
        "record": record.id,
        "dossier": record.dossier_id,
        "levels": [{"unit": unit, "level": level} for unit, level in chain],
        "title": title_of(record),
        "batch": record.batch,
        "producer": record.producer,
        "published": published,
        "online_on": online.online_on.isoformat() if online.online_on else None,
        "online_why": list(online.why),
        "open_to_the_public_today": public,
        "retention": record.value("retention"),
        "access": record.value("access"),
        "files": [{"path": f.path, "sha256": f.sha256} for f in files],
        "same_bytes": [
            {"path": c.path, "batch": c.batch, "producer": c.producer}
            for found in copies.values()
            for c in found
        ],
        "resembles": [
            {
                "page": a.page,
                "record": a.unit_id,
                "its_page": a.its_page,
                "similarity": round(a.score, 3),
                "relation": a.relation,
            }
            for a in alike
        ],
        "pages": [
            {
                "number": p.number,
                "file": place.get(p.source_id),
                "file_page": p.source_page,
                "state": p.state,
                "reason": p.reason,
                "cer_estimate": p.cer_estimate,
                "text": p.text,
            }
            for p in record.pages
        ],
        "values": [
            {
                "field": a.field,
                "value": a.value,
                "in_force": a in record.assertions,
                "origin": f"{a.origin.kind}: {a.origin.name} {a.origin.version}".strip(),
                "score": a.score,
                "evidence": {"page": a.evidence.page, "text": a.evidence.text} if a.evidence else None,
            }
            for a in said
            if a.field not in ("retention", "access")
        ],
    }


def _print_record(document: Json) -> None:
    print(f"{document['record']}  {document['title']}")
    print(f"batch {document['batch']}, producer {document['producer'] or 'unknown'}")
    print(" < ".join(f"{u['level']} {u['unit']}" for u in document["levels"]))
    print_table(
        ("field", "value", "origin", "score", "read from"),
        [
            (
                v["field"] + ("" if v["in_force"] else " (overruled)"),
                json.dumps(v["value"], ensure_ascii=False) if not isinstance(v["value"], str) else v["value"],
                v["origin"],
                f"{v['score']:.2f}" if v["score"] is not None else "",
                f"p. {v['evidence']['page']}: {v['evidence']['text']}" if v["evidence"] else "",
            )
            for v in document["values"]
        ],
    )
    print_table(
        ("page", "file", "page there", "state", "wrong letters (estimated)", "reason"),
        [
            (
                p["number"],
                p["file"],
                p["file_page"],
                p["state"] or "waiting",
                f"{p['cer_estimate']:.0%}" if p["cer_estimate"] is not None else "",
                p["reason"],
            )
            for p in document["pages"]
        ],
    )
    for name, title in (("retention", "retention (proposal)"), ("access", "access")):
        state = document[name] or {}
        print(f"{title}:")
        for line in [*state.get("why", []), *state.get("blockers", [])] or ["not computed yet"]:
            print(f"  - {line}")
    if document["same_bytes"] or document["resembles"]:
        print("also here:")
        for c in document["same_bytes"]:
            print(f"  - same bytes: {c['path']} (batch {c['batch']})")
        for r in document["resembles"]:
            print(
                f"  - page {r['page']} resembles page {r['its_page']} of {r['record']} "
                f"({r['relation']}, {r['similarity']:.0%})"
            )
    public = "yes" if document["open_to_the_public_today"] else "no"
    print(f"published: {'yes' if document['published'] else 'no'}; open to the public today: {public}")
    sys.stdout.flush()
