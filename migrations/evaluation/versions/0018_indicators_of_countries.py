"""Indicators of countries."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("indicator", sa.Column("country", sa.String(), nullable=True), schema="evaluation")


def downgrade() -> None:
    op.drop_column("indicator", "country", schema="evaluation")
