"""A name authority: variants proposed at night, and what people decide of them. Nothing is ever merged silently."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.communes import load_communes
from archiveia.edges.database import decisions, names, units, work
from archiveia.edges.database.names import Form, Group, GroupState
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.living_persons import load_living_rule
from archiveia.edges.shipped import lexicon
from archiveia.errors import BadRequestError
from archiveia.pipeline.each import CHUNK
from archiveia.pipeline.order import redo
from archiveia.steps.folding import fold
from archiveia.steps.intake import stable_id
from archiveia.steps.living import may_be_known
from archiveia.steps.name_variants import FIELDS, MOST_FORM_CHARACTERS, find_variants, name_key
from archiveia.values import OriginKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.name_variants import Variants

_EXAMPLES = 3


def propose_names(edges: Edges) -> int:
    """How many groups of variants wait for a person now; what was decided stands."""
    communes, words = load_communes(), lexicon()
    place_words = communes.words()

    @cache
    def is_word(word: str) -> bool:
        return word in words or fold(word) in place_words

    with database.reading(edges.database) as connection:
        said = names.said(connection, edges.entity, FIELDS)
    persons = {name_key(form, "person") for form in said["person"]}
    for field in ("place", "organisation"):  # a person misfiled as a place must not get there by that door
        said[field] = {f: ids for f, ids in said[field].items() if name_key(f, "person") not in persons}
    said["person"] = _of_known_persons(said["person"], edges)
    with database.writing(edges.database) as connection:
        waiting = names.groups(connection, edges.entity, GroupState.PROPOSED)
        fresh = [
            _group(variants, said[field], edges)
            for field in FIELDS
            for variants in find_variants(
                field,
                {form: len(records) for form, records in said[field].items()},
                names.judged(connection, edges.entity, field),
                is_word=is_word,
                is_official=communes.is_official,
            )
        ]
        names.remove(connection, [g.id for g in waiting])
        for group in _with_taken_out(fresh, waiting):
            names.save(connection, edges.entity, group)
        return names.counts(connection, edges.entity)[GroupState.PROPOSED]


def _of_known_persons(said: Mapping[str, list[str]], edges: Edges) -> dict[str, list[str]]:
    """The forms with the records in which that person is surely dead, or in a public role: the others do not exist.

    Only forms that have a variant are looked at: most names have none.
    """
    by_key: dict[tuple[str, ...], set[str]] = {}
    for form in said:
        by_key.setdefault(name_key(form, "person"), set()).add(form)
    wanted = {form for forms in by_key.values() if len(forms) > 1 for form in forms}
    rule, today = load_living_rule(), edges.today()
    found: dict[str, list[str]] = {}
    ids = sorted({record for form in wanted for record in said[form]})
    for chunk in in_chunks(ids, CHUNK):
        with database.reading(edges.database) as connection:
            records = units.load_records(connection, chunk, edges.entity)
        for record in records:
            for a in record.assertions:
                is_wanted = (
                    a.field == "person" and a.value in wanted and a.origin.kind is not OriginKind.MODEL
                )
                if is_wanted and may_be_known(record, a, rule, today=today):
                    found.setdefault(a.value, []).append(record.id)
    return found


def _group(variants: Variants, said: Mapping[str, list[str]], edges: Edges) -> Group:
    forms = tuple(
        Form(form, len(said.get(form, ())), tuple(sorted(said.get(form, ()))[:_EXAMPLES]))
        for form in variants.forms
    )
    group_id = stable_id("names", edges.entity, variants.field, *sorted(variants.forms))
    return Group(group_id, variants.field, variants.preferred, GroupState.PROPOSED, variants.reasons, forms)


def _with_taken_out(fresh: list[Group], former: list[Group]) -> list[Group]:
    """The new groups, with the forms that a person took out of the former ones still beside them.

    A group of which nothing is left to propose is kept as refused: its forms stay apart.
    """
    found = {group.id: group for group in fresh}
    for old in former:
        out = tuple(f for f in old.forms if f.taken_out)
        if not out:
            continue
        heir = next((g for g in found.values() if g.field == old.field and set(g.kept) & set(old.kept)), None)
        if heir is None:
            found[old.id] = replace(old, state=GroupState.REFUSED)
        else:
            known = {f.form for f in heir.forms}
            more = tuple(f for f in out if f.form not in known)
            found[heir.id] = replace(heir, forms=heir.forms + more)
    return list(found.values())


# --- decisions ----------------------------------------------------------------------------------


def decide_names(
    group_id: str, state: GroupState, *, actor: str, edges: Edges, preferred: str | None = None
) -> None:
    """The variants are one name, under the preferred form, or are none; ``PROPOSED`` takes the decision back.

    Records keep what they say: only what they are counted and found under changes.

    Raises:
        BadRequestError: there is no such group, fewer than two forms are left, or the preferred form is no name.
    """
    with database.writing(edges.database) as connection:
        before = names.group(connection, group_id, edges.entity)
        name = " ".join((preferred or before.preferred).split())
        if not 0 < len(name) <= MOST_FORM_CHARACTERS:
            raise BadRequestError(
                f"the preferred form has {len(name)} characters",
                f"write one of at most {MOST_FORM_CHARACTERS}",
            )
        if state is GroupState.ACCEPTED and len(before.kept) < 2:
            raise BadRequestError(
                f"only {len(before.kept)} form is left in this group", "refuse it, or put a variant back"
            )
        if state is GroupState.ACCEPTED:
            _refuse_two_names(connection, before, name, edges)
        after = replace(
            before,
            state=state,
            preferred=name,
            decided_by=None if state is GroupState.PROPOSED else actor,
            decided_at=None if state is GroupState.PROPOSED else edges.now(),
        )
        changed = _save(connection, before, after, actor=actor, edges=edges)
    redo(changed, ("index",), edges)


def _refuse_two_names(connection: Connection, group: Group, name: str, edges: Edges) -> None:
    """Returns only when none of the forms goes by another name already."""
    for other in names.groups(connection, edges.entity, GroupState.ACCEPTED):
        is_other = other.field == group.field and other.id != group.id and other.preferred != name
        shared = [form for form in group.kept if is_other and form in (*other.kept, other.preferred)]
        if shared:
            raise BadRequestError(
                f"{shared[0]!r} goes by {other.preferred!r} already",
                "keep that name, or take the other decision back first",
            )


def take_out(group_id: str, form: str, *, out: bool, actor: str, edges: Edges) -> None:
    """The form is no variant of the others, whatever it looks like; or is one again.

    Raises:
        BadRequestError: there is no such group, or no such form in it.
    """
    with database.writing(edges.database) as connection:
        before = names.group(connection, group_id, edges.entity)
        if form not in {f.form for f in before.forms}:
            raise BadRequestError(f"no form {form!r} in this group", "look at the list again")
        forms = tuple(replace(f, taken_out=out) if f.form == form else f for f in before.forms)
        after = replace(before, forms=forms)
        if after.preferred not in after.kept and after.kept and before.preferred == form:
            after = replace(after, preferred=after.kept[0])
        changed = _save(connection, before, after, actor=actor, edges=edges)
    redo(changed, ("index",), edges)


def _save(connection: Connection, before: Group, after: Group, *, actor: str, edges: Edges) -> list[str]:
    """The pieces that are counted under another name now."""
    now = edges.now()
    names.save(connection, edges.entity, after)
    changed: list[str] = []
    if GroupState.ACCEPTED in {before.state, after.state}:
        forms = [f.form for f in after.forms]
        changed = names.saying(connection, edges.entity, after.field, forms)
        work.set_stale(connection, changed, now=now)
        work.forget(connection, changed, ["index"])
    decisions.write_journal(
        connection,
        entity_id=edges.entity,
        actor=actor,
        action="name",
        subject="",
        before=_told(before),
        after=_told(after),
        now=now,
    )
    return changed


def _told(group: Group) -> dict[str, object]:
    return {
        "group": group.id,
        "field": group.field,
        "state": group.state,
        "preferred": group.preferred,
        "forms": list(group.kept),
        "taken_out": [f.form for f in group.forms if f.taken_out],
    }
