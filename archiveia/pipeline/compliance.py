"""The papers of data protection, filled from the settings, the retention schedule and what models are in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges.contracts import SCHEMAS, load_retention_schedule
from archiveia.edges.own_data import FILE, load_own_data
from archiveia.edges.personal_kinds import load_personal_kinds
from archiveia.errors import BadRequestError, ScheduleError
from archiveia.steps.compliance import PAPERS, AiSystem, Facts, KeptFor, filled
from archiveia.steps.retain import duration_in_french

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archiveia.settings import Settings
    from archiveia.values import Json, RetentionRule


def paper(name: str, settings: Settings, schedule: Mapping[str, RetentionRule] | None = None) -> str:
    """One of ``PAPERS`` as Markdown, for a person to complete and sign.

    ``schedule``: the one in force; by default that of the program, for there is no workspace yet.

    Raises:
        BadRequestError: there is no such paper.
        ScheduleError: a file of ``schemas`` is missing or cannot be used.
    """
    if name not in PAPERS:
        raise BadRequestError(f"there is no paper {name!r}", f"choose one of {', '.join(PAPERS)}")
    facts = _facts(settings, load_retention_schedule() if schedule is None else schedule)
    try:
        return filled((SCHEMAS / "papers" / f"{name}.md").read_text("utf-8"), facts)
    except (OSError, KeyError, ValueError) as error:
        msg = f"schemas/papers/{name}.md cannot be used: {error!r}"
        raise ScheduleError(msg, "correct it, or install the program again") from error


def _facts(settings: Settings, schedule: Mapping[str, RetentionRule]) -> Facts:
    try:
        data = load_own_data()
        kept = tuple(_kept_for(row, schedule.get(row["rule"])) for row in data["kept"])
        systems = tuple(
            AiSystem(
                row["purpose"],
                _model_of(row["step"], settings),
                row["data"],
                row["decided_by"],
                row["quality"],
                settings.may_use_models(row["step"]),
            )
            for row in data["systems"]
        )
    except KeyError as error:
        raise ScheduleError(
            f"{FILE} cannot be used: {error!r}", "correct it, or install the program again"
        ) from error
    backups = settings.backup_retention_days
    return Facts(
        entity=settings.entity_name,
        systems=systems,
        kept=kept,
        personal_kinds=tuple(kind.label for kind in load_personal_kinds().values()),
        measures=(
            f"Mots de passe en Argon2id, sessions de {settings.session_hours} h au plus, formulaires signés.",
            "Rôles et besoin d’en connaître ; consultation d’un dossier sensible motivée et inscrite.",
            "Journal chaîné par empreintes, en ajout seul, vérifiable ; originaux rangés par empreinte.",
            f"Sauvegardes : {'à compléter' if backups is None else f'{backups} jours'}.",
        ),
        database="SQLite, dans l’espace de travail"
        if not settings.database_url
        else "serveur de la collectivité",
        search="Meilisearch" if settings.meilisearch_url else "index dans l’espace de travail",
        mail="activé"
        if settings.smtp_host and (settings.audit_mail_to or settings.dpo_mail)
        else "non activé",
    )


def _kept_for(row: Json, rule: RetentionRule | None) -> KeptFor:
    if rule is None:
        return KeptFor(
            row["data"], row["rule"], "à compléter", "règle absente du tableau de gestion en vigueur"
        )
    duration = duration_in_french(rule) + ("" if rule.active else ", à valider (ligne désactivée)")
    return KeptFor(row["data"], row["rule"], duration, rule.source)


def _model_of(step: str, settings: Settings) -> str:
    return {
        "ocr": f"moteur « {settings.ocr_engine} »",
        "classify": f"classement « {settings.classifier} », appris des décisions si elles suffisent",
        "describe": f"noms « {settings.ner} »",
        "subjects": "mots et plongements de phrases",
        "retain": "indices écrits, mots de documents inventés, et ce qu’apprennent les décisions si elles suffisent",
    }[step]
