"""The results framework: indicators, their periods and values."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "indicator",
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
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("unit", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "measure",
            sa.Enum("count", "percentage", name="measure", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum("output", "outcome", "impact", name="resultlevel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "criterion",
            sa.Enum(
                "relevance",
                "coherence",
                "effectiveness",
                "efficiency",
                "impact",
                "sustainability",
                "mutual_benefit",
                name="daccriterion",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "kirkpatrick",
            sa.Enum("L1", "L2", "L3", "L4", name="kirkpatricklevel", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "manual", "participants", "completion", name="indicatorsource", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("code", name="uq_indicator_code"),
        schema="evaluation",
    )
    op.create_index("ix_indicator_program_id", "indicator", ["program_id"], unique=False, schema="evaluation")
    op.create_table(
        "indicator_period",
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
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "reported", "verified", "locked", name="periodstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("reported_by", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("return_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["evaluation.indicator.id"], name=op.f("fk_indicator_period_indicator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_period")),
        sa.UniqueConstraint("indicator_id", "period", name="uq_indicator_period_period"),
        schema="evaluation",
    )
    op.create_table(
        "indicator_value",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("baseline", "target", "actual", name="valuekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("numerator", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("denominator", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.ForeignKeyConstraint(
            ["period_id"], ["evaluation.indicator_period.id"], name=op.f("fk_indicator_value_period_id")
        ),
        sa.PrimaryKeyConstraint("period_id", "kind", "country", name=op.f("pk_indicator_value")),
        schema="evaluation",
    )


def downgrade() -> None:
    op.drop_table("indicator_value", schema="evaluation")
    op.drop_table("indicator_period", schema="evaluation")
    op.drop_index("ix_indicator_program_id", table_name="indicator", schema="evaluation")
    op.drop_table("indicator", schema="evaluation")
