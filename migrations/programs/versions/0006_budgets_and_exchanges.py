"""Budgets, and exchanges between the currencies of a fund."""

import sqlalchemy as sa
from alembic import op

from migrations.privileges import make_append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget",
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
        sa.Column(
            "subject_kind",
            sa.Enum(
                "agency",
                "organization",
                "program",
                "component",
                "edition",
                "delivery",
                "fund",
                "partnership",
                "statement",
                "edition_country",
                name="subjectkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("original", "revised", name="budgetkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("indicative", "committed", name="budgetstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("valued_on", sa.Date(), nullable=False),
        sa.Column("revises_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.CheckConstraint("(kind = 'original') = (revises_id IS NULL)", name=op.f("ck_budget_revision")),
        sa.CheckConstraint("ends_on - starts_on BETWEEN 0 AND 365", name=op.f("ck_budget_year")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_budget_amount")),
        sa.ForeignKeyConstraint(["revises_id"], ["programs.budget.id"], name=op.f("fk_budget_revises_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
        sa.UniqueConstraint("revises_id", name="uq_budget_revises"),
        schema="programs",
    )
    op.create_index(
        "ix_budget_subject",
        "budget",
        ["subject_id", "subject_kind", "starts_on"],
        unique=False,
        schema="programs",
    )
    op.add_column(
        "ledger_entry", sa.Column("rate", sa.Numeric(precision=20, scale=8), nullable=True), schema="programs"
    )
    op.create_check_constraint(
        op.f("ck_ledger_entry_rate"),
        "ledger_entry",
        "(kind IN ('exchange_out', 'exchange_in')) = (rate IS NOT NULL)",
        schema="programs",
    )
    make_append_only("budget")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_ledger_entry_rate"), "ledger_entry", schema="programs", type_="check")
    op.drop_column("ledger_entry", "rate", schema="programs")
    op.drop_index("ix_budget_subject", table_name="budget", schema="programs")
    op.drop_table("budget", schema="programs")
