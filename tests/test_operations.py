"""The manual of operations says nothing that the program does not do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archiveia.cli.parser import build_parser
from archiveia.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
UNITS = sorted((ROOT / "docs" / "operations").glob("archiveia-*"))
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in [ROOT / "docs" / "operations.md", *UNITS]}
COMMANDS = sorted({
    found.strip()
    for text in TEXTS.values()
    for found in re.findall(r"(?:`|bin/|web )archiveia ([a-z][^`\n]*?)(?:`|$)", text, flags=re.MULTILINE)
})  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_exists(command):
    words = command.split()
    assert build_parser().parse_args([*words, "PATH"] if words == ["run"] else words)


def test_the_commands_of_the_manual_are_found():
    assert {"nightly", "doctor", "reindex", "init --user NAME"} <= set(COMMANDS)


@pytest.mark.parametrize("name", TEXTS)
def test_every_setting_exists(name):
    known = {f"ARCHIVEIA_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"ARCHIVEIA_[A-Z_]*[A-Z]", TEXTS[name])) <= known


def test_the_timer_starts_the_service_of_the_same_name():
    assert [path.name for path in UNITS] == [
        "archiveia-nightly.service",
        "archiveia-nightly.timer",
        "archiveia-web.service",
    ]
