"""Who is behind an award."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "award",
        sa.Column("recipient_version", sa.Integer(), server_default="0", nullable=False),
        schema="programs",
    )


def downgrade() -> None:
    op.drop_column("award", "recipient_version", schema="programs")
