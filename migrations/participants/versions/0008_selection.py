"""Results of eligibility rules, waivers, selection settings, rounds, scores, allocations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "selection_round",
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
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("criteria", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_selection_round_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_round")),
        schema="participants",
    )
    op.create_index(
        "ix_selection_round_edition_id",
        "selection_round",
        ["edition_id"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "selection_settings",
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
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum("authority_rank", "score", "weighted", name="basis", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("score_weight", sa.Integer(), nullable=False),
        sa.Column("ties", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("country_cap", sa.Integer(), nullable=True),
        sa.Column(
            "promotion",
            sa.Enum("automatic", "propose", name="promotion", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_selection_settings_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_settings")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_selection_settings_edition_id")),
        schema="participants",
    )
    op.create_table(
        "round_reviewer",
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
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["participants.selection_round.id"], name=op.f("fk_round_reviewer_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_reviewer")),
        sa.UniqueConstraint("round_id", "account_id", name=op.f("uq_round_reviewer_round_id_account_id")),
        schema="participants",
    )
    op.create_index(
        "ix_round_reviewer_account_id", "round_reviewer", ["account_id"], unique=False, schema="participants"
    )
    op.create_table(
        "seat_allocation",
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
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("settings", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("lines", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("nominees", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("placements", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_seat_allocation_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["participants.selection_round.id"], name=op.f("fk_seat_allocation_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_allocation")),
        schema="participants",
    )
    op.create_index(
        "ix_seat_allocation_edition_id",
        "seat_allocation",
        ["edition_id"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "conflict_of_interest",
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
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["participants.application.id"],
            name=op.f("fk_conflict_of_interest_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["participants.selection_round.id"], name=op.f("fk_conflict_of_interest_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_of_interest")),
        sa.UniqueConstraint(
            "round_id",
            "account_id",
            "application_id",
            name=op.f("uq_conflict_of_interest_round_id_account_id_application_id"),
        ),
        schema="participants",
    )
    op.create_table(
        "eligibility_result",
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
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("pass", "fail", "unknown", name="verdict", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("rules", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["participants.application.id"],
            name=op.f("fk_eligibility_result_application_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_result")),
        sa.UniqueConstraint("application_id", name=op.f("uq_eligibility_result_application_id")),
        schema="participants",
    )
    op.create_table(
        "score",
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
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("points", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["participants.application.id"], name=op.f("fk_score_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["participants.selection_round.id"], name=op.f("fk_score_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint(
            "round_id",
            "account_id",
            "application_id",
            name=op.f("uq_score_round_id_account_id_application_id"),
        ),
        schema="participants",
    )
    op.create_table(
        "waiver",
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
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["participants.application.id"], name=op.f("fk_waiver_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
        sa.UniqueConstraint("application_id", "rule_id", name=op.f("uq_waiver_application_id_rule_id")),
        schema="participants",
    )


def downgrade() -> None:
    op.drop_table("waiver", schema="participants")
    op.drop_table("score", schema="participants")
    op.drop_table("eligibility_result", schema="participants")
    op.drop_table("conflict_of_interest", schema="participants")
    op.drop_index("ix_seat_allocation_edition_id", table_name="seat_allocation", schema="participants")
    op.drop_table("seat_allocation", schema="participants")
    op.drop_index("ix_round_reviewer_account_id", table_name="round_reviewer", schema="participants")
    op.drop_table("round_reviewer", schema="participants")
    op.drop_table("selection_settings", schema="participants")
    op.drop_index("ix_selection_round_edition_id", table_name="selection_round", schema="participants")
    op.drop_table("selection_round", schema="participants")
