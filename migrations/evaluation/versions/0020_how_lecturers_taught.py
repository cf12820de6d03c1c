"""How lecturers taught: stand-ins, and what was held online."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("mirror_edition", "mirror_training_session"):
        op.add_column(table, sa.Column("modality", sa.String(), nullable=True), schema="evaluation")
    for name in ("stand_ins", "replaced"):
        op.add_column(
            "mirror_training_session",
            sa.Column(
                name,
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
                server_default=sa.text("'[]'"),
                nullable=False,
            ),
            schema="evaluation",
        )


def downgrade() -> None:
    for name in ("replaced", "stand_ins"):
        op.drop_column("mirror_training_session", name, schema="evaluation")
    for table in ("mirror_training_session", "mirror_edition"):
        op.drop_column(table, "modality", schema="evaluation")
