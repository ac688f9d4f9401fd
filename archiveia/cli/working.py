"""``run``, ``ocr``, ``status``, ``nightly``, ``separators``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import plain_pdf, print_json, print_table, progress
from archiveia.errors import BadRequestError
from archiveia.settings import Settings, read_settings
from archiveia.values import Outcome

if TYPE_CHECKING:
    import argparse

    from archiveia.pipeline import Account
    from archiveia.pipeline.alerting import MaximaNight
    from archiveia.pipeline.auditing import AuditNight
    from archiveia.pipeline.learning import NightSchool

FINE, NOT_ALL_TAKEN, WRONG_SUMS = 0, 3, 1
MOST_ROWS = 60
"""Above this many files, the printed table leaves out those that are simply indexed."""


def settings_of(args: argparse.Namespace) -> Settings:
    """The settings of the environment, with what the command line says on top."""
    given = {"workers": getattr(args, "workers", None), "ocr_engine": getattr(args, "engine", None)}
    return read_settings(**{name: value for name, value in given.items() if value is not None})


def run(args: argparse.Namespace) -> int:
    """Take files in; the account on stdout."""
    settings = settings_of(args)
    check_engine(settings)
    with pipeline.open_edges(settings) as edges, progress() as tell:
        edges.progress = tell
        account = pipeline.run(
            args.paths,
            edges,
            batch=args.batch,
            producer=args.producer,
            retry=args.retry,
            descriptions=args.describe,
        )
    if args.json:
        print_json(account.as_json())
    else:
        print_account(account)
    return exit_code(account)


def check_engine(settings: Settings) -> None:
    """Nothing starts with an engine that does not exist or cannot run here.

    Raises:
        MissingToolError: what is missing, and how to install it.
    """
    from archiveia.engines.ocr import open_engine

    open_engine(settings.ocr_engine, settings)


def exit_code(account: Account) -> int:
    """0 all fine, 3 some files rejected or failed, 1 sums that do not agree (a fault of the program)."""
    if account.mistakes:
        return WRONG_SUMS
    return FINE if account.all_fine else NOT_ALL_TAKEN


def print_account(account: Account) -> None:
    """What became of every file, and the sums."""
    shown = account.files
    if len(shown) > MOST_ROWS:
        shown = tuple(f for f in shown if f.outcome != Outcome.INDEXED)
    rows = [
        (f.place, f.outcome or "waiting", len(f.records) or "", _pages(f.pages), _reason(f.reason, f.remedy))
        for f in shown
    ]
    if rows:
        print_table(("file", "outcome", "records", "pages", "reason -> what to do"), rows)
    if len(shown) < len(account.files):
        print(f"({len(account.files) - len(shown)} indexed files are not listed; --json lists all)")
    outcomes, pages = account.outcomes, account.pages
    print(f"files: {_sum(outcomes)} = {len(account.files)} found")
    print(f"pages: {_sum(pages)} = {sum(pages.values())} seen")
    if account.doubtful_pages and account.good_cer is not None:
        over = f"estimated over {account.good_cer:.0%} wrong letters"
        print(f"       of the text pages {account.doubtful_pages} to check ({over})")
    print(f"time:  {account.seconds:.1f} s")
    for place in account.undescribed:
        print(f"no file of this run is described by the row {place!r}", file=sys.stderr)
    for mistake in account.mistakes:
        print(f"the sums do not agree: {mistake}", file=sys.stderr)


def _sum(counts: dict[str, int]) -> str:
    return " + ".join(f"{count} {name}" for name, count in counts.items())


def _pages(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


def _reason(reason: str | None, remedy: str | None) -> str:
    return " -> ".join(part for part in (reason, remedy) if part)


def ocr(args: argparse.Namespace) -> int:
    """Read files to text, ALTO, hOCR or searchable PDF."""
    from archiveia.pipeline.reading import FORMATS, read_files

    formats = tuple(name.strip() for name in args.format.split(",") if name.strip())
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise BadRequestError(f"format {args.format!r} is not known", f"choose among {', '.join(FORMATS)}")
    settings = settings_of(args)
    check_engine(settings)
    with progress() as tell:
        results = read_files(
            args.files, settings, engine=settings.ocr_engine, formats=formats, out_dir=args.out, progress=tell
        )
    rows = [
        (
            r.path.name,
            "read" if r.error is None else "not read",
            r.pages,
            r.error or ", ".join(p.name for p in r.written) + plain_pdf(r.why_plain),
        )
        for r in results
    ]
    print_table(("file", "outcome", "pages", "written"), rows)
    return FINE if all(r.error is None for r in results) else NOT_ALL_TAKEN


def status(args: argparse.Namespace) -> int:
    """Counts per step, files and pages by outcome, and whether the sums agree."""
    from archiveia.edges import database
    from archiveia.edges.database import readings, sources, units, work

    with pipeline.open_edges(read_settings(), must_exist=True) as edges:
        with database.reading(edges.database) as connection:
            files = sources.outcomes(connection, edges.entity)
            pages = readings.states(connection, edges.entity)
            steps = work.counts(connection, edges.entity, [s for s in pipeline.STEPS if s != "intake"])
            records = len(units.record_ids(connection, edges.entity))
            stale = len(work.stale(connection, edges.entity))
            expected = work.pages_indexed(connection, edges.entity)
        indexed = edges.index.count(edges.entity)
    sums_agree = indexed == expected or stale > 0
    document = {
        "entity": edges.entity,
        "files": files,
        "pages": pages,
        "records": records,
        "steps": steps,
        "pages_in_index": indexed,
        "stale_records": stale,
        "sums_agree": sums_agree,
    }
    if not sums_agree:
        print(
            f"the index holds {indexed} pages, the database {expected}: run `archiveia reindex`",
            file=sys.stderr,
        )
    if args.json:
        print_json(document)
        return FINE if sums_agree else WRONG_SUMS
    print_table(
        ("step", "done", "waiting", "failed"),
        [(name, c["done"], c["waiting"], c["failed"]) for name, c in steps.items()],
    )
    print(f"files:   {_sum(files) or 'none'} = {sum(files.values())}")
    print(f"pages:   {_sum(pages) or 'none'} = {sum(pages.values())}")
    print(f"records: {records}; pages in the index: {indexed}; records to index again: {stale}")
    return FINE if sums_agree else WRONG_SUMS


def nightly(args: argparse.Namespace) -> int:
    """The night's work."""
    with pipeline.open_edges(read_settings()) as edges, progress(silent=args.json) as tell:
        edges.progress = tell
        report = pipeline.nightly(edges)
    if args.json:
        print_json(
            {
                "files": report.files,
                "outcomes": report.outcomes,
                "stale": report.stale,
                "urgent_requests": [{"number": n, "due_on": d} for n, d in report.urgent_requests],
                "learned": report.learned and asdict(report.learned),
                "classified_again": report.classified_again,
                "rules_learned": report.rules_learned and asdict(report.rules_learned),
                "rules_read_again": report.rules_read_again,
                "audit": report.audit and asdict(report.audit),
                "clocks": report.clocks and asdict(report.clocks),
                "maxima": report.maxima and asdict(report.maxima),
                "own_data": [asdict(one) for one in report.own_data],
            }
        )
    else:
        print(f"files: {_sum(report.outcomes) or 'nothing new'} = {report.files}")
        _print_learned("classes", report.learned)
        if report.classified_again:
            print(f"classified again by what was learned: {report.classified_again} records")
        _print_learned("retention rules", report.rules_learned)
        if report.rules_read_again:
            print(f"rules read again by what was learned: {report.rules_read_again} records")
        if report.clocks:
            print(
                f"clocks of {report.clocks.records} records: {report.clocks.retention_changed} changed of "
                f"retention, {report.clocks.access_changed} of access"
            )
        for number, due in report.urgent_requests:
            print(f"request {number}: answer by {due}")
        if report.maxima:
            _print_maxima(report.maxima)
        for one in report.own_data:
            what = f"archiveia own-data purge {one.code}" if not one.why_not else " ".join(one.why_not)
            print(f"past its row {one.rule}: {one.past} of {one.data}: {what}")
        if report.audit:
            _print_audit(report.audit)
    return FINE


def _print_learned(what: str, school: NightSchool | None) -> None:
    """What a night taught, and whether it is put to use."""
    if school is None:
        return
    verdict = f"adopted as {school.adopted}" if school.adopted else "not adopted"
    print(
        f"{what} learned from {school.taught} decisions: {school.right} of {school.held} right, "
        f"{school.right_before} before; {verdict}"
    )


def _print_maxima(maxima: MaximaNight) -> None:
    """What is kept too long, and whether the DPO was mailed."""
    for one in maxima.passed:
        print(f"record {one.record}: {one.alert}")
    if maxima.passed:
        mailed = {True: "mailed to the DPO", False: "NOT mailed", None: "not mailed"}[maxima.mailed]
        print(f"longest durations passed: {len(maxima.passed)}, {mailed}{_because(maxima.problem)}")


def _because(problem: str | None) -> str:
    return f" ({problem})" if problem else ""


def _print_audit(audit: AuditNight) -> None:
    """The state of the journal, and where its head went."""
    if audit.found.head:
        mailed = {True: ", mailed", False: ", NOT mailed", None: ""}[audit.mailed]
        print(f"journal: {audit.found.entries} entries, head {audit.found.head}{mailed}")
    if not audit.found.sound:
        print("the journal was changed: run `archiveia audit verify`", file=sys.stderr)
    if audit.problem:
        print(f"the head of the journal: {audit.problem}", file=sys.stderr)


def separators(args: argparse.Namespace) -> int:
    """Separator sheets to print and put between the pieces on the scanner's feeder."""
    from archiveia.edges.storage import write_atomically
    from archiveia.engines.barcodes import separators_pdf
    from archiveia.values import SheetKind

    if not 1 <= args.count <= 500:
        raise BadRequestError(f"--count {args.count}", "ask for 1 to 500 sheets")
    kind = SheetKind.NEW_DOSSIER if args.kind == "dossier" else SheetKind.NEW_PIECE
    sheets = separators_pdf(kind, args.count)
    write_atomically(args.out, lambda target: target.write(sheets))
    print(f"{args.out}: {args.count} sheets ({args.kind})")
    return FINE
