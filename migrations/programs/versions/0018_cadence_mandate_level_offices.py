"""Cadence mandate level offices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agency",
        sa.Column(
            "offices",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        schema="programs",
    )
    op.add_column("component", sa.Column("level", sa.String(), nullable=True), schema="programs")
    op.add_column(
        "program",
        sa.Column(
            "cadence",
            sa.Enum(
                "several_a_year",
                "annual",
                "biennial",
                "irregular",
                name="cadence",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        schema="programs",
    )
    op.add_column(
        "program",
        sa.Column("mandate", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        schema="programs",
    )


def downgrade() -> None:
    op.drop_column("program", "mandate", schema="programs")
    op.drop_column("program", "cadence", schema="programs")
    op.drop_column("component", "level", schema="programs")
    op.drop_column("agency", "offices", schema="programs")
