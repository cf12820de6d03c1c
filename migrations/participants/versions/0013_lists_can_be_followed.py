"""Lists can be followed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "audit_entry",
        sa.Column(
            "changed_in",
            sa.BigInteger(),
            server_default=sa.text("((pg_current_xact_id())::text)::bigint"),
            nullable=False,
        ),
        schema="participants",
    )
    op.create_index(
        "ix_audit_entry_changed",
        "audit_entry",
        ["subject_kind", "changed_in"],
        unique=False,
        schema="participants",
    )
    op.add_column(
        "mirror_training_session", sa.Column("venue", sa.String(), nullable=True), schema="participants"
    )


def downgrade() -> None:
    op.drop_column("mirror_training_session", "venue", schema="participants")
    op.drop_index("ix_audit_entry_changed", table_name="audit_entry", schema="participants")
    op.drop_column("audit_entry", "changed_in", schema="participants")
