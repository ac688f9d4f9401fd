"""``archiveia rules ...``: the retention schedule checked, taken in, compared, adopted, signed, written out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import print_json, print_table
from archiveia.cli.parser.arguments import who
from archiveia.edges import database, mail
from archiveia.edges.database import rule_sets as stored
from archiveia.edges.storage import write_atomically
from archiveia.pipeline import rule_sets
from archiveia.pipeline.alerting import NOBODY
from archiveia.pipeline.sampling import sample as draw
from archiveia.settings import read_settings
from archiveia.steps.retain import duration_in_french
from archiveia.values import Signature

if TYPE_CHECKING:
    import argparse

    from archiveia.pipeline.rule_sets import Effect

_SHOWN = 40
"""Changed cells that are printed; ``--json`` has all."""
WRONG = 1


def check(args: argparse.Namespace) -> int:
    """What is wrong or left open in a schedule; nothing is taken in."""
    findings = rule_sets.check_file(args.file)
    errors = sum(finding.is_error for finding in findings)
    if args.json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{'error' if finding.is_error else 'note '}  {finding}")
        print(f"{errors} errors, {len(findings) - errors} notes")
    return WRONG if errors else 0


def import_file(args: argparse.Namespace) -> int:
    """A new version, with what it would change; it is not in force."""
    with pipeline.open_edges(read_settings()) as edges:
        number = rule_sets.take_in(args.file, actor=who(args), edges=edges)
        effect = rule_sets.effect_of(rule_sets.rules_numbered(number, edges), edges)
    if args.json:
        print_json({"version": number, **asdict(effect)})
        return 0
    _print_effect(effect)
    print(f"version {number} is taken in, and not in force: archiveia rules adopt {number}")
    return 0


def diff(args: argparse.Namespace) -> int:
    """What a version would change of the one in force."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        effect = rule_sets.effect_of(rule_sets.rules_numbered(args.version, edges), edges)
    if args.json:
        print_json(asdict(effect))
    else:
        _print_effect(effect)
    return 0


def adopt(args: argparse.Namespace) -> int:
    """What the version changes; with ``--yes`` it is in force."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        if args.yes:
            effect = rule_sets.adopt(args.version, actor=who(args), edges=edges)
        else:
            effect = rule_sets.effect_of(rule_sets.rules_numbered(args.version, edges), edges)
    _print_effect(effect)
    if args.yes:
        print(f"version {args.version} is in force, adopted by {who(args)}")
    else:
        print(f"nothing was changed: archiveia rules adopt {args.version} --yes")
    return 0


def sign(args: argparse.Namespace) -> int:
    """Rows signed by the collectivité, or their signature withdrawn."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        if args.withdraw:
            touched = rule_sets.withdraw(args.codes, actor=who(args), edges=edges)
        else:
            signature = Signature(args.signed_by or "", args.on or edges.today(), args.opinion or "")
            touched = rule_sets.sign(args.codes, signature, actor=who(args), edges=edges)
        pipeline.redo(touched, ("retain",), edges)
    print(f"{', '.join(args.codes)}: {'signature withdrawn' if args.withdraw else 'signed'}")
    return 0


def export(args: argparse.Namespace) -> int:
    """The rules of a version in a file that ``rules import`` reads back the same."""
    with pipeline.open_edges(read_settings()) as edges:
        packed = rule_sets.written(args.version, args.file.suffix, actor=who(args), edges=edges)
    write_atomically(args.file, lambda target: target.write(packed))
    print(args.file)
    return 0


def listing(args: argparse.Namespace) -> int:
    """The rules in force, and the versions that there are."""
    with pipeline.open_edges(read_settings()) as edges:
        rules = rule_sets.rules_numbered(None, edges)
        with database.reading(edges.database) as connection:
            versions = stored.versions(connection, edges.entity)
    if args.json:
        print_json(
            {
                "in_force": rules[0].rule_set,
                "versions": [row._asdict() for row in versions],
                "rules": [asdict(rule) for rule in rules],
            }
        )
        return 0
    print_table(
        ("code", "type", "DUA", "from", "fate", "sources (duration, fate)", "signed by"),
        [
            (
                rule.code,
                rule.label,
                duration_in_french(rule),
                rule.event.label,
                rule.sort_final,
                f"{rule.duration_confidence}, {rule.fate_confidence}" + ("" if rule.active else " (off)"),
                rule.signature.signed_by if rule.signature else "",
            )
            for rule in rules
        ],
    )
    for row in versions:
        adopted = (
            f"adopted by {row.adopted_by} {row.adopted_at:%Y-%m-%d}" if row.adopted_at else "not adopted"
        )
        print(f"version {row.number} ({row.fingerprint[:8]}), {row.file_name}: {adopted}")
    print(f"in force: {rules[0].rule_set}")
    return 0


def alerts(args: argparse.Namespace) -> int:
    """The records kept longer than the law allows, for their service and the DPO."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        found = rule_sets.passed_maxima(edges)
        is_mailed = mail.can_send(edges.settings, edges.settings.dpo_mail_addresses)
    if args.json:
        print_json([asdict(one) for one in found])
    elif found:
        print_table(("record", "service", "alert"), [(one.record, one.service, one.alert) for one in found])
        print("the night mails them to ARCHIVEIA_DPO_MAIL" if is_mailed else NOBODY)
    else:
        print("no longest duration is passed")
    return 0


def sample(args: argparse.Namespace) -> int:
    """A sampling of the dossiers that are due under a rule; the journal keeps how it was drawn."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        drawn = draw(args.code, seed=args.seed, actor=who(args), edges=edges)
    if args.json:
        print_json({"kept": drawn.kept, "left": drawn.left, "record": dict(drawn.record)})
        return 0
    print_table(
        ("dossier", "sampled"), [*((i, "kept") for i in drawn.kept), *((i, "left") for i in drawn.left)]
    )
    record = drawn.record
    print(
        f"{len(drawn.kept)} of {record['dossiers']} dossiers kept: {record['share_percent']} % for "
        f"{record['population']} inhabitants, seed {record['seed']!r} ({record['source']})"
    )
    return 0


def _print_effect(effect: Effect) -> None:
    changes = effect.changes
    for what, codes in (("new", changes.added), ("gone", changes.removed)):
        if codes:
            print(f"{what}: {len(codes)} rules ({', '.join(codes)})")
    for cell in changes.cells[:_SHOWN]:
        print(f"{cell.code}, {cell.column}: {cell.before!r} -> {cell.after!r}")
    if len(changes.cells) > _SHOWN:
        print(f"and {len(changes.cells) - _SHOWN} more cells (--json)")
    if not changes.codes:
        print("the same rules as those in force")
    if effect.unsigned:
        print(f"no more signed, for they changed: {', '.join(effect.unsigned)}")
    print(
        f"{effect.proposals} of {effect.looked_at} proposals looked at would change, "
        f"{effect.to_elimination} of them to elimination"
    )
