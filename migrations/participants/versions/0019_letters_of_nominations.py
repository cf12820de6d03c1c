"""Letters of nominations."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nomination", sa.Column("letter_file_id", sa.Uuid(), nullable=True), schema="participants")


def downgrade() -> None:
    op.drop_column("nomination", "letter_file_id", schema="participants")
