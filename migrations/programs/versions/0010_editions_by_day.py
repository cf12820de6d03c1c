"""Editions are listed by their earliest day."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_edition_earliest", "edition", ["earliest", "id"], schema="programs")


def downgrade() -> None:
    op.drop_index("ix_edition_earliest", table_name="edition", schema="programs")
