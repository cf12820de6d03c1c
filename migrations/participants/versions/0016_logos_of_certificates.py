"""Logos of certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "certificate_design",
        sa.Column("logos", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        schema="participants",
    )


def downgrade() -> None:
    op.drop_column("certificate_design", "logos", schema="participants")
