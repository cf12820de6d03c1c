"""Money: ledger, exchange rates, closed periods."""

import sqlalchemy as sa
from alembic import op

from migrations.privileges import make_append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_rate",
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
        sa.Column("base", sa.CHAR(length=3), nullable=False),
        sa.Column("quote", sa.CHAR(length=3), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=20, scale=8), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("rate > 0 AND base <> quote", name=op.f("ck_exchange_rate_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint("base", "quote", "dated", name="uq_exchange_rate_day"),
        schema="programs",
    )
    op.create_table(
        "fiscal_closure",
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
        sa.Column("through", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_closure")),
        sa.UniqueConstraint("through", name="uq_fiscal_closure_through"),
        schema="programs",
    )
    op.create_table(
        "ledger_entry",
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
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pledge",
                "commitment",
                "receipt",
                "in_kind",
                "allocation",
                "outgoing_commitment",
                "disbursement",
                "expenditure",
                name="entrykind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("edition_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("valuation_method", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'in_kind') = (valuation_method IS NOT NULL)", name=op.f("ck_ledger_entry_valuation")
        ),
        sa.CheckConstraint(
            "(amount > 0) = (reverses_id IS NULL) AND amount <> 0", name=op.f("ck_ledger_entry_sign")
        ),
        sa.CheckConstraint(
            "edition_id IS NULL OR delivery_id IS NULL", name=op.f("ck_ledger_entry_one_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["programs.delivery.id"], name=op.f("fk_ledger_entry_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["programs.edition.id"], name=op.f("fk_ledger_entry_edition_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["programs.fund.id"], name=op.f("fk_ledger_entry_fund_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["programs.organization.id"], name=op.f("fk_ledger_entry_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["programs.ledger_entry.id"], name=op.f("fk_ledger_entry_origin_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["programs.ledger_entry.id"], name=op.f("fk_ledger_entry_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("reverses_id", name="uq_ledger_entry_reverses"),
        schema="programs",
    )
    op.create_index(
        "ix_ledger_entry_delivery_id", "ledger_entry", ["delivery_id"], unique=False, schema="programs"
    )
    op.create_index(
        "ix_ledger_entry_edition_id", "ledger_entry", ["edition_id"], unique=False, schema="programs"
    )
    op.create_index(
        "ix_ledger_entry_fund_id", "ledger_entry", ["fund_id", "dated"], unique=False, schema="programs"
    )
    op.create_index(
        "ix_ledger_entry_origin_id", "ledger_entry", ["origin_id"], unique=False, schema="programs"
    )
    for table in ("ledger_entry", "exchange_rate", "fiscal_closure"):
        make_append_only(table)


def downgrade() -> None:
    op.drop_index("ix_ledger_entry_origin_id", table_name="ledger_entry", schema="programs")
    op.drop_index("ix_ledger_entry_fund_id", table_name="ledger_entry", schema="programs")
    op.drop_index("ix_ledger_entry_edition_id", table_name="ledger_entry", schema="programs")
    op.drop_index("ix_ledger_entry_delivery_id", table_name="ledger_entry", schema="programs")
    op.drop_table("ledger_entry", schema="programs")
    op.drop_table("fiscal_closure", schema="programs")
    op.drop_table("exchange_rate", schema="programs")
