"""The journal as PREMIS 3.0: an event an entry, an agent for each person, the journal itself as their object.

The text of ``eventDetail`` is the text that was hashed: its SHA-256 is the hash in the outcome, so that the chain can
be checked from the file alone. Source: PREMIS Data Dictionary 3.0; Library of Congress, premis-v3-0.xsd.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from archiveia.steps.journal_chain import sealed_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.steps.journal_chain import Entry
    from archiveia.values import Json

NAMESPACE = "http://www.loc.gov/premis/v3"
CLOSING = "</premis>\n"
_JOURNAL, _ENTRY, _ACTOR, _RECORD = (
    "archiveia journal",
    "archiveia journal entry",
    "archiveia actor",
    "archiveia record",
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def opening(entity_id: str, name: str) -> str:
    """The beginning of the document, with the journal as the object that it must have."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<premis xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n'
        '<object xsi:type="intellectualEntity">'
        f"{_identifier('objectIdentifier', _JOURNAL, entity_id)}"
        f"{_element('originalName', name)}</object>\n"
    )


def event(entry: Entry, said: Json | None = None) -> str:
    """One entry; ``said``: what it refers to, in clear, as a detail of its own."""
    detail = _element("eventDetailInformation", _element("eventDetail", sealed_text(entry)), markup=True)
    if said is not None:
        clear = json.dumps(said, ensure_ascii=False, sort_keys=True)
        detail += _element("eventDetailInformation", _element("eventDetail", clear), markup=True)
    note = f"sha256 {entry.hash} previous {entry.previous_hash}"
    outcome = _element("eventOutcome", "recorded") + _element(
        "eventOutcomeDetail", _element("eventOutcomeDetailNote", note), markup=True
    )
    return (
        f"<event>{_identifier('eventIdentifier', _ENTRY, f'{entry.entity_id}/{entry.sequence}')}"
        f"{_element('eventType', entry.action)}{_element('eventDateTime', entry.at.isoformat())}{detail}"
        f"{_element('eventOutcomeInformation', outcome, markup=True)}"
        f"{_identifier('linkingAgentIdentifier', _ACTOR, entry.actor)}"
        f"{''.join(_objects(entry))}</event>\n"
    )


def agent(actor: str, name: str | None, *, is_person: bool) -> str:
    """Who acted: by the hash that the events name, with the name where it is known and may be told."""
    told = _element("agentName", name) if name is not None else ""
    kind = _element("agentType", "person" if is_person else "software")
    return f"<agent>{_identifier('agentIdentifier', _ACTOR, actor)}{told}{kind}</agent>\n"


def _objects(entry: Entry) -> Sequence[str]:
    """The records that the entry is about; the journal when it is about none."""
    records = entry.subject.split()
    if not records:
        return [_identifier("linkingObjectIdentifier", _JOURNAL, entry.entity_id)]
    return [_identifier("linkingObjectIdentifier", _RECORD, record) for record in records]


def _identifier(element: str, kind: str, value: str) -> str:
    inner = _element(f"{element}Type", kind) + _element(f"{element}Value", value)
    return _element(element, inner, markup=True)


def _element(name: str, content: str, *, markup: bool = False) -> str:
    """An element; characters that XML cannot hold are left out."""
    return f"<{name}>{content if markup else escape(_NOT_XML.sub('', content))}</{name}>"
