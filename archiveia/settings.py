"""Every setting, with its unit and default; the only reader of the environment.

Each field is the environment variable ``ARCHIVEIA_<NAME>``; ``README.md`` lists them all (tested).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from archiveia.errors import SettingsError
from archiveia.values import ScanLimits

STEPS_WITH_MODELS = ("ocr", "classify", "describe", "subjects", "retain")
"""The steps that can do with a model or without: ``ARCHIVEIA_AI`` speaks of these."""


def _by_step(ai: str) -> dict[str, bool]:
    """For each step, whether it may use models: ``on`` or ``off`` for all, then steps apart (``off,ocr=on``)."""
    whole, *parts = (part.strip() for part in ai.split(","))
    apart = dict(part.partition("=")[::2] for part in parts)
    if not {whole, *apart.values()} <= {"on", "off"} or not apart.keys() <= set(STEPS_WITH_MODELS):
        msg = f"write on or off, then steps apart as in off,ocr=on (steps: {', '.join(STEPS_WITH_MODELS)})"
        raise ValueError(msg)
    return {step: apart.get(step, whole) == "on" for step in STEPS_WITH_MODELS}


def addresses(text: str) -> tuple[str, ...]:
    """The mail addresses of a list with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


class Settings(BaseSettings):
    """What an installation can tune. Immutable once read."""

    model_config = SettingsConfigDict(env_prefix="ARCHIVEIA_", frozen=True, extra="ignore")

    home: Path = Field(Path("archiveia-data"), description="workspace: originals, derived files, index")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the workspace")
    meilisearch_url: str = Field("", description="Meilisearch server; empty: the embedded index")
    meilisearch_key: SecretStr = Field(SecretStr(""), description="key of the Meilisearch server")
    entity: str = Field("default", description="the collectivité that this process works for")
    entity_name: str = Field("Archives", description="its name, as the public reads it")
    population: int | None = Field(
        None, ge=1, description="its inhabitants, by which samplings keep a share; empty: not known"
    )
    timezone: str = Field("Europe/Paris", description="where legal days begin and end")
    ai: str = Field("on", description="`off`: rules only, no model is loaded; steps apart as in `off,ocr=on`")

    workers: int = Field(0, ge=0, le=256, description="worker processes; 0: one per core")
    worker_memory_mb: int = Field(4096, ge=256, description="memory limit of one worker, in MiB")
    worker_pages: int = Field(200, ge=1, description="pages after which a worker is replaced")
    page_timeout_s: float = Field(300.0, gt=0, description="longest time for one page, in seconds")
    max_file_mb: int = Field(2048, ge=1, description="largest input file, in MiB")
    max_page_megapixels: int = Field(400, ge=1, description="largest page, in millions of pixels")
    max_pages: int = Field(5000, ge=1, description="most pages in one file")
    max_upload_mb: int = Field(2048, ge=1, description="largest upload of one batch, in MiB")

    ocr_engine: str = Field(
        "auto",
        validate_default=True,
        description="OCR engine; `auto`: Tesseract, and PP-OCR where that is in doubt; `best`: both",
    )
    ocr_language: str = Field("fra", description="Tesseract language(s), as in `fra+lat`")
    ocr_tessdata: str = Field(
        "", description="folder of Tesseract's data (`.traineddata`); empty: the system's"
    )
    ocr_dpi: int = Field(300, ge=72, le=1200, description="resolution at which PDF pages are drawn")
    ocr_min_score: float = Field(
        0.40, ge=0, le=1, description="mean confidence under which a page is illegible"
    )
    ocr_sure_cer: float = Field(
        0.02,
        ge=0,
        le=1,
        description="estimated share of wrong letters up to which `auto` asks no second engine",
    )
    ocr_good_cer: float = Field(
        0.05, ge=0, le=1, description="estimated share of wrong letters up to which a page is well read"
    )
    ocr_max_cer: float = Field(
        0.35, ge=0, le=1, description="estimated share of wrong letters above which a page is illegible"
    )
    blank_ink_share: float = Field(
        0.0005, ge=0, le=1, description="dark share of a page under which it is blank"
    )
    blank_page_cuts: bool = Field(False, description="a blank page starts a new piece")
    doctr_detector: str = Field(
        "",
        description="docTR detector weights (`file`, `file#sha256=...`); empty: docTR's cache, `models/ocr`",
    )
    doctr_recogniser: str = Field(
        "",
        description="docTR recogniser weights (`file`, `file#sha256=...`); empty: docTR's cache, `models/ocr`",
    )
    doctr_pages: int = Field(
        0, ge=0, le=256, description="pages that docTR is given at once; 0: 16 on a GPU, 1 without"
    )
    doctr_processes: int = Field(
        2, ge=1, le=64, description="processes on the GPU: while one reads, the other draws its next pages"
    )

    classifier: Literal["auto", "nli", "embed", "e5", "lexical"] = Field(
        "auto", description="zero-shot classifier"
    )
    nli_model: str = Field("", description="transformers zero-shot model: local folder or cached name")
    nli_revision: str = Field("", description="revision of that model")
    classify_min_score: float = Field(0.35, ge=0, le=1, description="score under which a person classifies")
    classify_min_margin: float = Field(0.05, ge=0, le=1, description="least distance to the runner-up")
    blind_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="share of the records that the desk shows without the proposed class, and as many without the "
        "retention rule",
    )
    learn_min_decisions: int = Field(
        50, ge=10, description="decisions from which the machine learns classes, or retention rules, at night"
    )
    ner: Literal["auto", "spacy", "learned", "off"] = Field(
        "auto",
        description="names beside the rules: by spaCy where it is there (`auto`), by the `learned` weights",
    )
    near_duplicate_similarity: float = Field(
        0.75, gt=0, le=1, description="share of letters that agree from which pages are near-duplicates"
    )

    elimination_cooling_days: int = Field(
        7,
        ge=1,
        description="days between the second person's word and a destruction: a week, for somebody to object",
    )
    backup_retention_days: int | None = Field(
        None,
        ge=0,
        description="days that backups are kept, which certificates state; empty: nothing is destroyed",
    )

    online_practice: Literal["none", "au-029"] = Field(
        "none",
        description="practice of online publication followed beside the law: `au-029` (no force of law since 2018)",
    )

    session_hours: int = Field(12, ge=1, description="hours after which the staff logs in again")
    session_idle_minutes: int = Field(
        60, ge=1, description="minutes without a page after which the staff logs in again"
    )
    oidc_issuer: str = Field("", description="identity provider (OpenID Connect); empty: passwords alone")
    oidc_client_id: str = Field("", description="what the identity provider knows this desk by")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="its secret there")
    oidc_redirect_url: str = Field(
        "", description="this desk’s `/connexion/retour`, as the provider must know it"
    )
    oidc_scope: str = Field("openid email", description="what is asked of the identity provider")
    oidc_claim: str = Field("email", description="claim that names an account’s identity (`email`, `sub`)")
    oidc_label: str = Field("ProConnect", description="the identity provider’s name on the log-in page")
    cookie_secure: bool = Field(False, description="session cookie over HTTPS only (set it behind TLS)")

    smtp_host: str = Field("", description="mail relay of the night; empty: no mail")
    smtp_port: int = Field(25, ge=1, le=65535, description="its port; STARTTLS is used where offered")
    smtp_from: str = Field("archiveia@localhost", description="address that the mail comes from")
    smtp_user: str = Field("", description="account at the relay; empty: none")
    smtp_password: SecretStr = Field(SecretStr(""), description="its password, sent encrypted only")
    audit_mail_to: str = Field(
        "", description="two addresses, with a comma, of those who keep the head of the journal"
    )
    dpo_mail: str = Field(
        "", description="addresses, with commas, told daily of longest durations passed: DPO, services"
    )
    desk_url: str = Field("", description="address of the desk (`https://…`), for the links in mails")
    timestamp_url: str = Field(
        "", description="time-stamp authority (RFC 3161) for the head of the journal; empty: none"
    )

    @field_validator("timezone")
    @classmethod
    def _exists(cls, value: str) -> str:
        if value not in available_timezones():
            msg = "no such time zone"
            raise ValueError(msg)
        return value

    @field_validator("timestamp_url", "desk_url")
    @classmethod
    def _is_on_the_web(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            msg = "write an address that begins with http:// or https://"
            raise ValueError(msg)
        return value

    @field_validator("audit_mail_to")
    @classmethod
    def _names_two(cls, value: str) -> str:
        if value and len(set(addresses(value))) < 2:
            msg = "name two addresses, with a comma: a head that one person keeps proves nothing against that person"
            raise ValueError(msg)
        return value

    @field_validator("ai")
    @classmethod
    def _is_understood(cls, value: str) -> str:
        _by_step(value)
        return value

    @field_validator("ocr_engine")
    @classmethod
    def _reads_as_allowed(cls, value: str, info: ValidationInfo) -> str:
        """Tesseract alone instead of ``auto`` where no model may read; another engine that is asked for is refused."""
        if "ai" not in info.data or _by_step(info.data["ai"])["ocr"]:
            return value
        if value not in {"auto", "tesseract", "null"}:
            msg = "this engine is a model, and ARCHIVEIA_AI keeps models from reading"
            raise ValueError(msg)
        return "tesseract" if value == "auto" else value

    def may_use_models(self, step: str) -> bool:
        """Whether a step of ``STEPS_WITH_MODELS`` may load a model."""
        return _by_step(self.ai)[step]

    @property
    def home_dir(self) -> Path:
        """The workspace as an absolute path."""
        return self.home.expanduser().resolve()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database_url or f"sqlite:///{self.home_dir / 'archiveia.sqlite3'}"

    @property
    def worker_count(self) -> int:
        """How many worker processes to run."""
        return self.workers or len(os.sched_getaffinity(0))

    @property
    def audit_mail_addresses(self) -> tuple[str, ...]:
        """Who keeps the head of the journal elsewhere."""
        return addresses(self.audit_mail_to)

    @property
    def dpo_mail_addresses(self) -> tuple[str, ...]:
        """Who is told of what is kept longer than the law allows."""
        return addresses(self.dpo_mail)

    @property
    def limits(self) -> ScanLimits:
        """What intake refuses to open."""
        return ScanLimits(
            max_file_bytes=self.max_file_mb * 1024**2,
            max_page_pixels=self.max_page_megapixels * 1_000_000,
            max_pages=self.max_pages,
        )


def read_settings(**overrides: object) -> Settings:
    """The settings of the environment, with ``overrides`` on top.

    Raises:
        SettingsError: a variable has a value that cannot be used; the message names it.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type] # checked by pydantic, on the next line if wrong
    except ValidationError as error:
        first = error.errors()[0]
        name = "ARCHIVEIA_" + str(first["loc"][0]).upper()
        msg = f"{name}={first['input']!r} cannot be used: {first['msg']}"
        raise SettingsError(msg, "correct or unset it (README, settings)") from error
