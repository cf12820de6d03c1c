"""Awards in instalments, and files as documents of deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award",
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
        sa.Column(
            "kind",
            sa.Enum("grant", "scholarship", name="awardkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(edition_id IS NULL) <> (delivery_id IS NULL)", name=op.f("ck_award_one_purpose")
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR organization_id IS NULL", name=op.f("ck_award_one_recipient")
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["programs.delivery.id"], name=op.f("fk_award_delivery_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["programs.edition.id"], name=op.f("fk_award_edition_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["programs.fund.id"], name=op.f("fk_award_fund_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["programs.organization.id"], name=op.f("fk_award_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("code", name="uq_award_code"),
        schema="programs",
    )
    op.create_index("ix_award_delivery_id", "award", ["delivery_id"], unique=False, schema="programs")
    op.create_index("ix_award_edition_id", "award", ["edition_id"], unique=False, schema="programs")
    op.create_index("ix_award_fund_id", "award", ["fund_id"], unique=False, schema="programs")
    op.create_table(
        "instalment",
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
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("condition", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("condition_met_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "approved",
                "paid",
                "cancelled",
                name="instalmentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("paid_by", sa.String(), nullable=True),
        sa.Column("transaction_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'paid') = (transaction_id IS NOT NULL)", name=op.f("ck_instalment_paid")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'paid') OR approved_by IS NOT NULL",
            name=op.f("ck_instalment_approved"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_instalment_amount")),
        sa.CheckConstraint("paid_by <> approved_by", name=op.f("ck_instalment_two_people")),
        sa.ForeignKeyConstraint(["award_id"], ["programs.award.id"], name=op.f("fk_instalment_award_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["programs.ledger_entry.id"], name=op.f("fk_instalment_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("award_id", "ordinal", name="uq_instalment_ordinal"),
        sa.UniqueConstraint("transaction_id", name="uq_instalment_transaction"),
        schema="programs",
    )
    op.create_index("ix_instalment_due_on", "instalment", ["due_on"], unique=False, schema="programs")
    op.add_column("delivery_document", sa.Column("file_id", sa.Uuid(), nullable=True), schema="programs")
    op.alter_column("delivery_document", "url", existing_type=sa.VARCHAR(), nullable=True, schema="programs")
    op.create_check_constraint(
        op.f("ck_delivery_document_one_place"),
        "delivery_document",
        "(url IS NULL) <> (file_id IS NULL)",
        schema="programs",
    )


def downgrade() -> None:
    name = op.f("ck_delivery_document_one_place")
    op.drop_constraint(name, "delivery_document", schema="programs", type_="check")
    op.alter_column("delivery_document", "url", existing_type=sa.VARCHAR(), nullable=False, schema="programs")
    op.drop_column("delivery_document", "file_id", schema="programs")
    op.drop_index("ix_instalment_due_on", table_name="instalment", schema="programs")
    op.drop_table("instalment", schema="programs")
    op.drop_index("ix_award_fund_id", table_name="award", schema="programs")
    op.drop_index("ix_award_edition_id", table_name="award", schema="programs")
    op.drop_index("ix_award_delivery_id", table_name="award", schema="programs")
    op.drop_table("award", schema="programs")
