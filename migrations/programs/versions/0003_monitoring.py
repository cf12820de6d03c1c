"""Monitoring: milestones, risks, status reports; and timetables are asked by time and by lecturer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.privileges import make_append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "milestone",
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
        sa.Column(
            "subject_kind",
            sa.Enum(
                "agency",
                "organization",
                "program",
                "component",
                "edition",
                "delivery",
                "fund",
                "partnership",
                "statement",
                "edition_country",
                name="subjectkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("latest", sa.Date(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "achieved", "cancelled", name="milestonestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("achieved_on", sa.Date(), nullable=True),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'achieved') = (achieved_on IS NOT NULL)", name=op.f("ck_milestone_achieved")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_milestone_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        schema="programs",
    )
    op.create_index(
        "ix_milestone_latest",
        "milestone",
        ["latest"],
        unique=False,
        schema="programs",
    )
    op.create_index(
        "ix_milestone_subject", "milestone", ["subject_id", "subject_kind"], unique=False, schema="programs"
    )
    op.create_table(
        "risk",
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
        sa.Column(
            "subject_kind",
            sa.Enum(
                "agency",
                "organization",
                "program",
                "component",
                "edition",
                "delivery",
                "fund",
                "partnership",
                "statement",
                "edition_country",
                name="subjectkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("response", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "occurred", "closed", name="riskstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.CheckConstraint(
            "likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5", name=op.f("ck_risk_matrix")
        ),
        sa.CheckConstraint("rating = likelihood * impact", name=op.f("ck_risk_rating")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
        schema="programs",
    )
    op.create_index(
        "ix_risk_subject", "risk", ["subject_id", "subject_kind"], unique=False, schema="programs"
    )
    op.create_table(
        "status_report",
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
        sa.Column(
            "subject_kind",
            sa.Enum(
                "agency",
                "organization",
                "program",
                "component",
                "edition",
                "delivery",
                "fund",
                "partnership",
                "statement",
                "edition_country",
                name="subjectkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "schedule",
            sa.Enum("green", "amber", "red", name="light", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "cost",
            sa.Enum("green", "amber", "red", name="light", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum("green", "amber", "red", name="light", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "quality",
            sa.Enum("green", "amber", "red", name="light", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("comment", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_report")),
        schema="programs",
    )
    op.create_index(
        "ix_status_report_subject", "status_report", ["subject_id", "as_of"], unique=False, schema="programs"
    )
    make_append_only("status_report")
    op.create_index(
        "ix_training_session_starts_at", "training_session", ["starts_at", "ends_at"], schema="programs"
    )
    op.create_index(
        "ix_training_session_lecturers",
        "training_session",
        ["lecturers"],
        schema="programs",
        postgresql_using="gin",
    )


def downgrade() -> None:
    op.drop_index("ix_training_session_lecturers", table_name="training_session", schema="programs")
    op.drop_index("ix_training_session_starts_at", table_name="training_session", schema="programs")
    op.drop_index("ix_status_report_subject", table_name="status_report", schema="programs")
    op.drop_table("status_report", schema="programs")
    op.drop_index("ix_risk_subject", table_name="risk", schema="programs")
    op.drop_table("risk", schema="programs")
    op.drop_index("ix_milestone_subject", table_name="milestone", schema="programs")
    op.drop_index("ix_milestone_latest", table_name="milestone", schema="programs")
    op.drop_table("milestone", schema="programs")
