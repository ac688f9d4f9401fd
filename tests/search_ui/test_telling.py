"""What went wrong is told in French on a French page: every message of the program has its French form."""

from __future__ import annotations

import ast
import importlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from town_hall import post

import archiveia
import search_ui
from archiveia import errors, pipeline
from archiveia.edges.retention_files import ROW_SCHEMA, SCHEMAS
from archiveia.errors import ArchiveiaError
from archiveia.steps.intake import kind_of, stable_id
from search_ui.telling import TABLE, told

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOTS = (Path(archiveia.__file__).parent, Path(search_ui.__file__).parent)
LEFT_OUT = ("archiveia/cli/", "archiveia/demo/")
"""They speak to a terminal."""
INSTALLERS = {errors.SettingsError, errors.MissingToolError, errors.ScheduleError}
"""For whoever installs the program: they end it, or a run, before there is a page to read."""
RAISED = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, ArchiveiaError) and kind not in INSTALLERS
}
READ_A_SCHEDULE = {"examine", "_read", "_lines_of_csv", "_about", "_periods", "_about_classes"}
"""What these find wrong in a schedule is told to whoever imports one on the desk."""
FRENCH = re.compile(r"[àâçéèêîôùû«’]|\b(?:le|la|les|du|des|un|une|de|ne)\b")


class Module:
    """The source of one module, and what the strings in it come to: templates with ``{}`` for what varies."""

    def __init__(self, path: Path) -> None:
        root = next(root for root in ROOTS if path.is_relative_to(root))
        self.name = ".".join(path.relative_to(root.parent).with_suffix("").parts).removesuffix(".__init__")
        self.tree = ast.parse(path.read_text("utf-8"))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def texts(self, node: ast.AST, function: ast.AST) -> set[str]:
        """The templates that an expression of a function can come to, those of its parts too."""
        found: set[str] = set()
        match node:
            case ast.Constant(value=str(text)):
                found = {text}
            case ast.JoinedStr(values=values):
                parts = [v.value for v in values if isinstance(v, ast.FormattedValue)]
                whole = "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in values)
                found = {whole}.union(*(self.texts(part, function) for part in parts))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                firsts, seconds = self.texts(left, function) or {"{}"}, self.texts(right, function) or {"{}"}
                found = {a + b for a in firsts for b in seconds}
            case ast.IfExp(body=body, orelse=orelse):
                found = self.texts(body, function) | self.texts(orelse, function)
            case ast.Call(func=ast.Name(id=called)):
                found = self.returned(called)
            case ast.Call(func=ast.Attribute(attr="_masked"), args=[text]):
                found = self.texts(text, function)
            case ast.Name(id=name):
                constant = getattr(importlib.import_module(self.name), name, None)
                found = {constant} if isinstance(constant, str) else self.assigned(name, function)
        return found

    def assigned(self, name: str, function: ast.AST) -> set[str]:
        """The templates that a name of a function can stand for."""
        found: set[str] = set()
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    found |= self.texts(value, function)
                case ast.AugAssign(target=ast.Name(id=target), value=value) if target == name:
                    found |= {a + b for a in found for b in self.texts(value, function)}
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Call(func=ast.Name(id=called))):
                    for place in _places(name, names):
                        found |= self.returned(called, place)
                case ast.comprehension(
                    target=ast.Tuple(elts=[ast.Name(id=key), *_]),
                    iter=ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="items")),
                ) if key == name:
                    found |= self.keys(table, function)
                case ast.For(target=ast.Tuple(elts=names), iter=ast.Name(id=table)):
                    rows = getattr(importlib.import_module(self.name), table, ())
                    found |= {row[place] for place in _places(name, names) for row in rows}
        return found

    def keys(self, table: str, function: ast.AST) -> set[str]:
        """The templates that are the keys of a dictionary of a function."""
        found: set[str] = set()
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=ast.Dict(keys=keys)) if target == table:
                    found |= {text for key in keys if key is not None for text in self.texts(key, function)}
        return found

    def returned(self, called: str, place: int | None = None) -> set[str]:
        """The templates that a function of the module returns; at this place of the tuples that it returns."""
        found: set[str] = set()
        for function in self.functions():
            for node in ast.walk(function) if function.name == called else ():
                match node:
                    case ast.Return(value=ast.Tuple(elts=parts)) if place is not None:
                        found |= self.texts(parts[place], function)
                    case ast.Return(value=ast.expr() as value) if place is None:
                        found |= self.texts(value, function)
        return found


def _places(name: str, names: list[ast.expr]) -> list[int]:
    return [place for place, n in enumerate(names) if isinstance(n, ast.Name) and n.id == name]


def _spoken(module: Module) -> Iterator[tuple[ast.expr, ast.AST]]:
    """Each expression that says what went wrong or what to do, with the function that it stands in."""
    for function in module.functions():
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in RAISED or (called == "ScheduleError" and function.name in READ_A_SCHEDULE):
                yield from ((argument, function) for argument in node.args)
            elif called == "settle":
                yield from ((k.value, function) for k in node.keywords if k.arg in ("reason", "remedy"))
            elif called == "Finding" and function.name in READ_A_SCHEDULE:
                yield from ((k.value, function) for k in node.keywords if k.arg == "says")
            elif called == "FileAccount":
                yield from ((k.value, function) for k in node.keywords if k.arg == "reason")
            elif module.name.endswith(".account") and called == "append" and "wrong" in ast.unparse(node):
                yield node.args[0], function


def _is_passed_on(node: ast.expr, function: ast.AST) -> bool:
    """It comes from another error, from the database or from a caller, where it is looked for too."""
    given = {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)}
    return isinstance(node, ast.Attribute) or (isinstance(node, ast.Name) and node.id in given)


def english() -> dict[str, str]:
    """Every template in English that can reach a page, with where it is."""
    found = {}
    for path in sorted(path for root in ROOTS for path in root.rglob("*.py")):
        module = Module(path)
        if not any(part in path.as_posix() for part in LEFT_OUT):
            for node, function in _spoken(module):
                texts = module.texts(node, function)
                assert texts or _is_passed_on(node, function), (
                    f"{module.name}: {ast.unparse(node)} cannot be followed"
                )
                found |= dict.fromkeys(texts, f"{module.name}, line {node.lineno}")
    columns = json.loads((SCHEMAS / ROW_SCHEMA).read_text("utf-8"))["properties"]
    found |= {column["description"]: ROW_SCHEMA for column in columns.values()}
    return {t: at for t, at in found.items() if re.search("[a-z]{2}", t) and not FRENCH.search(t)}


def shape(pattern: str) -> str:
    """A pattern of the table as the source has it: quotes are those of ``!r``, or of the French sentence."""
    return re.sub(r"%\(\w+\)s", "{}", pattern).replace("%%", "%")


def test_every_message_of_the_program_has_its_french_form():
    known = {shape(pattern) for pattern in TABLE["archiveia"]}
    said = english()
    assert len(said) > 100
    assert {text: at for text, at in said.items() if text not in known} == {}


def test_no_french_form_is_left_of_a_message_that_is_gone():
    said = set(english())
    assert [pattern for pattern in TABLE["archiveia"] if shape(pattern) not in said] == []


def test_the_parts_of_a_french_form_are_those_of_its_message():
    for part in TABLE.values():
        for pattern, french in part.items():
            names = set(re.findall(r"%\((\w+)\)s", french))
            assert names <= set(re.findall(r"%\((\w+)\)s", pattern)), pattern
            assert "'" not in french, french


@pytest.mark.parametrize(
    ("head", "reason", "remedy"),
    [
        (b"", "le fichier est vide (0 octet)", "copiez-le ou numérisez-le à nouveau"),
        (
            b"PK\x03\x04",
            "ni PDF, ni TIFF, ni JPEG, ni PNG, ni JP2 : cela ressemble à une archive ZIP",
            "décompressez-la et versez les numérisations qu’elle contient",
        ),
        (
            b"GIF89a",
            "ni PDF, ni TIFF, ni JPEG, ni PNG, ni JP2 : cela ressemble à une image GIF",
            "convertissez-le en TIFF ou en PNG",
        ),
    ],
)
def test_a_refused_file_is_told_in_french(head, reason, remedy):
    with pytest.raises(errors.UnreadableScanError) as refused:
        kind_of(head)
    assert told(refused.value.message, "fr") == reason
    assert told(refused.value.remedy, "fr") == remedy
    assert told(refused.value.message, "en") == refused.value.message


@pytest.mark.parametrize(
    ("message", "french"),
    [
        (
            "same bytes as a.jpg (batch C), which was rejected: the JPEG file cannot be opened: Truncated File Read",
            "mêmes octets que a.jpg (lot C), refusé : le fichier JPEG ne peut pas être ouvert : le fichier est tronqué",
        ),
        (
            "page 3 cannot be decoded: image file is truncated (15 bytes not processed)",
            "la page 3 est impossible à décoder : le fichier est tronqué (15 octets non traités)",
        ),
        ("no record 'a \"b\"' here", 'il n’y a pas ici de pièce « a "b" »'),
        ("date '32 mai' is not a date", "champ « Date du document » : « 32 mai » n’est pas une date"),
        (
            "the PNG file cannot be opened: brand new trouble",
            "le fichier PNG ne peut pas être ouvert : brand new trouble",
        ),
        ("100 % new", "100 % new"),
        ("un refus doit être motivé (CRPA L311-14)", "un refus doit être motivé (CRPA L311-14)"),
    ],
)
def test_what_varies_is_kept_and_causes_are_told_too(message, french):
    assert told(message, "fr") == french


def test_the_account_of_a_batch_is_in_the_language_of_the_page(staff, edges, tmp_path):
    (tmp_path / "vide.pdf").write_bytes(b"")
    pipeline.run([tmp_path], edges, batch="Vides")
    address = f"/bureau/lots/{stable_id('batch', edges.entity, 'Vides')}"
    french = staff.get(address).text
    assert "le fichier est vide (0 octet) – copiez-le ou numérisez-le à nouveau" in french
    assert "the file is empty (0 bytes) – copy or scan it again" in staff.get(f"{address}?lang=en").text


def test_a_refused_decision_is_told_in_the_language_of_the_page(staff, town):
    address = f"/bureau/documents/{town.closed}"
    answer = post(staff, f"{address}/couper", address, pages="9")
    assert answer.status_code == 400
    assert '<p class="notice" lang="fr">une pièce de 1 page(s) ne peut pas être coupée' in answer.text
    english = post(staff, f"{address}/couper?lang=en", address, pages="9")
    assert '<p class="notice" lang="en">a record of 1 pages cannot be split' in english.text
