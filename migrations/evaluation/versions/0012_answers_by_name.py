"""Answers by name."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "identified_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
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
        sa.Column("answers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_identified_answer_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identified_answer")),
        sa.UniqueConstraint("campaign_id", "pseudonym", name="uq_identified_answer_pseudonym"),
        schema="evaluation",
    )
    op.create_index(
        "ix_identified_answer_pseudonym",
        "identified_answer",
        ["pseudonym"],
        unique=False,
        schema="evaluation",
    )


def downgrade() -> None:

    op.drop_index("ix_identified_answer_pseudonym", table_name="identified_answer", schema="evaluation")
    op.drop_table("identified_answer", schema="evaluation")
