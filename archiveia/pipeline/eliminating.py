"""Eliminations, from the draft of a list to the day on which a second person may destroy; destroys nothing itself.

Every refusal is told with all its reasons, and the journal keeps that it was tried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import decisions, eliminations, services, units
from archiveia.edges.database.eliminations import Elimination, Fate
from archiveia.errors import BadRequestError, RefusedError
from archiveia.pipeline.eliminating_against import against, records_and_rules
from archiveia.steps.eliminate import JUDGED_AGAIN, obstacles
from archiveia.steps.eliminate_lines import as_json, lines_by_rule
from archiveia.steps.eliminate_standing import OVER, Standing, World, after, standing
from archiveia.steps.eliminate_standing import as_json as event_json
from archiveia.steps.folding import fold_tokens
from archiveia.steps.intake import stable_id
from archiveia.values.eliminations import Act, Bordereau, Event, Hand, Stage, Support

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Json
    from archiveia.values.eliminations import Line

ADVICE = "levez chaque obstacle, puis reprenez le bordereau"
LONGEST_TEXT = 2000
"""Characters of what a person writes on a line."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would stand on a list, line by line, and what would not, with the reasons."""

    lines: tuple[Line, ...]
    stays: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Status:
    """An elimination as it stands today: what stands against it, what became of its records."""

    elimination: Elimination
    standing: Standing
    against: Mapping[str, tuple[str, ...]]
    fates: Mapping[str, tuple[Fate, str | None]]


def dry_run(
    record_ids: Sequence[str], support: Support, edges: Edges, *, elimination_id: str | None = None
) -> DryRun:
    """What of these records can be put on a list today; nothing is written."""
    with database.reading(edges.database) as connection:
        found = records_and_rules(connection, record_ids, edges)
        stays = against(connection, {r.id: support for r, _ in found}, edges, elimination_id=elimination_id)
    goes = [(record, rule) for record, rule in found if rule is not None and record.id not in stays]
    return DryRun(lines_by_rule(goes, support), stays)


def lacks(tried: DryRun, edges: Edges) -> list[str]:
    """Why none of it can be destroyed now, in French: every act that is still to be done."""
    if not tried.lines:
        return []
    now, nobody = edges.now(), Hand(None, "", "")
    list_ = Bordereau("", "", "", edges.today(), tried.lines)
    here = after(Standing(), Event(Act.DRAFT, now, nobody, {"bordereau": as_json(list_)}))
    with database.reading(edges.database) as connection:
        return obstacles(here, Event(Act.DESTROY, now, nobody), _world(connection, {}, edges))


def draft(record_ids: Sequence[str], *, support: Support, service: str, by: Hand, edges: Edges) -> str:
    """The id of a new list with those of the records that can go; the others stay, as the dry run said.

    Raises:
        RefusedError: none of them can go, or the service is not the one that produced them.
    """
    if not service.strip():
        raise BadRequestError(
            "the producing service is missing", "name the service that produced the records"
        )
    ids = list(dict.fromkeys(record_ids))
    with database.reading(edges.database) as connection:
        theirs = set(services.services_of(connection, ids).values())
    others = sorted(name for name in theirs if fold_tokens(name) != fold_tokens(service))
    if others:
        raise RefusedError(
            f"des pièces viennent d’un autre service que « {service.strip()} » : {', '.join(others)}",
            "préparez un bordereau par service producteur : c’est lui qui le signe",
        )
    tried = dry_run(ids, support, edges)
    if not tried.lines:
        reasons = "\n  ".join(f"{record} : {one}" for record, found in tried.stays.items() for one in found)
        raise RefusedError(f"aucune pièce ne peut aller sur un bordereau\n  {reasons}", ADVICE)
    now = edges.now()
    with database.writing(edges.database) as connection:
        number = eliminations.next_number(connection, edges.entity, edges.today().year)
        elimination_id = stable_id("elimination", edges.entity, number)
        eliminations.add(connection, elimination_id, edges.entity, number, service.strip(), now=now)
        name = units.entity_name(connection, edges.entity) or edges.entity
        list_ = Bordereau(number, name, service.strip(), edges.today(), tried.lines)
        known = eliminations.load(connection, elimination_id, edges.entity)
        event = Event(Act.DRAFT, now, by, {"bordereau": as_json(list_)})
        append(connection, known, event, edges)
    return elimination_id


def revise(elimination_id: str, changes: Mapping[int, Mapping[str, Json]], *, by: Hand, edges: Edges) -> None:
    """The lines say what the person wrote: title, metres, boxes, support, observations, traces of the copy.

    Raises:
        RefusedError: the list was issued already.
        BadRequestError: a line or a text cannot be used.
    """
    known, here = load(elimination_id, edges)
    if here.bordereau is None:
        raise RefusedError(f"le bordereau {known.number} est vide", ADVICE)
    lines = here.bordereau.lines
    unknown = changes.keys() - {line.number for line in lines}
    if unknown:
        raise BadRequestError(f"no line {min(unknown)} on this list", "choose one of its lines")
    for change in changes.values():
        for text in (value for value in change.values() if isinstance(value, str)):
            if len(text) > LONGEST_TEXT:
                raise BadRequestError(f"a text of {len(text)} characters", f"write {LONGEST_TEXT} at most")
    written = tuple(replace(line, **changes.get(line.number, {})) for line in lines)
    list_ = replace(here.bordereau, lines=written, prepared_on=edges.today())
    act(elimination_id, Act.DRAFT, {"bordereau": as_json(list_)}, by=by, edges=edges)


def load(elimination_id: str, edges: Edges) -> tuple[Elimination, Standing]:
    """An elimination with its history, and where it stands."""
    with database.reading(edges.database) as connection:
        known = eliminations.load(connection, elimination_id, edges.entity)
    return known, standing(known.events)


def status(elimination_id: str, edges: Edges) -> Status:
    """An elimination as it stands today."""
    with database.reading(edges.database) as connection:
        known = eliminations.load(connection, elimination_id, edges.entity)
        here = standing(known.events)
        is_over = here.stage in (*OVER, Stage.DESTROYED)
        stops = {} if is_over else against_list(connection, known, here, edges)
        return Status(known, here, stops, eliminations.fates(connection, known.id))


def against_list(
    connection: Connection, known: Elimination, here: Standing, edges: Edges, *, hashed: bool = False
) -> dict[str, tuple[str, ...]]:
    """Why records of this list may not go today; those that the visa or a person keeps are not looked at.

    ``hashed``: the digests of copies whose paper goes are counted again.
    """
    if here.bordereau is None:
        return {}
    wanted = set(here.granted) if Act.VISA in here.done else {r.id for r in here.bordereau.records}
    return against(
        connection,
        {r.id: line.support for line in here.bordereau.lines for r in line.records if r.id in wanted},
        edges,
        elimination_id=known.id,
        lines=here.bordereau.lines,
        hashed=hashed,
    )


def would_stop(found: Status, act_: Act, facts: Mapping[str, Json], *, by: Hand, edges: Edges) -> list[str]:
    """Why this person could not do this now, in French; nothing when they could."""
    with database.reading(edges.database) as connection:
        world = _world(connection, found.against, edges, number=found.elimination.number)
    return obstacles(found.standing, Event(act_, world.now_at, by, facts), world)


def act(
    elimination_id: str,
    act_: Act,
    facts: Mapping[str, Json],
    *,
    by: Hand,
    edges: Edges,
    also: Sequence[str] = (),
    files: Iterable[bytes] = (),
) -> tuple[Elimination, Standing]:
    """The elimination after the act, which is in its history and in the journal.

    ``also`` are obstacles that were found elsewhere (in the file of a visa); ``files`` are kept for ever if nothing
    stands against the act.

    Raises:
        RefusedError: something stands against it; each obstacle is named, and the journal keeps the attempt.
    """
    refused: list[str] = []
    with database.writing(edges.database) as connection:
        known = eliminations.load(connection, elimination_id, edges.entity)
        here = standing(known.events)
        event = Event(act_, edges.now(), by, facts)
        stops = against_list(connection, known, here, edges, hashed=True) if act_ in JUDGED_AGAIN else {}
        world = _world(connection, stops, edges, number=known.number)
        refused = [*also, *obstacles(here, event, world)]
        if refused:
            _journal(connection, known, event, edges, refused=refused)
        else:
            known, here = append(connection, known, event, edges)
            for file in files:
                edges.storage.keep(file)
    if refused:
        reasons = "\n  ".join(refused)
        raise RefusedError(f"le bordereau {known.number} est refusé\n  {reasons}", ADVICE)
    return known, here


def confirm(elimination_id: str, *, by: Hand, edges: Edges) -> Standing:
    """The standing once the second person confirmed: the time to think begins."""
    facts = {"cooling_days": edges.settings.elimination_cooling_days}
    return act(elimination_id, Act.CONFIRM, facts, by=by, edges=edges)[1]


def append(
    connection: Connection, known: Elimination, event: Event, edges: Edges
) -> tuple[Elimination, Standing]:
    """The elimination with one more event, not judged here, in the same transaction as its line in the journal."""
    here = after(standing(known.events), event)
    eliminations.append(connection, known, event, here.stage)
    if event.act is Act.DRAFT and here.bordereau is not None:
        eliminations.set_records(connection, known.id, [r.id for r in here.bordereau.records])
    if event.act is Act.WITHDRAW:
        for record in event.facts["records"]:
            eliminations.set_fate(connection, known.id, record, Fate.KEPT, str(event.facts["reason"]))
    _journal(connection, known, event, edges)
    return replace(known, events=(*known.events, event), stage=here.stage), here


def _journal(
    connection: Connection, known: Elimination, event: Event, edges: Edges, *, refused: Sequence[str] = ()
) -> None:
    """What was done, or tried in vain, is in the journal."""
    decisions.write_journal(
        connection,
        entity_id=edges.entity,
        actor=event.by.name,
        action="elimination_refused" if refused else f"elim_{event.act}",
        subject=known.number,
        before={"state": known.stage},
        after=event_json(event) | ({"obstacles": list(refused)} if refused else {}),
        now=event.at,
    )


def _world(
    connection: Connection, stops: Mapping[str, Sequence[str]], edges: Edges, *, number: str = ""
) -> World:
    """``number``: of the list since whose draft the journal is asked what it has seen."""
    now = edges.now()
    return World(
        now_at=now,
        today=edges.today(),
        known_at=eliminations.known_moment(connection, edges.entity, number) or now,
        cooling_days=edges.settings.elimination_cooling_days,
        backup_days=edges.settings.backup_retention_days,
        against=stops,
        in_new_hands=eliminations.in_new_hands(connection, edges.entity, number),
    )
