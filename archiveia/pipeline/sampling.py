"""A sampling of dossiers that a rule selects from (*tri*): drawn, written in the journal; a person acts on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import clock_records, decisions, rule_sets
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.retention_files import load_samplings
from archiveia.errors import BadRequestError
from archiveia.pipeline.rules import classes_by_code, schedule_in_force
from archiveia.steps.retain import propose
from archiveia.steps.sampling import draw_sample
from archiveia.values import SortFinal

if TYPE_CHECKING:
    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.sampling import Sample
    from archiveia.values import RetentionProposal


def sample(rule: str, *, seed: str, actor: str, edges: Edges) -> Sample:
    """The dossiers kept and left of those whose duration under this rule is over; the journal says how.

    A dossier that holds another piece (another rule, not due, under a hold) is not drawn from.

    Raises:
        BadRequestError: the rule has no share, or the population is not known, or nothing is due.
    """
    sampling = load_samplings().get(rule)
    if sampling is None:
        raise BadRequestError(f"rule {rule} has no share to sample by", "select by hand, and say why")
    population = edges.settings.population
    if population is None:
        raise BadRequestError("the population is not known", "set ARCHIVEIA_POPULATION")
    years = _due(rule, edges)
    if not years:
        raise BadRequestError(
            f"no dossier of rule {rule} is due", "a sampling waits for the end of the duration"
        )
    drawn = draw_sample(years, sampling, rule=rule, population=population, seed=seed)
    with database.writing(edges.database) as connection:
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=actor,
            action="sample",
            subject=rule,
            before={},
            after=dict(drawn.record),
            now=edges.now(),
        )
    return drawn


def _due(rule: str, edges: Edges) -> dict[str, int | None]:
    """The year of each dossier of which every piece is due under this rule: that of its latest trigger."""
    classes, schedule, today = classes_by_code(), schedule_in_force(edges), edges.today()
    good_cer = edges.settings.ocr_good_cer
    with database.reading(edges.database) as connection:
        of_rule = {c.code for c in classes.values() if rule in c.retention_codes}
        dossiers = sorted(set(rule_sets.records_about(connection, edges.entity, of_rule, {rule}).values()))
    years: dict[str, int | None] = {}
    left_out: set[str] = set()
    for chunk in in_chunks(dossiers):
        with database.reading(edges.database) as connection:
            found = clock_records.load(connection, chunk, edges.entity, good_cer=good_cer)
        for record in (record for pieces in found.values() for record in pieces):
            proposal = propose(record, classes, schedule, today=today, good_cer=good_cer)
            on = proposal.trigger_on
            over = proposal.due_on is not None and proposal.due_on < today
            if not over or on is None or not _selects(proposal, rule):
                left_out.add(record.dossier_id)
            else:
                years[record.dossier_id] = max(on.year, years.get(record.dossier_id) or on.year)
    return {dossier: year for dossier, year in years.items() if dossier not in left_out}


def _selects(proposal: RetentionProposal, rule: str) -> bool:
    return proposal.fate is SortFinal.SELECT and proposal.rule is not None and proposal.rule.code == rule
