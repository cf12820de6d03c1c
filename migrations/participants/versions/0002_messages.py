"""Messages."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("dispatch_id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "template",
            sa.Enum("survey_invitation", name="messagetemplate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "bounced",
                "failed",
                "opted_out",
                "dropped",
                name="messagestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sealed_token", sa.LargeBinary(), nullable=True),
        sa.Column("delays", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "sealed_token IS NULL OR state IN ('queued', 'sending')", name=op.f("ck_message_token_forgotten")
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participants.participation.id"], name=op.f("fk_message_participation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dispatch_id", name=op.f("uq_message_dispatch_id")),
        schema="participants",
    )
    op.create_index(
        "ix_message_participation_id", "message", ["participation_id"], unique=False, schema="participants"
    )


def downgrade() -> None:
    op.drop_index("ix_message_participation_id", table_name="message", schema="participants")
    op.drop_table("message", schema="participants")
