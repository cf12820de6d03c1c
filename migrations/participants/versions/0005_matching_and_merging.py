"""Matching and merging."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duplicate_candidate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("older_id", sa.Uuid(), nullable=False),
        sa.Column("newer_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("features", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "dismissed", "merged", name="candidatestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.CheckConstraint("older_id < newer_id", name=op.f("ck_duplicate_candidate_ordered")),
        sa.ForeignKeyConstraint(
            ["newer_id"], ["participants.person.id"], name=op.f("fk_duplicate_candidate_newer_id")
        ),
        sa.ForeignKeyConstraint(
            ["older_id"], ["participants.person.id"], name=op.f("fk_duplicate_candidate_older_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_candidate")),
        sa.UniqueConstraint("older_id", "newer_id", name=op.f("uq_duplicate_candidate_older_id_newer_id")),
        schema="participants",
    )
    op.create_index(
        "ix_duplicate_candidate_newer_id",
        "duplicate_candidate",
        ["newer_id"],
        unique=False,
        schema="participants",
    )
    op.create_index(
        "ix_duplicate_candidate_state",
        "duplicate_candidate",
        ["state", "score"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("duplicate_id", sa.Uuid(), nullable=False),
        sa.Column("moved", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("took_sensitive", sa.Boolean(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["duplicate_id"], ["participants.person.id"], name=op.f("fk_merge_duplicate_id")
        ),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["participants.person.id"], name=op.f("fk_merge_survivor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
        schema="participants",
    )
    op.create_index("ix_merge_survivor_id", "merge", ["survivor_id"], unique=False, schema="participants")
    op.create_index(
        "uq_merge_standing",
        "merge",
        ["duplicate_id"],
        unique=True,
        schema="participants",
        postgresql_where=sa.text("reversed_at IS NULL"),
    )
    op.create_table(
        "person_key",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_person_key_person_id")
        ),
        sa.PrimaryKeyConstraint("key", "person_id", name=op.f("pk_person_key")),
        schema="participants",
    )
    op.create_index(
        "ix_person_key_person_id", "person_key", ["person_id"], unique=False, schema="participants"
    )
    op.add_column(
        "person",
        sa.Column(
            "spellings",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            server_default="[]",
        ),
        schema="participants",
    )
    op.add_column("person", sa.Column("merged_into", sa.Uuid(), nullable=True), schema="participants")
    op.add_column(
        "person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True), schema="participants"
    )
    op.create_index(
        "ix_person_merged_into",
        "person",
        ["merged_into"],
        unique=False,
        schema="participants",
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_person_unindexed",
        "person",
        ["id"],
        unique=False,
        schema="participants",
        postgresql_where=sa.text("spellings = '[]'"),
    )
    op.create_foreign_key(
        op.f("fk_person_merged_into"),
        "person",
        "person",
        ["merged_into"],
        ["id"],
        source_schema="participants",
        referent_schema="participants",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_person_merged_into"), "person", schema="participants", type_="foreignkey")
    op.drop_index(
        "ix_person_unindexed",
        table_name="person",
        schema="participants",
        postgresql_where=sa.text("spellings = '[]'"),
    )
    op.drop_index(
        "ix_person_merged_into",
        table_name="person",
        schema="participants",
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_column("person", "erased_at", schema="participants")
    op.drop_column("person", "merged_into", schema="participants")
    op.drop_column("person", "spellings", schema="participants")
    op.drop_index("ix_person_key_person_id", table_name="person_key", schema="participants")
    op.drop_table("person_key", schema="participants")
    op.drop_index(
        "uq_merge_standing",
        table_name="merge",
        schema="participants",
        postgresql_where=sa.text("reversed_at IS NULL"),
    )
    op.drop_index("ix_merge_survivor_id", table_name="merge", schema="participants")
    op.drop_table("merge", schema="participants")
    op.drop_index("ix_duplicate_candidate_state", table_name="duplicate_candidate", schema="participants")
    op.drop_index("ix_duplicate_candidate_newer_id", table_name="duplicate_candidate", schema="participants")
    op.drop_table("duplicate_candidate", schema="participants")
