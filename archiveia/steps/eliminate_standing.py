"""Where an elimination stands: what was done is a list of events, and everything follows from them alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from archiveia.steps.eliminate_lines import answer_of, bordereau_of
from archiveia.values.eliminations import Act, Answer, Bordereau, Event, Hand, Stage, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from archiveia.values import Json

ACTS: dict[Stage, tuple[Act, ...]] = {
    Stage.NEW: (Act.DRAFT,),
    Stage.DRAFT: (Act.DRAFT, Act.ISSUE, Act.ABANDON),
    Stage.ISSUED: (Act.SIGN_SERVICE, Act.SIGN_AUTHORITY, Act.WITHDRAW, Act.ABANDON),
    Stage.SIGNED: (Act.SEND, Act.WITHDRAW, Act.ABANDON),
    Stage.SENT: (Act.VISA, Act.WITHDRAW, Act.ABANDON),
    Stage.ANSWERED: (Act.CONFIRM, Act.WITHDRAW, Act.ABANDON),
    Stage.REFUSED: (),
    Stage.CONFIRMED: (Act.DESTROY, Act.CONFIRM, Act.WITHDRAW, Act.ABANDON),
    Stage.DESTROYING: (Act.DESTROYED,),
    Stage.DESTROYED: (Act.ATTEST, Act.CERTIFY),
    Stage.CERTIFIED: (),
    Stage.ABANDONED: (),
}
"""What can follow where: nothing is skipped."""

ORDER = (
    *(Act.DRAFT, Act.ISSUE, Act.SIGN_SERVICE, Act.SIGN_AUTHORITY, Act.SEND),
    *(Act.VISA, Act.CONFIRM, Act.DESTROY, Act.ATTEST, Act.CERTIFY),
)
"""The way from a list to its certificate."""
OVER = (Stage.REFUSED, Stage.CERTIFIED, Stage.ABANDONED)
"""Where nothing follows."""
_ONCE = (Act.SIGN_SERVICE, Act.SIGN_AUTHORITY, Act.ATTEST)
FIRST_HAND = (Act.DRAFT, Act.ISSUE, Act.VISA)
"""Who did one of these is the first person: the second one is somebody else."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an elimination stands, by what was done."""

    stage: Stage = Stage.NEW
    bordereau: Bordereau | None = None
    seal: str | None = None
    """SHA-256 of what was issued."""
    issued_on: date | None = None
    done: Mapping[Act, Event] = field(default_factory=dict)
    """The newest event of each act."""
    first_hand: tuple[Hand, ...] = ()
    answers: tuple[Answer, ...] = ()
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    """Records that were taken back from the list, with the reason: they stay."""
    latest_at: datetime | None = None

    @property
    def granted(self) -> tuple[str, ...]:
        """The records that the visa lets go and nobody took back."""
        found = dict.fromkeys(record for answer in self.answers for record in answer.granted)
        return tuple(record for record in found if record not in self.withdrawn)

    @property
    def to_destroy(self) -> tuple[str, ...]:
        """Those of them whose files go; where paper alone goes, the files stay."""
        lines = self.bordereau.lines if self.bordereau else ()
        digital = {r.id for line in lines if line.support.has_digital for r in line.records}
        return tuple(record for record in self.granted if record in digital)

    @property
    def paper_goes(self) -> bool:
        """Paper is eliminated, whose destruction has to be attested."""
        granted = set(self.granted)
        lines = self.bordereau.lines if self.bordereau else ()
        return any(line.support.has_paper and granted & {r.id for r in line.records} for line in lines)

    @property
    def cooling_until(self) -> datetime | None:
        """The moment before which nobody can destroy."""
        confirmed = self.done.get(Act.CONFIRM)
        if confirmed is None:
            return None
        return confirmed.at + timedelta(days=int(confirmed.facts["cooling_days"]))


@dataclass(frozen=True, slots=True)
class World:
    """What an act meets beside the list: the clock, what the journal last knew, what stands against each record."""

    now_at: datetime
    today: date
    known_at: datetime
    """The newest moment in the journal: no act is older."""
    cooling_days: int
    backup_days: int | None
    against: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Why a record may not go today, in French: holds, rules, requests, changes since the list was issued."""
    in_new_hands: frozenset[int] = frozenset()
    """Accounts that were made, or given to a person by another one, since the list was drafted."""


def standing(events: Iterable[Event]) -> Standing:
    """Where an elimination stands after these events, in their order."""
    found = Standing()
    for event in events:
        found = after(found, event)
    return found


def after(before: Standing, event: Event) -> Standing:
    """Where an elimination stands after one more event."""
    act = event.act
    now = replace(
        before,
        done={**before.done, act: event},
        latest_at=event.at if before.latest_at is None else max(before.latest_at, event.at),
        first_hand=(*before.first_hand, event.by) if act in FIRST_HAND else before.first_hand,
    )
    if act is Act.DRAFT:
        return replace(now, stage=Stage.DRAFT, bordereau=bordereau_of(event.facts["bordereau"]))
    if act is Act.ISSUE:
        on = date.fromisoformat(event.facts["on"])
        return replace(now, stage=Stage.ISSUED, seal=event.facts["sha256"], issued_on=on)
    if act in (Act.SIGN_SERVICE, Act.SIGN_AUTHORITY):
        both = {Act.SIGN_SERVICE, Act.SIGN_AUTHORITY} <= now.done.keys()
        return replace(now, stage=Stage.SIGNED if both else Stage.ISSUED)
    if act is Act.WITHDRAW:
        reasons = dict.fromkeys(event.facts["records"], str(event.facts["reason"]))
        return replace(now, withdrawn={**before.withdrawn, **reasons})
    if act is Act.VISA:
        answers = tuple(map(answer_of, event.facts["answers"]))
        granted = any(answer.granted for answer in answers)
        return replace(now, stage=Stage.ANSWERED if granted else Stage.REFUSED, answers=answers)
    stages = {
        Act.SEND: Stage.SENT,
        Act.CONFIRM: Stage.CONFIRMED,
        Act.DESTROY: Stage.DESTROYING,
        Act.DESTROYED: Stage.DESTROYED,
        Act.CERTIFY: Stage.CERTIFIED,
        Act.ABANDON: Stage.ABANDONED,
    }
    return replace(now, stage=stages.get(act, before.stage))


def next_acts(here: Standing) -> tuple[Act, ...]:
    """What a person can do next, whoever may do it."""
    acts = [act for act in ACTS[here.stage] if act not in here.done or act not in _ONCE]
    if here.stage is Stage.DESTROYED:
        return (Act.ATTEST,) if here.paper_goes and Act.ATTEST not in here.done else (Act.CERTIFY,)
    return tuple(acts)


def as_json(event: Event) -> Json:
    """The event as the journal tells it: codes, dates and ids, nobody's name."""
    told = {k: v for k, v in event.facts.items() if k in ("on", "sha256", "file_sha256", "cooling_days")}
    return {"action": event.act, "at": event.at.isoformat()} | told


LABELS: dict[Act, str] = {
    Act.DRAFT: "préparer",
    Act.ISSUE: "émettre le bordereau",
    Act.SIGN_SERVICE: "enregistrer la signature du service producteur",
    Act.SIGN_AUTHORITY: "enregistrer la signature du maire ou du président",
    Act.SEND: "enregistrer l’envoi aux archives départementales",
    Act.VISA: "enregistrer le visa",
    Act.WITHDRAW: "retirer des pièces",
    Act.CONFIRM: "confirmer",
    Act.DESTROY: "détruire",
    Act.DESTROYED: "achever la destruction",
    Act.ATTEST: "attester la destruction du papier",
    Act.CERTIFY: "établir le certificat",
    Act.ABANDON: "abandonner",
}
STAGES: dict[Stage, str] = {
    Stage.NEW: "à préparer",
    Stage.DRAFT: "en préparation",
    Stage.ISSUED: "émis, à signer",
    Stage.SIGNED: "signé, à envoyer",
    Stage.SENT: "envoyé, en attente du visa",
    Stage.ANSWERED: "visé, à confirmer par une seconde personne",
    Stage.REFUSED: "refusé par les archives départementales",
    Stage.CONFIRMED: "confirmé, en délai de réflexion",
    Stage.DESTROYING: "en cours de destruction",
    Stage.DESTROYED: "détruit, à certifier",
    Stage.CERTIFIED: "éliminé et certifié",
    Stage.ABANDONED: "abandonné",
}
VERDICTS: dict[Verdict, str] = {
    Verdict.GRANTED: "accordé",
    Verdict.REFUSED: "refusé",
    Verdict.PARTLY: "accordé en partie",
}
