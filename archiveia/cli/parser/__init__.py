"""The whole command line, in the order of ``--help``. Here nothing heavy is imported."""

from __future__ import annotations

import argparse

from archiveia import VERSION
from archiveia.cli.parser import decisions, keeping, measures, scans

EPILOG = """exit codes: 0 all fine; 1 could not go on; 2 usage; 3 some files rejected or failed (the rest is safe).
Settings are environment variables (ARCHIVEIA_HOME, ARCHIVEIA_DATABASE_URL...): see the README."""


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="archiveia",
        description="From scanned archives to described, retention-checked, searchable records.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"archiveia {VERSION}")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what happens, on stderr")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    scans.add_work(commands)
    scans.add_finding(commands)
    scans.add_imports(commands)
    scans.add_thesauri(commands)
    scans.add_checks(commands)
    decisions.add_rules(commands)
    decisions.add_decisions(commands)
    decisions.add_eliminations(commands)
    decisions.add_requests(commands)
    keeping.add_audit(commands)
    keeping.add_own_data(commands)
    keeping.add_exports(commands)
    measures.add_evaluation(commands)
    measures.add_training(commands)
    keeping.add_set_up(commands)
    return parser
