"""The keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("master_key_id", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nulls(wrapped, master_key_id) = CASE WHEN destroyed_at IS NULL THEN 0 ELSE 2 END",
            name=op.f("ck_key_destroyed_is_empty"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_key_kind_subject")),
        schema="keystore",
    )
    # A tombstone stays: without it, an erased subject could get a key again.
    owner: str = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    op.execute(f'REVOKE DELETE, TRUNCATE ON keystore.key FROM "{owner.removesuffix("_owner")}"')


def downgrade() -> None:
    op.drop_table("key", schema="keystore")
