"""Needs, programs and merges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "country_priority",
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
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("theme", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("sectors", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_country_priority")),
        sa.UniqueConstraint("code", name="uq_country_priority_code"),
        schema="programs",
    )
    op.create_index(
        "ix_country_priority_country",
        "country_priority",
        ["country", "earliest"],
        unique=False,
        schema="programs",
    )
    op.create_table(
        "needs_survey",
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
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("needs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "submitted", "closed", name="needssurveystate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["programs.organization.id"], name=op.f("fk_needs_survey_authority_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_survey")),
        sa.UniqueConstraint(
            "country", "authority_id", "year", name="uq_needs_survey", postgresql_nulls_not_distinct=True
        ),
        schema="programs",
    )
    op.add_column("organization", sa.Column("merged_into_id", sa.Uuid(), nullable=True), schema="programs")
    op.create_foreign_key(
        op.f("fk_organization_merged_into_id"),
        "organization",
        "organization",
        ["merged_into_id"],
        ["id"],
        source_schema="programs",
        referent_schema="programs",
    )
    op.add_column("program", sa.Column("status_reason", sa.String(), nullable=True), schema="programs")
    op.add_column("program", sa.Column("evaluation_reference", sa.String(), nullable=True), schema="programs")


def downgrade() -> None:
    op.drop_column("program", "evaluation_reference", schema="programs")
    op.drop_column("program", "status_reason", schema="programs")
    op.drop_constraint(
        op.f("fk_organization_merged_into_id"), "organization", schema="programs", type_="foreignkey"
    )
    op.drop_column("organization", "merged_into_id", schema="programs")
    op.drop_table("needs_survey", schema="programs")
    op.drop_index("ix_country_priority_country", table_name="country_priority", schema="programs")
    op.drop_table("country_priority", schema="programs")
