"""Papers that an installation owes, drafted from its own configuration: a person completes, signs and keeps them.

Register of processing (RGPD art. 30), draft impact assessment (art. 35), register of AI systems (UE 2024/1689),
information notice (art. 13, 14). Their words are in ``schemas/papers``; here is what is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAPERS = ("register", "impact", "ai", "notice")
"""The papers, as the command line and the desk name them."""


@dataclass(frozen=True, slots=True)
class AiSystem:
    """One kind of proposal that models compute: what for, with what, on what, who decides, where it was measured."""

    purpose: str
    model: str
    data: str
    decided_by: str
    quality: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class KeptFor:
    """Data of the service's own, and for how long the retention schedule keeps them."""

    data: str
    rule: str
    duration: str
    source: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the configuration says of an installation, in French."""

    entity: str
    systems: tuple[AiSystem, ...]
    kept: tuple[KeptFor, ...]
    personal_kinds: tuple[str, ...]
    measures: tuple[str, ...]
    database: str
    search: str
    mail: str


def filled(template: str, facts: Facts) -> str:
    """The paper as Markdown, its blanks filled; a name cannot break out of its line or its table.

    Raises:
        KeyError: the template asks for what is not known; it is a fault of ``schemas/papers``.
    """
    on = [system.purpose for system in facts.systems if system.is_on]
    systems = (
        (s.purpose, s.model, s.data, s.decided_by, s.quality, "en service" if s.is_on else "arrêté")
        for s in facts.systems
    )
    headings = ("Finalité", "Modèle", "Données", "Contrôle humain", "Qualité", "État")
    return Template(template).substitute(
        entity=_cell(facts.entity),
        systems=_table(headings, systems),
        systems_on=", ".join(on) or "aucun",
        kept=_table(
            ("Données", "Durée", "Règle", "Source"),
            ((k.data, k.duration, k.rule, k.source) for k in facts.kept),
        ),
        personal_kinds=", ".join(facts.personal_kinds),
        measures="\n".join(f"- {measure}" for measure in facts.measures),
        database=facts.database,
        search=facts.search,
        mail=facts.mail,
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
