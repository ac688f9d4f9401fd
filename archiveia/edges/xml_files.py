"""XML files from elsewhere: read without entities, without the network, within limits."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MOST_BYTES = 64 * 2**20
"""A newspaper page with a box for every letter is ten times smaller."""
MOST_ELEMENTS = 1_000_000
MOST_DEPTH = 100
_REMEDY = "export it again as ALTO or PAGE"


def find_xml(paths: Sequence[Path]) -> list[Path]:
    """The files named, and every ``.xml`` file of the folders named, in order; links in a folder are left out."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() == ".xml" and not p.is_symlink())
        found.update(dict.fromkeys(inside if path.is_dir() else [path]))
    return list(found)


def read_xml(path: Path, *, remedy: str = _REMEDY) -> Element:
    """The root of an XML file, every name in it without its namespace.

    A file with a document type is refused before any entity of it is read: ALTO, PAGE and SKOS need none.
    ``remedy`` is told with a file that is not XML, or that declares a type.

    Raises:
        BadRequestError: it cannot be read, is not XML, or is built to do harm.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadRequestError(
                f"{path.name} has more than {MOST_BYTES >> 20} MB", "import its pages one by one"
            )
        with path.open("rb") as file:
            return read_xml_stream(file, path.name, remedy=remedy)
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror or error}"
        raise BadRequestError(msg, "check the file and its permissions") from error


def read_xml_stream(stream: IO[bytes], name: str, *, remedy: str = _REMEDY) -> Element:
    """The root of an open XML file; see ``read_xml``. Whoever opened it bounds its bytes.

    Raises:
        BadRequestError: it is not XML, or is built to do harm.
    """
    tree = _Tree(name, remedy)
    try:
        tree.parser.ParseFile(stream)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an encoding that is unknown
        raise BadRequestError(f"{name} is not XML: {error}", remedy) from error
    return tree.builder.close()


class _Tree:
    """A parser and the tree that it builds."""

    def __init__(self, name: str, remedy: str) -> None:
        self.name = name
        self.remedy = remedy
        self.builder = TreeBuilder()
        self.elements = self.depth = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.builder.data

    def _refuse_doctype(self, *_: object) -> None:
        raise BadRequestError(f"{self.name} declares a document type, which may hide entities", self.remedy)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MOST_ELEMENTS or self.depth > MOST_DEPTH:
            raise BadRequestError(f"{self.name} has too many elements", "import its pages one by one")
        self.builder.start(_local(tag), {_local(name): value for name, value in attributes.items()})

    def _end(self, tag: str) -> None:
        self.depth -= 1
        self.builder.end(_local(tag))


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
