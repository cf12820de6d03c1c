"""Computed indicators."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Before this revision nothing kept two from being computed alike. The first stays; the others keep their figures,
# are reported by hand from now on, and each of their periods says so.
_KEEP_THE_FIRST = """
WITH alike AS (
    SELECT id, first_value(code) OVER same AS kept, row_number() OVER same AS place
    FROM evaluation.indicator
    WHERE source <> 'manual'
    WINDOW same AS (PARTITION BY program_id, provenance, source, phase, comparable_key, counted_answers ORDER BY id)
), made_manual AS (
    UPDATE evaluation.indicator AS later
    SET source = 'manual', version = version + 1, updated_at = clock_timestamp()
    FROM alike
    WHERE alike.id = later.id AND alike.place > 1
    RETURNING later.id, alike.kept
)
UPDATE evaluation.indicator_period AS period
SET note = concat_ws(
        ' ', period.note, format('Was computed like %s, which alone is computed now; reported by hand since.', kept)
    ),
    version = version + 1,
    updated_at = clock_timestamp()
FROM made_manual
WHERE period.indicator_id = made_manual.id
"""


def upgrade() -> None:
    op.create_table(
        "edition_measure",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("numerator", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("denominator", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "measure", name=op.f("pk_edition_measure")),
        schema="evaluation",
    )
    op.create_table(
        "mirror_voucher_count",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", "told_on", name=op.f("pk_mirror_voucher_count")),
        schema="evaluation",
    )
    op.create_table(
        "mirror_voucher_scheme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("recipient_country", sa.String(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_voucher_scheme")),
        schema="evaluation",
    )
    op.create_index(
        "ix_mirror_voucher_scheme_program_id",
        "mirror_voucher_scheme",
        ["program_id"],
        unique=False,
        schema="evaluation",
    )
    op.add_column(
        "indicator",
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
            nullable=True,
        ),
        schema="evaluation",
    )
    op.add_column("indicator", sa.Column("comparable_key", sa.String(), nullable=True), schema="evaluation")
    op.add_column(
        "indicator",
        sa.Column(
            "counted_answers",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        schema="evaluation",
    )
    op.execute(_KEEP_THE_FIRST)
    op.create_index(
        "uq_indicator_computation",
        "indicator",
        ["program_id", "provenance", "source", "phase", "comparable_key", "counted_answers"],
        unique=True,
        schema="evaluation",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("source <> 'manual'"),
    )
    op.add_column(
        "indicator_period",
        sa.Column("basis", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        schema="evaluation",
    )
    op.add_column(
        "indicator_value",
        sa.Column("sex", sa.String(), server_default="", nullable=False),
        schema="evaluation",
    )
    _key("period_id", "kind", "country", "sex")


def downgrade() -> None:
    op.execute("DELETE FROM evaluation.indicator_value WHERE sex <> ''")
    _key("period_id", "kind", "country")
    op.drop_column("indicator_value", "sex", schema="evaluation")
    op.drop_column("indicator_period", "basis", schema="evaluation")
    op.drop_index(
        "uq_indicator_computation",
        table_name="indicator",
        schema="evaluation",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("source <> 'manual'"),
    )
    op.drop_column("indicator", "counted_answers", schema="evaluation")
    op.drop_column("indicator", "comparable_key", schema="evaluation")
    op.drop_column("indicator", "phase", schema="evaluation")
    op.drop_index(
        "ix_mirror_voucher_scheme_program_id", table_name="mirror_voucher_scheme", schema="evaluation"
    )
    op.drop_table("mirror_voucher_scheme", schema="evaluation")
    op.drop_table("mirror_voucher_count", schema="evaluation")
    op.drop_table("edition_measure", schema="evaluation")


def _key(*columns: str) -> None:
    op.drop_constraint("pk_indicator_value", "indicator_value", schema="evaluation")
    op.create_primary_key("pk_indicator_value", "indicator_value", list(columns), schema="evaluation")
