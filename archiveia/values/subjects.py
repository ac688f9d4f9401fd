"""Controlled subject terms: thesauri, their concepts, and what is proposed of them for a record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a thesaurus; the others that it names are named by their URI.

    ``alt_labels`` are the words that it is used for (*employé pour*).
    """

    uri: str
    label: str
    alt_labels: tuple[str, ...] = ()
    scope_note: str | None = None
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """A thesaurus in French. ``modified`` is as its makers write it; ``None`` where they do not.

    ``is_companion``: its terms stand beside those of another one, never alone (the lists *Actions*,
    *Typologie documentaire* and *Contexte historique* beside the *thésaurus-matières*).
    """

    uri: str
    title: str
    concepts: tuple[Concept, ...]
    modified: str | None = None
    rights: str | None = None
    is_companion: bool = False


@dataclass(frozen=True, slots=True)
class ThesaurusChanges:
    """What a newer version of a thesaurus changed: labels, and (former, new) for those renamed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    changed: tuple[str, ...]
    """Those of the same label whose other words, note or relations changed."""
