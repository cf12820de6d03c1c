"""What people learned, and what they mean to do."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "action_plan",
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
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("items", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_plan")),
        sa.UniqueConstraint("code_hash", name="uq_action_plan_code_hash"),
        sa.UniqueConstraint("edition_id", "pseudonym", name="uq_action_plan_pseudonym"),
        schema="evaluation",
    )
    op.create_table(
        "paired_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "baseline",
                "daily",
                "module",
                "end",
                "three_months",
                "six_months",
                "twelve_months",
                "alumni",
                "supervisor",
                "country_outcome",
                name="phase",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_paired_answer_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["evaluation.instrument_version.id"],
            name=op.f("fk_paired_answer_instrument_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paired_answer")),
        schema="evaluation",
    )
    op.create_index(
        "ix_paired_answer_edition_id", "paired_answer", ["edition_id"], unique=False, schema="evaluation"
    )
    op.create_table(
        "test_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "baseline",
                "daily",
                "module",
                "end",
                "three_months",
                "six_months",
                "twelve_months",
                "alumni",
                "supervisor",
                "country_outcome",
                name="phase",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_test_attempt_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["evaluation.instrument_version.id"],
            name=op.f("fk_test_attempt_instrument_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_attempt")),
        sa.UniqueConstraint("campaign_id", "pseudonym", name="uq_test_attempt_pseudonym"),
        schema="evaluation",
    )
    op.create_index(
        "ix_test_attempt_edition_id", "test_attempt", ["edition_id"], unique=False, schema="evaluation"
    )
    op.add_column(
        "campaign",
        sa.Column("paired", sa.Boolean(), server_default="false", nullable=False),
        schema="evaluation",
    )


def downgrade() -> None:
    op.drop_column("campaign", "paired", schema="evaluation")
    op.drop_index("ix_test_attempt_edition_id", table_name="test_attempt", schema="evaluation")
    op.drop_table("test_attempt", schema="evaluation")
    op.drop_index("ix_paired_answer_edition_id", table_name="paired_answer", schema="evaluation")
    op.drop_table("paired_answer", schema="evaluation")
    op.drop_table("action_plan", schema="evaluation")
