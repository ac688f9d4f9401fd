"""What is installed is what is in the checkout: the wheel, the pinned versions, the licences."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = ["archiveia", "dags", "schemas", "models", "search_ui"]
REQUIREMENT = re.compile(r"^[\w.-]+")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {normal(name): version for name, version in (line.split("==") for line in lines)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="extra dev is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(pip, check=True, capture_output=True, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment with the wheel, and the libraries of this one behind it."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert not any(name.startswith(("tests/", "bench/")) for name in names)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(packages),
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True, cwd=folder)
    # Plain folders only: the .pth files in there, which lead back to the checkout, are not read.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "python"


def run(python: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A process of the installed package, far from the checkout and from this process' settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARCHIVEIA", "PYTHON"))}
    return subprocess.run(
        [str(python), *arguments],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def tracked(folder: str) -> list[str]:
    """What the repository holds under ``folder``, or every file there when it is no checkout."""
    git = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    files = git.stdout.split("\0")[:-1]
    return files or [
        str(p.relative_to(ROOT)) for p in (ROOT / folder).rglob("*") if p.is_file() and p.suffix != ".pyc"
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_the_five_folders_is_in_the_wheel(wheel, package):
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
    expected = [name for name in tracked(package) if (ROOT / name).is_file()]
    assert expected
    assert [name for name in expected if name not in shipped] == []


def test_the_installed_package_runs_far_from_the_checkout(python, tmp_path):
    where = "import archiveia, search_ui; print(archiveia.__file__, search_ui.__file__)"
    found = run(python, "-c", where, folder=tmp_path)
    assert found.returncode == 0, found.stderr
    assert found.stdout.count(str(python.parent.parent)) == 2


def test_the_doctor_finds_the_installed_package_sound(python, tmp_path):
    archiveia = python.parent.parent.rglob("bin/archiveia")
    doctor = run(python, str(next(archiveia)), "doctor", folder=tmp_path)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "Traceback" not in doctor.stderr
    assert str(ROOT) not in doctor.stdout


def test_the_constraints_are_plain_lines_in_order():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9][\w.-]*==[\w.]+", line)] == []
    names = [normal(line.split("==")[0]) for line in lines]
    assert names == sorted(set(names))


def test_every_dependency_is_pinned(pins):
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    named = {normal(REQUIREMENT.match(line)[0]) for group in groups for line in group}
    assert sorted(named - set(pins)) == []


def test_the_pins_keep_away_from_the_versions_known_to_break(pins):
    def major_minor(name: str) -> tuple[int, ...]:
        return tuple(map(int, pins[name].split(".")[:2]))

    assert major_minor("celery") < (5, 7)
    assert major_minor("fastapi") < (0, 137)
    assert (pins["torch"], pins["torchvision"]) == ("2.13.0", "0.28.0")
    assert pins["opencv-python"] == pins["opencv-python-headless"]


def test_every_vendored_file_is_in_the_notice_with_its_digest():
    kinds = ("*.otf", "*.ttf", "*.woff", "*.woff2", "*.min.js", "*.min.css", "*.txt.gz", "*.csv.gz")
    vendored = [path for package in PACKAGES for kind in kinds for path in (ROOT / package).rglob(kind)]
    digests = {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in vendored
    }
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^(\S+) .* ([0-9a-f]{64})$", notice, flags=re.MULTILINE))
    assert listed == digests
