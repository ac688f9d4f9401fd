"""XML from elsewhere is hostile until it is read: no entity, no network, no endless tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archiveia.edges import xml_files
from archiveia.edges.xml_files import find_xml, read_xml
from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from pathlib import Path

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "a billion laughs": f'<!DOCTYPE alto [<!ENTITY l0 "ha">{LAUGHS}]><alto>&l9;</alto>',
    "an external entity": '<!DOCTYPE alto [<!ENTITY x SYSTEM "file:///etc/passwd">]><alto>&x;</alto>',
    "an external document type": '<!DOCTYPE alto SYSTEM "http://127.0.0.1:9/alto.dtd"><alto/>',
    "a parameter entity": '<!DOCTYPE alto [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><alto/>',
}


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "page.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_with_entities_is_refused_before_they_are_read(tmp_path, content):
    with pytest.raises(BadRequestError, match="declares a document type, which may hide entities"):
        read_xml(written(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<alto><Layout></alto>",
        b"<alto>&x;</alto>",
        b'<?xml version="1.0" encoding="klingon"?><alto/>',
        b"<alto>\xff\xfe</alto>",
    ],
)
def test_a_file_that_is_not_xml_says_so(tmp_path, content):
    with pytest.raises(BadRequestError, match="is not XML"):
        read_xml(written(tmp_path, content))


def test_a_tree_that_never_ends_is_refused(tmp_path, monkeypatch):
    with pytest.raises(BadRequestError, match="too many elements"):
        read_xml(written(tmp_path, "<a>" * 200))
    monkeypatch.setattr(xml_files, "MOST_ELEMENTS", 20)
    with pytest.raises(BadRequestError, match="too many elements"):
        read_xml(written(tmp_path, f"<a>{'<b/>' * 30}</a>"))
    monkeypatch.setattr(xml_files, "MOST_BYTES", 20)
    with pytest.raises(BadRequestError, match="has more than 0 MB"):
        read_xml(written(tmp_path, f"<a>{'b' * 30}</a>"))


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(BadRequestError, match="cannot be read: No such file"):
        read_xml(tmp_path / "page.xml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_names_lose_their_namespace_and_letters_stay(tmp_path, encoding):
    declared = encoding.replace("-sig", "")
    text = (
        f'<?xml version="1.0" encoding="{declared}"?><p:a xmlns:p="http://x/y" p:b="été"><c>œuvre</c></p:a>'
    )
    if encoding == "iso-8859-1":
        text = text.replace("œ", "oe")
    root = read_xml(written(tmp_path, text.encode(encoding)))
    assert (root.tag, root.get("b")) == ("a", "été")
    assert root.findtext("c") == ("oeuvre" if encoding == "iso-8859-1" else "œuvre")


def test_a_folder_gives_its_xml_files_in_order_without_links(tmp_path):
    for name in ("b.XML", "a.xml", "scan.jpg"):
        (tmp_path / name).touch()
    (tmp_path / "link.xml").symlink_to("/etc/passwd")
    assert [path.name for path in find_xml([tmp_path, tmp_path / "a.xml"])] == ["a.xml", "b.XML"]
