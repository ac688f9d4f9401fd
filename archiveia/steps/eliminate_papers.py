"""The papers of an elimination, in French: the bordereau to sign and visa, and the certificate of what was destroyed.

Neither names a person whom the records are about: they are kept for ever.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING

from archiveia.steps.eliminate import SHORT_SEAL
from archiveia.steps.eliminate_lines import SUPPORTS, harmless, in_bytes, in_metres, quantity
from archiveia.steps.eliminate_standing import VERDICTS
from archiveia.steps.legal_dates import in_french
from archiveia.values.eliminations import Act, Support
from archiveia.values.papers import Paper, Section, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archiveia.steps.eliminate_standing import Standing
    from archiveia.values import Json
    from archiveia.values.eliminations import Bordereau, Line

CODE = "ARCHIVEIA:ELIMINATION"
LAW = (
    "Aucune élimination sans le visa de la personne chargée du contrôle scientifique et technique de l’État "
    "(C. patr. L212-2, R212-14, R212-51). Un tableau de gestion n’est pas un visa. La destruction sans accord est "
    "punie (C. patr. L214-3)."
)
_HEADS = (
    ("N°", 4),
    ("Intitulé ou type de documents", 19),
    ("Dates extrêmes", 8),
    ("DUA et déclencheur", 12),
    ("Base légale", 15),
    ("Support éliminé", 9),
    ("Quantité", 11),
    ("Observations du service", 11),
    ("Visa et observations des archives départementales", 11),
)


def code_of(number: str, sha256: str) -> str:
    """What the QR code of a bordereau says: its number and fingerprint, so that a visa proves which list it is for.

    Half of the fingerprint, in capitals: 128 bits tell lists apart, and the code has few and big squares.
    """
    return f"{CODE}:{number}:{sha256[:32].upper()}"


def read_code(text: str) -> tuple[str, str] | None:
    """The number and the beginning of the fingerprint that a code says; ``None`` for any other code."""
    if not text.startswith(f"{CODE}:"):
        return None
    number, _, sha256 = text.removeprefix(f"{CODE}:").partition(":")
    return number, sha256.casefold()


def bordereau_paper(list_: Bordereau, sha256: str, *, head: str | None) -> Paper:
    """The bordereau, to print in two originals. ``head`` is that of the journal when it is issued."""
    count = len(list_.records)
    total = f"{in_metres(list_.metres)}, {count} pièce{'s' if count > 1 else ''}"
    size = sum(line.size_bytes for line in list_.lines)
    return Paper(
        title=f"Bordereau d’élimination n° {list_.number}",
        facts=(
            ("Collectivité", list_.collectivite),
            ("Service producteur", list_.service),
            ("Date", in_french(list_.prepared_on)),
            ("Empreinte à recopier", sha256[:SHORT_SEAL]),
        ),
        table=Table(
            heads=tuple(head for head, _ in _HEADS),
            widths=tuple(width for _, width in _HEADS),
            rows=tuple(_row(line) for line in list_.lines),
            total=("", "Total", "", "", "", "", total + (f", {in_bytes(size)}" if size else ""), "", ""),
        ),
        sections=(Section("Rappel", (LAW,)),),
        signatures=(
            ("Pour le service producteur", "Nom, fonction, date, signature"),
            ("Le maire ou le président", "Nom, date, signature, cachet"),
            (
                "Visa des archives départementales",
                "Référence, nom, date, signature. Pour chaque ligne : accordé, refusé, ou accordé en partie.",
            ),
        ),
        foot=_foot(f"Bordereau {list_.number}", sha256, head),
        code=code_of(list_.number, sha256),
    )


def _row(line: Line) -> tuple[str, ...]:
    notes = [line.observations] if line.observations else []
    if line.support is Support.PAPER:
        notes.append(
            f"Copie fiable (C. civ. 1379) : {line.copy_process} ; conservée : {line.copy_storage} ; empreintes SHA-256 "
            "dans le fichier CSV."
        )
    return (
        str(line.number),
        f"{line.title} (règle {line.rule})",
        line.extreme_dates,
        f"{line.dua} ; {line.trigger}",
        line.legal_basis,
        SUPPORTS[line.support],
        quantity(line),
        " ".join(notes),
        "",
    )


def _foot(what: str, sha256: str, head: str | None) -> str:
    journal = f" ; journal : {head}" if head else ""
    return f"{what} ; SHA-256 {sha256}{journal}"


def bordereau_csv(list_: Bordereau, sha256: str) -> str:
    """The bordereau as a table for spreadsheets, which run no formula of it; pieces by cote, or by identifier."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    heads = [
        *("bordereau", "empreinte", "collectivité", "service", "date", "n°", "intitulé", "règle"),
        *("dates extrêmes", "DUA", "déclencheur", "base légale", "support", "mètres linéaires", "boîtes"),
        *("pièces", "octets", "observations du service", "procédé de copie", "conservation de la copie"),
        *("cotes ou identifiants", "empreintes des pièces"),
    ]
    writer.writerow(heads)
    whole = (list_.number, sha256, list_.collectivite, list_.service, list_.prepared_on.isoformat())
    for line in list_.lines:
        cells = (
            *whole,
            line.number,
            line.title,
            line.rule,
            line.extreme_dates,
            line.dua,
            line.trigger,
            line.legal_basis,
            SUPPORTS[line.support],
            "" if line.metres is None else f"{line.metres:.2f}".replace(".", ","),
            "" if line.boxes is None else line.boxes,
            len(line.records),
            line.size_bytes,
            line.observations,
            line.copy_process,
            line.copy_storage,
            " | ".join(record.cote or record.id for record in line.records),
            " | ".join(record.fingerprint for record in line.records),
        )
        writer.writerow([harmless(str(cell)) for cell in cells])
    return text.getvalue()


def certificate_paper(here: Standing, *, head: str | None) -> Paper:
    """The certificate: what was destroyed, on whose word, what stays, until when backups hold it.

    Raises:
        ValueError: nothing was destroyed yet.
    """
    list_, result = here.bordereau, here.done.get(Act.DESTROYED)
    if list_ is None or result is None:
        msg = "nothing was destroyed yet"
        raise ValueError(msg)
    facts = result.facts
    return Paper(
        title=f"Certificat d’élimination, bordereau n° {list_.number}",
        facts=(
            ("Collectivité", list_.collectivite),
            ("Service producteur", list_.service),
            ("Détruit le", in_french(date.fromisoformat(facts["on"]))),
            ("Empreinte du bordereau", (here.seal or "")[:SHORT_SEAL]),
        ),
        table=Table(
            heads=(
                *("N°", "Intitulé ou type", "Cotes", "Dates extrêmes", "Règle, base légale"),
                *("Support", "Quantité au bordereau", "Visa", "Détruit"),
            ),
            widths=(4, 18, 12, 9, 18, 10, 12, 9, 8),
            rows=tuple(_outcome(line, here, facts) for line in list_.lines),
        ),
        sections=(
            Section("Sur la parole de", _said_by(here)),
            Section("Ce qui a été détruit", _destroyed(here, facts)),
            Section("Ce qui reste", _stays(here, facts)),
            Section("Sauvegardes", _backups(facts)),
        ),
        foot=_foot(f"Certificat du bordereau {list_.number}", here.seal or "", head),
        code=code_of(list_.number, here.seal or ""),
    )


def _outcome(line: Line, here: Standing, facts: Mapping[str, Json]) -> tuple[str, ...]:
    mine = {record.id for record in line.records}
    answer = next((a for a in here.answers if a.line == line.number), None)
    gone = (
        set(here.granted) - set(facts["kept"]) if line.support is Support.PAPER else set(facts["destroyed"])
    )
    cotes = list(dict.fromkeys(record.cote for record in line.records if record.cote))
    return (
        str(line.number),
        line.title,
        _some(cotes) or "sans cote",
        line.extreme_dates,
        f"{line.rule} ; {line.legal_basis}",
        SUPPORTS[line.support],
        quantity(line),
        VERDICTS[answer.verdict] if answer else "",
        f"{len(mine & gone)} / {len(mine)}",
    )


def _said_by(here: Standing) -> tuple[str, ...]:
    """Each act with its date and who did it."""
    done, visa = here.done, here.done[Act.VISA].facts
    service, authority = (done[act].facts for act in (Act.SIGN_SERVICE, Act.SIGN_AUTHORITY))
    confirmed, pressed = done[Act.CONFIRM], done[Act.DESTROY]
    found = [
        f"Bordereau émis le {_day(done[Act.ISSUE].facts['on'])} par {done[Act.ISSUE].by.name}.",
        f"Signé pour le service producteur par {service['name']}, le {_day(service['on'])}.",
        f"Signé par {authority['name']}, le {_day(authority['on'])}.",
        f"Envoyé aux archives départementales le {_day(done[Act.SEND].facts['on'])}.",
        (
            f"Visa {visa['reference']} de {visa['name']}, le {_day(visa['on'])} ; visa numérisé, SHA-256 "
            f"{visa['file_sha256']}."
        ),
        (
            f"Confirmé par une seconde personne, {confirmed.by.name}, le {confirmed.at:%d/%m/%Y} ; délai de "
            f"réflexion de {confirmed.facts['cooling_days']} jours."
        ),
        f"Destruction demandée par {pressed.by.name}, le {pressed.at:%d/%m/%Y}.",
    ]
    if Act.ATTEST in done:
        paper = done[Act.ATTEST].facts
        found.append(f"Papier détruit le {_day(paper['on'])} ({paper['how']}), attesté par {paper['name']}.")
    return tuple(found)


def _destroyed(here: Standing, facts: Mapping[str, Json]) -> tuple[str, ...]:
    files = facts["files"]
    count, size = files.get("original_removed", (0, 0))
    derived, incoming = files.get("derived_removed", (0, 0)), files.get("incoming_removed", (0, 0))
    gone = len(facts["destroyed"])
    digital = (
        (
            f"Pièces numériques : {gone}. Fichiers conservés : {count} ({in_bytes(size)}). Images, textes et "
            f"vignettes des pages : {in_bytes(derived[1])}. Fichiers déposés : {incoming[0]}."
        ),
        (
            "Avec elles : textes lus, descriptions, index de recherche, signatures de ressemblance, "
            "empreintes d’images, formes de noms, valeurs du journal, et ce que le classement en avait appris."
        ),
    )
    paper = ("Papier : voir l’attestation ci-dessus.",) if here.paper_goes else ()
    return (*(digital if gone else ()), *paper)


def _stays(here: Standing, facts: Mapping[str, Json]) -> tuple[str, ...]:
    """What was on the list and was not destroyed, without a word of why that could name somebody."""
    listed = {r.id: r.cote or r.id for r in here.bordereau.records} if here.bordereau else {}
    granted = {record for answer in here.answers for record in answer.granted}
    parts = {
        "Refusé par le visa": [listed[r] for r in listed if r not in granted],
        "Retiré du bordereau": [listed[r] for r in here.withdrawn if r in listed],
        "Gardé au dernier moment (gel, règle ou demande en cours)": [
            listed[r] for r in facts["kept"] if r in listed and r not in here.withdrawn and r in granted
        ],
    }
    found = [f"{what} : {_some(records)}." for what, records in parts.items() if records]
    pressed = here.done[Act.DESTROY].facts
    shared = pressed["shared"] + facts["files"].get("original_needed", (0, 0))[0]
    outside = pressed["outside"]
    if shared:
        found.append(f"Fichiers qui servent aussi à des pièces gardées, et restent avec elles : {shared}.")
    if outside:
        found.append(
            f"Fichiers d’entrée hors de l’espace de travail, que le programme ne détruit pas : {outside}."
        )
    found.append("Restent pour toujours : le bordereau, son visa, ce certificat.")
    return tuple(found)


def _some(names: Sequence[str], most: int = 20) -> str:
    more = f" et {len(names) - most} autres" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _backups(facts: Mapping[str, Json]) -> tuple[str, ...]:
    last = date.fromisoformat(facts["on"]) + timedelta(days=int(facts["backup_days"]))
    return (
        (
            f"Les sauvegardes antérieures à la destruction expirent au plus tard le {in_french(last)} "
            f"({facts['backup_days']} jours, réglage de l’installation)."
        ),
    )


def _day(iso: str) -> str:
    return in_french(date.fromisoformat(iso))
