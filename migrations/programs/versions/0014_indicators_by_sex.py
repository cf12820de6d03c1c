"""Indicators by sex."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "mirror_indicator_period",
        sa.Column(
            "by_sex",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        schema="programs",
    )


def downgrade() -> None:
    op.drop_column("mirror_indicator_period", "by_sex", schema="programs")
