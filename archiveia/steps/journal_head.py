"""The head of the journal on paper: what is printed, mailed and compared, in French for those who keep it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from archiveia.steps.journal_chain import Head

if TYPE_CHECKING:
    from archiveia.steps.journal_chain import Verification

_HEAD = re.compile(r"(?<![0-9a-f:])(\d{1,9}):([0-9a-f]{64})(?![0-9a-f])")
_KEPT = re.compile(r"(\S+) (\d{1,9}):([0-9a-f]{64}) (sound|broken) (mailed|not_mailed|nobody)")


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A head as a night kept it. ``mailed``: whether it left by mail; ``None`` where nobody is to be mailed."""

    at: datetime
    head: Head
    sound: bool
    mailed: bool | None


def heads_in(text: str) -> list[Head]:
    """Every ``number:hash`` of a text: a kept list, a printed sheet, a mail."""
    return [Head(int(number), hashed) for number, hashed in _HEAD.findall(text)]


def line(kept: KeptHead) -> str:
    """One night in the list of heads."""
    state = "sound" if kept.sound else "broken"
    mailed = {True: "mailed", False: "not_mailed", None: "nobody"}[kept.mailed]
    return f"{kept.at.isoformat(timespec='seconds')} {kept.head} {state} {mailed}\n"


def last_kept(text: str) -> KeptHead | None:
    """The last night of the list of heads."""
    found = _KEPT.findall(text)
    if not found:
        return None
    at, number, hashed, state, mailed = found[-1]
    return KeptHead(
        datetime.fromisoformat(at),
        Head(int(number), hashed),
        state == "sound",
        {"mailed": True, "not_mailed": False, "nobody": None}[mailed],
    )


def sheet(head: Head, found: Verification, *, entity_name: str, at: datetime) -> str:
    """The sheet that is printed and mailed: the head, what the check found, what to do with it."""
    state = (
        "La chaîne a été vérifiée depuis la première entrée : rien n’y a été changé."
        if found.sound
        else f"ATTENTION : la chaîne n’est pas intacte ({len(found.flaws)} constat(s)).\n"
        "Lancez « archiveia audit verify » et prévenez la direction."
    )
    groups = "\n".join(
        "    " + " ".join(head.hash[i : i + 8] for i in range(row, row + 32, 8)) for row in (0, 32)
    )
    return f"""TÊTE DU JOURNAL
{entity_name}
{at:%d/%m/%Y à %H:%M} ({at.tzname()})

Dernière entrée : n° {head.sequence}
Empreinte SHA-256 :
{groups}

{state}
Entrées vérifiées : {found.entries}. Valeurs personnelles purgées : {found.purged}.

Gardez cette feuille hors de la machine. Elle prouve, des années plus tard, que rien de ce
qui la précède n’a été changé :

    archiveia audit verify --head {head}
"""
