"""Questionnaires have sections, translations and conditions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("dropped_answers", sa.Integer(), nullable=True), schema="evaluation")
    op.add_column(
        "instrument_version",
        sa.Column(
            "sections",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        schema="evaluation",
    )
    op.add_column(
        "instrument_version",
        sa.Column(
            "reviewed_languages",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        schema="evaluation",
    )
    op.add_column(
        "mirror_training_session", sa.Column("module_id", sa.Uuid(), nullable=True), schema="evaluation"
    )


def downgrade() -> None:
    op.drop_column("mirror_training_session", "module_id", schema="evaluation")
    op.drop_column("instrument_version", "reviewed_languages", schema="evaluation")
    op.drop_column("instrument_version", "sections", schema="evaluation")
    op.drop_column("campaign", "dropped_answers", schema="evaluation")
