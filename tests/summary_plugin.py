"""The last line of a test run: which data were absent, what was skipped and why.

With ``--extras=a,b`` the run fails when a test of one of these extras was skipped: an extra that was
asked for and is not tested is a broken installation, not a choice.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ABSENT_DATA = re.compile(r"data absent: (\w+)")
ABSENT_EXTRA = re.compile(r"extra (\w+) is not installed")


def skip_line(reasons: Iterable[str]) -> str:
    """``data absent: none; skipped: 2 (extra nli is not installed x2)``."""
    counts = Counter(reasons)
    absent = sorted({found[1] for reason in counts if (found := ABSENT_DATA.search(reason))})
    listed = ", ".join(f"{reason} x{count}" for reason, count in counts.most_common())
    total = f"{counts.total()} ({listed})" if listed else "0"
    return f"data absent: {', '.join(absent) or 'none'}; skipped: {total}"


def skipped_extras(reasons: Iterable[str], asked: Iterable[str]) -> list[str]:
    """The extras that were asked for and had a test skipped for want of them."""
    absent = {found[1] for reason in reasons if (found := ABSENT_EXTRA.search(reason))}
    return sorted(absent & set(asked))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--extras", default="", help="extras of which no test may be skipped: a,b")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and _missing(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for extra in _missing(config):
        terminalreporter.write_line(
            f"ERROR extra {extra} was asked for, but a test of it was skipped", red=True
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    """After pytest's own closing line, so that this one is the last."""
    if not config.option.collectonly and config.pluginmanager.has_plugin("terminalreporter"):
        config.get_terminal_writer().line(skip_line(_reasons(config)))


def _missing(config: pytest.Config) -> list[str]:
    return skipped_extras(_reasons(config), config.getoption("extras").replace(" ", "").split(","))


def _reasons(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports]
