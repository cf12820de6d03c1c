"""Files: what is uploaded and made, whose it is and what keeps it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attached_kind", sa.Text(), nullable=True),
        sa.Column("attached_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        schema="evaluation",
    )
    op.create_index("ix_file_attached_id", "file", ["attached_id"], unique=False, schema="evaluation")
    op.create_index(
        "ix_file_kept_until",
        "file",
        ["kept_until"],
        unique=False,
        schema="evaluation",
        postgresql_where=sa.text("kept_until IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_file_kept_until", table_name="file", schema="evaluation")
    op.drop_index("ix_file_attached_id", table_name="file", schema="evaluation")
    op.drop_table("file", schema="evaluation")
