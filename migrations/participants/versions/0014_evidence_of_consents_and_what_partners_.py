"""Evidence of consents and what partners were shown."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_disclosure_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        schema="participants",
    )
    op.create_index(
        "ix_disclosure_person_id", "disclosure", ["person_id"], unique=False, schema="participants"
    )
    op.add_column("consent", sa.Column("file_id", sa.Uuid(), nullable=True), schema="participants")


def downgrade() -> None:
    op.drop_column("consent", "file_id", schema="participants")
    op.drop_index("ix_disclosure_person_id", table_name="disclosure", schema="participants")
    op.drop_table("disclosure", schema="participants")
