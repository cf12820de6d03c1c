"""Affiliations."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "affiliation",
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
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("organization_name", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("post", sa.String(), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "head",
                "senior_manager",
                "manager",
                "specialist",
                "assistant",
                "other",
                name="postlevel",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("period", sa.String(), nullable=True),
        sa.Column("supervisor_name", sa.String(), nullable=True),
        sa.Column("supervisor_email", sa.String(), nullable=True),
        sa.Column("supervisor_language", sa.String(), nullable=True),
        sa.Column("supervisor_text_version", sa.String(), nullable=True),
        sa.Column(
            "supervisor_evidence",
            sa.Enum(
                "electronic",
                "paper_scan",
                "digital_signature",
                name="consentevidence",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("supervisor_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supervisor_withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_affiliation_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation")),
        schema="participants",
    )
    op.create_index(
        "ix_affiliation_person_id", "affiliation", ["person_id"], unique=False, schema="participants"
    )


def downgrade() -> None:

    op.drop_index("ix_affiliation_person_id", table_name="affiliation", schema="participants")
    op.drop_table("affiliation", schema="participants")
