"""Folders: every file is listed once, nothing outside is touched, and no name breaks anything."""

from __future__ import annotations

import hashlib
import os
import socket
import time

import pytest

from archiveia.edges import folders
from archiveia.edges.folders import find_files, hash_file, printable, unprintable
from archiveia.errors import BadRequestError, ForbiddenPathError, TooLargeScanError, UnreadableScanError


@pytest.fixture
def box(tmp_path):
    folder = tmp_path / "boite 1"
    folder.mkdir()
    return folder


def _refusals(root):
    return {file.place: file.refusal for file in find_files(root)}


def test_every_file_is_listed_once_by_its_place(box):
    (box / "b" / "c").mkdir(parents=True)
    for name in ("é.pdf", ".caché", "b/2.tif", "b/c/1.tif"):
        (box / name).write_bytes(b"x")
    found = find_files(box)
    assert [file.place for file in found] == [
        "boite 1/.caché",
        "boite 1/b/2.tif",
        "boite 1/b/c/1.tif",
        "boite 1/é.pdf",
    ]
    assert all(file.refusal is None and file.path.is_absolute() and file.path.exists() for file in found)


def test_the_folder_may_be_relative_or_one_file(box, monkeypatch):
    (box / "a.pdf").write_bytes(b"x")
    monkeypatch.chdir(box)
    assert [file.place for file in find_files(box.__class__())] == ["boite 1/a.pdf"]
    assert [file.place for file in find_files(box / "a.pdf")] == ["a.pdf"]


def test_a_path_without_anything_is_a_bad_request(tmp_path):
    with pytest.raises(BadRequestError, match=r"nothing to read at .*absent; check the path"):
        find_files(tmp_path / "absent")


def test_a_link_to_a_file_inside_is_an_ordinary_file(box):
    (box / "real.pdf").write_bytes(b"x")
    (box / "link.pdf").symlink_to("real.pdf")
    link = next(file for file in find_files(box) if file.place == "boite 1/link.pdf")
    assert link.refusal is None
    assert hash_file(link.path, 10)[1] == 1


def test_a_link_that_leads_out_is_refused(box, tmp_path):
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    (box / "a.pdf").symlink_to(tmp_path / "secret.pdf")
    refusal = _refusals(box)["boite 1/a.pdf"]
    assert isinstance(refusal, ForbiddenPathError)
    assert "a link out of the folder" in refusal.message


def test_a_linked_folder_is_one_refused_entry(box, tmp_path):
    (box / "real").mkdir()
    (box / "real" / "1.tif").write_bytes(b"x")
    (box / "again").symlink_to("real")
    (box / "up").symlink_to(tmp_path)
    refusals = _refusals(box)
    assert set(refusals) == {"boite 1/again", "boite 1/real/1.tif", "boite 1/up"}
    assert "link to a folder" in str(refusals["boite 1/again"])
    assert isinstance(refusals["boite 1/up"], ForbiddenPathError)


@pytest.mark.parametrize("target", ["absent", "loop"])
def test_a_link_that_leads_nowhere_is_refused(box, target):
    (box / "loop").symlink_to(target)
    assert "cannot be reached" in str(_refusals(box)["boite 1/loop"])


def test_pipes_and_sockets_are_refused_without_being_opened(box, monkeypatch):
    os.mkfifo(box / "pipe")
    monkeypatch.chdir(box)  # names of sockets must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        started = time.monotonic()
        refusals = _refusals(box)
    assert time.monotonic() - started < 5
    assert [type(r) for r in refusals.values()] == [ForbiddenPathError, ForbiddenPathError]
    with pytest.raises(ForbiddenPathError, match="not a regular file"):
        hash_file(box / "pipe", 10)


def test_what_cannot_be_read_is_refused(box, monkeypatch):
    (box / "a.pdf").write_bytes(b"x")
    monkeypatch.setattr(folders.os, "access", lambda *_: False)  # root may read everything
    assert "permission denied" in str(_refusals(box)["boite 1/a.pdf"])


def test_a_folder_that_cannot_be_listed_is_reported(box, monkeypatch):
    (box / "closed").mkdir()
    (box / "a.pdf").write_bytes(b"x")
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(folders.os, "scandir", refuse)
    refusals = _refusals(box)
    assert refusals["boite 1/a.pdf"] is None
    assert "cannot be listed: Permission denied" in str(refusals["boite 1/closed"])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("bail é œ.pdf", "bail é œ.pdf", id="French"),
        pytest.param(os.fsdecode(b"\xe9t\xe9.pdf"), r"\udce9t\udce9.pdf", id="old Latin-1 name"),
        pytest.param("a\nb.pdf", r"a\nb.pdf", id="new line"),
        pytest.param("a\\nb.pdf", r"a\\nb.pdf", id="backslash"),
        pytest.param("\u202egpj.exe", r"\u202egpj.exe", id="written from right to left"),
    ],
)
def test_a_place_can_be_printed_stored_and_read_back(box, name, shown):
    (box / name).write_bytes(b"x")
    [file] = find_files(box)
    assert file.place == f"boite 1/{shown}"
    assert file.place.encode()
    assert unprintable(file.place) == f"boite 1/{name}"
    assert unprintable(printable(str(file.path))) == str(file.path)
    assert hash_file(file.path, 10)[1] == 1


def test_a_hash_comes_with_size_and_head(tmp_path):
    content = bytes(range(256)) * 10_000
    (tmp_path / "a").write_bytes(content)
    assert hash_file(tmp_path / "a", len(content)) == (
        hashlib.sha256(content).hexdigest(),
        len(content),
        content[:4096],
    )


def test_an_empty_file_has_a_hash_and_no_head(tmp_path):
    (tmp_path / "a").touch()
    assert hash_file(tmp_path / "a", 1)[1:] == (0, b"")


def test_a_file_over_the_limit_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(bytes(3 * 1024**2))
    with pytest.raises(TooLargeScanError, match="more than 2 MiB; split it"):
        hash_file(tmp_path / "a", 2 * 1024**2)


def test_a_file_that_became_a_link_is_not_followed(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(UnreadableScanError, match="cannot be read"):
        hash_file(tmp_path / "b", 10)


def test_a_file_that_went_away_is_unreadable(tmp_path):
    with pytest.raises(UnreadableScanError, match="No such file"):
        hash_file(tmp_path / "a", 10)


def test_odd_names_of_the_corpus_are_all_found(corpora):
    root = corpora / "robustness"
    expected = sorted(str(p.relative_to(corpora)) for p in root.rglob("*") if p.is_file())
    assert sorted(unprintable(file.place) for file in find_files(root)) == expected
