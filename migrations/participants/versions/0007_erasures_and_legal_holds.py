"""Erasures and legal holds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "request",
                "consent_withdrawn",
                "retention",
                name="erasureground",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "running",
                "completed",
                "refused",
                name="erasurestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subjects", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("letters", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "confirmations", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("keys_destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["participants.person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        schema="participants",
    )
    op.create_index("ix_erasure_state", "erasure", ["state"], unique=False, schema="participants")
    op.create_index(
        "uq_erasure_standing",
        "erasure",
        ["person_id"],
        unique=True,
        schema="participants",
        postgresql_where=sa.text("state IN ('requested', 'running')"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_legal_hold_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        schema="participants",
    )
    op.create_index(
        "ix_legal_hold_person_id", "legal_hold", ["person_id"], unique=False, schema="participants"
    )


def downgrade() -> None:
    op.drop_index("ix_legal_hold_person_id", table_name="legal_hold", schema="participants")
    op.drop_table("legal_hold", schema="participants")
    op.drop_index(
        "uq_erasure_standing",
        table_name="erasure",
        schema="participants",
        postgresql_where=sa.text("state IN ('requested', 'running')"),
    )
    op.drop_index("ix_erasure_state", table_name="erasure", schema="participants")
    op.drop_table("erasure", schema="participants")
