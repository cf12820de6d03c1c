"""Erased pseudonyms."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_pseudonym",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased_pseudonym")),
        schema="evaluation",
    )


def downgrade() -> None:
    op.drop_table("erased_pseudonym", schema="evaluation")
