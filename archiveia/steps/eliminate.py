"""An elimination as the law wants it: list, signatures, visa, a second person, time to think, then destruction.

Every act is refused with its reasons until the law and the archives' own decisions are satisfied (C. patr.
L212-2, R212-14, R212-51).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from archiveia.steps.eliminate_lines import answer_of, obstacles_to_list, seal
from archiveia.steps.eliminate_standing import (
    LABELS,
    ORDER,
    OVER,
    STAGES,
    VERDICTS,
    Standing,
    World,
    next_acts,
)
from archiveia.steps.legal_dates import in_french
from archiveia.values.eliminations import Act, Answer, Bordereau, Event, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

CLOCK_BACK = "L’horloge de la machine a reculé"
SAME_PERSON = "Il faut deux personnes différentes"
SHORT_SEAL = 12
"""How much of the fingerprint is printed in large, and typed again from the visa."""
JUDGED_AGAIN = (Act.ISSUE, Act.CONFIRM, Act.DESTROY)
"""Before these, every record is judged again by the rules and holds of that moment."""


def obstacles(here: Standing, event: Event, world: World) -> list[str]:
    """Why this act cannot be done now, in French; nothing when it can."""
    act = event.act
    if act not in next_acts(here):
        before = ORDER[: ORDER.index(act)] if act in ORDER else ()
        missing = ", ".join(LABELS[one] for one in before if one not in here.done)
        lacks = f" Il reste à : {missing}." if missing and here.stage not in OVER else ""
        return [
            f"« {LABELS[act]} » ne se fait pas maintenant : le bordereau est {STAGES[here.stage]}.{lacks}"
        ]
    known_at = max(world.known_at, here.latest_at or world.known_at)
    found = []
    if event.at < known_at:
        found.append(
            f"{CLOCK_BACK} ({_moment(event.at)}, le journal connaît {_moment(known_at)}) : réglez-la."
        )
    if act in JUDGED_AGAIN:
        found += _against(here, act, world)
    found += _CHECKS[act](here, event, world) if act in _CHECKS else []
    return found


def _against(here: Standing, act: Act, world: World) -> list[str]:
    listed = here.bordereau.records if here.bordereau else ()
    names = {r.id: r.cote or r.id for r in listed}
    wanted = names if act is Act.ISSUE else here.granted
    return [
        f"{names[record]} : {reason}" for record in wanted for reason in world.against.get(record, ())
    ] + ([] if wanted else ["Aucune pièce ne peut être éliminée."])


def _issue(here: Standing, event: Event, world: World) -> list[str]:
    if here.bordereau is None or seal(here.bordereau) != event.facts["sha256"]:
        return ["Le bordereau a changé depuis qu’il a été montré : relisez-le."]
    return _dated(event, None, "", world) + obstacles_to_list(here.bordereau)


def _sign(here: Standing, event: Event, world: World) -> list[str]:
    return _named(event, "la signature") + _dated(event, here.issued_on, "l’émission du bordereau", world)


def _send(here: Standing, event: Event, world: World) -> list[str]:
    signed = [_on(here.done[act]) for act in (Act.SIGN_SERVICE, Act.SIGN_AUTHORITY)]
    return _dated(event, max(signed), "la dernière signature", world)


def _visa(here: Standing, event: Event, world: World) -> list[str]:
    """The visa is that of this list, for each of its lines (*un tableau de gestion n’est jamais un visa*)."""
    facts, list_ = event.facts, here.bordereau
    found = _named(event, "le visa") + _dated(event, _on(here.done[Act.SEND]), "l’envoi", world)
    if list_ is None:
        return found
    if not str(facts.get("reference", "")).strip():
        found.append(
            "Le visa n’a pas de référence : recopiez celle que portent les archives départementales."
        )
    if not facts.get("file_sha256"):
        found.append("Le visa numérisé manque : un tableau de gestion ou un courriel n’est pas un visa.")
    if facts.get("number") != list_.number:
        found.append(f"Le visa porte le bordereau « {facts.get('number')} », celui-ci est le {list_.number}.")
    typed = str(facts.get("sha256", "")).casefold()
    if len(typed) < SHORT_SEAL or not (here.seal or "").startswith(typed):
        found.append(f"Le visa ne porte pas l’empreinte de ce bordereau ({(here.seal or '')[:SHORT_SEAL]}…).")
    return found + _answers(list_, [answer_of(a) for a in facts["answers"]])


def _answers(list_: Bordereau, answers: Sequence[Answer]) -> list[str]:
    found, by_line = [], {answer.line: answer for answer in answers}
    if len(by_line) != len(answers) or by_line.keys() - {line.number for line in list_.lines}:
        found.append("Le visa répond deux fois à une ligne, ou à une ligne qui n’existe pas.")
    for line in list_.lines:
        answer, all_ = by_line.get(line.number), {r.id for r in line.records}
        if answer is None:
            found.append(f"Ligne {line.number} : le visa n’a pas de réponse (accordé, refusé ou en partie).")
            continue
        granted = set(answer.granted)
        fits = {
            Verdict.GRANTED: granted == all_,
            Verdict.REFUSED: not granted,
            Verdict.PARTLY: bool(granted) and granted < all_,
        }[answer.verdict]
        if not fits:
            found.append(
                f"Ligne {line.number} : les pièces accordées ne vont pas avec « {VERDICTS[answer.verdict]} »."
            )
    return found


def _withdraw(here: Standing, event: Event, world: World) -> list[str]:
    del world
    listed = {r.id for r in here.bordereau.records} if here.bordereau else set()
    unknown = [r for r in event.facts["records"] if r not in listed]
    found = [f"{r} n’est pas sur le bordereau." for r in unknown]
    if not event.facts["records"]:
        found.append("Aucune pièce n’est à retirer : donnez leur cote.")
    return found + _reasoned(event)


def _confirm(here: Standing, event: Event, world: World) -> list[str]:
    found = _other_person(here, event, world)
    if event.by.account is None:
        found.append("Il faut un compte du bureau pour confirmer : un terminal ne dit pas qui y est.")
    if int(event.facts.get("cooling_days", -1)) < world.cooling_days:
        found.append(f"Le délai de réflexion est de {world.cooling_days} jours au moins.")
    return found


def _other_person(here: Standing, event: Event, world: World) -> list[str]:
    found = []
    if any(event.by.is_same_person(hand) for hand in here.first_hand):
        found.append(
            f"{SAME_PERSON} : {event.by.name} a préparé ou émis le bordereau, ou enregistré son visa."
        )
    if event.by.account in world.in_new_hands:
        found.append(
            f"Le compte de {event.by.name} a été créé, ou remis à quelqu’un (mot de passe, personne ou identité), "
            "depuis que le bordereau est préparé : qui a un compte d’avant confirme et détruit ; "
            "à défaut, abandonnez ce bordereau et préparez-en un autre."
        )
    return found


def _destroy(here: Standing, event: Event, world: World) -> list[str]:
    confirmed = here.done[Act.CONFIRM]
    found = _other_person(here, event, world)
    if not confirmed.by.is_same_person(event.by) or event.by.account is None:
        found.append(f"Seule la personne qui a confirmé, {confirmed.by.name}, peut détruire.")
    # a setting that was shortened since shortens nothing
    days = max(int(confirmed.facts["cooling_days"]), world.cooling_days)
    until = confirmed.at + timedelta(days=days)
    if min(event.at, world.now_at) < until:
        found.append(f"Le délai de réflexion court jusqu’au {_moment(until)}.")
    if world.backup_days is None:
        found.append(
            "La durée de vie des sauvegardes n’est pas réglée (ARCHIVEIA_BACKUP_RETENTION_DAYS) : "
            "le certificat doit la dire."
        )
    return found


def _attest(here: Standing, event: Event, world: World) -> list[str]:
    after_on = here.done[Act.VISA].facts["on"]
    found = _named(event, "l’attestation") + _dated(event, date.fromisoformat(after_on), "le visa", world)
    if not str(event.facts.get("how", "")).strip():
        found.append("Dites comment le papier a été détruit (broyage, incinération…).")
    return found


def _named(event: Event, what: str) -> list[str]:
    has_name = bool(str(event.facts.get("name", "")).strip())
    return [] if has_name else [f"Il manque le nom de qui a donné {what}."]


def _reasoned(event: Event) -> list[str]:
    has_reason = bool(str(event.facts.get("reason", "")).strip())
    return [] if has_reason else ["Dites pourquoi."]


def _abandon(here: Standing, event: Event, world: World) -> list[str]:
    del here, world
    return _reasoned(event)


def _on(event: Event) -> date:
    return date.fromisoformat(event.facts["on"])


def _dated(event: Event, earliest: date | None, what: str, world: World) -> list[str]:
    """A date that is there, is not to come, and is not before what comes first."""
    said = event.facts.get("on")
    if not said:
        return ["La date manque."]
    on = date.fromisoformat(said)
    if on > world.today:
        return [f"Le {in_french(on)} n’est pas encore venu."]
    if earliest is not None and on < earliest:
        return [f"Le {in_french(on)} précède {what} ({in_french(earliest)})."]
    return []


def _moment(at: datetime) -> str:
    return f"{at:%d/%m/%Y %H:%M} UTC"


_CHECKS = {
    Act.ISSUE: _issue,
    Act.SIGN_SERVICE: _sign,
    Act.SIGN_AUTHORITY: _sign,
    Act.SEND: _send,
    Act.VISA: _visa,
    Act.WITHDRAW: _withdraw,
    Act.CONFIRM: _confirm,
    Act.DESTROY: _destroy,
    Act.ATTEST: _attest,
    Act.ABANDON: _abandon,
}
