"""Requests for access to documents: their number, legal clock, states and acknowledgement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from archiveia.errors import BadRequestError, RefusedError
from archiveia.steps.confirmed import confirmed
from archiveia.steps.legal_dates import add_months, in_french

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from archiveia.values import Record


@dataclass(frozen=True, slots=True)
class RequestDelay:
    """A row of ``schemas/request_delays.json``: months to answer, and who is asked next: ``cada`` or ``cnil``."""

    kind: str
    label: str
    months: int
    legal_source: str
    recourse: str = "cada"

    @property
    def is_of_personal_data(self) -> bool:
        """A right of RGPD art. 15 to 21: silence refuses nothing, the CNIL is asked."""
        return self.recourse == "cnil"


RIGHTS = ("rgpd-15", "rgpd-16", "rgpd-17", "rgpd-18", "rgpd-20", "rgpd-21")
"""Requests about one's own data (RGPD art. 15 to 21)."""
REQUESTS = ("crpa", "derogation", *RIGHTS)
"""What somebody can ask for, by kind (``schemas/request_delays.json``)."""


class RequestState(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    ANSWERED = "answered"
    REFUSED = "refused"
    CLOSED = "closed"


class Urgency(StrEnum):
    """How near the end of the legal delay is."""

    LATE = "late"
    """The delay is over: silence is now worth refusal."""
    SOON = "soon"
    ON_TIME = "on_time"


MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.RECEIVED: frozenset({RequestState.ANSWERED, RequestState.REFUSED}),
    RequestState.ANSWERED: frozenset({RequestState.CLOSED}),
    # a late or reversed answer after a refusal (CADA's advice) is an answer
    RequestState.REFUSED: frozenset({RequestState.ANSWERED, RequestState.CLOSED}),
    RequestState.CLOSED: frozenset(),
}

_STATE_FR = {
    RequestState.RECEIVED: "reçue",
    RequestState.ANSWERED: "communiquée",
    RequestState.REFUSED: "refusée",
    RequestState.CLOSED: "close",
}


def _delay(delays: Mapping[str, RequestDelay], kind: str) -> RequestDelay:
    if kind not in delays:
        known = ", ".join(sorted(delays))
        raise BadRequestError(f"unknown kind of request {kind!r}", f"choose one of {known}")
    return delays[kind]


def due_on(received_on: date, delays: Mapping[str, RequestDelay], kind: str = "crpa") -> date:
    """The last day to answer; after it, silence is a refusal.

    Calendar months from the reception: one for a CRPA request (CRPA R*311-12, R311-13), two for a
    derogation (C. patr. L213-3); both numbers come from ``schemas/request_delays.json``.
    """
    return add_months(received_on, _delay(delays, kind).months)


def request_number(year: int, sequence: int) -> str:
    """The number of a request in its year's register: ``2026-0001``."""
    if sequence < 1:
        raise BadRequestError(f"request number {sequence} in {year}", "number requests from 1")
    return f"{year}-{sequence:04d}"


def urgency(due: date, today: date, *, warn_days: int = 7) -> Urgency:
    """How a request that still waits stands against its last day."""
    left_days = (due - today).days
    if left_days < 0:
        return Urgency.LATE
    return Urgency.SOON if left_days <= warn_days else Urgency.ON_TIME


def move(current: RequestState, wanted: RequestState, *, reason: str | None = None) -> RequestState:
    """The new state of a request.

    Raises:
        RefusedError: the move does not exist, or a refusal gives no reason (CRPA L311-14).

    """
    if wanted not in MOVES[current]:
        raise RefusedError(
            f"une demande {_STATE_FR[current]} ne peut pas devenir {_STATE_FR[wanted]}",
            "ouvrez une nouvelle demande ou choisissez une autre suite",
        )
    if wanted is RequestState.REFUSED and not (reason or "").strip():
        raise RefusedError("un refus doit être motivé (CRPA L311-14)", "indiquez le motif du refus")
    return wanted


def acknowledgement(
    number: str,
    received_on: date,
    delays: Mapping[str, RequestDelay],
    *,
    kind: str = "crpa",
    subject: str,
    entity_name: str,
) -> str:
    """The letter that acknowledges a request: last day, meaning of silence, appeals (CRPA L112-3, R112-5)."""
    delay, cada = _delay(delays, kind), _delay(delays, "cada")
    last = add_months(received_on, delay.months)
    head = f"""Madame, Monsieur,

{entity_name} accuse réception de votre demande n° {number}, reçue le {in_french(received_on)}, \
portant sur : {subject.strip()}.

Il s’agit d’une {delay.label} ({delay.legal_source}). \
Une réponse vous sera adressée au plus tard le {in_french(last)}.
"""
    if delay.is_of_personal_data:
        return head + _RIGHTS
    return f"""{head}
Sans réponse à cette date, le silence gardé vaut refus implicite de votre demande.

En cas de refus, vous disposez de {cada.months} mois pour saisir la Commission d’accès aux documents \
administratifs (CADA, {cada.legal_source}), préalable obligatoire à tout recours devant le tribunal \
administratif ; en cas de refus implicite, jusqu’au {in_french(add_months(last, cada.months))}.

Si votre demande est refusée, en tout ou partie, la décision vous en donnera les motifs.
"""


def rests_on_computation(pieces: Sequence[Record]) -> bool:
    """Whether what closes these pieces was computed: of one of them no person confirmed the category, or the date."""
    return not all(confirmed(piece, "date") and confirmed(piece, "access_category") for piece in pieces)


def computed_mention(number: str, delays: Mapping[str, RequestDelay], *, entity_name: str) -> str:
    """What the letter of an individual decision says when it rests on a proposal that no person confirmed.

    Purpose, right to the rules, how to ask, whom to turn to (CRPA L311-3-1, R311-3-1-1), what is told (R311-3-1-2).
    """
    crpa, cada = _delay(delays, "crpa"), _delay(delays, "cada")
    return f"""Cette décision s’appuie sur un traitement algorithmique dont personne n’a confirmé le résultat \
(CRPA L311-3-1). Sa finalité : proposer la nature d’un document, sa date et le jour où il devient communicable.

Vous avez le droit d’obtenir la communication des règles définissant ce traitement et des principales \
caractéristiques de sa mise en œuvre : le degré et le mode de sa contribution à la décision, les données traitées \
et leurs sources, les paramètres et leur pondération, les opérations effectuées (CRPA R311-3-1-1 et R311-3-1-2). \
Demandez-la à {entity_name}, par le formulaire de demande ou par lettre, en citant le n° {number}. Sans réponse \
dans un délai de {crpa.months} mois, ou en cas de refus, vous disposez de {cada.months} mois pour saisir la \
Commission d’accès aux documents administratifs (CADA, {cada.legal_source})."""


_RIGHTS = """
Ce délai peut être prolongé de deux mois si la demande est complexe ; vous en seriez informé dans le premier mois \
(RGPD art. 12, 3). Votre identité peut être vérifiée s’il y a un doute raisonnable (art. 12, 6).

Les données des archives définitives ne peuvent être effacées (RGPD art. 17, 3, d ; C. patr. L212-1) ; \
vous pouvez demander qu’un document ne soit plus en ligne.

Sans réponse, ou si elle ne vous satisfait pas, vous pouvez adresser une réclamation à la CNIL \
(www.cnil.fr) et saisir le juge.
"""
