"""Accounts have a role, services, a person and a second factor; failed log-ins and sensitive reads are kept.

Accounts made before there were roles could do everything: they become administrators. Their sessions end.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("role", sa.String(length=16), nullable=False, server_default="administrator")
        )
        batch_op.add_column(sa.Column("services", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("person", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("totp_secret", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("oidc_subject", sa.Text(), nullable=True))
        batch_op.create_unique_constraint(
            op.f("uq_users_entity_id_oidc_subject"), ["entity_id", "oidc_subject"]
        )
    op.execute("UPDATE users SET person = name")
    op.execute("DELETE FROM login_sessions")
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=False))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False))
        batch_op.add_column(sa.Column("browser", sa.Text(), nullable=False))
        batch_op.add_column(sa.Column("awaits_code", sa.Boolean(), nullable=False))
        batch_op.create_index(op.f("ix_login_sessions_user_id"), ["user_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "login_attempts",
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("entity_id", "key", name=op.f("pk_login_attempts")),
        comment="failed log-ins by name and by address: a restart forgets none",
    )
    op.create_table(
        "oidc_logins",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oidc_logins")),
        comment="log-ins that were sent to the identity provider and have not come back",
    )
    op.create_table(
        "sensitive_reads",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_sensitive_reads_entity_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_sensitive_reads_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sensitive_reads_user_id")),
        sa.PrimaryKeyConstraint("session", "unit_id", name=op.f("pk_sensitive_reads")),
        comment="why a person read a sensitive record, once a session; outside the journal, which holds no free words",
    )
    op.create_index(op.f("ix_sensitive_reads_unit_id"), "sensitive_reads", ["unit_id"], unique=False)
