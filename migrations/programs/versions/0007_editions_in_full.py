"""Editions in full."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition_content",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("public_text", "eligibility_rules", name="contentkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["programs.edition.id"], name=op.f("fk_edition_content_edition_id")
        ),
        sa.PrimaryKeyConstraint("edition_id", "kind", "number", name=op.f("pk_edition_content")),
        schema="programs",
    )
    op.create_table(
        "edition_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("edition_version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "planned",
                "announced",
                "call_open",
                "selection",
                "confirmed",
                "running",
                "completed",
                "evaluated",
                "archived",
                "postponed",
                "suspended",
                "cancelled",
                name="editionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("changes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["programs.edition.id"], name=op.f("fk_edition_history_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_history")),
        schema="programs",
    )
    op.create_index(
        "ix_edition_history_edition_id",
        "edition_history",
        ["edition_id", "id"],
        unique=False,
        schema="programs",
    )
    op.add_column(
        "country_invitation",
        sa.Column(
            "reply",
            sa.Enum("accepted", "declined", name="invitationreply", native_enum=False, length=40),
            nullable=True,
        ),
        schema="programs",
    )
    op.add_column("country_invitation", sa.Column("replied_on", sa.Date(), nullable=True), schema="programs")
    op.add_column(
        "country_invitation", sa.Column("reply_note", sa.String(), nullable=True), schema="programs"
    )
    op.add_column(
        "edition",
        sa.Column(
            "year",
            sa.Integer(),
            sa.Computed(
                "(extract(year FROM earliest))::integer",
                persisted=True,
            ),
            nullable=False,
        ),
        schema="programs",
    )
    op.add_column(
        "edition",
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('simple'::regconfig, code) || jsonb_to_tsvector('simple'::regconfig, title, '[\"string\"]'::jsonb) || coalesce(jsonb_to_tsvector('simple'::regconfig, topic, '[\"string\"]'::jsonb), ''::tsvector)",
                persisted=True,
            ),
            nullable=False,
        ),
        schema="programs",
    )
    op.add_column(
        "edition",
        sa.Column("eligibility_rules_version", sa.Integer(), nullable=False, server_default="0"),
        schema="programs",
    )
    op.alter_column("edition", "eligibility_rules_version", server_default=None, schema="programs")
    op.add_column(
        "edition",
        sa.Column("allocation", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        schema="programs",
    )
    op.create_index(
        "ix_edition_search", "edition", ["search"], unique=False, schema="programs", postgresql_using="gin"
    )
    op.create_index(
        "uq_edition_ordinal",
        "edition",
        ["program_id", "component_id", "year", "ordinal", "provenance"],
        unique=True,
        schema="programs",
        postgresql_where=sa.text("ordinal IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.add_column(
        "seat_line", sa.Column("minimum_women_released_on", sa.Date(), nullable=True), schema="programs"
    )
    op.add_column(
        "seat_line", sa.Column("minimum_women_release_reason", sa.String(), nullable=True), schema="programs"
    )
    op.add_column(
        "seat_line",
        sa.Column(
            "roll_over",
            sa.Enum("none", "next_edition", name="rollover", native_enum=False, length=40),
            nullable=False,
            server_default="none",
        ),
        schema="programs",
    )
    op.alter_column("seat_line", "roll_over", server_default=None, schema="programs")
    op.add_column("seat_line", sa.Column("roll_over_until", sa.Date(), nullable=True), schema="programs")
    op.add_column(
        "seat_line",
        sa.Column("rolled_over", sa.Integer(), nullable=False, server_default="0"),
        schema="programs",
    )
    op.alter_column("seat_line", "rolled_over", server_default=None, schema="programs")
    op.add_column("seat_line", sa.Column("origin_id", sa.Uuid(), nullable=True), schema="programs")
    op.create_foreign_key(
        op.f("fk_seat_line_origin_id"),
        "seat_line",
        "seat_line",
        ["origin_id"],
        ["id"],
        source_schema="programs",
        referent_schema="programs",
    )
    # What stands already is the first version of each promise.
    op.execute(
        "INSERT INTO programs.edition_content (edition_id, kind, number, content, actor)"
        " SELECT id, 'eligibility_rules', 1, eligibility_rules, 'programs' FROM programs.edition"
        " WHERE eligibility_rules IS NOT NULL"
    )
    op.execute(
        "INSERT INTO programs.edition_content (edition_id, kind, number, content, actor)"
        " SELECT id, 'public_text', 1, public_text, 'programs' FROM programs.edition"
        " WHERE public_text IS NOT NULL AND state <> 'draft'"
    )
    op.execute(
        "UPDATE programs.edition SET eligibility_rules_version = 1 WHERE eligibility_rules IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_seat_line_origin_id"), "seat_line", schema="programs", type_="foreignkey")
    op.drop_column("seat_line", "origin_id", schema="programs")
    op.drop_column("seat_line", "rolled_over", schema="programs")
    op.drop_column("seat_line", "roll_over_until", schema="programs")
    op.drop_column("seat_line", "roll_over", schema="programs")
    op.drop_column("seat_line", "minimum_women_release_reason", schema="programs")
    op.drop_column("seat_line", "minimum_women_released_on", schema="programs")
    op.drop_index(
        "uq_edition_ordinal",
        table_name="edition",
        schema="programs",
        postgresql_where=sa.text("ordinal IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index("ix_edition_search", table_name="edition", schema="programs", postgresql_using="gin")
    op.drop_column("edition", "allocation", schema="programs")
    op.drop_column("edition", "eligibility_rules_version", schema="programs")
    op.drop_column("edition", "search", schema="programs")
    op.drop_column("edition", "year", schema="programs")
    op.drop_column("country_invitation", "reply_note", schema="programs")
    op.drop_column("country_invitation", "replied_on", schema="programs")
    op.drop_column("country_invitation", "reply", schema="programs")
    op.drop_index("ix_edition_history_edition_id", table_name="edition_history", schema="programs")
    op.drop_table("edition_history", schema="programs")
    op.drop_table("edition_content", schema="programs")
