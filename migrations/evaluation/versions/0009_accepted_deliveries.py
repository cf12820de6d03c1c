"""Deliveries that were accepted, as outputs of their programs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mirror_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient_country", sa.String(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_delivery")),
        schema="evaluation",
    )
    op.create_index(
        "ix_mirror_delivery_program_id",
        "mirror_delivery",
        ["program_id", "accepted_on"],
        unique=False,
        schema="evaluation",
    )


def downgrade() -> None:
    op.drop_index("ix_mirror_delivery_program_id", table_name="mirror_delivery", schema="evaluation")
    op.drop_table("mirror_delivery", schema="evaluation")
