"""Pages that are alike: copies with a proposed record copy, other versions, extracts, other acts on one template."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlalchemy.engine import Connection
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import similarity, units
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.pipeline import Edges
from archiveia.pipeline.deciding_copies import decide_copies
from archiveia.pipeline.indexing import title_of
from archiveia.steps.dedup import GROUPING, clusters
from archiveia.steps.dedup_copies import record_copy
from archiveia.steps.dedup_relations import align
from archiveia.values import COPIES, Record, Relation, SimilarPair
from search_ui.asking import page_number
from search_ui.need_to_know import read, sees_all
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of

router = APIRouter(prefix="/bureau/doublons")
PageId = Annotated[str, Path(max_length=40)]
PAGE_SIZE = 20
MAX_SHOWN = 12
"""Pages of one group that are shown; the others are counted."""
COPY_TAB = "copies"
TABS = (COPY_TAB, *(r.value for r in Relation if r not in COPIES))


@router.get("", dependencies=[may(Action.REVIEW)])
def copies_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The groups of copies, or the pairs of one relation."""
    sees_all(staff)
    wanted = request.query_params.get("relation", "")
    tab = wanted if wanted in TABS else COPY_TAB
    with database.reading(edges.database) as connection:
        counts = {r.value: n for r, n in similarity.pair_counts(connection, edges.entity).items()}
        groups = _groups(connection, edges) if tab == COPY_TAB else []
        total = len(groups) if tab == COPY_TAB else counts.get(tab, 0)
        pages = max(-(-total // PAGE_SIZE), 1)
        number = min(page_number(request.query_params.get("page")), pages)
        first = (number - 1) * PAGE_SIZE
        if tab == COPY_TAB:
            decided = similarity.decided_pairs(connection, edges.entity)
            entries = [_group(connection, group, decided) for group in groups[first : first + PAGE_SIZE]]
        else:
            pairs = similarity.pairs_list(
                connection, edges.entity, Relation(tab), limit=PAGE_SIZE, offset=first
            )
            entries = [{"pages": (p.page_a, p.page_b), "pair": p, "more": 0} for p in pairs]
        held = _held(connection, [page for entry in entries for page in entry["pages"]], edges)
    return render(
        request,
        "copies.html",
        entries=entries,
        held=held,
        tab=tab,
        tabs=TABS,
        counts={**counts, tab: total},
        number=number,
        first=first + 1,
        total=total,
        pages=pages,
        saved=bool(request.query_params.get("fait")),
    )


def _groups(connection: Connection, edges: Edges) -> list[tuple[str, ...]]:
    """The groups of copies. They hang together by all pairs, so that none can be left for another page."""
    return clusters(similarity.all_pairs(connection, edges.entity, GROUPING))


def _group(connection: Connection, group: tuple[str, ...], decided: set[tuple[str, str]]) -> dict[str, Any]:
    """A group of copies with its proposed record copy; of a crowd, the first ones."""
    shown = group[:MAX_SHOWN]
    facts = similarity.facts_of(connection, shown)
    best, why = record_copy([facts[page] for page in shown if page in facts])
    settled = {page: (min(page, best), max(page, best)) in decided for page in shown}
    return {"pages": shown, "more": len(group) - len(shown), "best": best, "why": why, "settled": settled}


def _held(connection: Connection, page_ids: list[str], edges: Edges) -> dict[str, tuple[Record, int, str]]:
    """For each page that a piece holds: the piece, the page's number there, and the title."""
    holders = units.holders_of(connection, list(dict.fromkeys(page_ids)))
    records = units.load_records(connection, sorted({record for record, _ in holders.values()}), edges.entity)
    by_id = {record.id: record for record in records}
    return {page: (by_id[i], number, title_of(by_id[i])) for page, (i, number) in holders.items()}


@router.get("/{page_a}/{page_b}", dependencies=[may(Action.REVIEW)])
def pair_page(request: Request, edges: EdgesOf, staff: StaffOf, page_a: PageId, page_b: PageId) -> Response:
    """Two pages side by side: images, texts with what differs, what they are, and the proposed record copy."""
    sees_all(staff)
    first, second = sorted((page_a, page_b))
    with database.reading(edges.database) as connection:
        pair = similarity.pair(connection, edges.entity, first, second) or _indirect(
            connection, first, second, edges
        )
        held = _held(connection, [first, second], edges)
        record_ids = [record.id for record, _, _ in held.values()]
        texts = similarity.texts(connection, [first, second])
        facts = similarity.facts_of(connection, [first, second])
        decision = similarity.decision_on(connection, first, second)
    for record_id in record_ids:
        read(record_id, staff, edges)
    text_a, text_b = texts.get(first, ""), texts.get(second, "")
    differences = align(text_a, text_b).differences
    best, why = record_copy([facts[page] for page in (first, second) if page in facts])
    return render(
        request,
        "copies_pair.html",
        pair=pair,
        is_copy=pair.relation in COPIES,
        sides=[
            {
                "page": page,
                "held": held.get(page),
                "text": text,
                "marks": [d.marks[side] for d in differences],
                "has_image": edges.storage.display(page).exists(),
            }
            for side, (page, text) in enumerate(((first, text_a), (second, text_b)))
        ],
        differences=[d for d in differences if not d.kind.endswith("slip")][:100],
        slips=sum(d.kind.endswith("slip") for d in differences),
        best=best,
        why=why,
        decision=decision,
    )


def _indirect(connection: Connection, first: str, second: str, edges: Edges) -> SimilarPair:
    """The pair of two pages that only a chain of copies joins.

    Raises:
        UnknownUnitError: nothing joins them here.
    """
    groups = _groups(connection, edges)
    if not any(first in group and second in group for group in groups):
        raise UnknownUnitError(
            f"no pair of pages {first} and {second} here", "choose a pair in the list of duplicates"
        )
    texts = similarity.texts(connection, [first, second])
    score = align(texts.get(first, ""), texts.get(second, "")).similarity
    return SimilarPair(first, second, score, Relation.SAME_TEXT)


@router.post("/{page_a}/{page_b}", dependencies=[may(Action.DESCRIBE)])
def decide(edges: EdgesOf, staff: StaffOf, form: CheckedForm, page_a: PageId, page_b: PageId) -> Response:
    """The person decided: copies, with the record copy, or no copies. Nothing is deleted."""
    sees_all(staff)
    said = text_of(form, "decision")
    if said not in ("copies", "distinctes"):
        raise BadRequestError(
            "aucune décision n’a été choisie", "choisissez « copies » ou « pas des copies »"
        )
    chosen = text_of(form, "reference") if said == "copies" else None
    if chosen == "":
        raise BadRequestError(
            "aucun exemplaire de référence n’a été choisi", "choisissez l’une des deux pages"
        )
    decide_copies(page_a, page_b, chosen, actor=staff.name, edges=edges)
    return RedirectResponse("/bureau/doublons?fait=1", 303)
