"""``check``: what looks wrong in descriptions, told in a terminal, as JSON, or in a file for people."""

from __future__ import annotations

import getpass
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from archiveia import pipeline
from archiveia.cli.output import print_json, print_table
from archiveia.pipeline import cleaning
from archiveia.pipeline.cleaning_records import check_descriptions, report_descriptions
from archiveia.settings import read_settings
from archiveia.steps.cleaning import LABELS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from archiveia.steps.cleaning import Finding

_SHOWN_PLACES = 3


def inventory(args: argparse.Namespace) -> int:
    """What looks wrong in an inventory; the file is not changed."""
    today = datetime.now(UTC).astimezone(ZoneInfo(read_settings().timezone)).date()
    read, findings = cleaning.check_file(args.file, args.columns, today=today)
    for target in args.out:
        cleaning.write_report(findings, target, name=args.file.name, today=today)
    if args.json:
        document = {"file": args.file.name, "rows": len(read.rows), "columns": dict(read.headings)}
        print_json(document | _as_json(findings))
        return 0
    _print(findings)
    columns = ", ".join(f"{name} = {heading}" for name, heading in read.headings.items())
    print(f"{args.file.name}: {len(read.rows)} descriptions read ({columns}); {_counted(findings)}")
    print("nothing in the file was changed" + "".join(f"\nreport: {path}" for path in args.out))
    return 0


def descriptions(args: argparse.Namespace) -> int:
    """What looks wrong in the records of the archive; the findings wait on the desk, too."""
    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        findings = [told.finding for told in check_descriptions(edges)]
        report_descriptions(findings, args.out, actor=getpass.getuser(), edges=edges)
    if args.json:
        print_json(_as_json(findings))
        return 0
    _print(findings)
    print(
        f"{_counted(findings)}; accept or dismiss them on the desk"
        + "".join(f"\nreport: {p}" for p in args.out)
    )
    return 0


def _as_json(findings: Sequence[Finding]) -> dict[str, object]:
    counts = Counter(f.fault.value for f in findings)
    return {"count": len(findings), "counts": dict(counts), "findings": [asdict(f) for f in findings]}


def _print(findings: Sequence[Finding]) -> None:
    if findings:
        print_table(
            ("where", "what", "field", "value", "why", "mend"),
            [(_places(f.where), LABELS[f.fault], f.field, f.value, f.why, f.mend or "") for f in findings],
        )


def _places(where: Sequence[str]) -> str:
    more = f" (+{len(where) - _SHOWN_PLACES})" if len(where) > _SHOWN_PLACES else ""
    return "; ".join(where[:_SHOWN_PLACES]) + more


def _counted(findings: Sequence[Finding]) -> str:
    mends = sum(f.mend is not None for f in findings)
    return f"{len(findings)} findings, {mends} with a proposed mend"
