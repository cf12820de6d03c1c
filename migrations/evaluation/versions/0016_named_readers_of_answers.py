"""Named readers of answers."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_reader",
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
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_answer_reader_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_reader")),
        schema="evaluation",
    )
    op.create_index(
        "uq_answer_reader_account",
        "answer_reader",
        ["campaign_id", "account_id"],
        unique=True,
        schema="evaluation",
        postgresql_where=sa.text("NOT ended"),
    )
    op.create_table(
        "answer_read",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("answer_reader_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_reader_id"],
            ["evaluation.answer_reader.id"],
            name=op.f("fk_answer_read_answer_reader_id"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_answer_read_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_read")),
        schema="evaluation",
    )
    op.create_index(
        "ix_answer_read_campaign_id",
        "answer_read",
        ["campaign_id", "created_at"],
        unique=False,
        schema="evaluation",
    )


def downgrade() -> None:
    op.drop_index("ix_answer_read_campaign_id", table_name="answer_read", schema="evaluation")
    op.drop_table("answer_read", schema="evaluation")
    op.drop_index(
        "uq_answer_reader_account",
        table_name="answer_reader",
        schema="evaluation",
        postgresql_where=sa.text("NOT ended"),
    )
    op.drop_table("answer_reader", schema="evaluation")
