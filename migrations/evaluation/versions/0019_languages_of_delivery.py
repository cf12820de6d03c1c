"""Languages of delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "mirror_training_session",
        sa.Column("delivery_language", sa.String(), nullable=True),
        schema="evaluation",
    )


def downgrade() -> None:
    op.drop_column("mirror_training_session", "delivery_language", schema="evaluation")
