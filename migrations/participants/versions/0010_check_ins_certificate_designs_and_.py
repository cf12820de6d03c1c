"""Check-ins, certificate designs and revocations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_design",
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
        sa.Column("issuer", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("wording", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("signatories", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_certificate_design_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_design")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_certificate_design_edition_id")),
        schema="participants",
    )
    op.create_table(
        "check_in",
        sa.Column("nonce", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("training_session_id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "checked_in",
                "already_checked_in",
                "badge_unknown",
                "session_unknown",
                "session_cancelled",
                "too_early",
                "session_over",
                "in_future",
                "not_enrolled",
                name="checkinoutcome",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participants.participation.id"], name=op.f("fk_check_in_participation_id")
        ),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_check_in")),
        schema="participants",
    )
    op.create_index(
        "ix_check_in_participation_id", "check_in", ["participation_id"], unique=False, schema="participants"
    )
    op.create_table(
        "attendance_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "present",
                "late",
                "partial",
                "excused",
                "absent",
                name="attendancestatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("list", "check_in", "import", name="attendancesource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["participants.attendance.id"], name=op.f("fk_attendance_change_attendance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_change")),
        schema="participants",
    )
    op.create_index(
        "ix_attendance_change_attendance_id",
        "attendance_change",
        ["attendance_id", "created_at"],
        unique=False,
        schema="participants",
    )
    op.add_column(
        "certificate",
        sa.Column(
            "status_index", sa.Integer(), sa.Identity(always=False, start=0, minvalue=0), nullable=False
        ),
        schema="participants",
    )
    op.add_column(
        "certificate", sa.Column("revocation_reason", sa.String(), nullable=True), schema="participants"
    )
    op.add_column(
        "certificate", sa.Column("revocation_requested_by", sa.String(), nullable=True), schema="participants"
    )
    op.add_column("certificate", sa.Column("replaced_by", sa.Uuid(), nullable=True), schema="participants")
    op.create_unique_constraint(
        op.f("uq_certificate_status_index"), "certificate", ["status_index"], schema="participants"
    )
    op.create_foreign_key(
        op.f("fk_certificate_replaced_by"),
        "certificate",
        "certificate",
        ["replaced_by"],
        ["id"],
        source_schema="participants",
        referent_schema="participants",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_certificate_replaced_by"), "certificate", schema="participants", type_="foreignkey"
    )
    op.drop_constraint(
        op.f("uq_certificate_status_index"), "certificate", schema="participants", type_="unique"
    )
    op.drop_column("certificate", "replaced_by", schema="participants")
    op.drop_column("certificate", "revocation_requested_by", schema="participants")
    op.drop_column("certificate", "revocation_reason", schema="participants")
    op.drop_column("certificate", "status_index", schema="participants")
    op.drop_index("ix_attendance_change_attendance_id", table_name="attendance_change", schema="participants")
    op.drop_table("attendance_change", schema="participants")
    op.drop_index("ix_check_in_participation_id", table_name="check_in", schema="participants")
    op.drop_table("check_in", schema="participants")
    op.drop_table("certificate_design", schema="participants")
