"""What anyone may see: the search, open records, their pages. Rights come before everything."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from archiveia.edges import database
from archiveia.edges.database import desk
from archiveia.edges.thumbnails import thumbnail
from archiveia.errors import NotAllowedError, UnknownUnitError
from archiveia.pipeline import searching
from archiveia.pipeline.need_to_know import seen_record, withheld
from archiveia.steps.highlight import matches
from search_ui.asking import asked_in, page_number
from search_ui.finding import find
from search_ui.need_to_know import WITHHELD
from search_ui.rendering import render
from search_ui.sessions import EdgesOf, Visitor
from search_ui.showing import boxes_of, class_labels, description, page_of, public_text

router = APIRouter()

Identifier = Annotated[str, Path(max_length=80)]
PUBLIC_CACHE = "private, max-age=60"
"""Short, and in the visitor's own browser only: a record may be withdrawn at any moment."""


@router.get("/")
def search_page(request: Request, edges: EdgesOf, _visitor: Visitor) -> Response:
    """The public search; without any question, everything that is open."""
    asked = asked_in(request.query_params)
    found = find(asked, edges, staff=None)
    return render(request, "search.html", asked=asked, found=found, for_staff=False)


@router.get("/documents/{record_id}")
def record_page(request: Request, edges: EdgesOf, _visitor: Visitor, record_id: Identifier) -> Response:
    """One open record at one of its pages."""
    record = searching.show(record_id, edges, public=True)
    page = page_of(record, page_number(request.query_params.get("page")))
    if page is None:
        raise UnknownUnitError(f"record {record_id!r} has no pages", "it was merged into another one")
    question = request.query_params.get("q", "").strip()[:500]
    text = public_text(page)
    return render(
        request,
        "record.html",
        record=record,
        page=page,
        question=question,
        text=text,
        marks=matches(text, question) if question else [],
        boxes=boxes_of(page, question, edges.storage) if text else None,
        has_image=edges.storage.display(page.id).exists(),
        rows=description(record),
        access=record.value("access") or {},
        class_label=class_labels().get(record.value("class") or ""),
    )


@router.get("/pages/{page_id}.jpg")
def page_image(request: Request, edges: EdgesOf, visitor: Visitor, page_id: Identifier) -> Response:
    """The picture of a page, or a small one (``?vignette=1``), for those who may read its record."""
    with database.reading(edges.database) as connection:
        record_id = desk.record_of_page(connection, page_id, edges.entity)
    if record_id is None:
        raise UnknownUnitError(f"no page {page_id!r} here", "start from the search")
    if visitor is None:
        searching.show(record_id, edges, public=True)
    elif withheld([seen_record(record_id, visitor, edges)], visitor, edges):
        if request.query_params.get("vignette"):
            return FileResponse(WITHHELD, headers={"Cache-Control": "private, no-store"})
        raise NotAllowedError("this record is sensitive", "open it and say why you read it")
    path = edges.storage.display(page_id)
    if request.query_params.get("vignette"):
        path = thumbnail(edges.storage, page_id) or path
    if not path.exists():
        raise UnknownUnitError(f"page {page_id!r} has no picture", "it could not be read")
    cache = PUBLIC_CACHE if visitor is None else "private, no-store"
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": cache, "Vary": "Cookie"})


@router.get("/accessibilite")
def accessibility_page(request: Request, _visitor: Visitor) -> Response:
    """What is known of the accessibility of these pages, and how to report a problem."""
    return render(request, "accessibility.html")


@router.get("/robots.txt")
def robots() -> PlainTextResponse:
    """Search engines may read what the public may read; result lists would only tire them."""
    rules = [
        "User-agent: *",
        "Disallow: /bureau",
        "Disallow: /connexion",
        "Disallow: /demandes",
        "Disallow: /*?",
    ]
    return PlainTextResponse("\n".join([*rules, "Allow: /documents/", ""]))


@router.get("/healthz")
def health(edges: EdgesOf) -> PlainTextResponse:
    """``ok`` when the database answers."""
    with database.reading(edges.database) as connection:
        connection.exec_driver_sql("SELECT 1")
    return PlainTextResponse("ok")
