"""A thesaurus out of its SKOS file, and what a newer version of it changed.

SKOS (https://www.w3.org/TR/skos-reference) in RDF/XML; trees come with names without their namespaces.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from archiveia.errors import BadRequestError
from archiveia.steps.folding import fold
from archiveia.values import Concept, Thesaurus, ThesaurusChanges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

REMEDY = "export the thesaurus as SKOS in RDF/XML, one to a file, with French labels"
_RELATIONS = ("broader", "narrower", "related")
_INVERSE = {"broader": "narrower", "narrower": "broader", "related": "related"}
MOST_LABEL_CHARACTERS = 300
_MOST_NOTE_CHARACTERS = 5000


def thesaurus_in(root: Element, name: str) -> Thesaurus:
    """The thesaurus of a SKOS tree; ``name`` is the file's, for messages.

    A relation that only one of two concepts states holds for both; one with a concept that is not in
    the file is left out. Concepts without a French label are left out.

    Raises:
        BadRequestError: it is no SKOS, holds several thesauri, or none that is in French.
    """
    if root.tag != "RDF":
        raise BadRequestError(f"{name} is no RDF file (its root is {root.tag!r})", REMEDY)
    found: dict[str, Concept] = {}
    for node in _nodes(root, "Concept"):
        concept = _concept(node)
        if concept is not None:
            former = found.get(concept.uri)
            found[concept.uri] = _joined(former, concept) if former else concept
    if not found:
        raise BadRequestError(f"{name} holds no SKOS concept with a French label", REMEDY)
    scheme, uri = _scheme(root, name)
    title = (scheme is not None and (_text(scheme, "title") or _label(scheme, "prefLabel"))) or name
    kind = fold(f"{title} {_text(scheme, 'type') or ''}" if scheme is not None else title)
    return Thesaurus(
        uri=uri,
        title=title,
        concepts=tuple(sorted(_related_both_ways(found).values(), key=lambda c: (fold(c.label), c.uri))),
        modified=_text(scheme, "modified") if scheme is not None else None,
        rights=(_text(scheme, "rights") or _text(scheme, "license")) if scheme is not None else None,
        is_companion="liste d'autorite" in kind or "liste controlee" in kind,
    )


def _nodes(root: Element, kind: str) -> Iterator[Element]:
    """The elements of a kind: by their name, or by an ``rdf:type`` that says so."""
    yield from root.iter(kind)
    for node in root.iter("Description"):
        types = (child.get("resource", "") for child in node if child.tag == "type")
        if any(t.rpartition("#")[2] == kind for t in types):
            yield node


def _uri(text: str | None) -> str | None:
    """An absolute URI without spaces; ``None`` for anything else (a blank node, a fragment)."""
    is_whole = text and ":" in text and len(text) <= MOST_LABEL_CHARACTERS and not set(text) & set(' \t\n<>"')
    return text if is_whole else None


def _concept(node: Element) -> Concept | None:
    uri, label = _uri(node.get("about")), _label(node, "prefLabel")
    if uri is None or label is None:
        return None
    others = dict.fromkeys(_labels(node, "altLabel"))
    others.pop(label, None)
    note = _label(node, "scopeNote", _MOST_NOTE_CHARACTERS)
    broader, narrower, related = (tuple(_targets(node, name)) for name in _RELATIONS)
    return Concept(uri, label, tuple(others), note, broader, narrower, related)


def _targets(node: Element, name: str) -> Iterator[str]:
    for child in node:
        if child.tag == name:
            inner = (grandchild.get("about") for grandchild in child)
            yield from filter(None, map(_uri, (child.get("resource"), *inner)))


def _labels(node: Element, name: str, most: int = MOST_LABEL_CHARACTERS) -> Iterator[str]:
    """The French texts of this name first, then those of no language."""
    said = [
        (child.get("lang", "").lower(), " ".join((child.text or "").split())[:most])
        for child in node
        if child.tag == name
    ]
    for wanted in ("fr", ""):
        yield from (text for language, text in said if text and language.partition("-")[0] == wanted)


def _label(node: Element, name: str, most: int = MOST_LABEL_CHARACTERS) -> str | None:
    return next(_labels(node, name, most), None)


def _text(node: Element, name: str) -> str | None:
    return " ".join(node.findtext(name, "").split())[:MOST_LABEL_CHARACTERS] or None


def _joined(one: Concept, other: Concept) -> Concept:
    """A concept that stands twice in the file, which RDF allows."""
    return replace(
        one,
        alt_labels=tuple(dict.fromkeys((*one.alt_labels, *other.alt_labels))),
        scope_note=one.scope_note or other.scope_note,
        broader=one.broader + other.broader,
        narrower=one.narrower + other.narrower,
        related=one.related + other.related,
    )


def _scheme(root: Element, name: str) -> tuple[Element | None, str]:
    """The element of the thesaurus, if there is one, and its URI."""
    schemes = {uri: node for node in _nodes(root, "ConceptScheme") if (uri := _uri(node.get("about")))}
    uris = list(schemes) or list(
        dict.fromkeys(uri for c in _nodes(root, "Concept") for uri in _targets(c, "inScheme"))
    )
    if len(uris) != 1:
        msg = f"{name} holds {len(uris)} concept schemes, where one is needed"
        raise BadRequestError(msg, REMEDY)
    return schemes.get(uris[0]), uris[0]


def _related_both_ways(concepts: dict[str, Concept]) -> dict[str, Concept]:
    near: dict[tuple[str, str], set[str]] = defaultdict(set)
    for uri, concept in concepts.items():
        for name in _RELATIONS:
            for target in getattr(concept, name):
                if target in concepts and target != uri:
                    near[uri, name].add(target)
                    near[target, _INVERSE[name]].add(uri)
    return {
        uri: replace(
            concept,
            broader=tuple(sorted(near[uri, "broader"])),
            narrower=tuple(sorted(near[uri, "narrower"])),
            related=tuple(sorted(near[uri, "related"])),
        )
        for uri, concept in concepts.items()
    }


def changes(former: Iterable[Concept], new: Iterable[Concept]) -> ThesaurusChanges:
    """What the new version has more, less, and otherwise than the former one; concepts are known by their URI."""
    before, after = {c.uri: c for c in former}, {c.uri: c for c in new}
    kept = [(before[uri], after[uri]) for uri in after if uri in before]
    return ThesaurusChanges(
        added=tuple(c.label for uri, c in after.items() if uri not in before),
        removed=tuple(c.label for uri, c in before.items() if uri not in after),
        renamed=tuple((old.label, c.label) for old, c in kept if old.label != c.label),
        changed=tuple(c.label for old, c in kept if old != c and old.label == c.label),
    )
