"""What an entry of the journal says, in the visitor's language: values decided, verdicts, what was taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search_ui.labels import FIELDS, JOURNAL_KEYS, NAME_STATES, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from archiveia.edges.database.journal import Line
    from archiveia.values import Json

_LONGEST_LIST = 6
_LABELS = FIELDS | JOURNAL_KEYS
_UNTOLD = frozenset({"class_to_review", "class_taken_blind"})


def details(line: Line, translate: Callable[..., str]) -> str:
    """One line of text below the name of the action; empty when there is nothing to add. A purged value is told."""
    after = line.after if isinstance(line.after, dict) else {}
    if line.action == "subject":
        return f"« {after.get('label', '')} » : {translate(VERDICTS.get(after.get('verdict', ''), ''))}"
    if line.action == "check":
        finding = after.get("finding")
        why = finding.get("why", "") if isinstance(finding, dict) else finding
        return f"{why} : {translate(VERDICTS.get(after.get('verdict', ''), ''))}"
    if line.action == "name":
        forms = _text(after.get("forms"), translate)
        state = translate(NAME_STATES.get(after.get("state", ""), ""))
        return f"« {after.get('preferred', '')} » ({forms}) : {state}"
    if line.action == "confirm":
        told = {key: value for key, value in after.items() if key in FIELDS and key not in _UNTOLD}
    else:
        told = {key: value for key, value in after.items() if key in _LABELS and _is_short(value)}
    return " ; ".join(f"{translate(_LABELS[key])} : {_text(value, translate)}" for key, value in told.items())


def _is_short(value: Json) -> bool:
    """It can be told in a line of a table."""
    if isinstance(value, list):
        return len(value) <= _LONGEST_LIST and not any(isinstance(one, dict | list) for one in value)
    return not isinstance(value, dict)


def _text(value: Json, translate: Callable[..., str]) -> str:
    match value:
        case None:
            return translate("inconnu")
        case bool():
            return translate("oui") if value else translate("non")
        case list():
            return " ; ".join(_text(one, translate) for one in value)
        case _:
            return str(value)
