"""One record on the staff desk: everything that is known of it, and what a person decides about it."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Request
from sqlalchemy.engine import Connection
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.contracts import load_access_rules, load_classification_plan
from archiveia.edges.database import assertions, desk, eliminations, services, similarity, sources, units
from archiveia.edges.personal_kinds import load_personal_kinds
from archiveia.edges.publication_lists import load_data_classes
from archiveia.errors import BadRequestError
from archiveia.pipeline import Edges, arranging, deciding, publishing, searching
from archiveia.pipeline.blind import is_rule_shown_blind, is_shown_blind, untold, without_class, without_rule
from archiveia.pipeline.indexing import title_of
from archiveia.pipeline.need_to_know import seen_record
from archiveia.pipeline.online import publication_states
from archiveia.pipeline.rules import schedule_in_force
from archiveia.steps.agreement import RULE_TAKEN_BLIND
from archiveia.steps.highlight import matches
from archiveia.steps.lessons import TAKEN_BLIND
from archiveia.steps.personal_data import FIELD as PERSONAL
from archiveia.steps.retention_reading import read_rules
from archiveia.values import Evidence, Level, Record, Staff, TakedownReason, ThirdPartyRights
from search_ui.asking import page_number
from search_ui.need_to_know import read
from search_ui.permissions import ROLES, Action, check_fields, may
from search_ui.reading_quality import set_aside, to_check, verdicts
from search_ui.rendering import render
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of
from search_ui.showing import boxes_of, by_field, page_of, span_boxes, words_of

router = APIRouter(prefix="/bureau/documents")
RecordId = Annotated[str, Path(max_length=80)]

MAIN_FIELDS = ("class", "date", "title", "cote")
OTHER_FIELDS = (
    "retention_rule",
    "trigger_on",
    "producer",
    "w_number",
    "box",
    "location",
    "linear_metres",
    "support",
    "hold",
)
DAYS = ("closed_on", "decided_on", "use_ended_on", "birth_on", "death_on")
"""Days from which a delay of communicability may run, beside the document's own."""
MAX_NEIGHBOURS = 30


@router.get("/{record_id}", dependencies=[may(Action.READ)])
def record_page(request: Request, edges: EdgesOf, staff: StaffOf, record_id: RecordId) -> Response:
    """Everything that is known of a record, whoever said it."""
    record = read(record_id, staff, edges)
    around = _around(record, staff, edges)
    if blind := is_shown_blind(record, edges.settings):
        record = without_class(record)
        around["said"] = {field: kept for field, said in around["said"].items() if (kept := untold(said))}
    if rule_blind := is_rule_shown_blind(record, edges.settings):
        record = without_rule(record)
    page = page_of(record, page_number(request.query_params.get("page")))
    question = request.query_params.get("q", "").strip()[:500]
    text = page.text if page else ""
    aside = set_aside(page, edges.storage) if page else None
    shows_aside = aside is not None and bool(request.query_params.get("ecartes"))
    known = verdicts(around["readings"], good_cer=edges.settings.ocr_good_cer)
    personal = _personal(record, staff) if page else {}
    shown = request.query_params.get("montrer", "")
    by_text = read_rules(record)
    ranked = by_text.ranked if by_text else ()
    places = {**personal, **{r.code: r.passages for r in ranked}}
    spans = [(e.start, e.end) for e in places.get(shown, ()) if page and e.page == page.number]
    boxes = span_boxes(page, spans, edges.storage) if page and spans else None
    if page and boxes is None:
        boxes = boxes_of(page, question, edges.storage)
    access = record.value("access") or {}
    return render(
        request,
        "staff_record.html",
        record=record,
        blind=blind,
        rule_blind=rule_blind,
        title=title_of(record),
        page=page,
        question=question,
        text=text,
        marks=matches(text, question) if question else [],
        boxes=aside.boxes if aside and shows_aside else boxes,
        aside=aside,
        shows_aside=shows_aside,
        personal=personal,
        rules_read=ranked,
        personal_kinds=load_personal_kinds(),
        shown=shown,
        verdicts=known,
        to_check=to_check(record, known),
        has_image=page is not None and edges.storage.display(page.id).exists(),
        access=access,
        proposed={} if blind or not access.get("category") else {"access_category": access["category"]},
        retention=record.value("retention") or {},
        proposed_cuts=[cut["before_page"] for cut in record.values("proposed_cut")],
        words_of=words_of,
        main_fields=MAIN_FIELDS,
        day_fields=DAYS,
        many_fields=deciding.MANY_FIELDS,
        other_fields=OTHER_FIELDS,
        choices=_choices(edges),
        groups={"class": _classes_by_series()},
        data_classes=_data_classes(edges.settings.online_practice),
        saved=bool(request.query_params.get("fait")),
        **around,
    )


def _personal(record: Record, staff: Staff) -> dict[str, list[Evidence]]:
    """Where personal data of each kind stand, for those who decide access; nothing for anybody else."""
    if staff.role not in ROLES[Action.DECIDE_ACCESS]:
        return {}
    found: dict[str, list[Evidence]] = {}
    for said in record.assertions:
        if said.field == PERSONAL and said.evidence:
            found.setdefault(str(said.value), []).append(said.evidence)
    return found


def _around(record: Record, staff: Staff, edges: Edges) -> dict[str, Any]:
    """What the database knows around a record: all that was said, its likes, its dossier, its files, its standing.

    Records and copies of services that the account does not see are left out.
    """
    sees_only = staff.sees_only
    with database.reading(edges.database) as connection:
        alike = similarity.alike(connection, record.id)
        seen = set(services.seen(connection, [a.unit_id for a in alike], sees_only))
        alike = [a for a in alike if a.unit_id in seen][:10]
        pieces = services.seen(connection, units.pieces_of(connection, [record.dossier_id]), sees_only)
        dossier = [i for i in pieces if i != record.id]
        others = {a.unit_id for a in alike} | set(dossier[:MAX_NEIGHBOURS])
        titles = {r.id: title_of(r) for r in units.load_records(connection, sorted(others), edges.entity)}
        files = sources.load(connection, sources.of_records(connection, [record.id]))
        return {
            "said": by_field(assertions.said_of(connection, [record.id]).get(record.id, [])),
            "readings": desk.readings_of(connection, record.id),
            "alike": alike,
            "dossier": dossier[:MAX_NEIGHBOURS],
            "titles": titles,
            "files": files,
            "copies": {
                file: [c for c in copies if sees_only is None or c.producer in sees_only]
                for file, copies in sources.copies_of(connection, [f.id for f in files]).items()
            },
            "publication": publication_states(connection, [record], practice=edges.settings.online_practice)[
                record.id
            ],
            "series": _series_of(connection, record.dossier_id),
            "is_public": bool(record.pages) and searching.is_public(connection, record, edges),
            "eliminations": eliminations.of_record(connection, edges.entity, record.id),
        }


def _series_of(connection: Connection, dossier_id: str) -> str | None:
    """The series that a dossier is in."""
    return next((u for u, level in units.parents(connection, dossier_id) if level is Level.SERIES), None)


def _data_classes(practice: str) -> dict[str, str]:
    """The classes of data that a publication may name here."""
    return {c.code: c.label for c in load_data_classes().values() if c.practice in (None, practice)}


def _choices(edges: Edges) -> dict[str, dict[str, str]]:
    """The values of the fields that have a closed list, with their labels."""
    rules = load_access_rules()
    schedule, today = schedule_in_force(edges), edges.today()
    return {
        "class": {c.code: c.label for c in sorted(load_classification_plan(), key=lambda c: c.label)},
        "access_category": {i: f"{i} — {r.category}" for i, r in rules.items()},
        "retention_rule": {c: f"{c} — {r.label}" for c, r in schedule.items() if r.is_usable(today)},
        "support": {s: s for s in ("papier", "copie numérique", "nativement numérique")},
    }


def _classes_by_series() -> dict[str, dict[str, str]]:
    """The classes under the series that they belong to, as the plan orders them."""
    found: dict[str, dict[str, str]] = {}
    for one in load_classification_plan():
        found.setdefault(one.series or "–", {})[one.code] = one.label
    return dict(sorted(found.items()))


@router.post("/{record_id}/confirmer", dependencies=[may(Action.CONFIRM)])
def confirm(edges: EdgesOf, staff: StaffOf, form: CheckedForm, record_id: RecordId) -> Response:
    """What the person ticked or changed stands; what was left as the machine said it stays a proposal."""
    decided = decided_in(form)
    if not decided:
        raise BadRequestError(
            "rien n’a été confirmé ni changé", "cochez « je confirme » ou corrigez une valeur"
        )
    check_fields(staff, decided)
    record = read(record_id, staff, edges)
    noted = _taken_blind(record, decided, form, edges)
    deciding.confirm_each([record_id], decided, actor=staff.name, edges=edges, noted=noted)
    return _back(record_id)


def _taken_blind(record: Record, decided: Iterable[str], form: FormData, edges: Edges) -> dict[str, bool]:
    """What the journal notes of decisions taken on a page that did not show the proposal."""
    shown_blind = {
        ("class", TAKEN_BLIND, "aveugle"): is_shown_blind(record, edges.settings),
        ("retention_rule", RULE_TAKEN_BLIND, "regle-aveugle"): is_rule_shown_blind(record, edges.settings),
    }
    return {
        note: True
        for (field, note, sent), is_blind in shown_blind.items()
        if is_blind and field in decided and text_of(form, sent)
    }


def decided_in(form: FormData) -> dict[str, str]:
    """The fields that a person decided: those ticked, and those whose value is no more what the form showed."""
    decided = {}
    for name in deciding.FIELDS:
        value = form.get(f"v-{name}")
        if value is None and name in deciding.YES_FIELDS and f"avant-{name}" in form:
            value = ""  # browsers send nothing for a box that is not ticked
        if not isinstance(value, str):
            continue
        value = value.strip()
        if form.get(f"ok-{name}") or value != text_of(form, f"avant-{name}"):
            decided[name] = value
    return decided


@router.post("/{record_id}/publication", dependencies=[may(Action.PUBLISH)])
def publish(edges: EdgesOf, staff: StaffOf, form: CheckedForm, record_id: RecordId) -> Response:
    """The named person published the piece, its dossier or its series, or took it off the web."""
    record = read(record_id, staff, edges)
    unit = _unit_of(text_of(form, "portee"), record, edges)
    if unit != record.id and staff.sees_only is not None:
        with database.reading(edges.database) as connection:
            pieces = units.pieces_under(connection, unit)
        for piece in pieces:
            seen_record(piece, staff, edges)
    if text_of(form, "decision") == "publier":
        rights = _one_of(
            ThirdPartyRights, text_of(form, "droits"), "dites ce qu’il en est des droits de tiers"
        )
        data_class = text_of(form, "donnees")
        if not data_class:
            raise BadRequestError("la classe de données n’est pas dite", "choisissez-la dans la liste")
        publishing.publish(unit, rights=rights, data_class=data_class, actor=staff.name, edges=edges)
    else:
        reason = _one_of(TakedownReason, text_of(form, "motif"), "choisissez le motif du retrait")
        note = text_of(form, "precision")
        publishing.take_down(unit, reason=reason, note=note, actor=staff.name, edges=edges)
    return _back(record_id)


def _unit_of(scope: str, record: Record, edges: Edges) -> str:
    """The unit that a decision is about: the piece, its dossier or its series."""
    if scope == "dossier":
        return record.dossier_id
    if scope != "serie":
        return record.id
    with database.reading(edges.database) as connection:
        return _series_of(connection, record.dossier_id) or record.dossier_id


_Code = TypeVar("_Code", ThirdPartyRights, TakedownReason)


def _one_of(codes: type[_Code], typed: str, remedy: str) -> _Code:
    """The code that was chosen.

    Raises:
        BadRequestError: none of the list was.
    """
    try:
        return codes(typed)
    except ValueError as error:
        raise BadRequestError("il manque une réponse à la décision de mise en ligne", remedy) from error


@router.post("/{record_id}/couper", dependencies=[may(Action.ARRANGE)])
def split(edges: EdgesOf, staff: StaffOf, form: CheckedForm, record_id: RecordId) -> Response:
    """The piece is cut before the pages that were given."""
    read(record_id, staff, edges)
    arranging.split(record_id, _numbers(text_of(form, "pages")), actor=staff.name, edges=edges)
    return _back(record_id)


@router.post("/{record_id}/ordonner", dependencies=[may(Action.ARRANGE)])
def reorder(edges: EdgesOf, staff: StaffOf, form: CheckedForm, record_id: RecordId) -> Response:
    """The pages stand in the order that was given."""
    read(record_id, staff, edges)
    arranging.reorder(record_id, _numbers(text_of(form, "ordre")), actor=staff.name, edges=edges)
    return _back(record_id)


@router.post("/{record_id}/reunir", dependencies=[may(Action.ARRANGE)])
def merge(edges: EdgesOf, staff: StaffOf, form: CheckedForm, record_id: RecordId) -> Response:
    """The pages of the chosen pieces stand behind those of this one."""
    chosen = [str(i) for i in form.getlist("avec") if isinstance(i, str)]
    chosen += re.split(r"[\s,;]+", text_of(form, "autres"))
    others = [i for i in dict.fromkeys(chosen) if i and i != record_id]
    if not others:
        raise BadRequestError("aucune autre pièce n’a été choisie", "cochez celles à réunir à celle-ci")
    for piece in (record_id, *others):
        read(piece, staff, edges)
    arranging.merge([record_id, *others], actor=staff.name, edges=edges)
    return _back(record_id)


def _numbers(text: str) -> list[int]:
    parts = [p for p in re.split(r"[\s,;]+", text) if p]
    if not parts or not all(p.isascii() and p.isdigit() and len(p) < 7 for p in parts):
        raise BadRequestError(f"{text!r} n’est pas une liste de pages", "écrivez par exemple : 3, 5")
    return [int(p) for p in parts]


def _back(record_id: str) -> RedirectResponse:
    return RedirectResponse(f"/bureau/documents/{record_id}?fait=1#decider", 303)
