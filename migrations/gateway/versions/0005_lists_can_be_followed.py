"""Lists can be followed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
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
        schema="gateway",
    )
    op.create_index(
        "ix_audit_entry_changed",
        "audit_entry",
        ["subject_kind", "changed_in"],
        unique=False,
        schema="gateway",
    )


def downgrade() -> None:
    op.drop_index("ix_audit_entry_changed", table_name="audit_entry", schema="gateway")
    op.drop_column("audit_entry", "changed_in", schema="gateway")
