"""Folding for search finds frequent letters first; its results, and so every row, stay as they are."""

from alembic import op

from migrations.folding import fold_by_frequency

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(fold_by_frequency("participants"))


def downgrade() -> None:
    """Leave the function: it folds as the older one did."""
