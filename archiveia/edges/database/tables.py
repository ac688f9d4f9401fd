"""The tables: entity -> units of description (fonds, series, dossier, piece) -> pages, and what is said of them.

Everything that belongs to a collectivité carries its ``entity_id``; nothing is read without it.
Migrations in ``edges/migrations`` make these tables; a test holds the two together.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(sa.types.TypeDecorator[datetime]):
    """An aware UTC moment; SQLite keeps no zone, so it is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: an hour without a zone is a guess."""
        del dialect
        if value is not None and value.tzinfo is None:
            msg = f"naive datetime {value!r}"
            raise ValueError(msg)
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


ID = sa.String(40)
NOT_TEXT = "state <> 'text'"
"""Pages that are no text, as their partial index says it: a query must say it in the same words."""
GOES = {
    "sqlite": "field = 'retention' AND json_extract(value, '$.fate') = 'E'",
    "postgresql": "field = 'retention' AND value ->> 'fate' = 'E'",
}
"""What is proposed for elimination, as its partial index says it on each database."""

entities = sa.Table(
    "entities",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("producer", sa.Text),
    sa.Column("unit_id", ID, sa.ForeignKey("units.id"), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.UniqueConstraint("entity_id", "name"),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("batch_id", ID, sa.ForeignKey("batches.id"), nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("group_key", sa.Text, nullable=False),
    sa.Column("group_rank", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64)),
    sa.Column("size_bytes", sa.BigInteger),
    sa.Column("kind", sa.String(8)),
    sa.Column("page_count", sa.Integer),
    sa.Column("outcome", sa.String(12)),
    sa.Column("step", sa.String(12)),
    sa.Column("reason", sa.Text),
    sa.Column("remedy", sa.Text),
    sa.Column("duplicate_of", ID, sa.ForeignKey("sources.id")),
    sa.Column("registered_at", Utc, nullable=False),
    sa.Index(None, "entity_id", "sha256"),
    sa.Index(None, "entity_id", "outcome"),
    sa.Index(None, "batch_id"),
)

units = sa.Table(
    "units",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("parent_id", ID, sa.ForeignKey("units.id")),
    sa.Column("level", sa.String(8), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("cote_key", sa.Text),
    sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "entity_id", "level"),
    sa.Index(None, "parent_id"),
)

pages = sa.Table(
    "pages",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("unit_id", ID, sa.ForeignKey("units.id")),
    sa.Column("number", sa.Integer),
    sa.Column("source_id", ID, sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("source_page", sa.Integer, nullable=False),
    sa.Column("sheet", sa.String(12), nullable=False),
    sa.UniqueConstraint("source_id", "source_page"),
    sa.Index(None, "unit_id"),
)

readings = sa.Table(
    "readings",
    metadata,
    sa.Column("page_id", ID, sa.ForeignKey("pages.id"), primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("score", sa.Float),
    sa.Column("cer_estimate", sa.Float),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("engine_version", sa.Text, nullable=False),
    sa.Column("width_px", sa.Integer, nullable=False),
    sa.Column("height_px", sa.Integer, nullable=False),
    sa.Column("turned_degrees", sa.Integer, nullable=False),
    sa.Column("prepared", sa.JSON, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    # Most pages are text: an index of them all would be asked first where it finds nothing.
    sa.Index(None, "state", sqlite_where=sa.text(NOT_TEXT), postgresql_where=sa.text(NOT_TEXT)),
)

assertions = sa.Table(
    "assertions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("unit_id", ID, sa.ForeignKey("units.id"), nullable=False),
    sa.Column("field", sa.String(40), nullable=False),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("origin_kind", sa.String(8), nullable=False),
    sa.Column("origin_name", sa.Text, nullable=False),
    sa.Column("origin_version", sa.Text, nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("page", sa.Integer),
    sa.Column("span_start", sa.Integer),
    sa.Column("span_end", sa.Integer),
    sa.Column("span_text", sa.Text),
    sa.Column("made_at", Utc, nullable=False),
    sa.Index(None, "unit_id", "field"),
    # Proposals are long, and most are none to eliminate: to read them all takes a quarter of a second at 100,000.
    sa.Index(
        "ix_assertions_goes",
        "unit_id",
        sqlite_where=sa.text(GOES["sqlite"]),
        postgresql_where=sa.text(GOES["postgresql"]),
    ),
)

work = sa.Table(
    "work",
    metadata,
    sa.Column("unit_id", ID, sa.ForeignKey("units.id"), primary_key=True),
    sa.Column("step", sa.String(12), primary_key=True),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("at", Utc, nullable=False),
)

signatures = sa.Table(
    "signatures",
    metadata,
    sa.Column("page_id", ID, sa.ForeignKey("pages.id"), primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Index(None, "entity_id"),
)

similar_pages = sa.Table(
    "similar_pages",
    metadata,
    sa.Column("page_a", ID, sa.ForeignKey("pages.id"), primary_key=True),
    sa.Column("page_b", ID, sa.ForeignKey("pages.id"), primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("relation", sa.String(12), nullable=False, server_default="doubtful"),
    sa.Index(None, "page_b"),
)

pictures = sa.Table(
    "pictures",
    metadata,
    sa.Column("page_id", ID, sa.ForeignKey("pages.id"), primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Index(None, "entity_id"),
)

copy_decisions = sa.Table(
    "copy_decisions",
    metadata,
    sa.Column("page_a", ID, sa.ForeignKey("pages.id"), primary_key=True),
    sa.Column("page_b", ID, sa.ForeignKey("pages.id"), primary_key=True),
    sa.Column("is_copy", sa.Boolean, nullable=False),
    sa.Column("record_copy", ID, sa.ForeignKey("pages.id")),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", Utc, nullable=False),
    sa.Index(None, "page_b"),
    comment="what a person decided of a pair of pages; nothing is deleted for it",
)

publications = sa.Table(
    "publications",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("unit_id", ID, sa.ForeignKey("units.id"), nullable=False),
    sa.Column("published", sa.Boolean, nullable=False),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", Utc, nullable=False),
    sa.Column("rights", sa.String(8)),
    sa.Column("data_class", sa.String(20)),
    sa.Column("reason", sa.String(12)),
    sa.Column("note", sa.Text),
    sa.Index(None, "unit_id"),
)

stale_in_index = sa.Table(
    "stale_in_index",
    metadata,
    sa.Column("unit_id", ID, sa.ForeignKey("units.id"), primary_key=True),
    sa.Column("since", Utc, nullable=False),
    comment="records whose rights or fields changed after the index last took them in",
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor_hash", sa.String(64), nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
    sa.Column("undoes", sa.Integer),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.UniqueConstraint("entity_id", "undoes"),
    sa.Index(None, "entity_id", "at"),
    sa.Index(None, "entity_id", "action"),
    sa.Index(None, "entity_id", "actor_hash"),
    comment="chained by hashes; triggers refuse every change (steps/journal_chain.py)",
)

journal_values = sa.Table(
    "journal_values",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("salt", sa.String(32)),
    sa.Column("value", sa.Text),
    sa.Column("purged_by", sa.Integer),
    sa.Index(None, "entity_id", "kind"),
    comment="what entries of the journal refer to by salted hash: it can be purged, the chain holds",
)

journal_records = sa.Table(
    "journal_records",
    metadata,
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), primary_key=True),
    sa.Column("record", sa.String(80), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    comment="which entries are about a record: made of their subjects, to find them",
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("role", sa.String(16), nullable=False, server_default="administrator"),
    sa.Column("services", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("person", sa.Text, nullable=False, server_default=""),
    sa.Column("disabled_at", Utc),
    sa.Column("totp_secret", sa.String(64)),
    sa.Column("totp_confirmed_at", Utc),
    sa.Column("totp_last_step", sa.BigInteger),
    sa.Column("oidc_subject", sa.Text),
    sa.UniqueConstraint("entity_id", "name"),
    sa.UniqueConstraint("entity_id", "oidc_subject"),
)

login_sessions = sa.Table(
    "login_sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("csrf_token", sa.String(64), nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("browser", sa.Text, nullable=False),
    sa.Column("awaits_code", sa.Boolean, nullable=False),
    sa.Index(None, "user_id"),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("code_hash", sa.String(64), primary_key=True),
)

login_attempts = sa.Table(
    "login_attempts",
    metadata,
    sa.Column("entity_id", ID, primary_key=True),
    sa.Column("key", sa.String(120), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", Utc, nullable=False),
    sa.Column("closed_until", Utc),
    comment="failed log-ins by name and by address: a restart forgets none",
)

oidc_logins = sa.Table(
    "oidc_logins",
    metadata,
    sa.Column("state_hash", sa.String(64), primary_key=True),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("verifier", sa.String(128), nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    comment="log-ins that were sent to the identity provider and have not come back",
)

sensitive_reads = sa.Table(
    "sensitive_reads",
    metadata,
    sa.Column("session", sa.String(64), primary_key=True),
    sa.Column("unit_id", ID, sa.ForeignKey("units.id"), primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Index(None, "unit_id"),
    comment="why a person read a sensitive record, once a session; outside the journal, which holds no free words",
)

access_requests = sa.Table(
    "access_requests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("number", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("requester", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("unit_id", ID, sa.ForeignKey("units.id")),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_on", sa.Date),
    sa.UniqueConstraint("entity_id", "number"),
)

thesauri = sa.Table(
    "thesauri",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("uri", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("modified", sa.Text),
    sa.Column("rights", sa.Text),
    sa.Column("is_companion", sa.Boolean, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("imported_by", sa.Text, nullable=False),
    sa.Column("imported_at", Utc, nullable=False),
    sa.Index(None, "entity_id"),
)

concepts = sa.Table(
    "concepts",
    metadata,
    sa.Column("thesaurus_id", ID, sa.ForeignKey("thesauri.id"), primary_key=True),
    sa.Column("uri", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("alt_labels", sa.JSON, nullable=False),
    sa.Column("scope_note", sa.Text),
    sa.Column("broader", sa.JSON, nullable=False),
    sa.Column("narrower", sa.JSON, nullable=False),
    sa.Column("related", sa.JSON, nullable=False),
)

name_groups = sa.Table(
    "name_groups",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("field", sa.String(40), nullable=False),
    sa.Column("preferred", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", Utc),
    sa.Index(None, "entity_id", "state"),
    comment="variants of one place, organisation or person: proposed, or decided by a person",
)

name_forms = sa.Table(
    "name_forms",
    metadata,
    sa.Column("group_id", ID, sa.ForeignKey("name_groups.id"), primary_key=True),
    sa.Column("form", sa.Text, primary_key=True),
    sa.Column("records", sa.JSON, nullable=False),
    sa.Column("taken_out", sa.Boolean, nullable=False),
)
