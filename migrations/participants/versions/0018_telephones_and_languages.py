"""Telephones and languages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("phone", sa.String(), nullable=True), schema="participants")
    op.add_column(
        "person",
        sa.Column(
            "languages",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        schema="participants",
    )


def downgrade() -> None:
    op.drop_column("person", "languages", schema="participants")
    op.drop_column("person", "phone", schema="participants")
