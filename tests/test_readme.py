"""The README says what the code does: its tables are those of the code, its commands exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from archiveia import cli, pipeline
from archiveia.cli.parser import build_parser
from archiveia.cli.showing import PROOFS
from archiveia.demo.box import EXPECTED
from archiveia.settings import Settings
from archiveia.values import RANK, Outcome, PageState

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]


def table(heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading, without their backquotes."""
    lines = README[README.index(f"| {heading} |") :].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]


# --- settings ---


def shown(value: object) -> str:
    """A default as the README shows it."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_settings_are_those_of_the_code():
    expected = [
        [f"ARCHIVEIA_{name.upper()}", shown(field.default), (field.description or "").replace("`", "")]
        for name, field in Settings.model_fields.items()
    ]
    assert table("setting") == expected


def test_every_setting_that_is_named_exists():
    known = {f"ARCHIVEIA_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"ARCHIVEIA_[A-Z_]*[A-Z]", README)) <= known


# --- steps, outcomes, origins ---


def test_the_steps_are_those_of_the_pipeline_in_order():
    rows = table("step")
    assert [row[0] for row in rows] == list(pipeline.STEPS)
    assert [row[3] for row in rows if not (ROOT / row[3]).exists()] == []


@pytest.mark.parametrize(
    ("heading", "values"), [("outcome of a file", Outcome), ("state of a page", PageState)]
)
def test_every_outcome_is_explained(heading, values):
    assert [row[0] for row in table(heading)] == list(values)


def test_the_origins_have_the_rank_of_the_code():
    assert {row[0]: int(row[1]) for row in table("origin")} == {
        str(kind): rank for kind, rank in RANK.items()
    }


def test_the_exit_codes_are_those_of_the_command_line():
    codes = [0, cli.COULD_NOT_GO_ON, cli.USAGE, cli.SOME_FILES_NOT_TAKEN, cli.INTERRUPTED]
    assert [int(row[0]) for row in table("exit code")] == codes


# --- commands ---


def commands(parser: argparse.ArgumentParser, before: str = "") -> Iterator[list[str]]:
    """The name and the help of every command, those of a group under their group's name."""
    (group,) = (action for action in parser._actions if hasattr(action, "_choices_actions"))
    for action in group._choices_actions:
        inner = group.choices[action.dest]
        if any(hasattr(a, "_choices_actions") for a in inner._actions):
            yield from commands(inner, f"{before}{action.dest} ")
        else:
            yield [before + action.dest, action.help]


def test_the_commands_are_those_of_the_parser():
    assert table("command") == list(commands(build_parser()))


LINES = re.findall(r"^    (?:\.venv/bin/)?archiveia (.+)$", README, flags=re.MULTILINE)
QUOTED = re.findall(r"`archiveia ([^`]+)`", README)
WITH_ARGUMENTS = {"confirm", "run", "search", "show"}
"""Commands that a sentence may name without what they need."""


@pytest.mark.parametrize("command", LINES + QUOTED)
def test_every_command_that_is_shown_can_be_typed(command, capsys):
    words = shlex.split(command, comments=True)
    if "--help" in words:
        with pytest.raises(SystemExit, match="0"):
            build_parser().parse_args(words)
        assert "usage:" in capsys.readouterr().out
    elif len(words) > 1 or words[0] not in WITH_ARGUMENTS:
        assert build_parser().parse_args(words).command


def test_commands_are_shown_at_all():
    assert {line.split()[0] for line in LINES} >= {"serve", "run", "search", "show", "confirm", "publish"}


@pytest.mark.parametrize("target", re.findall(r"^    make ([a-z]+)", README, flags=re.MULTILINE))
def test_every_make_target_exists(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_proofs_that_are_shown_are_those_of_the_demo():
    found = re.findall(r"^\d\. (.+): yes$", README, flags=re.MULTILINE)
    assert found == list(PROOFS)


def test_the_sums_that_are_shown_are_those_of_the_sample_box():
    files = Counter(file.outcome for file in EXPECTED.values())
    pages = Counter(state for file in EXPECTED.values() for state in file.pages)
    for what, counts, kinds, last in (
        ("files", files, Outcome, "found"),
        ("pages", pages, PageState, "seen"),
    ):
        terms = " + ".join(f"{counts[kind]} {kind}" for kind in kinds)
        assert f"{what}: {terms} = {counts.total()} {last}\n" in README


# --- extras ---


def test_the_extras_are_those_of_the_package():
    def name(requirement: str) -> str:
        return re.match(r"[\w.-]+(\[[\w,]+\])?", requirement)[0]

    expected = {extra: ", ".join(map(name, lines)) for extra, lines in EXTRAS.items() if extra != "dev"}
    assert {row[0]: row[1] for row in table("extra")} == expected
