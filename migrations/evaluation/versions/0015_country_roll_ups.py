"""Country roll-ups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "country_roll_up",
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
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
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
        sa.Column("comparable_key", sa.String(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "internal", "lecturer", "partner", "public", name="audience", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "frozen",
                "published",
                "withheld",
                "withdrawn",
                name="snapshotstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "rule",
            sa.Enum(
                "too_few_respondents",
                "unanimous_breakdown_cell",
                "complement",
                "country_of_one_edition",
                "response_rate_too_low",
                "period_not_over",
                "differencing",
                "few_new_respondents",
                name="suppressionrule",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("campaigns", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_country_roll_up")),
        schema="evaluation",
    )
    op.create_index(
        "ix_country_roll_up_program_id", "country_roll_up", ["program_id"], unique=False, schema="evaluation"
    )


def downgrade() -> None:
    op.drop_index("ix_country_roll_up_program_id", table_name="country_roll_up", schema="evaluation")
    op.drop_table("country_roll_up", schema="evaluation")
