"""The containers, as far as files can tell: no Docker engine is needed, and none ran them."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archiveia.settings import Settings

yaml = pytest.importorskip("yaml", reason="extra dev is not installed")

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ENV_EXAMPLE = dict(
    line.split("=", 1)
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
VARIABLE = re.compile(r"\$\{(\w+)(:\?|:-)?([^}]*)\}")
WITHOUT_HEALTH = {"airflow-init"}  # runs once and ends


def environments() -> dict[str, str]:
    return {
        name: value for service in SERVICES.values() for name, value in service.get("environment", {}).items()
    }


def test_the_services_are_those_of_the_manual():
    airflow = [
        f"airflow-{part}"
        for part in ("init", "api-server", "scheduler", "dag-processor", "triggerer", "worker")
    ]
    assert list(SERVICES) == ["postgres", "meilisearch", "valkey", "web", *airflow]


def test_every_image_has_a_fixed_version():
    tags = [service["image"].partition(":")[2] for service in SERVICES.values()]
    assert [tag for tag in tags if not re.match(r"v?\d+\.\d+(\.\d+)?", tag)] == []
    base = re.search(r"^FROM (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert base is not None
    assert base[1] == "python:3.12-slim-bookworm"


@pytest.mark.parametrize("name", sorted(set(SERVICES) - WITHOUT_HEALTH))
def test_every_service_says_how_it_is_and_comes_back(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_nobody_waits_for_a_service_that_is_not_there():
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            ends = name in WITHOUT_HEALTH
            assert wait["condition"] == ("service_completed_successfully" if ends else "service_healthy")
            assert name in SERVICES


def test_every_volume_that_is_used_is_declared():
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])]
    named = {mount for mount in mounts if not mount.startswith(("$", ".", "/"))}
    assert named == set(COMPOSE["volumes"])


def test_only_the_two_web_servers_are_reached_from_this_host_and_only_from_it():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert sorted(published) == ["airflow-api-server", "web"]
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_the_example_names_every_variable_and_no_other():
    assert {name for name, _, _ in VARIABLE.findall(TEXT)} == set(ENV_EXAMPLE)


def test_what_the_example_leaves_empty_is_asked_for_and_the_rest_has_that_default():
    for name, kind, default in VARIABLE.findall(TEXT):
        if kind == ":?":
            assert ENV_EXAMPLE[name] == "", f"{name}: an example holds no secret"
        else:
            assert (kind, default) == (":-", ENV_EXAMPLE[name]), name


def test_no_secret_is_written_down():
    secret = re.compile(r"PASSWORD|KEY|SECRET|AUTH$")
    for name, value in environments().items():
        if secret.search(name) and not name.endswith("_FILE"):
            assert re.fullmatch(r"\$\{\w+:\?\}", value), name


def test_every_setting_exists():
    given = {name for name in environments() if name.startswith("ARCHIVEIA_")}
    given |= set(re.findall(r"ARCHIVEIA_\w+(?==)", (ROOT / "Dockerfile").read_text()))
    assert given <= {f"ARCHIVEIA_{name.upper()}" for name in Settings.model_fields}


def test_every_setting_of_airflow_exists(tmp_path):
    if importlib.util.find_spec("airflow") is None:
        pytest.skip("extra airflow is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "config", "list"],
        env={"PATH": os.defpath, "AIRFLOW_HOME": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    section, known = "", set()
    for line in done.stdout.splitlines():
        if named := re.fullmatch(r"\[(\w+)\]", line):
            section = named[1]
        elif named := re.match(r"#? ?(\w+) =", line):
            known.add(f"AIRFLOW__{section}__{named[1]}".upper())
    given = {name for name in environments() if name.startswith("AIRFLOW__")}
    if importlib.util.find_spec("celery") is None:
        given = {name for name in given if "__CELERY" not in name}
    assert sorted(given - known) == []


def test_the_image_holds_all_five_folders_and_lets_in_nothing_else():
    docker = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {name for line in re.findall(r"^COPY (.+) \S+$", docker, re.MULTILINE) for name in line.split()}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {"archiveia", "search_ui", "schemas", "models", "dags"} <= copied
    assert copied == let_in


def test_nothing_runs_as_root():
    docker = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (\w+)$", docker, re.MULTILINE) == ["archiveia"]
    assert docker.index("\nUSER ") > docker.rindex("\nRUN ")
