"""What people write on the forms of an elimination: a support, a day, a line, what a visa says, which records."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from archiveia.errors import BadRequestError
from archiveia.values.eliminations import Support, Verdict
from search_ui.sessions import text_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from archiveia.pipeline.eliminating import Status
    from archiveia.values.eliminations import Line


def support_in(form: FormData) -> Support:
    """What is eliminated."""
    said = text_of(form, "support")
    if said not in set(Support):
        raise BadRequestError(f"le support {said!r} est inconnu", "choisissez ce qui est éliminé")
    return Support(said)


def day_in(form: FormData) -> str:
    """The day that was written, or nothing: ``steps.eliminate`` asks for it."""
    said = text_of(form, "le")
    try:
        return date.fromisoformat(said).isoformat() if said else ""
    except ValueError as error:
        raise BadRequestError(f"{said!r} n’est pas une date", "écrivez 2026-03-31") from error


def change_in(form: FormData, line: Line) -> dict[str, Any]:
    """What a person wrote on a line of the draft."""
    n = line.number
    support = text_of(form, f"support-{n}") or line.support
    if support not in set(Support):
        raise BadRequestError(f"le support {support!r} est inconnu", "choisissez ce qui est éliminé")
    return {
        "title": text_of(form, f"intitule-{n}"),
        "support": Support(support),
        "metres": _number(text_of(form, f"metres-{n}")),
        "boxes": None if (boxes := _number(text_of(form, f"boites-{n}"))) is None else int(boxes),
        "observations": text_of(form, f"observations-{n}"),
        "copy_process": text_of(form, f"procede-{n}"),
        "copy_storage": text_of(form, f"conservation-{n}"),
    }


def _number(text: str) -> float | None:
    if not text:
        return None
    try:
        found = float(text.replace(",", "."))
    except ValueError as error:
        raise BadRequestError(f"{text!r} n’est pas un nombre", "écrivez par exemple 1,20") from error
    if not 0 <= found < 10_000:
        raise BadRequestError(f"{text!r} n’est pas une quantité", "écrivez par exemple 1,20")
    return found


def answers_in(form: FormData, found: Status) -> list[dict[str, Any]]:
    """What the visa says of each line; a line without an answer is left out, and asked for."""
    answers = []
    for line in found.standing.bordereau.lines if found.standing.bordereau else ():
        said = text_of(form, f"reponse-{line.number}")
        if said not in set(Verdict):
            continue
        granted = {
            Verdict.GRANTED: [record.id for record in line.records],
            Verdict.REFUSED: [],
            Verdict.PARTLY: named_in(text_of(form, f"accordees-{line.number}"), found, line),
        }[Verdict(said)]
        notes = text_of(form, f"notes-{line.number}")[:2000]
        answers.append({"line": line.number, "verdict": said, "granted": granted, "observations": notes})
    return answers


def named_in(text: str, found: Status, line: Line | None = None) -> list[str]:
    """The records that are written by cote or identifier, one a line; a cote that several have names none of them."""
    list_ = found.standing.bordereau
    records = line.records if line else list_.records if list_ else ()
    cotes = Counter(record.cote for record in records)
    named = {record.id: record.id for record in records}
    named |= {record.cote: record.id for record in records if record.cote and cotes[record.cote] == 1}
    wanted = [part.strip() for part in text.splitlines() if part.strip()]
    for one in wanted:
        if one not in named:
            raise BadRequestError(
                f"{one!r} n’est pas la cote ou l’identifiant d’une seule pièce du bordereau",
                "recopiez la cote ou l’identifiant qui est dans la liste des pièces",
            )
    return list(dict.fromkeys(named[one] for one in wanted))
